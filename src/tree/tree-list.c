/* SPDX-License-Identifier: MIT */
#include "tree.h"

#include <idphoto/notename.h>
#include <idphoto/photorow.h>
#include <idphoto/point.h>
#include <idphoto/student.h>
#include <idphoto/submission.h>

#include "attributes.h"
#include "intake/intake.h"
#include "office.h"

#include <string.h>

/* Offsets: phase in the top byte, below it what the phase counts by. */
typedef enum Phase {
        PHASE_DOTS,
        PHASE_FIXED,
        PHASE_MAIN,
        PHASE_UPLOADS,
        PHASE_FOLDERS,
        _PHASE_MAX
} Phase;

#define PHASE_SHIFT 56
#define KEY_MASK    ((UINT64_C(1) << PHASE_SHIFT) - 1)

typedef struct Listing {
        const Tree *tree;
        Catalog *catalog;
        Node directory;
        PointRow point;
        TreeCallback callback;
        void *userdata;
        bool in_submitted;
        Place place;
        int64_t beside; /* see tree_beside() */
        uint64_t key;   /* of the last entry given, in the current phase */
        unsigned page;  /* so many rows are read at a time, 0: all of them */
        unsigned rows;  /* of this page that were looked at */
        uint64_t last;  /* key of the last one */
} Listing;

/* A row is looked at: the next page begins behind it. */
static void see_row(Listing *l, uint64_t key)
{
        l->rows++;
        l->last = key;
}

static int emit(Listing *l, Phase phase, uint64_t key, const char *name, const Entry *entry)
{
        return l->callback(name, entry, (uint64_t)phase << PHASE_SHIFT | key, l->userdata);
}

static int list_dots(Listing *l)
{
        static const char *const names[] = {".", ".."};

        for (uint64_t i = l->key; i < ELEMENTSOF(names); i++) {
                Entry entry = {.node = l->directory};
                int r;

                entry.attributes.st_ino = node_to_ino(l->directory);
                entry.attributes.st_mode = S_IFDIR;
                r = emit(l, PHASE_DOTS, i + 1, names[i], &entry);
                if (r != 0)
                        return r;
        }
        return 0;
}

static int list_fixed(Listing *l)
{
        const FixedName *entries;
        size_t n = tree_fixed_entries(l->directory, &entries);

        for (size_t i = (size_t)l->key; i < n; i++) {
                Entry entry;
                int r = tree_fixed_entry(l->tree, l->catalog, l->directory, entries[i], true,
                                         &entry);

                if (r < 0)
                        return r;
                if (r > 0)
                        r = emit(l, PHASE_FIXED, i + 1, fixed_name(entries[i], l->tree->language),
                                 &entry);
                if (r != 0)
                        return r;
        }
        return 0;
}

static int list_office(const char *name, const Entry *entry, uint64_t key, void *userdata)
{
        return emit(userdata, PHASE_MAIN, key, name, entry);
}

static int list_point(const PointRow *row, void *userdata)
{
        Entry entry = {.node = {.kind = NODE_POINT, .id = row->id}};

        see_row(userdata, (uint64_t)row->id);
        attributes_point(row, &entry.attributes);
        return emit(userdata, PHASE_MAIN, (uint64_t)row->id, row->name, &entry);
}

static int list_photo(const PhotoRow *row, void *userdata)
{
        Listing *l = userdata;
        Entry entry = {
                .node = {.kind = l->directory.kind == NODE_READY_DIR ? NODE_READY : NODE_PHOTO,
                         .id = row->id}};
        PhotoName name;

        see_row(l, (uint64_t)row->id);
        /* An earlier version took longer numbers. */
        if (photo_name(row->id_number, &name) < 0)
                return 0;
        attributes_photo(entry.node, row, &l->point, &entry.attributes);
        return emit(l, PHASE_MAIN, (uint64_t)row->id, name.text, &entry);
}

/* Two entries a row: the file at 2 x id, its reason at 2 x id + 1. */
static int list_rejected(const SubmissionRow *row, void *userdata)
{
        Listing *l = userdata;
        uint64_t key = (uint64_t)row->id * 2;
        Entry entry = {.node = {.kind = NODE_REJECTED, .id = row->id}};
        _cleanup_free_ char *name = NULL;
        Findings findings;
        int r;

        see_row(l, key + 1);
        if (!row->shown_name)
                return 0;
        if (l->key < key) {
                attributes_rejected(row, &l->point, &entry.attributes);
                r = emit(l, PHASE_MAIN, key, row->shown_name, &entry);
                if (r != 0)
                        return r;
        }
        r = catalog_get_findings(l->catalog, row->id, &findings);
        if (r >= 0)
                r = note_name(row->shown_name, row->id, &findings, l->tree->language, &name);
        if (r < 0)
                return r;
        entry.node.kind = NODE_REASON;
        r = attributes_reason(l->tree, l->catalog, row, &findings, &l->point, &entry.attributes);
        if (r < 0)
                return r;
        return emit(l, PHASE_MAIN, key + 1, name, &entry);
}

