/* SPDX-License-Identifier: MIT */
#include "complain.h"
#include "configured.h"
#include "opened.h"

#include <idphoto/message.h>
#include <idphoto/store.h>

#include <fcntl.h>
#include <libgen.h>
#include <string.h>

typedef struct Told {
        const CommandContext *context;
        const char *directory; /* of files that are named relative to it */
} Told;

/* As ConfigProblemCallback. */
static void tell(const char *file, const ConfigProblem *problem, void *userdata)
{
        const Told *told = userdata;
        const bool relative = file[0] != '/' && told->directory;
        _cleanup_free_ char *path = NULL, *text = NULL;

        if (relative && asprintf(&path, "%s/%s", told->directory, file) < 0)
                path = NULL;
        if (config_problem_text(problem, path ? path : file, told->context->language, &text) < 0)
                command_error(MESSAGE(ERROR_MEMORY, told->context->language));
        else
                command_error("%s", text);
}

static int answer(const CommandContext *context, const char *path, int r)
{
        if (r == -EBADMSG)
                return COMMAND_WRONG;
        if (r < 0) {
                command_error(MESSAGE(ERROR_READ, context->language), path,
                              r == -EINVAL ? MESSAGE(CAUSE_NOT_REGULAR, context->language)
                                           : message_errno(-r, context->language));
                return COMMAND_WRONG;
        }
        (void)puts(MESSAGE(CONFIG_RIGHT, context->language));
        return COMMAND_OK;
}

/* What the file names relative to its store is looked for beside it, where no store is given. */
static int check_file(const CommandContext *context, const char *path)
{
        _cleanup_free_ char *copy = strdup(path);
        const char *directory = context->store ? context->store : copy ? dirname(copy) : NULL;
        Told told = {.context = context};
        _cleanup_close_ int fd = -EBADF;

        if (!directory)
                return answer(context, path, -ENOMEM);
        fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
                return answer(context, directory, -errno);
        return answer(context, path, config_check(AT_FDCWD, path, fd, tell, &told));
}

static int check_store(const CommandContext *context)
{
        _cleanup_(store_freep) Store *store = NULL;
        Told told = {.context = context, .directory = context->store};
        int r = store_open(context->store, &store);

        if (r < 0)
                return opened_say_unopened(context, r);
        r = config_check(store_dirfd(store), CONFIG_FILE, store_dirfd(store), tell, &told);
        /* Without a file the defaults hold. */
        return answer(context, CONFIG_FILE, r == -ENOENT ? 0 : r);
}

int command_config_check(CommandContext *context, int argc, char **argv)
{
        if (argc > 0)
                return check_file(context, argv[0]);
        if (!context->store)
                return command_usage_error(context, MESSAGE(ERROR_NO_CONFIG, context->language));
        return check_store(context);
}

int command_config_show(CommandContext *context, int argc, char **argv)
{
        _cleanup_text_ Text text = {};
        Config config;
        int status;

        status = configured_read(context, argc > 0 ? argv[0] : NULL, &config);
        if (status != COMMAND_OK)
                return status;
        config_format(&config, context->language, &text);
        if (text.error < 0) {
                command_error(MESSAGE(ERROR_MEMORY, context->language));
                return COMMAND_WRONG;
        }
        (void)fwrite(text.data, 1, text.size, stdout);
        return COMMAND_OK;
}
