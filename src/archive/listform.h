/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdint.h>

/* A file in the list; its path follows, without a NUL. */
typedef struct ListedFile {
        uint64_t offset;
        uint64_t size;
        int64_t mtime;
        uint64_t path_bytes;
} ListedFile;
