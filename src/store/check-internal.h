/* SPDX-License-Identifier: MIT */
#pragma once

#include "catalog-internal.h"

#include <idphoto/catalog.h>
#include <idphoto/storecheck.h>

/* What the parts of the check share: check-blobs.c looks at files, check-rows.c at rows. */

typedef struct Checking {
        const Store *store;
        Catalog *catalog;
        const StoreCheck *check;
        bool daemon;  /* one runs beside */
        bool claimed; /* no daemon runs, and none can start before the check is done */
        uint64_t done;
        uint64_t total;
} Checking;

int checking_report(Checking *checking, StoreFault fault, bool repaired, int64_t submission,
                    int64_t student, const char *what);
/* Whether it is so young that a daemon may be about to give it a row. */
bool checking_is_young(const Checking *checking, int64_t used_nsec);

int check_database(Checking *checking);
int check_counts(Checking *checking);
int check_students(Checking *checking);
int check_blobs(Checking *checking);
int check_staging(Checking *checking);
