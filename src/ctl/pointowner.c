/* SPDX-License-Identifier: MIT */
#include "pointowner.h"

#include "complain.h"

#include <idphoto/message.h>

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>

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

int point_owner_read(const CommandContext *context, PointOwner *ret)
{
        const char *owner = command_option(context, "owner"),
                   *group = command_option(context, "group"),
                   *mode = command_option(context, "mode");
        PointOwner given = {.has_uid = owner, .has_gid = group, .has_mode = mode};

        if (owner && parse_user(owner, &given.uid) < 0)
                return command_usage_error(context, MESSAGE(ERROR_NO_USER, context->language),
                                           owner);
        if (group && parse_group(group, &given.gid) < 0)
                return command_usage_error(context, MESSAGE(ERROR_NO_GROUP, context->language),
                                           group);
        if (mode && parse_mode(mode, &given.mode) < 0)
                return command_usage_error(context, MESSAGE(ERROR_MODE, context->language), mode);
        *ret = given;
        return COMMAND_OK;
}

void owner_user_text(uid_t uid, char ret[static OWNER_TEXT_MAX])
{
        const struct passwd *user = getpwuid(uid);

        if (user)
                (void)snprintf(ret, OWNER_TEXT_MAX, "%s", user->pw_name);
        else
                (void)snprintf(ret, OWNER_TEXT_MAX, "%u", (unsigned)uid);
}

void owner_group_text(gid_t gid, char ret[static OWNER_TEXT_MAX])
{
        const struct group *group = getgrgid(gid);

        if (group)
                (void)snprintf(ret, OWNER_TEXT_MAX, "%s", group->gr_name);
        else
                (void)snprintf(ret, OWNER_TEXT_MAX, "%u", (unsigned)gid);
}
