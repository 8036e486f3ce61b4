/* SPDX-License-Identifier: MIT */
#include "node.h"

enum {
        KIND_SHIFT = 56,
        POINT_SHIFT = 32,
};

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
        switch (node.kind) {
        case NODE_ROOT:
        case NODE_POINT:
        case NODE_REJECTED_DIR:
        case NODE_FOLDER:
        case NODE_MISSING_DIR:
        case NODE_SUBMITTED_DIR:
        case NODE_OFFICE_DIR:
        case NODE_OFFICE_PENDING:
        case NODE_OFFICE_APPROVED:
        case NODE_OFFICE_REASON:
                return true;
        default:
                return false;
        }
}

bool node_is_snapshot(Node node)
{
        return node.kind == NODE_STATUS || node.kind == NODE_STATUS_CSV ||
               node.kind == NODE_INDEX_HTML || node.kind == NODE_EXPORT_MANIFEST ||
               node.kind == NODE_EXPORT_SUMS;
}

bool office_has(Node node)
{
        return node.kind >= NODE_OFFICE_DIR && node.kind <= NODE_OFFICE_NOTE;
}
