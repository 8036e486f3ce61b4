/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/import.h>

/*
 * Makes the text that tells the office about a list that it dropped, as roster_report_text() or
 * progress_report_text() does. result is what import_file_apply() returned for file. The caller
 * frees *ret. 0 or -ENOMEM.
 */
int import_report_text(const ImportFile *file, const ImportResult *result, Language language,
                       char **ret);
