/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>
#include <idphoto/view.h>

/* Reads from the catalog what waits for review, for OFFICE/STATUS.txt. */

typedef struct Waiting {
        StatusWaiting *points; /* own their strings and the gravest */
        size_t n;
} Waiting;

/* Collects the points where something waits. The caller releases *ret by waiting_done(), even after
 * an error. */
int waiting_collect(Catalog *catalog, int64_t batch, Language language, Waiting *ret);
void waiting_done(Waiting *waiting);
