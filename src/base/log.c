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

static void write_line(LogLevel level, Language language, const char *fmt, va_list ap)
{
        static const struct {
                int priority;
                const char *prefix[_LANGUAGE_MAX];
        } levels[] = {
                [LOG_LEVEL_ERROR] = {LOG_ERR, {"error: ", "错误："}},
                [LOG_LEVEL_WARNING] = {LOG_WARNING, {"warning: ", "警告："}},
                [LOG_LEVEL_INFO] = {LOG_INFO, {"", ""}},
                [LOG_LEVEL_DEBUG] = {LOG_DEBUG, {"debug: ", "调试："}},
        };
        int saved = errno;
        char line[1024];

        if (level > max_level)
                return;
        (void)vsnprintf(line, sizeof(line), fmt, ap);
        /* One write a line, so that lines of several threads do not mix. */
        if (to_syslog)
                syslog(levels[level].priority, "%s", line);
        else
                (void)dprintf(STDERR_FILENO, "idphotofs: %s%s\n", levels[level].prefix[language],
                              line);
        errno = saved;
}

void log_message(LogLevel level, const char *fmt, ...)
{
        va_list ap;

        va_start(ap, fmt);
        write_line(level, LANGUAGE_EN, fmt, ap);
        va_end(ap);
}

void log_message_in(LogLevel level, Language language, const char *fmt, ...)
{
        va_list ap;

        va_start(ap, fmt);
        write_line(level, language, fmt, ap);
        va_end(ap);
}
