/* SPDX-License-Identifier: MIT */
#pragma once

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
        char *catalog;         /* the URL of the database; NULL: CATALOG_FILE */
        struct Server *server; /* what is known of where that URL leads; NULL: CATALOG_FILE */
        bool daemon;           /* holds the daemon's lock */
};

/* Call before a write that a full disk must not stop. Frees part of the reserve when almost nothing
 * is free. The daemon fills it again when there is room (room.c). */
void store_keep_room(const Store *store);
/* Frees the rest of the reserve. Call when a write did not fit. */
void store_give_room(const Store *store);

/* The URL that the store's configuration names, NULL for none. 0 or a negative errno, as
 * catalog_url_check(). */
int store_read_catalog(int dirfd, char **ret);
/* Writes a configuration that names it and nothing else. */
int store_write_catalog(int dirfd, const char *url);

/* 1, 0, or a negative errno. */
int store_directory_is_empty(int dirfd);
/* Makes the missing folders of a store. */
int store_make_folders(int dirfd);
