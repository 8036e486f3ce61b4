/* SPDX-License-Identifier: MIT */
#include "complain.h"
#include "configured.h"

#include <idphoto/message.h>

#include <string.h>

int command_config_check(CommandContext *context, int argc, char **argv)
{
        Config config;
        int status;

        if (argc == 0 && !context->store)
                return command_usage_error(context, MESSAGE(ERROR_NO_CONFIG, context->language));
        status = configured_read(context, argc > 0 ? argv[0] : NULL, &config);
        if (status == COMMAND_OK)
                (void)puts("OK");
        return status;
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
