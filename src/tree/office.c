/* SPDX-License-Identifier: MIT */
#include "office.h"

#include "attributes.h"
#include "inbox.h"

#include <idphoto/event.h>
#include <idphoto/exportlist.h>
#include <idphoto/exportrow.h>
#include <idphoto/photorow.h>
#include <idphoto/point.h>
#include <idphoto/review.h>

#include <string.h>

/* ---- which photos stand where ---- */

bool office_shelf(Node directory, Shelf *ret)
{
        switch (directory.kind) {
        case NODE_OFFICE_PENDING:
                *ret = (Shelf){.kind = OFFICE_PENDING, .point = directory.id};
                return true;
        case NODE_OFFICE_APPROVED:
                *ret = (Shelf){.kind = OFFICE_APPROVED, .point = directory.id};
                return true;
        case NODE_OFFICE_REASON:
                *ret = (Shelf){.kind = OFFICE_REJECTED,
                               .reason = reason_decision((size_t)directory.id)};
                return ret->reason >= 0;
        case NODE_OFFICE_DIR:
                *ret = (Shelf){.kind = (OfficeDir)directory.id};
                return directory.id == OFFICE_PLATFORM || directory.id == OFFICE_CENTRE;
        default:
                return false;
        }
}

static bool stands_on(const Shelf *shelf, const PhotoRow *photo)
{
        switch (shelf->kind) {
        case OFFICE_PENDING:
                return photo->reason < 0 && photo->state == REVIEW_PENDING &&
                       photo->point == shelf->point;
        case OFFICE_APPROVED:
                return photo->reason < 0 && review_state_approved(photo->state) &&
                       photo->point == shelf->point;
        case OFFICE_REJECTED:
                return photo->reason == shelf->reason;
        case OFFICE_PLATFORM:
                return photo->reason < 0 && review_state_approved(photo->state);
        case OFFICE_CENTRE:
                return photo->reason < 0 && review_state_approved(photo->state) &&
                       photo->has_centre;
        default:
                return false;
        }
}

static NodeKind photo_kind(const Shelf *shelf)
{
        return shelf->kind == OFFICE_PLATFORM ? NODE_OFFICE_EXPORTED
               : shelf->kind == OFFICE_CENTRE ? NODE_OFFICE_CENTRE
                                              : NODE_OFFICE_PHOTO;
}

/* ---- names: "ID.jpg" ---- */

/* One person at two points has two photos, which may meet in a directory of all points: there each
 * has the name that it has in an export, whichever is there. */
static int photo_name(Catalog *catalog, const Shelf *shelf, int64_t student, const char *id_number,
                      char **ret)
{
        unsigned rank = 0;
        int r = shelf->point != 0 ? 0 : catalog_number_rank(catalog, student, &rank);

        return r < 0 ? r : export_file_name(id_number, rank, ret);
}

enum { NAMESAKES_MAX = 8 };

typedef struct Namesakes {
        const Shelf *shelf;
        size_t n;
        struct {
                int64_t photo;
                int64_t student;
        } items[NAMESAKES_MAX];
} Namesakes;

static int add_namesake(const PhotoRow *row, void *userdata)
{
        Namesakes *all = userdata;

        if (!stands_on(all->shelf, row) || all->n == NAMESAKES_MAX)
                return 0;
        all->items[all->n].photo = row->id;
        all->items[all->n++].student = row->student;
        return 0;
}

int office_find_photo(const Tree *tree, Catalog *catalog, const Shelf *shelf, const char *name,
                      PhotoRow *ret)
{
        _cleanup_free_ char *number = strndup(name, strcspn(name, " ."));
        Namesakes all = {.shelf = shelf};
        int r;

        if (!number)
                return -ENOMEM;
        r = catalog_list_photos_of_number(catalog, tree->batch, number, add_namesake, &all);
        for (size_t i = 0; r >= 0 && i < all.n; i++) {
                _cleanup_free_ char *right = NULL;

                r = photo_name(catalog, shelf, all.items[i].student, number, &right);
                if (r >= 0 && strcmp(right, name) == 0)
                        return catalog_get_photo(catalog, all.items[i].photo, ret);
        }
        return MIN(r, 0);
}

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

