/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/store.h>

#define CATALOG_FILE "catalog.db"
#define LOCK_FILE    "daemon.lock"

struct Store {
        char *path;
        int dirfd;
        int blobs;
        int staging;
        int lock;
        bool daemon; /* holds the daemon's lock */
};
