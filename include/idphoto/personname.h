/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/text.h>

/*
 * The form under which names of people are compared: NFKC, blanks left out, and the dot between the
 * parts of a minority or foreign name, which systems write in a dozen ways, as one.
 * 0 and a new string, -EILSEQ for invalid UTF-8, -ENOMEM.
 */
int person_name_key(const char *name, char **ret);

/*
 * Calls back with every part of a file name that could be a whole person's name: a run of letters
 * of at least two characters, the name dot included, between digits, blanks and signs; the suffix
 * left out. Stops when the callback returns nonzero and returns that.
 */
int person_name_candidates(const char *file_name,
                           int (*callback)(const char *candidate, void *userdata), void *userdata);
