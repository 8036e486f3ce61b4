/* SPDX-License-Identifier: MIT */
#include "complain.h"

#include <idphoto/message.h>

#include <stdarg.h>

/* Messages quote what the user typed and what files are called, and a name may hold what moves a
 * terminal's cursor. */
static void disarm(char *line)
{
        bool plain;

        text_drop_invisible(line);
        plain = utf8_valid(line) && !text_has_control(line);

        for (char *p = line; *p && !plain; p++)
                if ((unsigned char)*p < 0x20 || (unsigned char)*p >= 0x7f)
                        *p = '?';
}

static void error_line(const char *fmt, va_list ap)
{
        _cleanup_free_ char *line = NULL;

        if (vasprintf(&line, fmt, ap) < 0) {
                line = NULL;
                return;
        }
        disarm(line);
        (void)fprintf(stderr, "%s: %s\n", COMMAND_PROGRAM, line);
}

void command_error(const char *fmt, ...)
{
        va_list ap;

        va_start(ap, fmt);
        error_line(fmt, ap);
        va_end(ap);
}

int command_usage_error(const CommandContext *context, const char *fmt, ...)
{
        va_list ap;

        va_start(ap, fmt);
        error_line(fmt, ap);
        va_end(ap);
        (void)fprintf(stderr, MESSAGE(ERROR_TRY, context->language), COMMAND_PROGRAM,
                      context->command ? " " : "", context->command ? context->command->name : "");
        return COMMAND_WRONG;
}
