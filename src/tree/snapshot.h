/* SPDX-License-Identifier: MIT */
#pragma once

#include "tree.h"

#include <idphoto/catalog.h>

/*
 * Status texts and pages as they were at a version of their point [T4]. The version is part of the
 * inode number, so a reader that has one open keeps reading it while newer ones are made.
 */
typedef enum SnapshotKind {
        SNAPSHOT_STATUS_TXT,
        SNAPSHOT_STATUS_CSV,
        SNAPSHOT_INDEX_HTML,
        SNAPSHOT_MANIFEST, /* of an export, like the next; the root's only */
        SNAPSHOT_SUMS,
} SnapshotKind;

typedef struct Snapshot {
        SnapshotKind kind;
        int64_t point; /* 0: the root */
        uint32_t version;
        int64_t mtime;
        char *data; /* NULL: in the file below */
        int fd;     /* -EBADF: none */
        size_t size;
        unsigned references;   /* protected by the snapshots' lock */
        struct Snapshot *next; /* protected by the snapshots' lock */
} Snapshot;

int snapshots_new(Snapshots **ret);
void snapshots_free(Snapshots *snapshots);
DEFINE_CLEANUP(Snapshots, snapshots_free)

/* The node must be a snapshot. */
SnapshotKind snapshot_kind(Node node);
/* The text as of now, with a reference. */
int snapshot_current(const Tree *tree, Catalog *catalog, SnapshotKind kind, int64_t point,
                     Snapshot **ret);
/* The text of that version, with a reference. -ESTALE: it is not current, and nobody holds it. */
int snapshot_of(const Tree *tree, Catalog *catalog, SnapshotKind kind, int64_t point,
                uint32_t version, Snapshot **ret);
/* The current version, and the text with a reference if it has been made already, else NULL. */
int snapshot_peek(const Tree *tree, Catalog *catalog, SnapshotKind kind, int64_t point,
                  uint32_t *ret_version, Snapshot **ret);
void snapshot_unref(const Tree *tree, Snapshot *snapshot);
