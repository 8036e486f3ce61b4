/* SPDX-License-Identifier: MIT */
#include <idphoto/import.h>

#include <idphoto/centrestatus.h>
#include <idphoto/clock.h>
#include <idphoto/event.h>

#include <string.h>

void import_file_free(ImportFile *file)
{
        if (!file)
                return;
        free(file->name);
        roster_free(file->roster);
        progress_list_free(file->progress);
        free(file);
}

/* 1 when some row says something about a student's progress. */
static int tells_progress(const ProgressList *list)
{
        for (size_t i = 0; i < list->n_rows; i++) {
                _cleanup_centre_status_ CentreStatus status = {};
                int r = *list->rows[i].status
                                ? centre_status_parse(list->rows[i].status, NULL, &status)
                                : 0;

                if (r > 0 || r == -ENOMEM)
                        return r;
        }
        return 0;
}

/* Whether it says of its students where they are. The name of a single sheet is no evidence: it may
 * be any word. */
static bool names_points(const Roster *roster)
{
        return roster->has_point_column ||
               (roster->has_sheet_points && roster->n_rows > 0 &&
                strcmp(roster->rows[0].sheet, roster->rows[roster->n_rows - 1].sheet) != 0);
}

static bool is_own_table(RosterCode problem)
{
        return problem == ROSTER_OWN_STATUS || problem == ROSTER_OWN_COUNTS ||
               problem == ROSTER_OWN_MANIFEST || problem == ROSTER_OWN_AUDIT;
}

/* Which of the two it is; the other goes. */
static int choose(ImportFile *file)
{
        bool roster = file->roster->n_errors == 0 && names_points(file->roster);
        bool progress = file->progress->problem < 0;
        int r = progress && roster ? tells_progress(file->progress) : progress;

        if (r < 0)
                return r;
        /* A list with a status but without rows, and a table of our own, are told of as what they
         * are. The latter is so even where its columns would do for a roster. */
        if (r > 0 || (!roster && file->progress->problem == ROSTER_NO_ROWS) ||
            is_own_table(file->progress->problem))
                roster_free(TAKE_PTR(file->roster));
        else
                progress_list_free(TAKE_PTR(file->progress));
        return 0;
}

/* A list that a reader failed on would cost the other as much. */
static bool reader_failed(const ProgressList *list)
{
        return list->problem == ROSTER_READER_CRASHED || list->problem == ROSTER_READER_TIMEOUT ||
               list->problem == ROSTER_READER_MEMORY;
}

int import_file_read(const ListLimits *limits, const char *name, int fd, int64_t now,
                     ImportFile **ret)
{
        _cleanup_(import_file_freep) ImportFile *file = calloc(1, sizeof(*file));
        Date today = date_from_wall(now);
        int r;

        if (!file)
                return -ENOMEM;
        file->name = strdup(name);
        if (!file->name)
                return -ENOMEM;
        r = worker_read_progress_list(limits, fd, name, today, &file->progress);
        if (r >= 0 && !reader_failed(file->progress)) {
                r = worker_read_roster(limits, fd, name, today, &file->roster);
                if (r >= 0)
                        r = choose(file);
        }
        if (r < 0)
                return r;
        *ret = TAKE_PTR(file);
        return 0;
}

void import_result_done(ImportResult *result)
{
        progress_import_done(&result->progress);
        roster_import_done(&result->roster);
}

static int apply_progress(Catalog *catalog, const ImportFile *file, const ImportOptions *options,
                          ImportResult *result)
{
        const ProgressList *const lists[] = {file->progress};
        const ProgressOptions how = {
                .batch = options->batch, .actor = options->actor, .now = options->now};
        ProgressImport *import = &result->progress;
        int r = progress_import(catalog, lists, 1, &how, import);

        return r < 0 ? r : import->refused || import->not_taken > 0;
}

static int apply_roster(Catalog *catalog, const ImportFile *file, const ImportOptions *options,
                        ImportResult *result)
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
        int r = roster_import(catalog, rosters, 1, &how, &result->roster);

        return r < 0 ? r : result->roster.refused;
}

int import_file_apply(Catalog *catalog, const ImportFile *file, const ImportOptions *options,
                      ImportResult *ret)
{
        ImportResult result = {};
        int r = file->progress ? apply_progress(catalog, file, options, &result)
                               : apply_roster(catalog, file, options, &result);

        if (r >= 0)
                *ret = result;
        return r;
}
