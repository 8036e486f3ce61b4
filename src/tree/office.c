/* SPDX-License-Identifier: MIT */
#include "office-internal.h"

#include "attributes.h"
#include "inbox.h"

#include <idphoto/event.h>
#include <idphoto/exportlist.h>
#include <idphoto/exportrow.h>
#include <idphoto/photorow.h>
#include <idphoto/point.h>
#include <idphoto/review.h>

#include <string.h>

/* ---- what stat shows ---- */

/* Everything is the office's; nobody else even sees what there is. */
static void fill(const Tree *tree, Node node, mode_t mode, uint64_t size, int64_t mtime,
                 struct stat *st)
{
        attributes_fill(st, node, mode, tree->uid, tree->office_gid, size, mtime);
}

/* When its listing changed. */
static int directory_mtime(const Tree *tree, Catalog *catalog, Node node, int64_t *ret)
{
        char name[64];

        switch (node.kind) {
        case NODE_OFFICE_PENDING:
                return catalog_place_mtime(catalog, (Where){tree->batch, node.id}, "pending", ret);
        case NODE_OFFICE_APPROVED:
                return catalog_place_mtime(catalog, (Where){tree->batch, node.id}, "approved", ret);
        case NODE_OFFICE_REASON:
                (void)snprintf(name, sizeof(name), "reason:%s",
                               reason_to_string(reason_decision((size_t)node.id)));
                return catalog_place_mtime(catalog, (Where){tree->batch, 0}, name, ret);
        default:
                break;
        }
        switch ((OfficeDir)node.id) {
        case OFFICE_PENDING:
        case OFFICE_APPROVED:
                return catalog_place_mtime(catalog, (Where){0, 0}, "points", ret);
        case OFFICE_PLATFORM:
        case OFFICE_CENTRE:
                return catalog_place_mtime(catalog, (Where){tree->batch, 0}, "export", ret);
        case OFFICE_IMPORT:
                return inbox_mtime(tree->inbox, ret);
        default:
                return 0;
        }
}

static int fill_directory(const Tree *tree, Catalog *catalog, Node node, struct stat *st)
{
        bool fixed = node.kind == NODE_OFFICE_DIR && node.id != OFFICE_IMPORT;
        int64_t mtime = tree->mounted_at;
        int r = directory_mtime(tree, catalog, node, &mtime);

        fill(tree, node, S_IFDIR | (fixed ? 0550 : 0770), 4096, mtime, st);
        return MIN(r, 0);
}

void office_fill_photo(const Tree *tree, Node node, const PhotoRow *photo, struct stat *st)
{
        fill(tree, node, S_IFREG | 0440,
             node.kind == NODE_OFFICE_CENTRE ? photo->centre_size : photo->size, photo->mtime, st);
        attributes_set_ctime(st, photo->changed, photo->created);
}

int office_fill_note(const Tree *tree, Catalog *catalog, int64_t photo, struct stat *st)
{
        _cleanup_free_ char *text = NULL;
        size_t size;
        int r = office_note_text(tree, catalog, photo, &text, &size);

        if (r >= 0)
                fill(tree, (Node){.kind = NODE_OFFICE_NOTE, .id = photo}, S_IFREG | 0660, size,
                     tree->mounted_at, st);
        return r;
}

int office_attributes(const Tree *tree, Catalog *catalog, Node node, struct stat *ret)
{
        _cleanup_photo_ PhotoRow photo = {};
        int r;

        switch (node.kind) {
        case NODE_OFFICE_PHOTO:
        case NODE_OFFICE_EXPORTED:
        case NODE_OFFICE_CENTRE:
                r = catalog_get_photo(catalog, node.id, &photo);
                if (r <= 0)
                        return r < 0 ? r : -ENOENT;
                office_fill_photo(tree, node, &photo, ret);
                return 0;
        case NODE_OFFICE_NOTE:
                return office_fill_note(tree, catalog, node.id, ret);
        case NODE_INBOX:
                return inbox_attributes(tree->inbox, node, ret);
        default:
                return fill_directory(tree, catalog, node, ret);
        }
}

/* ---- office_directories ---- */

const OfficeEntry office_directories[OFFICE_DIRECTORIES] = {
        {OFFICE_TOP, OFFICE_PENDING, FIXED_PENDING},
        {OFFICE_TOP, OFFICE_APPROVED, FIXED_APPROVED},
        {OFFICE_TOP, OFFICE_REJECTED, FIXED_REJECTED},
        {OFFICE_TOP, OFFICE_EXPORT, FIXED_EXPORT},
        {OFFICE_TOP, OFFICE_IMPORT, FIXED_IMPORT},
        {OFFICE_EXPORT, OFFICE_PLATFORM, FIXED_PLATFORM},
        {OFFICE_EXPORT, OFFICE_CENTRE, FIXED_CENTRE},
};

