/* SPDX-License-Identifier: MIT */
#include <idphoto/log.h>

#include <stdarg.h>
#include <syslog.h>

static LogLevel max_level = LOG_LEVEL_INFO;
static bool to_syslog;

void log_set_level(LogLevel level)
{
        max_level = level;
}

void log_set_syslog(const char *ident)
{
        openlog(ident, LOG_PID, LOG_DAEMON);
        to_syslog = true;
}

void log_message(LogLevel level, const char *fmt, ...)
{
        static const struct {
                int priority;
                const char *prefix;
        } levels[] = {
                [LOG_LEVEL_ERROR] = {LOG_ERR, "error: "},
                [LOG_LEVEL_WARNING] = {LOG_WARNING, "warning: "},
                [LOG_LEVEL_INFO] = {LOG_INFO, ""},
                [LOG_LEVEL_DEBUG] = {LOG_DEBUG, "debug: "},
        };
        int saved = errno;
        char line[1024];
        va_list ap;

        if (level > max_level)
                return;
        va_start(ap, fmt);
        (void)vsnprintf(line, sizeof(line), fmt, ap);
        va_end(ap);
        /* One write a line, so that lines of several threads do not mix. */
        if (to_syslog)
                syslog(levels[level].priority, "%s", line);
        else
                (void)dprintf(STDERR_FILENO, "idphotofs: %s%s\n", levels[level].prefix, line);
        errno = saved;
}
