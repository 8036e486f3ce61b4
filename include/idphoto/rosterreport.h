/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/rosterimport.h>

/* What a person is told of an import: the problems in the files, then what was done. It names
 * people, and goes to the office only: the operator's own terminal, or a
 * file beside the list in the office's directory. */

/* The problems of a file with their rows and columns; nothing when there are none. */
void roster_report_problems(Text *text, const char *path, const Roster *roster, Language language);

/* What was done, or why nothing was. paths are the files'. */
void roster_report_import(Text *text, const RosterImport *import, char *const *paths, bool dry_run,
                          Language language);

/* Both, for all files of an import. The caller frees *ret; ret_size may be NULL. 0 or -ENOMEM. */
int roster_report_text(const Roster *const *files, size_t n_files, const RosterImport *import,
                       char *const *paths, bool dry_run, Language language, char **ret,
                       size_t *ret_size);
