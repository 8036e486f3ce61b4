/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/store.h>

#define CATALOG_FILE      "catalog.db"
#define LOCK_FILE         "daemon.lock"
#define AUDIT_KEY_FILE    "audit.key"
#define STORE_CONFIG_FILE "idphotofs.conf" /* the configuration's room writes it */

struct Store {
        char *path;
        int dirfd;
        int blobs;
        int staging;
        int lock;
        bool daemon; /* holds the daemon's lock */
};

/* Call before a write that a full disk must not stop. Gives up a part of the reserve when almost
 * nothing is free; the daemon fills it again when there is room (room.c). */
void store_keep_room(const Store *store);
/* Gives up all that is left of the reserve: something that was written did not fit. */
void store_give_room(const Store *store);

/* 1, 0, or errno. */
int store_directory_is_empty(int dirfd);
/* Makes those folders of a store that are missing. */
int store_make_folders(int dirfd);
