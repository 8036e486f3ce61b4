/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/export.h>

/* What the ways of exporting share. */

/* "folder/file" becomes report->failed; returns error. */
int export_fail(ExportReport *report, const char *folder, const char *file, int error);
/* 0, -ENOMEM. */
int export_add_problem(ExportReport *report, ExportProblemKind kind, const char *folder,
                       const char *file, int error);

void export_step(const ExportOptions *options, size_t done, size_t total);

/* The content of a blob, whose size is known. -EUCLEAN when it is not what its hash says. The
 * caller frees *ret. */
int export_read_blob(const Store *store, const Sha256 *hash, uint64_t size, char **ret);
