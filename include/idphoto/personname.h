/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/text.h>

/*
 * Makes the form in which names of people are compared: NFKC, without blanks, and with one spelling
 * of the dot between the parts of a minority or foreign name, which systems write in a dozen ways.
 * 0 and a new string, -EILSEQ: invalid UTF-8, -ENOMEM.
 */
int person_name_key(const char *name, char **ret);

/*
 * Calls back with every part of a file name that could be a whole person's name: a run of at least
 * two letters, the name dot included, between digits, blanks and signs. The suffix is ignored.
 * Stops when the callback returns nonzero, and returns that.
 */
int person_name_candidates(const char *file_name,
                           int (*callback)(const char *candidate, void *userdata), void *userdata);
