/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/rosterimport.h>

/*
 * Makes the text that tells a person about an import: the problems in the files with rows and
 * columns, then what was done, or why nothing was. It names people and is for the office only: for
 * the operator's own terminal, or for a file beside the list in the office's directory. paths are
 * those of the files. The caller frees *ret; ret_size may be NULL. 0 or -ENOMEM.
 */
int roster_report_text(const Roster *const *files, size_t n_files, const RosterImport *import,
                       char *const *paths, bool dry_run, Language language, char **ret,
                       size_t *ret_size);
