/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/import.h>

/*
 * What the office is told of a list that it dropped: as roster_report_text() or
 * progress_report_text(). result is what import_file_apply() made of file. The caller frees *ret.
 * 0 or -ENOMEM.
 */
int import_report_text(const ImportFile *file, const ImportResult *result, Language language,
                       char **ret);
