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
        SNAPSHOT_STATUS_XLSX, /* of points only */
        SNAPSHOT_INDEX_HTML,
        SNAPSHOT_MANIFEST, /* of an export, like the next; the root's only */
        SNAPSHOT_SUMS,
        SNAPSHOT_OFFICE_STATUS, /* of OFFICE/, like the next three */
        SNAPSHOT_OFFICE_CSV,
        SNAPSHOT_OFFICE_XLSX,
        SNAPSHOT_OFFICE_HTML,
        SNAPSHOT_REVIEW_HTML, /* of pending/; 0: of all points */
        _SNAPSHOT_MAX,
} SnapshotKind;

typedef struct Snapshot {
        SnapshotKind kind;
        int64_t point; /* 0: the root */
        uint32_t version;
        int64_t mtime;
        int64_t stands_until; /* monotonic time until which it is shown as the current one, though
                                 a newer version is there */
        char *data;           /* NULL: in the file below */
        int fd;               /* -EBADF: none */
        size_t size;
        unsigned references;   /* protected by the snapshots' lock */
        struct Snapshot *next; /* protected by the snapshots' lock */
} Snapshot;

/* What is true of every snapshot of a kind. */
typedef struct SnapshotTraits {
        /* Makes data and size as of now. */
        int (*render)(const Tree *tree, Catalog *catalog, Snapshot *s);
        /* Looks ahead for what that reads; NULL: it reads so much that this does not matter. */
        void (*expect)(const Tree *tree, Catalog *catalog, int64_t point);
        bool counts_days; /* it is another one each morning, and tells of a full disk */
        bool large;       /* a thousand times as large as the others */
        bool stands;      /* what takes long to make may be a second old */
} SnapshotTraits;

extern const SnapshotTraits snapshot_traits[_SNAPSHOT_MAX];

int snapshots_new(Snapshots **ret);
void snapshots_free(Snapshots *snapshots);
DEFINE_CLEANUP(Snapshots, snapshots_free)

/* The node must be a snapshot. */
SnapshotKind snapshot_kind(Node node);
/* The text as of now, with a reference; of a kind that stands, as of a second ago. */
int snapshot_current(const Tree *tree, Catalog *catalog, SnapshotKind kind, int64_t point,
                     Snapshot **ret);
/* The text of that version, with a reference. -ESTALE: it is not current, and nobody holds it. */
int snapshot_of(const Tree *tree, Catalog *catalog, SnapshotKind kind, int64_t point,
                uint32_t version, Snapshot **ret);
/* The current version, and the text with a reference if it has been made already, else NULL. */
int snapshot_peek(const Tree *tree, Catalog *catalog, SnapshotKind kind, int64_t point,
                  uint32_t *ret_version, Snapshot **ret);
void snapshot_unref(const Tree *tree, Snapshot *snapshot);
