/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/export.h>

/* Shared by the exports to a folder and to a zip file. */

/* Sets report->failed to "folder/file" and returns error. */
int export_fail(ExportReport *report, const char *folder, const char *file, int error);
/* Adds a problem about "folder/file" to the report. 0, -ENOMEM. */
int export_add_problem(ExportReport *report, ExportProblemKind kind, const char *folder,
                       const char *file, int error);

void export_step(const ExportOptions *options, size_t done, size_t total);

/* Reads the content of a blob of `size` bytes. The caller frees *ret. -EUCLEAN: the content does
 * not match the hash. */
int export_read_blob(const Store *store, const Sha256 *hash, uint64_t size, char **ret);
