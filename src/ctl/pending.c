/* SPDX-License-Identifier: MIT */
#include "command.h"

/* Commands whose files are still to come. A file that defines one takes its place here; with the
 * last of them this file goes. */

static int not_yet(const CommandContext *context)
{
        command_error("'%s' is not part of this build", context->command->name);
        return COMMAND_WRONG;
}

#define PENDING(function) \
        __attribute__((weak)) int function(CommandContext *context, int argc _unused_, \
                                           char **argv _unused_) \
        { \
                return not_yet(context); \
        }

PENDING(command_init)
PENDING(command_point_add)
PENDING(command_point_list)
PENDING(command_status)
PENDING(command_wait)
