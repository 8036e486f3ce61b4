/* SPDX-License-Identifier: MIT */
#include "command.h"
#include "complain.h"

#include <idphoto/config.h>
#include <idphoto/store.h>

#include <string.h>

/* A store works without a configuration too; the file is there to be found and edited. */
static int write_config(const char *path, Language language)
{
        _cleanup_(store_freep) Store *store = NULL;
        int r = store_open(path, &store);

        return r < 0 ? r : config_write_default(store_dirfd(store), language);
}

int command_init(CommandContext *context, int argc _unused_, char **argv)
{
        StoreInit init = {.language = context->language, .batch = command_option(context, "batch")};
        int r = store_create(argv[0], &init);

        if (r == -EEXIST)
                command_error("there is a store at '%s' already", argv[0]);
        else if (r == -ENOTEMPTY)
                command_error("'%s' is not empty: a store wants a directory of its own", argv[0]);
        else if (r == -EINVAL)
                return command_usage_error(context, "'%s' cannot be the name of a batch",
                                           init.batch);
        else if (r < 0)
                command_error("cannot make a store at '%s': %s", argv[0], strerror(-r));
        else {
                r = write_config(argv[0], context->language);
                if (r < 0)
                        command_error("the store is made, but '%s/%s' cannot be written: %s",
                                      argv[0], CONFIG_FILE, strerror(-r));
        }
        return r < 0 ? COMMAND_WRONG : COMMAND_OK;
}
