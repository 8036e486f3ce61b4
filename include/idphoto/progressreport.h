/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/progress.h>

/*
 * What a person is told of an imported progress list: what was done, by stage, then the rows that
 * were not taken or are to be looked at, each with file and row. It names people, and goes to the
 * office only. names are the files'. The caller frees *ret; ret_size may be NULL. 0 or -ENOMEM.
 */
int progress_report_text(const ProgressImport *import, char *const *names, bool dry_run,
                         Language language, char **ret, size_t *ret_size);
