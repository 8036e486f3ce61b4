/* SPDX-License-Identifier: MIT */
#include "command.h"
#include "complain.h"

#include <idphoto/config.h>
#include <idphoto/message.h>
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
                command_error(MESSAGE(ERROR_STORE_EXISTS, context->language), argv[0]);
        else if (r == -ENOTEMPTY)
                command_error(MESSAGE(ERROR_NOT_EMPTY, context->language), argv[0]);
        else if (r == -EINVAL)
                return command_usage_error(context, MESSAGE(ERROR_BATCH_NAME, context->language),
                                           init.batch);
        else if (r < 0)
                command_error(MESSAGE(ERROR_MAKE_STORE, context->language), argv[0],
                              message_errno(-r, context->language));
        else {
                r = write_config(argv[0], context->language);
                if (r < 0)
                        command_error(MESSAGE(ERROR_WRITE_CONFIG, context->language), argv[0],
                                      CONFIG_FILE, message_errno(-r, context->language));
        }
        return r < 0 ? COMMAND_WRONG : COMMAND_OK;
}
