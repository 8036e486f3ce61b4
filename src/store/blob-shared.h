/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/store.h>

/* The files of a shared directory of blobs, beside the folders of the blobs. */

#define BLOBS_NEW     "tmp"      /* files that are not complete yet */
#define BLOBS_TRASH   "trash"    /* removed blobs, by their hash */
#define BLOBS_ID_FILE "store.id" /* the store that it belongs to */

#define BLOBS_ID_SETTING "store-id"

enum { TRASH_NAME_SIZE = sizeof(BLOBS_TRASH "/") - 1 + SHA256_HEX_SIZE };

/* The name of a removed blob. Returns buf. */
const char *trash_name(const Sha256 *hash, char buf[static TRASH_NAME_SIZE]);

/* The time by the clock that gives the directory's files theirs. */
int blob_shared_now(const Store *store, int64_t *ret_nsec);

/* Calls back for every removed blob of a shared directory, in no order. The time is that of its
 * removal. */
int trash_list(const Store *store, BlobCallback callback, void *userdata);
/* Makes a removed blob one again, durably. 1; 0: it was not in the trash. */
int trash_put_back(const Store *store, const Sha256 *hash);
/* Erases what was removed; nothing to erase is no error. */
int trash_erase(const Store *store, const Sha256 *hash);
/* Erases files in BLOBS_NEW that are older than that: left by whoever died. */
int trash_sweep_new(const Store *store, int64_t before_nsec);