static void fill_photo(const Tree *tree, Node node, const PhotoRow *photo, struct stat *st)
{
        fill(tree, node, S_IFREG | 0440,
             node.kind == NODE_OFFICE_CENTRE ? photo->centre_size : photo->size, photo->mtime, st);
        attributes_set_ctime(st, photo->changed, photo->created);
}

static int fill_note(const Tree *tree, Catalog *catalog, int64_t photo, struct stat *st)
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
                fill_photo(tree, node, &photo, ret);
                return 0;
        case NODE_OFFICE_NOTE:
                return fill_note(tree, catalog, node.id, ret);
        case NODE_INBOX:
                return inbox_attributes(tree->inbox, node, ret);
        default:
                return fill_directory(tree, catalog, node, ret);
        }
}

/* ---- directories ---- */

static const struct {
        OfficeDir parent;
        OfficeDir dir;
        FixedName name;
} directories[] = {
        {OFFICE_TOP, OFFICE_PENDING, FIXED_PENDING},
        {OFFICE_TOP, OFFICE_APPROVED, FIXED_APPROVED},
        {OFFICE_TOP, OFFICE_REJECTED, FIXED_REJECTED},
        {OFFICE_TOP, OFFICE_EXPORT, FIXED_EXPORT},
        {OFFICE_TOP, OFFICE_IMPORT, FIXED_IMPORT},
        {OFFICE_EXPORT, OFFICE_PLATFORM, FIXED_PLATFORM},
        {OFFICE_EXPORT, OFFICE_CENTRE, FIXED_CENTRE},
};

/* 1, as a look-up that found it. */
static int directory_entry(const Tree *tree, Catalog *catalog, Node node, Entry *ret)
{
        int r;

        *ret = (Entry){.node = node};
        r = fill_directory(tree, catalog, node, &ret->attributes);
        return r < 0 ? r : 1;
}

