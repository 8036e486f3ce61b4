/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Where in which point: what a directory node means to the catalog. */
typedef struct Place {
        int64_t point;
        int64_t folder;
        bool temporary; /* inside a client's own folder: nothing in it is judged */
} Place;
