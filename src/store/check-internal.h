/* SPDX-License-Identifier: MIT */
#pragma once

#include "catalog-internal.h"

#include <idphoto/catalog.h>
#include <idphoto/storecheck.h>

/* Shared by the parts of the check: check-blobs.c checks files, check-rows.c checks rows. */

typedef struct Checking {
        const Store *store;
        Catalog *catalog;
        const StoreCheck *check;
        bool daemon;   /* a daemon has the store, here or on another machine */
        bool restored; /* what has no row stays */
        bool claimed;  /* none runs here, and none can start here until the check is done */
        uint64_t done;
        uint64_t total;
} Checking;

int checking_report(Checking *checking, StoreFault fault, bool repaired, int64_t submission,
                    int64_t student, const char *what);
/* Whether a blob or staging file is so young that a daemon may not have given it a row yet. */
bool checking_is_young(const Checking *checking, int64_t used_nsec);

/* A check that has told of it is what store_was_restored() waits for. */
int store_accept_restored(const Store *store, Catalog *catalog);

int check_database(Checking *checking);
int check_counts(Checking *checking);
int check_students(Checking *checking);
int check_blobs(Checking *checking);
int check_staging(Checking *checking);
