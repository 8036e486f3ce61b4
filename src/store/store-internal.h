/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/store.h>

#define CATALOG_FILE      "catalog.db"
#define LOCK_FILE         "daemon.lock"
#define AUDIT_KEY_FILE    "audit.key"
#define STORE_CONFIG_FILE "idphotofs.conf" /* the room of the configuration writes it */

struct Store {
        char *path;
        int dirfd;
        int blobs;
        int staging;
        int lock;
        bool daemon; /* holds the daemon's lock */
};

/* Before something is written that a full disk may not stop: gives up a part of the reserve when
 * almost nothing is free; the daemon fills it again when there is room (room.c). */
void store_keep_room(const Store *store);
/* Gives up what is left of it: what was written did not fit. */
void store_give_room(const Store *store);

/* 1, 0, or errno. */
int store_directory_is_empty(int dirfd);
/* The folders of a store, those that are not there yet. */
int store_make_folders(int dirfd);
