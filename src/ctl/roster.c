/* SPDX-License-Identifier: MIT */
#include "complain.h"
#include "configured.h"
#include "importing.h"
#include "pointowner.h"
#include "tablefile.h"

#include <idphoto/clock.h>
#include <idphoto/event.h>
#include <idphoto/fixedname.h>
#include <idphoto/message.h>
#include <idphoto/rosterreport.h>

#include <string.h>

/* `idphotoctl roster import`: reads the files, imports them, and tells the operator about it. */

typedef struct RosterFiles {
        Roster **rosters;
        size_t n;
        Date today;
        ListLimits limits;
        const RosterImportOptions *options;
        RosterImport *report;
} RosterFiles;

static void roster_files_done(RosterFiles *files)
{
        for (size_t i = 0; i < files->n; i++)
                roster_free(files->rosters[i]);
        free(files->rosters);
}

/* As TablefileTake. */
static int add_file(int fd, const char *name, void *userdata)
{
        RosterFiles *files = userdata;
        Roster **rosters = reallocarray(files->rosters, files->n + 1, sizeof(*rosters));
        int r;

        if (!rosters)
                return -ENOMEM;
        files->rosters = rosters;
        r = worker_read_roster(&files->limits, fd, name, files->today, &rosters[files->n]);
        if (r >= 0)
                files->n++;
        return r;
}

/* As ImportingTake. */
static int import_files(Catalog *catalog, void *userdata)
{
        const RosterFiles *files = userdata;
        int r = roster_import(catalog, (const Roster *const *)files->rosters, files->n,
                              files->options, files->report);

        return r < 0 ? r : files->report->refused || files->options->dry_run;
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

/* Whose the points are that the import makes. */
static int read_owner(const CommandContext *context, const Opened *opened, const Config *config,
                      RosterImportOptions *options)
{
        PointOwner given, owner;
        int r = point_owner_read(context, &given);

        if (r == COMMAND_OK)
                r = point_owner_of_new(opened, config, &owner);
        if (r != COMMAND_OK)
                return r;
        point_owner_override(&given, &owner);
        options->uid = owner.uid;
        options->gid = owner.gid;
        options->mode = owner.mode;
        return COMMAND_OK;
}

int command_roster_import(CommandContext *context, int argc, char **argv)
{
        const char *point = command_option(context, "point");
        bool dry_run = command_option(context, "dry-run") != NULL;
        _cleanup_roster_import_ RosterImport import = {};
        _cleanup_opened_ Opened opened = {};
        RosterImportOptions options = {
                .point = point,
                .prune = command_option(context, "prune") != NULL,
                .dry_run = dry_run,
                .actor = getuid(),
                .now = clock_wall_nsec(clock_system()),
        };
        _cleanup_(roster_files_done) RosterFiles files = {.options = &options, .report = &import};
        Config config;
        int r;

        if (point && !point_name_valid(point))
                return command_usage_error(context, MESSAGE(ERROR_POINT_NAME, context->language),
                                           point);
        r = opened_open_batch(context, command_option(context, "batch"), &opened);
        if (r == COMMAND_OK)
                r = configured_read(context, NULL, &config);
        if (r == COMMAND_OK)
                r = read_owner(context, &opened, &config, &options);
        if (r != COMMAND_OK)
                return r;
        files.today = date_from_wall(catalog_now(opened.catalog, options.now));
        files.limits = tablefile_limits(&config);
        r = tablefile_read_all(argv, (size_t)argc, add_file, &files, context->language);
        if (r != COMMAND_OK)
                return r;
        options.batch = opened.batch;
        r = importing_run(&opened, context->language, true, import_files, &files);
        if (r >= 0)
                r = print_report(&files, argv, &import, dry_run, context->language);
        if (r < 0)
                return importing_failed(context, r);
        if (import.counts[ROSTER_IMPORT_POINT_CREATED] > 0 &&
            owner_is_root(options.uid, options.gid, options.mode))
                importing_tell_only_root(context->language);
        return import.refused ? COMMAND_NO : COMMAND_OK;
}
