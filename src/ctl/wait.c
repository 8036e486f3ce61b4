/* SPDX-License-Identifier: MIT */
#include "complain.h"
#include "opened.h"
#include "waiting.h"

#include <idphoto/config.h>
#include <idphoto/message.h>
#include <idphoto/mounts.h>
#include <idphoto/overview.h>

#include <string.h>

/* What is to be waited for: what is beneath a path in the mount; or, where no mount is to be seen
 * from here, what the catalog tells. */
typedef struct Target {
        Opened opened; /* without a store: empty */
        int64_t point;
        char *path; /* NULL: by the catalog */
} Target;

static void target_done(Target *target)
{
        opened_done(&target->opened);
        free(target->path);
        *target = (Target){};
}

static int say_error(const CommandContext *context, const char *place, int error)
{
        command_error(MESSAGE(ERROR_WAIT, context->language), place,
                      message_errno(-error, context->language));
        return COMMAND_WRONG;
}

/* ---- by a store ---- */

typedef struct Search {
        const char *store;
        char *found; /* owned */
} Search;

static int take_mount(const MountRow *row, void *userdata)
{
        Search *search = userdata;

        if (strcmp(row->type, MOUNTS_TYPE) != 0 || strcmp(row->root, "/") != 0 ||
            strcmp(row->source, search->store) != 0)
                return 0;
        search->found = strdup(row->path);
        return search->found ? 1 : -ENOMEM;
}

/* Where the store is mounted, and the point's directory there; NULL when that is not to be seen
 * from here. */
static int find_path(const Opened *opened, const char *point, char **ret)
{
        Search search = {.store = store_path(opened->store)};
        _cleanup_free_ char *mount = NULL;
        int r = mounts_each(take_mount, &search);

        mount = search.found;
        *ret = NULL;
        if (r <= 0 || !point) {
                *ret = TAKE_PTR(mount);
                return MIN(r, 0);
        }
        return asprintf(ret, "%s/%s", mount, point) < 0 ? -ENOMEM : 0;
}

static int target_by_store(const CommandContext *context, const char *point, Target *ret)
{
        int r = opened_open(context, &ret->opened);

        if (r != COMMAND_OK)
                return r;
        ret->point = opened_find_point(&ret->opened, point);
        if (ret->point < 0)
                return COMMAND_WRONG;
        /* Of a gateway on another machine no mount is to be seen here. */
        if (!store_daemon_running(ret->opened.store))
                return COMMAND_OK;
        r = find_path(&ret->opened, point, &ret->path);
        return r < 0 ? say_error(context, context->store, r) : COMMAND_OK;
}

/* ---- the command ---- */

/* A name of a teaching point has no slash. */
static bool is_path(const char *argument)
{
        return strchr(argument, '/') || strcmp(argument, ".") == 0 || strcmp(argument, "..") == 0;
}

static int find_target(const CommandContext *context, const char *argument, Target *ret)
{
        if (context->store && (!argument || !is_path(argument)))
                return target_by_store(context, argument, ret);
        if (!argument)
                return command_usage_error(context, MESSAGE(ERROR_NO_PLACE, context->language));
        ret->path = strdup(argument);
        return ret->path ? COMMAND_OK : say_error(context, argument, -ENOMEM);
}

static int answer(const CommandContext *context, const Target *target, int r)
{
        const Language language = context->language;

        switch (r) {
        case 0:
                return COMMAND_OK;
        case -ETIME:
                command_error(MESSAGE(ERROR_WAIT_TIME, language));
                return COMMAND_LATE;
        case -ENOTCONN:
                command_error(MESSAGE(ERROR_NOT_MOUNTED, language));
                return COMMAND_NO;
        case -EXDEV:
                command_error(MESSAGE(ERROR_NOT_IN_MOUNT, language), target->path);
                return COMMAND_WRONG;
        default:
                return say_error(context, target->path ? target->path : context->store, r);
        }
}

int command_wait(CommandContext *context, int argc, char **argv)
{
        const char *timeout = command_option(context, "timeout");
        _cleanup_(target_done) Target target = {};
        Waiting waiting = {.language = context->language, .timeout_msec = WAITING_FOREVER};
        int status;

        if (timeout && config_parse_time(timeout, WAITING_MAX_MSEC, &waiting.timeout_msec) < 0)
                return command_usage_error(context, MESSAGE(ERROR_TIMEOUT, context->language),
                                           timeout);
        status = find_target(context, argc > 0 ? argv[0] : NULL, &target);
        if (status != COMMAND_OK)
                return status;
        waiting.path = target.path;
        waiting.opened = &target.opened;
        waiting.point = target.point;
        return answer(context, &target, waiting_run(&waiting));
}
