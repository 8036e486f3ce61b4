/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/attached.h>
#include <idphoto/store.h>

#define CATALOG_FILE      "catalog.db"
#define LOCK_FILE         "daemon.lock"
#define AUDIT_KEY_FILE    "audit.key"
#define STORE_CONFIG_FILE "idphotofs.conf" /* written by src/config */

struct Store {
        char *path;
        int dirfd;
        int blobs;
        int staging;
        int lock;
        char *catalog;     /* the URL of the database; NULL: CATALOG_FILE */
        bool shares_blobs; /* they are no folder of the store's */
        char gateway[GATEWAY_NAME_SIZE];
        struct Server *server; /* what is known of where that URL leads; NULL: CATALOG_FILE */
        bool daemon;           /* holds the daemon's lock */
};

/* Call before a write that a full disk must not stop. Frees part of the reserve when almost nothing
 * is free. The daemon fills it again when there is room (room.c). */
void store_keep_room(const Store *store);
/* Frees the rest of the reserve. Call when a write did not fit. */
void store_give_room(const Store *store);

/* What the configuration of a store says about where it is. */
typedef struct StorePlace {
        char *catalog; /* URL; NULL: a file of the store */
        char *blobs;   /* directory; NULL: a folder of the store */
        char gateway[GATEWAY_NAME_SIZE];
} StorePlace;

void store_place_done(StorePlace *place);
#define _cleanup_place_ _cleanup_(store_place_done)

/* 0 or a negative errno, as catalog_url_check(), or -EPROTOTYPE as store_open(). */
int store_read_place(int dirfd, StorePlace *ret);
/* Writes a configuration that names catalog and blobs, and nothing else. */
int store_write_place(int dirfd, const StorePlace *place);

/* ---- shared directories of blobs (blob-directory.c) ---- */

enum { BLOBS_ID_SIZE = 33 };

/* Opens the directory. -ENOMEDIUM: it is not there; -EPROTOTYPE: it cannot be named so. */
int blobs_open(const char *path);
/* Makes it that of a new store, with a new id. -EADDRINUSE: it is not empty. */
int blobs_create(int dirfd, char ret_id[static BLOBS_ID_SIZE]);
/* Checks that the directory is that of the store with this id. id: NULL for a store without one.
 * -ENOMEDIUM, -EREMCHG as store_open(). */
int blobs_check(int dirfd, const char *id);

/* Opens a folder of the directory. Returns the fd or a negative errno. */
int store_open_folder(int dirfd, const char *name);
/* 1, 0, or a negative errno. */
int store_directory_is_empty(int dirfd);
/* Makes the missing folders of a store. */
int store_make_folders(int dirfd);
/* The same of the folders of one whose blobs are elsewhere. */
int store_make_staging(int dirfd);
/* Makes the 256 folders of blobs that are missing. */
int store_make_blob_folders(int blobs);
