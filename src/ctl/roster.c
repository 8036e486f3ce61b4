/* SPDX-License-Identifier: MIT */
#include "complain.h"
#include "opened.h"
#include "progress.h"
#include "tablefile.h"

#include <idphoto/clock.h>
#include <idphoto/event.h>
#include <idphoto/fixedname.h>
#include <idphoto/rosterreport.h>

#include <string.h>
#include <sys/stat.h>

/* `idphotoctl roster import`: reads the files, imports them, and tells the operator about it. */

typedef struct RosterFiles {
        Roster **rosters;
        size_t n;
} RosterFiles;

static void roster_files_done(RosterFiles *files)
{
        for (size_t i = 0; i < files->n; i++)
                roster_free(files->rosters[i]);
        free(files->rosters);
}

static int read_files(Catalog *catalog, char **paths, size_t n, RosterFiles *files)
{
        Date today = date_from_wall(catalog_now(catalog, clock_wall_nsec(clock_system())));

        files->rosters = calloc(n, sizeof(*files->rosters));
        if (!files->rosters) {
                command_error("out of memory");
                return COMMAND_WRONG;
        }
        for (size_t i = 0; i < n; i++) {
                _cleanup_free_ char *data = NULL;
                size_t size;
                int r = tablefile_read(paths[i], &data, &size);

                if (r != COMMAND_OK)
                        return r;
                r = roster_read(data, size, tablefile_name(paths[i]), today, &files->rosters[i]);
                if (r < 0) {
                        command_error("cannot read '%s': %s", paths[i], strerror(-r));
                        return COMMAND_WRONG;
                }
                files->n++;
        }
        return COMMAND_OK;
}

static int import_files(const Opened *opened, const RosterFiles *files,
                        const RosterImportOptions *options, Language language, RosterImport *ret)
{
        _cleanup_busy_ _unused_ Busy *busy = busy_begin(BUSY_IMPORTING, language);
        int r = catalog_expect_many(opened->catalog);

        if (r >= 0)
                r = catalog_begin(opened->catalog, true);
        if (r < 0)
                return r;
        r = roster_import(opened->catalog, (const Roster *const *)files->rosters, files->n, options,
                          ret);
        if (r < 0 || ret->refused || options->dry_run) {
                catalog_rollback(opened->catalog);
                return r;
        }
        return catalog_commit(opened->catalog);
}

static int print_report(const RosterFiles *files, char **paths, const RosterImport *import,
                        bool dry_run, Language language)
{
        _cleanup_free_ char *text = NULL;
        size_t size;
        int r = roster_report_text((const Roster *const *)files->rosters, files->n, import, paths,
                                   dry_run, language, &text, &size);

        if (r >= 0)
                (void)fwrite(text, 1, size, stdout);
        return r;
}

int command_roster_import(CommandContext *context, int argc, char **argv)
{
        const char *point = command_option(context, "point");
        bool dry_run = command_option(context, "dry-run") != NULL;
        _cleanup_(roster_files_done) RosterFiles files = {};
        _cleanup_roster_import_ RosterImport import = {};
        _cleanup_opened_ Opened opened = {};
        RosterImportOptions options = {
                .point = point,
                .prune = command_option(context, "prune") != NULL,
                .dry_run = dry_run,
                .mode = 02770,
                .actor = getuid(),
                .now = clock_wall_nsec(clock_system()),
        };
        struct stat st;
        int r;

        if (point && !point_name_valid(point))
                return command_usage_error(context, "'%s' cannot be the name of a teaching point",
                                           point);
        r = opened_open_batch(context, command_option(context, "batch"), &opened);
        if (r == COMMAND_OK)
                r = read_files(opened.catalog, argv, (size_t)argc, &files);
        if (r != COMMAND_OK)
                return r;
        /* New points belong to whoever owns the store: that is who mounts it. */
        if (fstat(store_dirfd(opened.store), &st) < 0) {
                command_error("cannot look at the store: %s", strerror(errno));
                return COMMAND_WRONG;
        }
        options.batch = opened.batch;
        options.uid = st.st_uid;
        options.gid = st.st_gid;
        r = import_files(&opened, &files, &options, context->language, &import);
        if (r >= 0)
                r = print_report(&files, argv, &import, dry_run, context->language);
        if (r == -EROFS)
                command_error("the batch is closed; 'idphotoctl batch reopen' opens it again");
        else if (r < 0)
                command_error("cannot import: %s", strerror(-r));
        if (r < 0)
                return COMMAND_WRONG;
        return import.refused ? COMMAND_NO : COMMAND_OK;
}
