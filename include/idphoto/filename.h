/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/idnumber.h>

/*
 * What a dropped file's name says about whose photo it is [W1], [W2]. Pure text work; whether such
 * a student exists is the roster's to say.
 */

typedef enum FilenameKind {
        FILENAME_ID_NUMBER, /* exactly one 18-character number */
        FILENAME_LEGACY,    /* no 18-character number, exactly one 15-digit one; number holds its
                               upgrade */
        FILENAME_NONE,      /* neither */
} FilenameKind;

typedef struct FilenameIdentity {
        FilenameKind kind;
        bool valid;         /* the number passes GB 11643 */
        bool ambiguous;     /* two or more different numbers; problem is REASON_NAME_TWO_NUMBERS */
        ReasonCode problem; /* why not valid, _REASON_INVALID when valid; for _NONE
                               REASON_NAME_NO_NUMBER, _NUMBER_LENGTH or
                               _NUMBER_SPREADSHEET_EXPONENT */
        IdNumber number;    /* normalised; "" for FILENAME_NONE */
} FilenameIdentity;

/*
 * Finds the number in a file name (without its folders, with its suffix). Full width, spaces,
 * hyphens, zero-width characters inside a number, and the look-alikes of X are
 * folded. Of several candidates the valid ones count; the same number twice is one. In a longer run
 * of digits only a valid number beside a phone number, a date or another ID number is seen. Returns
 * 0, -EILSEQ for invalid UTF-8 or -ENOMEM.
 */
int filename_identity(const char *name, Date today, FilenameIdentity *ret);
