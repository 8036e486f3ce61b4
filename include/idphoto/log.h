/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/text.h>

/*
 * The log of a program, on stderr or syslog. Whoever gives up on an error logs it, once. No line
 * may hold an ID number or the name of a person, so lines use row ids instead. Safe from any
 * thread.
 */
typedef enum LogLevel {
        LOG_LEVEL_ERROR,
        LOG_LEVEL_WARNING,
        LOG_LEVEL_INFO,
        LOG_LEVEL_DEBUG
} LogLevel;

/* Messages above the level are dropped. Only main() sets the level and the target, once and before
 * it starts threads. */
void log_set_level(LogLevel level);
void log_set_syslog(const char *ident);

void log_message(LogLevel level, const char *fmt, ...) _printf_(2, 3);

/* Like log_message(), for what a program says to who started it: fmt is a MESSAGE() in that
 * language. */
void log_message_in(LogLevel level, Language language, const char *fmt, ...) _printf_(3, 4);

#define log_error(...)   log_message(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_message(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_info(...)    log_message(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...)   log_message(LOG_LEVEL_DEBUG, __VA_ARGS__)

#define log_error_in(language, ...) log_message_in(LOG_LEVEL_ERROR, language, __VA_ARGS__)
#define log_info_in(language, ...)  log_message_in(LOG_LEVEL_INFO, language, __VA_ARGS__)
