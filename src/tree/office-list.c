/* SPDX-License-Identifier: MIT */
#include "office-internal.h"

#include "attributes.h"
#include "inbox.h"

#include <idphoto/exportrow.h>
#include <idphoto/photorow.h>
#include <idphoto/point.h>

typedef struct OfficeListing {
        const Tree *tree;
        Catalog *catalog;
        Shelf shelf;
        OfficeDir dir;
        uint64_t after;
        TreeCallback callback;
        void *userdata;
} OfficeListing;

static int emit(const OfficeListing *l, uint64_t key, const char *name, const Entry *entry)
{
        return l->callback(name, entry, key, l->userdata);
}

static int list_point(const PointRow *row, void *userdata)
{
        const OfficeListing *l = userdata;
        Entry entry;
        int r = office_directory_entry(l->tree, l->catalog,
                                       (Node){.kind = office_shelf_kind(l->dir), .id = row->id},
                                       &entry);

        return r < 0 ? r : emit(l, (uint64_t)row->id, row->name, &entry);
}

/* Two keys a photo: it stands at 2 x id, the note beside it at 2 x id + 1. */
static int list_photo(const PhotoRow *row, void *userdata)
{
        const OfficeListing *l = userdata;
        uint64_t key = (uint64_t)row->id * 2;
        Entry entry = {.node = {.kind = office_photo_kind(&l->shelf), .id = row->id}};
        _cleanup_free_ char *name = NULL, *note = NULL;
        int r;

        if (!office_stands_on(&l->shelf, row))
                return 0;
        r = office_photo_name(l->catalog, &l->shelf, row->student, row->id_number, &name);
        if (r >= 0 && l->after < key) {
                office_fill_photo(l->tree, entry.node, row, &entry.attributes);
                r = emit(l, key, name, &entry);
        }
        if (r != 0 || l->shelf.kind != OFFICE_REJECTED)
                return r;
        r = name_of_note(name, &note);
        if (r < 0)
                return r;
        entry.node.kind = NODE_OFFICE_NOTE;
        r = office_fill_note(l->tree, l->catalog, row->id, &entry.attributes);
        return r < 0 ? r : emit(l, key + 1, note, &entry);
}

static int list_fixed(const OfficeListing *l)
{
        static const NodeKind lists[] = {NODE_EXPORT_MANIFEST, NODE_EXPORT_SUMS};
        static const FixedName list_names[] = {FIXED_MANIFEST, FIXED_SUMS};
        const size_t n = OFFICE_DIRECTORIES;
        int r = 0;

        for (size_t i = (size_t)l->after; i < n && r == 0; i++)
                if (office_directories[i].parent == l->dir) {
                        Entry entry;

                        r = office_directory_entry(
                                l->tree, l->catalog,
                                (Node){.kind = NODE_OFFICE_DIR, .id = office_directories[i].dir},
                                &entry);
                        if (r >= 0)
                                r = emit(l, i + 1,
                                         fixed_name(office_directories[i].name, l->tree->language),
                                         &entry);
                }
        if (l->dir != OFFICE_EXPORT)
                return r;
        for (size_t i = l->after > n ? (size_t)l->after - n : 0; i < ELEMENTSOF(lists) && r == 0;
             i++) {
                Entry entry = {};

                r = attributes_status_entry(l->tree, l->catalog, (Node){.kind = lists[i]}, &entry);
                if (r >= 0)
                        r = emit(l, n + i + 1, fixed_name(list_names[i], l->tree->language),
                                 &entry);
        }
        return r;
}

static int list_reasons(const OfficeListing *l)
{
        ReasonCode reason;
        int r = 0;

        for (size_t i = (size_t)l->after; r == 0 && (reason = reason_decision(i)) >= 0; i++) {
                Entry entry;

                r = office_directory_entry(l->tree, l->catalog,
                                           (Node){.kind = NODE_OFFICE_REASON, .id = (int64_t)i},
                                           &entry);
                if (r >= 0)
                        r = emit(l, i + 1, reason_folder(reason, l->tree->language), &entry);
        }
        return r;
}

static int list_shelf(OfficeListing *l)
{
        /* An odd key has given photo and note, an even one only the photo. */
        int64_t batch = l->tree->batch, even = (int64_t)(l->after / 2),
                after = l->after % 2 || even == 0 || l->shelf.kind != OFFICE_REJECTED ? even
                                                                                      : even - 1;
        int r;

        switch (l->shelf.kind) {
        case OFFICE_PENDING:
                return catalog_list_photos_in_state(l->catalog, (Where){batch, l->shelf.point},
                                                    REVIEW_PENDING, after, list_photo, l);
        case OFFICE_APPROVED:
                /* Those of a point are few: one state behind the other would not be in the order
                 * of the keys. */
                return catalog_list_photos_settled(l->catalog, (Where){batch, l->shelf.point},
                                                   after, list_photo, l);
        case OFFICE_REJECTED:
                return catalog_list_photos_decided(l->catalog, batch, l->shelf.reason, after,
                                                   list_photo, l);
        default:
                r = catalog_list_photos_settled(l->catalog, (Where){batch, 0}, after, list_photo,
                                                l);
                return r;
        }
}

int office_list(const Tree *tree, Catalog *catalog, Node directory, uint64_t after,
                TreeCallback callback, void *userdata)
{
        OfficeListing l = {.tree = tree,
                           .catalog = catalog,
                           .dir = (OfficeDir)directory.id,
                           .after = after,
                           .callback = callback,
                           .userdata = userdata};

        if (office_shelf(directory, &l.shelf))
                return list_shelf(&l);
        switch (l.dir) {
        case OFFICE_PENDING:
        case OFFICE_APPROVED:
                return catalog_list_points(catalog, (int64_t)after, list_point, &l);
        case OFFICE_REJECTED:
                return list_reasons(&l);
        case OFFICE_IMPORT:
                return inbox_list(tree->inbox, after, callback, userdata);
        default:
                return list_fixed(&l);
        }
}