int office_directory_entry(const Tree *tree, Catalog *catalog, Node node, Entry *ret)
{
        int r;

        *ret = (Entry){.node = node};
        r = fill_directory(tree, catalog, node, &ret->attributes);
        return r < 0 ? r : 1;
}

Node office_fixed_node(Node directory, FixedName name)
{
        static const NodeKind kinds[_FIXED_MAX] = {
                [FIXED_STATUS_TXT] = NODE_OFFICE_STATUS,
                [FIXED_STATUS_CSV] = NODE_OFFICE_CSV,
                [FIXED_STATUS_XLSX] = NODE_OFFICE_XLSX,
                [FIXED_INDEX_HTML] = NODE_OFFICE_HTML,
        };

        if (directory.kind == NODE_OFFICE_PENDING)
                return (Node){.kind = NODE_REVIEW_HTML, .id = directory.id};
        if (directory.id == OFFICE_PENDING)
                return (Node){.kind = NODE_REVIEW_HTML};
        return (Node){.kind = kinds[name]};
}

/* The two lists of an export: snapshots, like the status files. */
static int lookup_list(const Tree *tree, Catalog *catalog, NodeKind kind, Entry *ret)
{
        int r = attributes_status(tree, catalog, (Node){.kind = kind}, true, &ret->attributes);

        if (r < 0)
                return r;
        (void)node_from_ino(ret->attributes.st_ino, &ret->node);
        return 1;
}

static int lookup_in_dir(const Tree *tree, Catalog *catalog, OfficeDir dir, const char *name,
                         Entry *ret)
{
        _cleanup_point_ PointRow point = {};
        ReasonCode reason;
        int r;

        for (size_t i = 0; i < OFFICE_DIRECTORIES; i++)
                if (office_directories[i].parent == dir &&
                    strcmp(fixed_name(office_directories[i].name, tree->language), name) == 0)
                        return office_directory_entry(
                                tree, catalog,
                                (Node){.kind = NODE_OFFICE_DIR, .id = office_directories[i].dir},
                                ret);
        if (dir == OFFICE_EXPORT && strcmp(name, fixed_name(FIXED_MANIFEST, tree->language)) == 0)
                return lookup_list(tree, catalog, NODE_EXPORT_MANIFEST, ret);
        if (dir == OFFICE_EXPORT && strcmp(name, fixed_name(FIXED_SUMS, tree->language)) == 0)
                return lookup_list(tree, catalog, NODE_EXPORT_SUMS, ret);
        if (dir == OFFICE_PENDING || dir == OFFICE_APPROVED) {
                r = catalog_find_point(catalog, name, &point);
                if (r <= 0)
                        return r;
                return office_directory_entry(
                        tree, catalog, (Node){.kind = office_shelf_kind(dir), .id = point.id}, ret);
        }
        if (dir != OFFICE_REJECTED)
                return 0;
        reason = reason_from_folder(name);
        if (reason < 0 || strcmp(reason_folder(reason, tree->language), name) != 0)
                return 0;
        return office_directory_entry(
                tree, catalog,
                (Node){.kind = NODE_OFFICE_REASON, .id = reason - reason_decision(0)}, ret);
}

/* A photo, or the note "ID.jpg.txt" beside a rejected one. */
static int lookup_on_shelf(const Tree *tree, Catalog *catalog, const Shelf *shelf, const char *name,
                           Entry *ret)
{
        _cleanup_photo_ PhotoRow photo = {};
        _cleanup_free_ char *stem = NULL;
        int r = office_find_photo(tree, catalog, shelf, name, &photo);

        if (r > 0) {
                ret->node = (Node){.kind = office_photo_kind(shelf), .id = photo.id};
                office_fill_photo(tree, ret->node, &photo, &ret->attributes);
        }
        if (r != 0 || shelf->kind != OFFICE_REJECTED)
                return r;
        r = name_of_noted(name, &stem);
        if (r <= 0)
                return r;
        r = office_find_photo(tree, catalog, shelf, stem, &photo);
        if (r <= 0)
                return r;
        ret->node = (Node){.kind = NODE_OFFICE_NOTE, .id = photo.id};
        r = office_fill_note(tree, catalog, photo.id, &ret->attributes);
        return r < 0 ? r : 1;
}

int office_lookup(const Tree *tree, Catalog *catalog, Node parent, const char *name, Entry *ret)
{
        Shelf shelf;

        if (office_shelf(parent, &shelf))
                return lookup_on_shelf(tree, catalog, &shelf, name, ret);
        if (parent.kind == NODE_OFFICE_DIR && parent.id == OFFICE_IMPORT)
                return inbox_lookup(tree->inbox, name, ret);
        if (parent.kind == NODE_OFFICE_DIR)
                return lookup_in_dir(tree, catalog, (OfficeDir)parent.id, name, ret);
        return -ENOTDIR;
}
