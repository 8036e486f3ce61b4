/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/rosterimport.h>

/* What a person is told of an import: the problems in the files, then what was done. It names
 * people, and goes to the operator's own terminal. */

/* The problems of a file with their rows and columns; nothing when there are none. */
void roster_report_problems(Text *text, const char *path, const Roster *roster, Language language);

/* What was done, or why nothing was. paths are the files'. */
void roster_report_import(Text *text, const RosterImport *import, char *const *paths, bool dry_run,
                          Language language);
