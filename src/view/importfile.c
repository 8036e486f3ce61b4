/* SPDX-License-Identifier: MIT */
#include <idphoto/centrestatus.h>
#include <idphoto/clock.h>
#include <idphoto/importfile.h>
#include <idphoto/io.h>
#include <idphoto/progressreport.h>
#include <idphoto/rosterreport.h>
#include <idphoto/view.h>

#include <string.h>

struct ImportFile {
        char *name;
        Roster *roster;         /* one of the two */
        ProgressList *progress; /* is not NULL */
};

void import_file_free(ImportFile *file)
{
        if (!file)
                return;
        free(file->name);
        roster_free(file->roster);
        progress_list_free(file->progress);
        free(file);
}

bool import_file_is_progress(const ImportFile *file)
{
        return file->progress != NULL;
}

/* 1 when some row says something about a student's progress. */
static int tells_progress(const ProgressList *list)
{
        for (size_t i = 0; i < list->n_rows; i++) {
                CentreStatus status;
                int r = *list->rows[i].status
                                ? centre_status_parse(list->rows[i].status, NULL, &status)
                                : 0;

                if (r > 0 || r == -ENOMEM)
                        return r;
        }
        return 0;
}

/* Which of the two it is; the other goes. */
static int choose(ImportFile *file)
{
        bool roster = file->roster->n_errors == 0 && file->roster->has_point_column;
        bool progress = file->progress->problem < 0;
        int r = progress && roster ? tells_progress(file->progress) : progress;

        if (r < 0)
                return r;
        /* A list with a status but without rows is told of as what it is. */
        if (r > 0 || (!roster && file->progress->problem == ROSTER_NO_ROWS))
                roster_free(TAKE_PTR(file->roster));
        else
                progress_list_free(TAKE_PTR(file->progress));
        return 0;
}

int import_file_read(const char *name, int fd, int64_t now, ImportFile **ret)
{
        _cleanup_(import_file_freep) ImportFile *file = calloc(1, sizeof(*file));
        _cleanup_free_ char *data = NULL;
        Date today = date_from_wall(now);
        size_t size = 0;
        int r;

        if (!file)
                return -ENOMEM;
        file->name = strdup(name);
        if (!file->name)
                return -ENOMEM;
        r = read_whole_fd(fd, ROSTER_BYTES_MAX, &data, &size);
        /* A file of this size is told of like others that cannot be used. */
        if (r == -EFBIG)
                r = roster_read(NULL, (size_t)ROSTER_BYTES_MAX + 1, name, today, &file->roster);
        else {
                if (r >= 0)
                        r = progress_list_read(data, size, name, today, &file->progress);
                if (r >= 0)
                        r = roster_read(data, size, name, today, &file->roster);
                if (r >= 0)
                        r = choose(file);
        }
        if (r < 0)
                return r;
        *ret = TAKE_PTR(file);
        return 0;
}

static int apply_progress(Catalog *catalog, const ImportFile *file, const ImportOptions *options,
                          Language language, char **ret_report)
{
        const ProgressList *const lists[] = {file->progress};
        const ProgressOptions how = {
                .batch = options->batch, .actor = options->actor, .now = options->now};
        _cleanup_progress_import_ ProgressImport import = {};
        int r = progress_import(catalog, lists, 1, &how, &import);

        if (r >= 0)
                r = progress_report_text(&import, &file->name, false, language, ret_report, NULL);
        return r < 0 ? r : import.refused || import.not_taken > 0;
}

static int apply_roster(Catalog *catalog, const ImportFile *file, const ImportOptions *options,
                        Language language, char **ret_report)
{
        const Roster *const rosters[] = {file->roster};
        const RosterImportOptions how = {
                .batch = options->batch,
                .uid = options->uid,
                .gid = options->gid,
                .mode = options->mode,
                .actor = options->actor,
                .now = options->now,
        };
        _cleanup_roster_import_ RosterImport import = {};
        int r = roster_import(catalog, rosters, 1, &how, &import);

        if (r >= 0)
                r = roster_report_text(rosters, 1, &import, &file->name, false, language,
                                       ret_report, NULL);
        return r < 0 ? r : import.refused;
}

int import_file_apply(Catalog *catalog, const ImportFile *file, const ImportOptions *options,
                      Language language, char **ret_report)
{
        return file->progress ? apply_progress(catalog, file, options, language, ret_report)
                              : apply_roster(catalog, file, options, language, ret_report);
}

int import_file(Catalog *catalog, const char *name, int fd, const ImportOptions *options,
                Language language, char **ret_report)
{
        _cleanup_(import_file_freep) ImportFile *file = NULL;
        int r = import_file_read(name, fd, catalog_now(catalog, options->now), &file);

        return r < 0 ? r : import_file_apply(catalog, file, options, language, ret_report);
}
