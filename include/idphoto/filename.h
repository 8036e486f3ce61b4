/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/idnumber.h>

/*
 * What the name of a dropped file says about whose photo it is [W1], [W2]. Works on the text only;
 * whether there is such a student is for the roster to say.
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
 * Finds the number in a file name, which has its suffix and no folders. Ignores full width, spaces,
 * hyphens, zero-width characters inside a number, and takes look-alikes of X for X. Of several
 * candidates the valid ones count; the same number twice counts once. In a longer run of digits
 * only a valid number beside a phone number, a date or another ID number is found. 0, -EILSEQ:
 * invalid UTF-8, -ENOMEM.
 */
int filename_identity(const char *name, Date today, FilenameIdentity *ret);
