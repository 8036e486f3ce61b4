/* SPDX-License-Identifier: MIT */
#include <idphoto/importreport.h>

#include <idphoto/progressreport.h>
#include <idphoto/rosterreport.h>

int import_report_text(const ImportFile *file, const ImportResult *result, Language language,
                       char **ret)
{
        const Roster *const rosters[] = {file->roster};

        return file->progress ? progress_report_text(&result->progress, &file->name, false,
                                                     language, ret, NULL)
                              : roster_report_text(rosters, 1, &result->roster, &file->name, false,
                                                   language, ret, NULL);
}
