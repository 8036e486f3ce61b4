/* SPDX-License-Identifier: MIT */
#include "reading.h"

#include <idphoto/workdays.h>

#include <stdio.h>
#include <string.h>

/* What a configuration names must be there, else the mount does not start or the feature does not
 * work. */

typedef struct Check {
        const char *file;
        ConfigReading reading;
        ConfigProblemCallback callback;
        void *userdata;
        bool refused;
} Check;

static void tell(const ConfigProblem *problem, void *userdata)
{
        Check *check = userdata;

        check->refused = true;
        check->callback(check->file, problem, check->userdata);
}

/* Of a key whose value is a text. */
static void tell_value(Check *check, const char *key, const char *value, ConfigFault fault,
                       int error)
{
        ConfigProblem problem = {.fault = fault, .error = error};
        const size_t n = text_prefix(value, sizeof(problem.typed) - strlen("…") - 1);

        problem.key = config_key_find(key);
        problem.line = check->reading.lines[problem.key];
        (void)snprintf(problem.typed, sizeof(problem.typed), "%.*s%s", (int)n, value,
                       value[n] ? "…" : "");
        tell(&problem, check);
}

static void check_group(Check *check, const char *key, const char *group)
{
        gid_t gid;

        if (*group && config_find_group(group, &gid) < 0)
                tell_value(check, key, group, CONFIG_FAULT_NO_GROUP, 0);
}

static void check_blobs(Check *check)
{
        const Config *config = &check->reading.config;

        if (*config->blobs && !*config->catalog)
                tell_value(check, "blobs", config->blobs, CONFIG_FAULT_NEEDS_CATALOG, 0);
}

static int check_calendar(Check *check, int store)
{
        const Config *config = &check->reading.config;
        _cleanup_(calendar_freep) Calendar *calendar = NULL;
        ConfigProblem problem;
        int r = config_load_calendar_at(store, config, &calendar, &problem);

        if (r == -ENOMEM)
                return r;
        if (r == -EBADMSG) {
                check->refused = true;
                check->callback(config->holidays, &problem, check->userdata);
        } else if (r < 0)
                tell_value(check, "holidays", config->holidays, CONFIG_FAULT_UNREADABLE, -r);
        return 0;
}

int config_check(int dirfd, const char *path, int store, ConfigProblemCallback callback,
                 void *userdata)
{
        Check check = {.file = path, .callback = callback, .userdata = userdata};
        int r = config_read_file_at(dirfd, path, tell, &check, &check.reading);

        if (r < 0 && r != -EBADMSG)
                return r;
        check_group(&check, "office-group", check.reading.config.office_group);
        check_group(&check, "group", check.reading.config.point_group);
        check_blobs(&check);
        r = check_calendar(&check, store);
        return r < 0 ? r : check.refused ? -EBADMSG : 0;
}