static int list_upload(const SubmissionRow *row, void *userdata)
{
        Listing *l = userdata;
        Entry entry = {.node = {.kind = NODE_UPLOAD, .id = row->id}};
        _cleanup_photo_ PhotoRow photo = {};
        _cleanup_submission_ SubmissionRow rejected = {};
        Node origin;
        int r = 0;

        see_row(l, (uint64_t)row->id);
        /* An upload that was only opened for writing changes no listing. */
        if (upload_untouched(l->tree->uploads, row->id, &origin))
                return 0;
        /* A name that something finished has already is in the list already. */
        if (l->directory.kind == NODE_POINT)
                r = tree_find_photo(l->tree, l->catalog, row->point, row->name, &photo);
        else if (l->directory.kind == NODE_REJECTED_DIR)
                r = catalog_find_rejected(l->catalog, (Where){row->batch, row->point}, row->name,
                                          &rejected);
        if (r != 0)
                return r < 0 ? r : 0;
        attributes_upload(l->tree, row, &entry.attributes);
        return emit(l, PHASE_UPLOADS, (uint64_t)row->id, row->name, &entry);
}

static int list_missing(const StudentRow *row, void *userdata)
{
        Listing *l = userdata;
        Entry entry = {.node = {.kind = NODE_MISSING, .id = row->id}};
        _cleanup_free_ char *name = NULL;
        int r = tree_missing_name(row, &name);

        see_row(l, (uint64_t)row->id);
        if (r >= 0)
                r = attributes_missing(l->tree, row, &l->point, &entry.attributes);
        return r < 0 ? r : emit(l, PHASE_MAIN, (uint64_t)row->id, name, &entry);
}

static int list_alias(const SubmissionRow *row, void *userdata)
{
        Entry entry = {.node = {.kind = NODE_ALIAS, .id = row->id}};

        see_row(userdata, (uint64_t)row->id);
        attributes_submission(entry.node, row, &entry.attributes);
        return emit(userdata, PHASE_MAIN, (uint64_t)row->id, row->name, &entry);
}

static int list_folder(const FolderRow *row, void *userdata)
{
        Listing *l = userdata;
        Entry entry = {.node = {.kind = NODE_FOLDER, .id = row->id},
                       .generation = (uint64_t)row->cleared};

        see_row(l, (uint64_t)row->id);
        attributes_folder(entry.node, row, &entry.attributes);
        return emit(l, PHASE_FOLDERS, (uint64_t)row->id, row->name, &entry);
}

/* A folder that was dropped into the point, as long as something in it can be shown and submitted/
 * has none of its name. */
static int list_dropped_folder(Listing *l, const FolderRow *row)
{
        _cleanup_folder_ FolderRow own = {};
        Entry entry = {.node = {.kind = NODE_SUBMITTED_FOLDER, .id = row->id}};
        int r = catalog_folder_has_drops(l->catalog, row->id);

        see_row(l, (uint64_t)row->id);
        if (r > 0 && l->directory.kind != NODE_SUBMITTED_FOLDER)
                r = catalog_find_folder(l->catalog,
                                        (Where){row->batch, row->point, l->place.folder}, row->name,
                                        &own) == 0;
        if (r <= 0)
                return r;
        attributes_folder(entry.node, row, &entry.attributes);
        return emit(l, PHASE_FOLDERS, (uint64_t)row->id, row->name, &entry);
}

static int list_submitted_folder(const FolderRow *row, void *userdata)
{
        Listing *l = userdata;

        return row->parent == l->place.folder && l->directory.kind != NODE_SUBMITTED_FOLDER
                       ? list_folder(row, userdata)
                       : list_dropped_folder(l, row);
}

/* An odd key has given the file but its reason too, an even one only the file. */
static int64_t rejected_before(uint64_t key)
{
        return (int64_t)(key % 2 ? key / 2 : key / 2 - (key > 0));
}

