/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>

/*
 * Checks that a store is in order: the database is sound, every blob is what its name says, the
 * blob of every row exists, a row names every blob and every staging file, the counters are right,
 * and each student's photo is their own. A daemon may work on the store meanwhile. Then a blob or
 * staging file that is too young to have a row yet is no fault.
 */

typedef enum StoreFault {
        STORE_DATABASE,         /* SQLite finds it damaged */
        STORE_RESTORED,         /* see store_was_restored() */
        STORE_REFERENCE,        /* a row names a missing row */
        STORE_ORIGINAL_MISSING, /* the original of a submission */
        STORE_ORIGINAL_CHANGED,
        STORE_PHOTO_MISSING, /* the finished photo, or its rendition for the centre */
        STORE_PHOTO_CHANGED,
        STORE_ORPHAN,  /* a blob that no row names */
        STORE_STAGING, /* a staging file of an upload that no longer exists */
        STORE_COUNTS,  /* a counter is wrong */
        STORE_STUDENT, /* a student's photo is another student's, or does not exist */
        _STORE_FAULT_MAX,
} StoreFault;

const char *store_fault_to_string(StoreFault fault); /* an identifier for programs */

typedef struct StoreProblem {
        StoreFault fault;
        bool repaired;
        int64_t submission; /* 0: of none */
        int64_t student;    /* 0: of none */
        const char *what;   /* a blob's hash, a file's name or SQLite's message; "" for none */
} StoreProblem;

typedef struct StoreCheck {
        bool repair;
        int64_t now; /* wall time */
        /* Called for each fault, after an attempt to repair it. A nonzero result ends the check and
         * is returned. */
        int (*problem)(const StoreProblem *problem, void *userdata);
        void (*progress)(uint64_t done, uint64_t total, void *userdata); /* blobs; may be NULL */
        void *userdata;
} StoreCheck;

/*
 * Whether somebody restored the database of an attached store to an earlier state than the blobs
 * have: 1, 0 or a negative errno. Then no row names the later blobs, and none is removed, whoever
 * tries, until a store_check() has run. Daemons call this every minute, so that the database's state
 * is known. Any thread with a catalog of its own.
 */
int store_was_restored(const Store *store, Catalog *catalog);

/*
 * Checks the store. Repairing removes blobs that no row names, and recounts the counters. While no
 * daemon runs, it also mends a lost finished photo whose original is good: the submission becomes
 * RECEIVED, so that the next daemon judges it again. Until then the student has no photo. A lost
 * original stays lost. The caller is in no transaction. Returns 0 even when there were faults.
 */
int store_check(const Store *store, Catalog *catalog, const StoreCheck *check);

/*
 * Removes blobs that no row names. In a shared directory they are found until the first collection
 * that runs an hour later or more has erased them. A daemon that is about to name one of them gets -EAGAIN and
 * makes the blob again. `stop` (may be NULL) is called before each blob; true ends the work with
 * -ECANCELED. *ret_n (may be NULL) is the number of removed blobs. The caller is in no transaction.
 */
typedef bool (*CollectStop)(void *userdata);
int store_collect_blobs(const Store *store, Catalog *catalog, CollectStop stop, void *userdata,
                        uint64_t *ret_n);
/* Removes those of the n blobs that no row names. The caller is in no transaction. */
int store_collect_noted(const Store *store, Catalog *catalog, const Sha256 *hashes, size_t n);
