/* SPDX-License-Identifier: MIT */
#pragma once

#include "key.h"

typedef void (*ProblemCallback)(const ConfigProblem *problem, void *userdata);

/* A file as far as it could be read. */
typedef struct ConfigReading {
        Config config;               /* defaults where a key is missing or wrong */
        unsigned lines[CONFIG_KEYS]; /* where each key stands, 0: nowhere */
        ConfigProblem first;         /* after -EBADMSG */
} ConfigReading;

/* Parses the size bytes at data and tells every problem, mostly in the order of the lines; callback
 * may be NULL. 0; -EBADMSG: there was one; both with *ret; -ENOMEM. */
int config_read(const char *data, size_t size, ProblemCallback callback, void *userdata,
                ConfigReading *ret);

/* The same for a file. Errors as config_load_file(). */
int config_read_file_at(int dirfd, const char *path, ProblemCallback callback, void *userdata,
                        ConfigReading *ret);
