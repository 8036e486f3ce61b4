/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/finding.h>

/*
 * The name of the note beside a rejected file says why: "IMG_2031.jpg - no ID number.txt", or, with
 * several reasons, the gravest and how many more: "IMG_2031.jpg - not sharp +2.txt". No byte above
 * 255 is used: of a long name the note has the beginning, and the number of the submission behind a
 * tilde to stay apart from others, "IMG…~4711 - not sharp.txt". What follows the file's own name is
 * valid on Windows.
 */

#define NOTE_MARK   " - "
#define NOTE_SUFFIX ".txt"

/* Makes the name. `findings` are as findings_sort() leaves them; without a rejection among them the
 * note is called "NAME - rejected.txt". id: of the submission. 0 and a new string; -ENOMEM. */
int note_name(const char *name, int64_t id, const Findings *findings, Language language,
              char **ret);

/* Makes what precedes NOTE_MARK in every name that the note of this file may have. 0 and a new
 * string; -ENOMEM. */
int note_name_stem(const char *name, int64_t id, char **ret);

/* Whether `rest` is what may follow NOTE_MARK in the name of a note, in any language. */
bool note_name_is_reason(const char *rest);

/*
 * Finds the files that `note` may belong to, for a look-up. *at is where the search goes on; begin
 * with 0, and pass the same `note`. 1 with the name of a file, and with the id of a submission if the name may be cut (else
 * 0); 0: none is left; -ENOMEM. The caller frees *ret_name.
 */
int note_name_owner(const char *note, size_t *at, char **ret_name, int64_t *ret_id);