static int list_phase(Listing *l, Phase phase)
{
        const Place *place = &l->place;
        const Where where = {l->tree->batch, place->point, place->folder};
        int64_t key = (int64_t)l->key;

        switch (phase) {
        case PHASE_DOTS:
                return list_dots(l);
        case PHASE_FIXED:
                return list_fixed(l);
        case PHASE_MAIN:
                if (office_has(l->directory))
                        return office_list(l->tree, l->catalog, l->directory, l->key, list_office,
                                           l);
                if (l->directory.kind == NODE_ROOT)
                        return catalog_list_points(l->catalog, key, list_point, l);
                if (l->directory.kind == NODE_POINT)
                        return catalog_list_photos(l->catalog, where, key, list_photo, l);
                if (l->directory.kind == NODE_READY_DIR)
                        return catalog_list_photos_settled(l->catalog,
                                                           (Where){where.batch, l->directory.id},
                                                           key, list_photo, l);
                if (l->directory.kind == NODE_REJECTED_DIR)
                        return catalog_list_rejected(l->catalog, where, rejected_before(l->key),
                                                     list_rejected, l);
                if (l->directory.kind == NODE_MISSING_DIR)
                        return catalog_list_missing(l->catalog,
                                                    (Where){where.batch, l->directory.id}, key,
                                                    list_missing, l);
                if (l->in_submitted)
                        return catalog_list_aliases(l->catalog, where, l->beside, key, list_alias,
                                                    l);
                return 0;
        case PHASE_UPLOADS:
                if (!(node_traits[l->directory.kind].lists & NODE_LISTS_UPLOADS))
                        return 0;
                if (place->temporary)
                        return catalog_list_temporary_uploads(l->catalog, where, key, list_upload,
                                                              l);
                return catalog_list_uploads(l->catalog, where, key, list_upload, l);
        case PHASE_FOLDERS:
                if (!(node_traits[l->directory.kind].lists & NODE_LISTS_FOLDERS))
                        return 0;
                if (place->temporary)
                        return catalog_list_temporary_folders(l->catalog, where, key, list_folder,
                                                              l);
                if (l->in_submitted)
                        return catalog_list_submitted_folders(l->catalog, where, l->beside, key,
                                                              list_submitted_folder, l);
                return catalog_list_folders(l->catalog, where, key, list_folder, l);
        default:
                return 0;
        }
}

/* ---- what a step of a listing asks together ---- */

static int expect_of_rejected(const SubmissionRow *row, void *userdata)
{
        Listing *l = userdata;
        Findings findings = {};
        struct stat st;

        if (!catalog_look_ahead(l->catalog))
                return 1;
        (void)catalog_get_findings(l->catalog, row->id, &findings);
        (void)attributes_reason(l->tree, l->catalog, row, &findings, &l->point, &st);
        catalog_look(l->catalog);
        return 0;
}

static int expect_of_upload(const SubmissionRow *row, void *userdata)
{
        Listing *l = userdata;
        _cleanup_photo_ PhotoRow photo = {};
        _cleanup_submission_ SubmissionRow rejected = {};

        if (!catalog_look_ahead(l->catalog))
                return 1;
        if (l->directory.kind == NODE_POINT)
                (void)tree_find_photo(l->tree, l->catalog, row->point, row->name, &photo);
        else
                (void)catalog_find_rejected(l->catalog, (Where){row->batch, row->point}, row->name,
                                            &rejected);
        catalog_look(l->catalog);
        return 0;
}

/* What its rows will be asked about. The rows themselves are not read again for it. */
static void expect_of_rows(Listing *l, Phase phase, Where where)
{
        NodeKind kind = l->directory.kind;

        if (l->page == 0 || (kind != NODE_POINT && kind != NODE_REJECTED_DIR))
                return;
        if (phase == PHASE_MAIN && kind == NODE_REJECTED_DIR)
                (void)catalog_list_rejected(l->catalog, where, rejected_before(l->key),
                                            expect_of_rejected, l);
        if (phase == PHASE_UPLOADS)
                (void)catalog_list_uploads(l->catalog, where, (int64_t)l->key, expect_of_upload, l);
}

