/* SPDX-License-Identifier: MIT */
#include "node.h"

enum {
        KIND_SHIFT = 56,
        POINT_SHIFT = 32,
};

/* Only a client's own call gives the name of a directory another meaning, and the kernel sees it.
 */
#define DIRECTORY .directory = true, .name = NODE_KEPT_MOMENT, .attributes = NODE_KEPT_MOMENT
/* Clients drop files here. */
#define PLACE     DIRECTORY, .lists = NODE_LISTS_UPLOADS | NODE_LISTS_FOLDERS | NODE_LISTS_DROPS
/* The name means a newer text after every change of anything; the text under one number stays as it
 * is. */
#define SNAPSHOT \
        .snapshot = true, .keep_cache = true, .name = NODE_KEPT_NEVER, \
        .attributes = NODE_KEPT_MOMENT
/* Other threads change the file at any time. A verdict renames an upload. */
#define CHANGING .name = NODE_KEPT_NEVER, .attributes = NODE_KEPT_NEVER
#define FINISHED .writable = true, .finished = true, .keep_cache = true
/* The attributes change by a client's own call, or by a command, which may show a moment later. */
#define STEADY   .attributes = NODE_KEPT_MOMENT

#define NODES(X) \
        X(ROOT, DIRECTORY) \
        X(POINT, PLACE, .row = NODE_ROW_POINT, .xattrs = NODE_XATTRS_UNLISTED) \
        X(REJECTED_DIR, DIRECTORY, .row = NODE_ROW_POINT, .lists = NODE_LISTS_UPLOADS) \
        X(FOLDER, PLACE, .row = NODE_ROW_FOLDER) \
        X(STATUS, SNAPSHOT, .row = NODE_ROW_POINT) \
        X(UPLOAD, CHANGING, .row = NODE_ROW_SUBMISSION, .writable = true, \
          .xattrs = NODE_XATTRS_UNLISTED) \
        X(ALIAS, FINISHED, STEADY, .row = NODE_ROW_SUBMISSION, .xattrs = NODE_XATTRS_UNLISTED) \
        X(PHOTO, FINISHED, STEADY, .row = NODE_ROW_PHOTO, .xattrs = NODE_XATTRS_LISTED) \
        X(REJECTED, FINISHED, .row = NODE_ROW_SUBMISSION, .xattrs = NODE_XATTRS_LISTED) \
        X(REASON, .row = NODE_ROW_SUBMISSION) \
        X(LITTER, CHANGING, .writable = true) \
        X(MISSING_DIR, DIRECTORY, .row = NODE_ROW_POINT) \
        X(MISSING, .row = NODE_ROW_STUDENT) \
        X(SUBMITTED_DIR, PLACE, .row = NODE_ROW_POINT) \
        X(STATUS_CSV, SNAPSHOT, .row = NODE_ROW_POINT) \
        X(INDEX_HTML, SNAPSHOT, .row = NODE_ROW_POINT) \
        X(OFFICE_DIR, DIRECTORY, .office = true) \
        X(OFFICE_PENDING, DIRECTORY, .office = true, .row = NODE_ROW_POINT) \
        X(OFFICE_APPROVED, DIRECTORY, .office = true, .row = NODE_ROW_POINT) \
        X(OFFICE_REASON, DIRECTORY, .office = true) \
        X(OFFICE_PHOTO, .office = true, .row = NODE_ROW_PHOTO, .keep_cache = true, \
          .xattrs = NODE_XATTRS_LISTED) \
        X(OFFICE_EXPORTED, .office = true, .row = NODE_ROW_PHOTO, .keep_cache = true, \
          .xattrs = NODE_XATTRS_LISTED) \
        X(OFFICE_CENTRE, .office = true, .row = NODE_ROW_PHOTO) \
        X(INBOX, CHANGING, .office = true, .writable = true) \
        X(EXPORT_MANIFEST, SNAPSHOT, .office = true) \
        X(EXPORT_SUMS, SNAPSHOT, .office = true) \
        X(OFFICE_NOTE, .office = true, .row = NODE_ROW_PHOTO, .writable = true) \
        X(SUBMITTED_FOLDER, PLACE, .row = NODE_ROW_FOLDER) \
        X(READY_DIR, DIRECTORY, .row = NODE_ROW_POINT) \
        X(READY, .row = NODE_ROW_PHOTO, .keep_cache = true, .xattrs = NODE_XATTRS_LISTED) \
        X(READY_MANIFEST, SNAPSHOT, .row = NODE_ROW_POINT) \
        X(OFFICE_STATUS, SNAPSHOT, .office = true) \
        X(OFFICE_CSV, SNAPSHOT, .office = true) \
        X(OFFICE_HTML, SNAPSHOT, .office = true) \
        X(REVIEW_HTML, SNAPSHOT, .office = true, .row = NODE_ROW_POINT) \
        X(STATUS_XLSX, SNAPSHOT, .row = NODE_ROW_POINT) \
        X(OFFICE_XLSX, SNAPSHOT, .office = true)

#define X(kind, ...) [NODE_##kind] = {__VA_ARGS__},
const NodeTraits node_traits[_NODE_KIND_MAX] = {NODES(X)};
#undef X

#define X(kind, ...) | UINT64_C(1) << NODE_##kind
_Static_assert((0 NODES(X)) == (UINT64_C(1) << _NODE_KIND_MAX) - 1, "a kind of node has no row");
#undef X

#define ID_MASK    ((UINT64_C(1) << KIND_SHIFT) - 1)
#define POINT_MASK ((UINT64_C(1) << (KIND_SHIFT - POINT_SHIFT)) - 1)

uint64_t node_to_ino(Node node)
{
        uint64_t id = (uint64_t)node.id & ID_MASK;

        if (node.kind == NODE_ROOT)
                return 1;
        if (node_is_snapshot(node))
                id = ((uint64_t)node.id & POINT_MASK) << POINT_SHIFT | node.version;
        return (uint64_t)node.kind << KIND_SHIFT | id;
}

bool node_from_ino(uint64_t ino, Node *ret)
{
        Node node = {.kind = (NodeKind)(ino >> KIND_SHIFT), .id = (int64_t)(ino & ID_MASK)};

        if (ino == 1) {
                *ret = (Node){.kind = NODE_ROOT};
                return true;
        }
        if (node.kind == NODE_ROOT || node.kind >= _NODE_KIND_MAX)
                return false;
        if (node_is_snapshot(node)) {
                node.version = (uint32_t)node.id;
                node.id >>= POINT_SHIFT;
        }
        *ret = node;
        return true;
}

bool node_is_directory(Node node)
{
        return node_traits[node.kind].directory;
}

bool node_is_snapshot(Node node)
{
        return node_traits[node.kind].snapshot;
}

bool office_has(Node node)
{
        return node_traits[node.kind].office;
}

bool office_is_import(Node node)
{
        return node.kind == NODE_OFFICE_DIR && node.id == OFFICE_IMPORT;
}