static NodeKind shelf_kind(OfficeDir dir)
{
        return dir == OFFICE_PENDING ? NODE_OFFICE_PENDING : NODE_OFFICE_APPROVED;
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

        for (size_t i = 0; i < ELEMENTSOF(directories); i++)
                if (directories[i].parent == dir &&
                    strcmp(fixed_name(directories[i].name, tree->language), name) == 0)
                        return directory_entry(
                                tree, catalog,
                                (Node){.kind = NODE_OFFICE_DIR, .id = directories[i].dir}, ret);
        if (dir == OFFICE_EXPORT && strcmp(name, fixed_name(FIXED_MANIFEST, tree->language)) == 0)
                return lookup_list(tree, catalog, NODE_EXPORT_MANIFEST, ret);
        if (dir == OFFICE_EXPORT && strcmp(name, fixed_name(FIXED_SUMS, tree->language)) == 0)
                return lookup_list(tree, catalog, NODE_EXPORT_SUMS, ret);
        if (dir == OFFICE_PENDING || dir == OFFICE_APPROVED) {
                r = catalog_find_point(catalog, name, &point);
                if (r <= 0)
                        return r;
                return directory_entry(tree, catalog,
                                       (Node){.kind = shelf_kind(dir), .id = point.id}, ret);
        }
        if (dir != OFFICE_REJECTED)
                return 0;
        reason = reason_from_folder(name);
        if (reason < 0 || strcmp(reason_folder(reason, tree->language), name) != 0)
                return 0;
        return directory_entry(
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
                ret->node = (Node){.kind = photo_kind(shelf), .id = photo.id};
                fill_photo(tree, ret->node, &photo, &ret->attributes);
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
        r = fill_note(tree, catalog, photo.id, &ret->attributes);
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

/* ---- listing ---- */

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
        int r = directory_entry(l->tree, l->catalog,
                                (Node){.kind = shelf_kind(l->dir), .id = row->id}, &entry);

        return r < 0 ? r : emit(l, (uint64_t)row->id, row->name, &entry);
}

/* Two keys a photo: it stands at 2 x id, the note beside it at 2 x id + 1. */
static int list_photo(const PhotoRow *row, void *userdata)
{
        const OfficeListing *l = userdata;
        uint64_t key = (uint64_t)row->id * 2;
        Entry entry = {.node = {.kind = photo_kind(&l->shelf), .id = row->id}};
        _cleanup_free_ char *name = NULL, *note = NULL;
        int r;

        if (!stands_on(&l->shelf, row))
                return 0;
        r = photo_name(l->catalog, &l->shelf, row->student, row->id_number, &name);
        if (r >= 0 && l->after < key) {
                fill_photo(l->tree, entry.node, row, &entry.attributes);
                r = emit(l, key, name, &entry);
        }
        if (r != 0 || l->shelf.kind != OFFICE_REJECTED)
                return r;
        r = name_of_note(name, &note);
        if (r < 0)
                return r;
        entry.node.kind = NODE_OFFICE_NOTE;
        r = fill_note(l->tree, l->catalog, row->id, &entry.attributes);
        return r < 0 ? r : emit(l, key + 1, note, &entry);
}

static int list_fixed(const OfficeListing *l)
{
        static const NodeKind lists[] = {NODE_EXPORT_MANIFEST, NODE_EXPORT_SUMS};
        static const FixedName list_names[] = {FIXED_MANIFEST, FIXED_SUMS};
        const size_t n = ELEMENTSOF(directories);
        int r = 0;

        for (size_t i = (size_t)l->after; i < n && r == 0; i++)
                if (directories[i].parent == l->dir) {
                        Entry entry;

                        r = directory_entry(
                                l->tree, l->catalog,
                                (Node){.kind = NODE_OFFICE_DIR, .id = directories[i].dir}, &entry);
                        if (r >= 0)
                                r = emit(l, i + 1,
                                         fixed_name(directories[i].name, l->tree->language),
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

                r = directory_entry(l->tree, l->catalog,
                                    (Node){.kind = NODE_OFFICE_REASON, .id = (int64_t)i}, &entry);
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

/* ---- steps between shelves ---- */

static int shelf_path(const Tree *tree, Catalog *catalog, const Shelf *shelf, const PhotoRow *photo,
                      char **ret)
{
        static const FixedName names[_OFFICE_DIR_MAX] = {[OFFICE_PENDING] = FIXED_PENDING,
                                                         [OFFICE_APPROVED] = FIXED_APPROVED,
                                                         [OFFICE_REJECTED] = FIXED_REJECTED};
        _cleanup_free_ char *name = NULL;
        _cleanup_point_ PointRow point = {};
        const char *folder = reason_folder(shelf->reason, tree->language);
        int r = photo_name(catalog, shelf, photo->student, photo->id_number, &name);

        if (r >= 0)
                r = catalog_get_point(catalog, photo->point, &point);
        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        return asprintf(ret, "%s/%s/%s/%s", fixed_name(FIXED_OFFICE, tree->language),
                        fixed_name(names[shelf->kind], tree->language),
                        shelf->kind == OFFICE_REJECTED && folder ? folder : point.name, name) < 0
                       ? -ENOMEM
                       : 0;
}

int office_step(const Tree *tree, Catalog *catalog, const PhotoRow *photo, EventKind kind,
                bool brought_back, Node *ret_parent, char **ret_from, char **ret_to)
{
        _cleanup_free_ char *from_path = NULL;
        Shelf from = {.kind = OFFICE_PENDING, .point = photo->point, .reason = _REASON_INVALID};
        Shelf to = {.kind = OFFICE_APPROVED, .point = photo->point, .reason = _REASON_INVALID};
        int r;

        if (brought_back || kind == EVENT_LOCKED)
                return -ENOENT;
        if (kind == EVENT_DECIDED)
                to = (Shelf){.kind = OFFICE_REJECTED, .reason = photo->reason};
        else if (kind == EVENT_REOPENED) {
                from.kind = OFFICE_APPROVED;
                to.kind = OFFICE_PENDING;
        }
        r = shelf_path(tree, catalog, &from, photo, &from_path);
        if (r >= 0)
                r = shelf_path(tree, catalog, &to, photo, ret_to);
        if (r < 0)
                return r;
        *ret_parent = (Node){.kind = shelf_kind(from.kind), .id = photo->point};
        *ret_from = TAKE_PTR(from_path);
        return 0;
}