/* The first page of each phase that is to come. */
static void look_ahead(Listing *l, Phase phase)
{
        const FixedName *entries;
        size_t n = tree_fixed_entries(l->directory, &entries);
        uint64_t key = l->key;
        Entry entry;

        if (!catalog_look_ahead(l->catalog))
                return;
        (void)catalog_get_point(l->catalog, l->place.point, &l->point);
        for (size_t i = phase == PHASE_FIXED ? key : 0; phase <= PHASE_FIXED && i < n; i++)
                (void)tree_fixed_entry(l->tree, l->catalog, l->directory, entries[i], true, &entry);
        for (Phase p = MAX(phase, PHASE_MAIN); p < _PHASE_MAX; p++) {
                l->key = p == phase ? key : 0;
                (void)list_phase(l, p);
        }
        l->key = key;
        catalog_look(l->catalog);
}

/* Page after page. */
static int list_pages(Listing *l, Phase phase)
{
        const Where where = {l->tree->batch, l->place.point, l->place.folder};
        int r;

        do {
                expect_of_rows(l, phase, where);
                l->rows = 0;
                r = list_phase(l, phase);
                if (l->rows > 0)
                        l->key = l->last;
        } while (r == 0 && l->page > 0 && l->rows == l->page);
        return r;
}

/* A name that resolves to a photo first has another meaning than the drop of that name. No folder
 * stands where a drop does: neither could have been made. */
static int list_hidden_alias(const SubmissionRow *row, void *userdata)
{
        Listing *l = userdata;
        _cleanup_photo_ PhotoRow photo = {};
        int r = l->directory.kind == NODE_POINT
                        ? tree_find_photo(l->tree, l->catalog, row->point, row->name, &photo)
                        : 0;

        if (r != 0)
                return MIN(r, 0);
        return list_alias(row, userdata);
}

static int stop(const SubmissionRow *row _unused_, void *userdata _unused_)
{
        return 1;
}

int tree_list_aliases(const Tree *tree, Catalog *catalog, Node directory, uint64_t offset,
                      TreeCallback callback, void *userdata)
{
        Listing l = {
                .tree = tree,
                .catalog = catalog,
                .directory = directory,
                .callback = callback,
                .userdata = userdata,
                .key = offset & KEY_MASK,
        };
        int64_t beside;
        Place place;
        int r;

        if (!(node_traits[directory.kind].lists & NODE_LISTS_DROPS))
                return 0;
        r = tree_place(tree, catalog, directory, &place);
        if (r >= 0)
                r = tree_beside(tree, catalog, directory, &place, &beside);
        if (r >= 0)
                r = catalog_list_uploads(catalog, (Where){tree->batch, place.point, place.folder},
                                         0, stop, NULL);
        if (r != 0)
                return MIN(r, 0);
        r = catalog_list_aliases(catalog, (Where){tree->batch, place.point, place.folder}, beside,
                                 (int64_t)l.key, list_hidden_alias, &l);
        return MIN(r, 0);
}

/* Where the directory is, and what a step from that phase on reads there. */
static int find_place(Listing *l, Phase phase)
{
        int r = 0;

        if (l->directory.kind == NODE_MISSING_DIR || l->directory.kind == NODE_READY_DIR)
                l->place.point = l->directory.id;
        else
                r = tree_place(l->tree, l->catalog, l->directory, &l->place);
        if (r >= 0)
                r = l->directory.kind == NODE_SUBMITTED_FOLDER
                            ? 1
                            : tree_in_submitted(l->catalog, &l->place);
        l->in_submitted = r > 0;
        l->beside = l->place.folder;
        if (l->in_submitted)
                r = tree_beside(l->tree, l->catalog, l->directory, &l->place, &l->beside);
        if (r < 0)
                return r;
        look_ahead(l, phase);
        r = catalog_get_point(l->catalog, l->place.point, &l->point);
        return r == 0 ? -ENOENT : MIN(r, 0);
}

int tree_list(const Tree *tree, Catalog *catalog, Node directory, uint64_t offset, unsigned page,
              TreeCallback callback, void *userdata)
{
        Listing l = {
                .tree = tree,
                .catalog = catalog,
                .directory = directory,
                .callback = callback,
                .userdata = userdata,
                .key = offset & KEY_MASK,
        };
        Phase phase = (Phase)(offset >> PHASE_SHIFT);
        int r = 0;

        if (!office_has(directory))
                l.page = catalog_set_page(catalog, page);
        if (directory.kind != NODE_ROOT && !office_has(directory))
                r = find_place(&l, phase);
        for (; phase < _PHASE_MAX && r == 0; phase++) {
                r = list_pages(&l, phase);
                l.key = 0;
        }
        (void)catalog_set_page(catalog, 0);
        point_row_done(&l.point);
        return r < 0 ? r : 0;
}
