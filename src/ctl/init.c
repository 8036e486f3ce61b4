/* SPDX-License-Identifier: MIT */
#include "command.h"

#include <idphoto/store.h>

#include <stdio.h>
#include <string.h>

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
        return r < 0 ? COMMAND_WRONG : COMMAND_OK;
}
