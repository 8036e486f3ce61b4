/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/*
 * Inode numbers. A number is the kind of the entry (8 bits) and the id of its row (56 bits). So a
 * look-up needs no table, forget is free, and numbers survive a remount. Ids are never used again,
 * so numbers are not either: a replaced photo has another row and another number [T3].
 *
 * A status file is a snapshot [T4]. Its number also holds the version of what it shows (point: 24
 * bits, version: 32 bits). So a changed status is another file to the kernel, and an open one never
 * changes under its reader.
 */

typedef enum NodeKind {
        NODE_ROOT, /* number 1, as the protocol wants */
        NODE_POINT,
        NODE_REJECTED_DIR,
        NODE_FOLDER,
        NODE_STATUS,   /* id: point, 0 for the root's */
        NODE_UPLOAD,   /* id: submission, unfinished or not shown yet */
        NODE_ALIAS,    /* id: submission that has its place; shows the original [D4] */
        NODE_PHOTO,    /* id: photo */
        NODE_REJECTED, /* id: submission, its original in rejected/ */
        NODE_REASON,   /* id: submission, the text beside it */
        NODE_LITTER,   /* id: a number of this process */
        NODE_MISSING_DIR,
        NODE_MISSING,       /* id: student without an accepted photo */
        NODE_SUBMITTED_DIR, /* its entries are aliases */
        NODE_STATUS_CSV,    /* id and version as NODE_STATUS */
        NODE_INDEX_HTML,    /* the same */
        /* of OFFICE/, see office.h */
        NODE_OFFICE_DIR,     /* id: OfficeDir */
        NODE_OFFICE_PENDING, /* id: point, as the next */
        NODE_OFFICE_APPROVED,
        NODE_OFFICE_REASON,   /* id: place among the decisions */
        NODE_OFFICE_PHOTO,    /* id: photo, on any shelf of the review */
        NODE_OFFICE_EXPORTED, /* id: photo, in export/platform/ */
        NODE_OFFICE_CENTRE,   /* id: photo, in export/centre/ */
        NODE_INBOX,           /* id: inode number in the store's folder, see inbox.h */
        NODE_EXPORT_MANIFEST, /* version as NODE_STATUS, like the next */
        NODE_EXPORT_SUMS,
        NODE_OFFICE_NOTE,      /* id: photo, the text beside a rejected one */
        NODE_SUBMITTED_FOLDER, /* id: folder of the point, as submitted/ shows it: its entries are
                                  aliases */
        NODE_READY_DIR,        /* id: point [T8] */
        NODE_READY,            /* id: photo, approved */
        NODE_READY_MANIFEST,   /* id and version as NODE_STATUS */
        /* of OFFICE/ itself; version as NODE_STATUS */
        NODE_OFFICE_STATUS,
        NODE_OFFICE_CSV,
        NODE_OFFICE_HTML,
        NODE_REVIEW_HTML, /* in pending/; id: point, 0: the page of all points */
        NODE_STATUS_XLSX, /* id: point; version as NODE_STATUS */
        NODE_OFFICE_XLSX,
        _NODE_KIND_MAX,
} NodeKind;

/* The directories of OFFICE/ with a fixed name; the ids of NODE_OFFICE_DIR. */
typedef enum OfficeDir {
        OFFICE_TOP,
        OFFICE_PENDING,
        OFFICE_APPROVED,
        OFFICE_REJECTED,
        OFFICE_EXPORT,
        OFFICE_PLATFORM,
        OFFICE_CENTRE,
        OFFICE_IMPORT,
        _OFFICE_DIR_MAX,
} OfficeDir;

typedef struct Node {
        NodeKind kind;
        int64_t id;
        uint32_t version; /* of snapshots only */
} Node;

/* Which row of the catalog the id is. */
typedef enum NodeRow {
        NODE_ROW_NONE,
        NODE_ROW_POINT, /* a snapshot's may be 0: the root's */
        NODE_ROW_FOLDER,
        NODE_ROW_SUBMISSION,
        NODE_ROW_STUDENT,
        NODE_ROW_PHOTO,
} NodeRow;

/* How long the kernel may keep an answer. */
typedef enum NodeKept {
        NODE_KEPT_LENT,   /* as long as the listing that gave it is lent, see lease.h */
        NODE_KEPT_MOMENT, /* a moment in any case */
        NODE_KEPT_NEVER,
} NodeKept;

/* Extended attributes, see xattr.h. */
typedef enum NodeXattrs {
        NODE_XATTRS_NONE,
        NODE_XATTRS_UNLISTED, /* answered, but in no list */
        NODE_XATTRS_LISTED,
} NodeXattrs;

/* What can stand in a directory besides the entries that its kind is for. Bits of
 * NodeTraits.lists. */
enum {
        NODE_LISTS_UPLOADS = 1,
        NODE_LISTS_FOLDERS = 2,
        NODE_LISTS_DROPS =
                4, /* resolve without being listed: dropped names of what is finished [D4] */
};

/* What is true of every node of a kind. A new kind needs one row of node_traits, in node.c. */
typedef struct NodeTraits {
        bool directory;
        bool snapshot; /* a text of a moment, with its version in the number */
        bool office;   /* OFFICE/ or anything in it */
        NodeRow row;
        /* Of files. A client may open it for writing, and may rename another file over it. */
        bool writable;
        /* A photo in its place. It is never written: opening it for writing begins a new upload of
         * its name. */
        bool finished;
        bool keep_cache; /* the bytes never change under the number */
        NodeKept name;
        NodeKept attributes; /* as stat shows them */
        NodeXattrs xattrs;
        unsigned lists; /* NODE_LISTS_* */
} NodeTraits;

extern const NodeTraits node_traits[_NODE_KIND_MAX];

uint64_t node_to_ino(Node node);
/* False: no node has that number. */
bool node_from_ino(uint64_t ino, Node *ret);
bool node_is_directory(Node node);
/* Whether it is a text of a moment, with its version in the number. */
bool node_is_snapshot(Node node);
/* Whether the node is OFFICE/ or stands anywhere in it. */
bool office_has(Node node);
/* Whether it is OFFICE/import/. */
bool office_is_import(Node node);
