/* SPDX-License-Identifier: MIT */
#include "pointowner.h"

#include "complain.h"

#include <idphoto/message.h>

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
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

int point_owner_of_new(const Opened *opened, const Config *config, PointOwner *ret)
{
        PointOwner owner = {.has_uid = true, .has_gid = true, .has_mode = true, .mode = 02770};
        int r = opened_owner(opened, &owner.uid, &owner.gid);

        if (r != COMMAND_OK)
                return r;
        if (*config->point_group && config_find_group(config->point_group, &owner.gid) < 0) {
                command_error(MESSAGE(ERROR_NO_POINT_GROUP, opened->language), config->point_group);
                return COMMAND_WRONG;
        }
        *ret = owner;
        return COMMAND_OK;
}

void point_owner_override(const PointOwner *given, PointOwner *ret)
{
        if (given->has_uid)
                ret->uid = given->uid;
        if (given->has_gid)
                ret->gid = given->gid;
        if (given->has_mode)
                ret->mode = given->mode;
}

bool owner_is_root(uid_t uid, gid_t gid, mode_t mode)
{
        return uid == 0 && gid == 0 && (mode & S_IRWXO) == 0;
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
