/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>

/*
 * Whether a store is in order: the database sound, every blob as its name says, every row's blob
 * there, nothing left that no row names, the counters right, each student's photo their own. It may
 * be looked at while a daemon works on it; what is so young that a daemon may just be making it is
 * then no fault.
 */

typedef enum StoreFault {
        STORE_DATABASE,         /* SQLite finds it damaged */
        STORE_REFERENCE,        /* a row names a row that is not there */
        STORE_ORIGINAL_MISSING, /* of a submission */
        STORE_ORIGINAL_CHANGED,
        STORE_PHOTO_MISSING, /* finished, or its rendition for the centre */
        STORE_PHOTO_CHANGED,
        STORE_ORPHAN,  /* a blob that no row names */
        STORE_STAGING, /* bytes of an upload that is none any more */
        STORE_COUNTS,  /* a counter is not the count */
        STORE_STUDENT, /* a student's photo is not theirs, or is none */
        _STORE_FAULT_MAX,
} StoreFault;

const char *store_fault_to_string(StoreFault fault); /* a word for programs */

typedef struct StoreProblem {
        StoreFault fault;
        bool repaired;
        int64_t submission; /* 0: of none */
        int64_t student;    /* 0: of none */
        const char *what;   /* a blob's hash, a file's name, SQLite's words; "" for none */
} StoreProblem;

typedef struct StoreCheck {
        bool repair;
        int64_t now; /* wall time */
        /* What is wrong, after it was repaired or not. Nonzero ends the check and is returned. */
        int (*problem)(const StoreProblem *problem, void *userdata);
        void (*progress)(uint64_t done, uint64_t total, void *userdata); /* blobs; may be NULL */
        void *userdata;
} StoreCheck;

/*
 * Repair: blobs that no row names are removed, counters are counted again, and, without a daemon, a
 * submission whose finished photo is lost while its original is good goes back to RECEIVED, for the
 * next daemon to judge again; the student is without a photo until then. An original that is lost
 * stays lost. The caller is in no transaction. Returns 0 also when there were problems.
 */
int store_check(const Store *store, Catalog *catalog, const StoreCheck *check);

/*
 * Removes blobs that no row names, also beside a daemon that is about to name one: it is told so
 * and makes the blob again. `stop` (may be NULL) is asked before each blob and ends the work with
 * -ECANCELED. *ret_n (may be NULL): how many. The caller is in no transaction.
 */
typedef bool (*CollectStop)(void *userdata);
int store_collect_blobs(const Store *store, Catalog *catalog, CollectStop stop, void *userdata,
                        uint64_t *ret_n);
/* The same of these few. */
int store_collect_noted(const Store *store, Catalog *catalog, const Sha256 *hashes, size_t n);
