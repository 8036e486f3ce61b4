/* SPDX-License-Identifier: MIT */
#include "complain.h"
#include "configured.h"
#include "importing.h"
#include "pointowner.h"
#include "tablefile.h"

#include <idphoto/clock.h>
#include <idphoto/event.h>
#include <idphoto/importreport.h>
#include <idphoto/io.h>
#include <idphoto/message.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>

/* `idphotoctl import`: a roster or a progress list, whichever its headings say; also what the mount
 * runs for a file dropped into OFFICE/import/. */

static bool read_actor(const CommandContext *context, uid_t *ret)
{
        const char *option = command_option(context, "actor");
        unsigned long n;
        char *end;

        *ret = getuid();
        if (!option)
                return true;
        errno = 0;
        n = strtoul(option, &end, 10);
        *ret = (uid_t)n;
        /* Only who may be anybody may say who it was. */
        return errno == 0 && end != option && *end == '\0' && n == *ret &&
               (geteuid() == 0 || *ret == getuid());
}

typedef struct Taking {
        const ImportFile *file;
        const ImportOptions *options;
        Language language;
        bool all;       /* every row was taken */
        bool shuts_out; /* points were made that only root can use */
        char *report;
} Taking;

/* As ImportingTake. */
static int take(Catalog *catalog, void *userdata)
{
        _cleanup_import_result_ ImportResult result = {};
        Taking *taking = userdata;
        int r = import_file_apply(catalog, taking->file, taking->options, &result);

        if (r < 0)
                return r;
        taking->all = r == 0;
        taking->shuts_out =
                result.roster.counts[ROSTER_IMPORT_POINT_CREATED] > 0 &&
                owner_is_root(taking->options->uid, taking->options->gid, taking->options->mode);
        return import_report_text(taking->file, &result, taking->language, &taking->report);
}

static int import_path(const CommandContext *context, const Opened *opened,
                       const ListLimits *limits, const char *path, const ImportOptions *options)
{
        _cleanup_(import_file_freep) ImportFile *file = NULL;
        _cleanup_close_ int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
        Taking taking = {.options = options, .language = context->language};
        int r;

        if (fd < 0) {
                command_error(MESSAGE(ERROR_READ, context->language), path_name(path),
                              message_errno(errno, context->language));
                return COMMAND_WRONG;
        }
        r = import_file_read(limits, path_name(path), fd,
                             catalog_now(opened->catalog, options->now), &file);
        if (r < 0) {
                tablefile_say_unread(path_name(path), r, context->language);
                return COMMAND_WRONG;
        }
        taking.file = file;
        r = importing_run(opened, context->language, file->roster != NULL, take, &taking);
        if (r >= 0)
                (void)fputs(taking.report, stdout);
        if (r >= 0 && taking.shuts_out)
                importing_tell_only_root(context->language);
        free(taking.report);
        if (r < 0)
                return importing_failed(context, r);
        return taking.all ? COMMAND_OK : COMMAND_NO;
}

int command_import(CommandContext *context, int argc, char **argv)
{
        _cleanup_opened_ Opened opened = {};
        ImportOptions options = {};
        ListLimits limits;
        PointOwner owner;
        Config config;
        int worst = COMMAND_OK, r;

        if (!read_actor(context, &options.actor))
                return command_usage_error(context, MESSAGE(ERROR_ACTOR, context->language));
        r = opened_open_batch(context, command_option(context, "batch"), &opened);
        if (r == COMMAND_OK)
                r = configured_read(context, NULL, &config);
        if (r == COMMAND_OK)
                r = point_owner_of_new(&opened, &config, &owner);
        if (r != COMMAND_OK)
                return r;
        limits = tablefile_limits(&config);
        options.uid = owner.uid;
        options.gid = owner.gid;
        options.mode = owner.mode;
        options.batch = opened.batch;
        options.now = clock_wall_nsec(clock_system());
        for (int i = 0; i < argc; i++) {
                r = import_path(context, &opened, &limits, argv[i], &options);
                worst = MAX(worst, r);
        }
        return worst;
}
