/* SPDX-License-Identifier: MIT */
#include "configured.h"
#include "complain.h"
#include "opened.h"

#include <idphoto/message.h>
#include <idphoto/store.h>

#include <string.h>

static int say_problem(const CommandContext *context, const char *file, int error,
                       const ConfigProblem *problem)
{
        _cleanup_free_ char *text = NULL;

        if (error != -EBADMSG)
                command_error(MESSAGE(ERROR_READ, context->language), file,
                              error == -EINVAL ? MESSAGE(CAUSE_NOT_REGULAR, context->language)
                                               : message_errno(-error, context->language));
        else if (config_problem_text(problem, file, context->language, &text) < 0)
                command_error(MESSAGE(ERROR_MEMORY, context->language));
        else
                command_error("%s", text);
        return COMMAND_WRONG;
}

/* A file in the store. */
static int say_problem_in_store(const CommandContext *context, const char *file, int error,
                                const ConfigProblem *problem)
{
        _cleanup_free_ char *path = NULL;

        if (file[0] == '/' || asprintf(&path, "%s/%s", context->store, file) < 0)
                path = NULL;
        return say_problem(context, path ? path : file, error, problem);
}

int configured_read_store(const CommandContext *context, Config *ret, Calendar **ret_calendar)
{
        _cleanup_(store_freep) Store *store = NULL;
        ConfigProblem problem;
        int r;

        r = store_open(context->store, &store);
        if (r < 0)
                return opened_say_unopened(context, r);
        r = config_load_at(store_dirfd(store), ret, &problem);
        if (r < 0)
                return say_problem_in_store(context, CONFIG_FILE, r, &problem);
        r = config_load_calendar_at(store_dirfd(store), ret, ret_calendar, &problem);
        if (r < 0)
                return say_problem_in_store(context, ret->holidays, r, &problem);
        return COMMAND_OK;
}

static int read_of_store(const CommandContext *context, Config *ret)
{
        _cleanup_(calendar_freep) Calendar *calendar = NULL;

        return configured_read_store(context, ret, &calendar);
}

int configured_read(const CommandContext *context, const char *path, Config *ret)
{
        ConfigProblem problem;
        int r;

        if (path) {
                r = config_load_file(path, ret, &problem);
                return r < 0 ? say_problem(context, path, r, &problem) : COMMAND_OK;
        }
        if (context->store)
                return read_of_store(context, ret);
        config_default(ret);
        return COMMAND_OK;
}
