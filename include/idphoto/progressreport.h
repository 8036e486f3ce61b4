/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/progress.h>

/*
 * Makes the text that tells a person about an imported progress list: what was done, by stage, then
 * the rows that were not taken or should be looked at, each with file and row. It names people and
 * is for the office only. names are those of the files. The caller frees *ret; ret_size may be
 * NULL. 0 or -ENOMEM.
 */
int progress_report_text(const ProgressImport *import, char *const *names, bool dry_run,
                         Language language, char **ret, size_t *ret_size);
