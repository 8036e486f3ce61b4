/* SPDX-License-Identifier: MIT */
#include "configured.h"

#include <idphoto/store.h>

#include <string.h>

static int say_problem(const CommandContext *context, const char *file, int error,
                       const ConfigProblem *problem)
{
        _cleanup_free_ char *text = NULL;

        if (error != -EBADMSG)
                command_error("cannot read '%s': %s", file,
                              error == -EINVAL ? "Not a regular file" : strerror(-error));
        else if (config_problem_text(problem, file, context->language, &text) < 0)
                command_error("out of memory");
        else
                command_error("%s", text);
        return COMMAND_WRONG;
}

static int read_of_store(const CommandContext *context, Config *ret)
{
        _cleanup_(store_freep) Store *store = NULL;
        _cleanup_free_ char *path = NULL;
        ConfigProblem problem;
        int r;

        r = store_open(context->store, &store);
        if (r < 0) {
                command_error(r == -ENOENT
                                      ? "there is no store at '%s'; 'idphotoctl init' makes one"
                                      : "cannot open the store at '%s'",
                              context->store);
                return COMMAND_WRONG;
        }
        r = config_load_at(store_dirfd(store), ret, &problem);
        if (r >= 0)
                return COMMAND_OK;
        if (asprintf(&path, "%s/" CONFIG_FILE, context->store) < 0)
                path = NULL;
        return say_problem(context, path ? path : CONFIG_FILE, r, &problem);
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
