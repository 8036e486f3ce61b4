/* SPDX-License-Identifier: MIT */
#include "opened.h"

#include <idphoto/overview.h>

#include <string.h>

/* The id of the point called `name`, 0 for NULL; negative when it was said what is wrong. */
static int64_t find_point(const Opened *opened, const char *name)
{
        _cleanup_point_ PointRow row = {};
        int r;

        if (!name)
                return 0;
        r = catalog_find_point(opened->catalog, name, &row);
        if (r == 0)
                command_error("there is no teaching point '%s'", name);
        else if (r < 0)
                command_error("cannot read the store: %s", strerror(-r));
        return r > 0 ? row.id : -ENOENT;
}

int command_status(CommandContext *context, int argc, char **argv)
{
        _cleanup_opened_ Opened opened = {};
        _cleanup_free_ char *text = NULL;
        int64_t point;
        size_t size;
        int r = opened_open(context, &opened);

        if (r != COMMAND_OK)
                return r;
        point = find_point(&opened, argc > 0 ? argv[0] : NULL);
        if (point < 0)
                return COMMAND_WRONG;
        r = overview_status_text(opened.catalog, opened.batch, point, context->language, &text,
                                 &size);
        if (r < 0) {
                command_error("cannot read the store: %s", strerror(-r));
                return COMMAND_WRONG;
        }
        (void)fwrite(text, 1, size, stdout);
        return COMMAND_OK;
}

int command_wait(CommandContext *context, int argc, char **argv)
{
        enum { LOOK_USEC = 100000 };
        _cleanup_opened_ Opened opened = {};
        int64_t point;
        int r = opened_open(context, &opened);

        if (r != COMMAND_OK)
                return r;
        point = find_point(&opened, argc > 0 ? argv[0] : NULL);
        if (point < 0)
                return COMMAND_WRONG;
        for (;;) {
                StatusCounts counts;

                r = overview_counts(opened.catalog, opened.batch, point, &counts);
                if (r < 0) {
                        command_error("cannot read the store: %s", strerror(-r));
                        return COMMAND_WRONG;
                }
                if (counts.checking == 0)
                        return COMMAND_OK;
                if (!store_daemon_running(opened.store)) {
                        command_error(
                                "the store is not mounted: nobody is judging the files that wait");
                        return COMMAND_NO;
                }
                (void)usleep(LOOK_USEC);
        }
}
