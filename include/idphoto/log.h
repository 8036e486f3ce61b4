/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/util.h>

/*
 * The log of a program, on stderr or syslog. The caller that gives up logs, once. No line may hold
 * an ID number or the name of a person, so lines name things by their row ids. Safe from any
 * thread.
 */
typedef enum LogLevel {
        LOG_LEVEL_ERROR,
        LOG_LEVEL_WARNING,
        LOG_LEVEL_INFO,
        LOG_LEVEL_DEBUG
} LogLevel;

/* Messages above the level are dropped. main() sets level and target once, before it starts
 * threads. */
void log_set_level(LogLevel level);
void log_set_syslog(const char *ident);

void log_message(LogLevel level, const char *fmt, ...) _printf_(2, 3);

#define log_error(...)   log_message(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_message(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_info(...)    log_message(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...)   log_message(LOG_LEVEL_DEBUG, __VA_ARGS__)
