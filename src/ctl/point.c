/* SPDX-License-Identifier: MIT */
#include "opened.h"

#include <idphoto/clock.h>
#include <idphoto/overview.h>

#include <grp.h>
#include <inttypes.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>

/* A number, or a name of the system's. */
static int parse_user(const char *s, uid_t *ret)
{
        const struct passwd *user = getpwnam(s);
        char *end;
        unsigned long n;

        if (user) {
                *ret = user->pw_uid;
                return 0;
        }
        errno = 0;
        n = strtoul(s, &end, 10);
        if (errno != 0 || end == s || *end != '\0' || *s == '-' || n >= UINT32_MAX)
                return -ENOENT;
        *ret = (uid_t)n;
        return 0;
}

static int parse_group(const char *s, gid_t *ret)
{
        const struct group *group = getgrnam(s);
        uid_t n;
        int r;

        if (group) {
                *ret = group->gr_gid;
                return 0;
        }
        /* Only numbers are left, and they look alike. */
        if (s[0] < '0' || s[0] > '9')
                return -ENOENT;
        r = parse_user(s, &n);
        if (r >= 0)
                *ret = n;
        return r;
}

static int parse_mode(const char *s, mode_t *ret)
{
        char *end;
        unsigned long n;

        errno = 0;
        n = strtoul(s, &end, 8);
        if (errno != 0 || end == s || *end != '\0' || *s == '-' || n > 07777)
                return -EINVAL;
        *ret = (mode_t)n;
        return 0;
}

static int add_point(Catalog *catalog, const char *name, uid_t uid, gid_t gid, mode_t mode)
{
        int64_t now = clock_wall_nsec(clock_system()), id;
        EventRow event = {.wall = now, .kind = EVENT_POINT_ADDED, .uid = getuid()};
        int r = catalog_begin(catalog, true);

        if (r < 0)
                return r;
        r = catalog_add_point(catalog, name, uid, gid, mode, now, &id);
        event.point = id;
        if (r >= 0)
                r = catalog_add_event(catalog, &event);
        if (r < 0) {
                catalog_rollback(catalog);
                return r;
        }
        return catalog_commit(catalog);
}

int command_point_add(CommandContext *context, int argc _unused_, char **argv)
{
        const char *owner = command_option(context, "owner"),
                   *group = command_option(context, "group");
        const char *mode_text = command_option(context, "mode"), *name = argv[0];
        _cleanup_opened_ Opened opened = {};
        mode_t mode = 02770;
        struct stat st;
        uid_t uid;
        gid_t gid;
        int r;

        if (!point_name_valid(name))
                return command_usage_error(context, "'%s' cannot be the name of a teaching point",
                                           name);
        r = opened_open(context, &opened);
        if (r != COMMAND_OK)
                return r;
        /* Lacking words, whoever owns the store: that is who mounts it. */
        if (fstat(store_dirfd(opened.store), &st) < 0) {
                command_error("cannot look at the store: %s", strerror(errno));
                return COMMAND_WRONG;
        }
        uid = st.st_uid;
        gid = st.st_gid;
        if (owner && parse_user(owner, &uid) < 0)
                return command_usage_error(context, "there is no user '%s'", owner);
        if (group && parse_group(group, &gid) < 0)
                return command_usage_error(context, "there is no group '%s'", group);
        if (mode_text && parse_mode(mode_text, &mode) < 0)
                return command_usage_error(context, "'%s' is no mode: octal digits such as 2770",
                                           mode_text);
        r = add_point(opened.catalog, name, uid, gid, mode);
        if (r == -EEXIST)
                command_error("there is a teaching point '%s' already", name);
        else if (r < 0)
                command_error("cannot add '%s': %s", name, strerror(-r));
        return r < 0 ? COMMAND_WRONG : COMMAND_OK;
}

typedef struct PointList {
        Opened *opened;
        size_t n;
} PointList;

static int print_point(const PointRow *row, void *userdata)
{
        PointList *list = userdata;
        _cleanup_text_ Text line = {};
        StatusCounts counts;
        int r = overview_counts(list->opened->catalog, list->opened->batch, row->id, &counts);

        if (r < 0)
                return r;
        list->n++;
        text_append_padded(&line, row->name, 28);
        text_printf(&line, " %04o %6u %6u %8" PRIu64 " %8" PRIu64 " %8" PRIu64 "\n", row->mode,
                    row->uid, row->gid, counts.students,
                    counts.pending + counts.approved + counts.locked, counts.rejected);
        if (line.error < 0)
                return line.error;
        (void)fputs(line.data, stdout);
        return 0;
}

int command_point_list(CommandContext *context, int argc _unused_, char **argv _unused_)
{
        static const char *const headings[_LANGUAGE_MAX][4] = {
                {"TEACHING POINT", "students", "accepted", "rejected"},
                {"教学点", "学生", "合格", "驳回"},
        };
        const char *const *heading = headings[context->language];
        _cleanup_opened_ Opened opened = {};
        _cleanup_text_ Text line = {};
        PointList list = {.opened = &opened};
        int r = opened_open(context, &opened);

        if (r != COMMAND_OK)
                return r;
        text_append_padded(&line, heading[0], 28);
        text_printf(&line, " %s    uid    gid", "mode");
        for (int i = 1; i < 4; i++) {
                size_t columns = text_columns(heading[i]);

                text_printf(&line, " %*s%s", (int)(8 - MIN(columns, (size_t)8)), "", heading[i]);
        }
        if (line.error >= 0)
                (void)puts(line.data);
        r = catalog_list_points(opened.catalog, 0, print_point, &list);
        if (r < 0) {
                command_error("cannot list the teaching points: %s", strerror(-r));
                return COMMAND_WRONG;
        }
        return COMMAND_OK;
}
