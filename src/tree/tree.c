/* SPDX-License-Identifier: MIT */
#include "tree.h"

#include <idphoto/photorow.h>
#include <idphoto/point.h>
#include <idphoto/student.h>
#include <idphoto/submission.h>

#include "attributes.h"
#include "live/ghost.h"
#include "office.h"

#include <string.h>

enum { FOLDER_DEPTH_MAX = 32 };

int tree_place(Fs *fs _unused_, Catalog *catalog, Node directory, Place *ret)
{
        _cleanup_folder_ FolderRow folder = {};
        int r;

        switch (directory.kind) {
        case NODE_POINT:
                *ret = (Place){.point = directory.id, .folder = FOLDER_POINT};
                return 0;
        case NODE_REJECTED_DIR:
                *ret = (Place){.point = directory.id, .folder = FOLDER_REJECTED};
                return 0;
        case NODE_SUBMITTED_DIR:
                *ret = (Place){.point = directory.id, .folder = FOLDER_SUBMITTED};
                return 0;
        case NODE_FOLDER:
                r = catalog_get_folder(catalog, directory.id, &folder);
                if (r <= 0 || folder.removed)
                        return r < 0 ? r : -ENOENT;
                *ret = (Place){
                        .point = folder.point, .folder = folder.id, .temporary = folder.temporary};
                return 0;
        case NODE_ROOT:
        case NODE_MISSING_DIR:
        case NODE_OFFICE_DIR:
        case NODE_OFFICE_PENDING:
        case NODE_OFFICE_APPROVED:
        case NODE_OFFICE_REASON:
                return -EACCES;
        default:
                return -ENOTDIR;
        }
}

static const FixedName root_entries[] = {FIXED_STATUS_TXT, FIXED_STATUS_CSV, FIXED_INDEX_HTML,
                                         FIXED_OFFICE};
static const FixedName point_entries[] = {FIXED_STATUS_TXT, FIXED_STATUS_CSV, FIXED_INDEX_HTML,
                                          FIXED_REJECTED,   FIXED_MISSING,    FIXED_SUBMITTED};

size_t tree_fixed_entries(Node directory, const FixedName **ret)
{
        if (directory.kind == NODE_ROOT) {
                *ret = root_entries;
                return ELEMENTSOF(root_entries);
        }
        if (directory.kind == NODE_POINT) {
                *ret = point_entries;
                return ELEMENTSOF(point_entries);
        }
        return 0;
}

FixedName tree_fixed(const Fs *fs, Node parent, const char *name)
{
        const FixedName *entries;
        size_t n = tree_fixed_entries(parent, &entries);

        for (size_t i = 0; i < n; i++)
                if (strcmp(fixed_name(entries[i], fs->language), name) == 0)
                        return entries[i];
        return _FIXED_INVALID;
}

int tree_fixed_entry(Fs *fs, Catalog *catalog, Node parent, FixedName name, bool listing,
                     Entry *ret)
{
        Entry entry = {};
        int r;

        switch (name) {
        case FIXED_STATUS_TXT:
                entry.node.kind = NODE_STATUS;
                break;
        case FIXED_STATUS_CSV:
                entry.node.kind = NODE_STATUS_CSV;
                break;
        case FIXED_INDEX_HTML:
                entry.node.kind = NODE_INDEX_HTML;
                break;
        case FIXED_REJECTED:
                entry.node.kind = NODE_REJECTED_DIR;
                break;
        case FIXED_MISSING:
                entry.node.kind = NODE_MISSING_DIR;
                break;
        case FIXED_SUBMITTED:
                entry.node.kind = NODE_SUBMITTED_DIR;
                break;
        case FIXED_OFFICE:
                entry.node.kind = NODE_OFFICE_DIR;
                break;
        default:
                return 0;
        }
        entry.node.id = parent.kind == NODE_ROOT ? 0 : parent.id;
        if (node_is_snapshot(entry.node) && listing)
                r = attributes_status_entry(fs, catalog, entry.node, &entry);
        else if (node_is_snapshot(entry.node)) {
                r = attributes_status(fs, catalog, entry.node, true, &entry.attributes);
                if (r >= 0)
                        (void)node_from_ino(entry.attributes.st_ino, &entry.node);
        } else
                r = tree_attributes(fs, catalog, entry.node, &entry.attributes);
        if (r < 0)
                return r;
        *ret = entry;
        return 1;
}

/* "2199…16.jpg" to its number; false for any other name. A roster's number may be shorter: a
 * passport's. */
static bool photo_name_to_number(const char *name, char ret[static DOCUMENT_NUMBER_SIZE])
{
        size_t n = strlen(name);

        if (n < 5 || n > DOCUMENT_NUMBER_MAX + 4 || strcmp(name + n - 4, ".jpg") != 0)
                return false;
        memcpy(ret, name, n - 4);
        ret[n - 4] = '\0';
        return true;
}

int tree_find_photo(Fs *fs, Catalog *catalog, int64_t point, const char *name, PhotoRow *ret)
{
        char number[DOCUMENT_NUMBER_SIZE];
        _cleanup_free_ char *folded = NULL;
        int r = text_fold(name, &folded);

        if (r < 0)
                return r == -EILSEQ ? 0 : r;
        if (!photo_name_to_number(folded, number))
                return 0;
        return catalog_find_photo(catalog, (Where){fs->batch, point}, number, ret);
}

static int lookup_in_rejected(Fs *fs, Catalog *catalog, const PointRow *point, const char *name,
                              Entry *ret)
{
        _cleanup_submission_ SubmissionRow row = {}, owner = {};
        _cleanup_free_ char *stem = NULL;
        int r;

        r = catalog_find_rejected(catalog, (Where){fs->batch, point->id}, name, &row);
        if (r < 0)
                return r;
        if (r > 0) {
                ret->node = (Node){.kind = NODE_REJECTED, .id = row.id};
                attributes_rejected(&row, point, &ret->attributes);
                return 1;
        }
        if (!text_ends_with(name, ".txt"))
                return 0;
        stem = strndup(name, strlen(name) - 4);
        if (!stem)
                return -ENOMEM;
        r = catalog_find_rejected(catalog, (Where){fs->batch, point->id}, stem, &owner);
        if (r <= 0)
                return r;
        ret->node = (Node){.kind = NODE_REASON, .id = owner.id};
        r = attributes_reason(fs, catalog, &owner, point, &ret->attributes);
        return r < 0 ? r : 1;
}

/* "ID NAME.txt": found by the number it begins with, if the rest is right too. */
static int lookup_in_missing(Fs *fs, Catalog *catalog, int64_t point_id, const char *name,
                             Entry *ret)
{
        _cleanup_student_ StudentRow row = {};
        _cleanup_point_ PointRow point = {};
        _cleanup_free_ char *number = strndup(name, strcspn(name, " .")), *right = NULL;
        int r;

        if (!number)
                return -ENOMEM;
        r = catalog_find_student(catalog, (Where){fs->batch, point_id}, number, &row);
        if (r <= 0 || row.photo != 0)
                return MIN(r, 0);
        r = tree_missing_name(&row, &right);
        if (r < 0)
                return r;
        if (strcmp(name, right) != 0)
                return 0;
        r = catalog_get_point(catalog, point_id, &point);
        if (r <= 0)
                return r;
        ret->node = (Node){.kind = NODE_MISSING, .id = row.id};
        r = attributes_missing(fs, &row, &point, &ret->attributes);
        return r < 0 ? r : 1;
}

int tree_missing_name(const StudentRow *row, char **ret)
{
        _cleanup_free_ char *name = strdup(row->name);

        if (!name)
                return -ENOMEM;
        /* A roster is an office's text, not a file name. */
        for (char *p = name; *p; p++)
                if (*p == '/')
                        *p = '_';
        if (text_has_control(name))
                name[0] = '\0';
        name[text_prefix(name, 200)] = '\0';
        if (asprintf(ret, "%s%s%s.txt", row->id_number, *name ? " " : "", name) < 0)
                return -ENOMEM;
        return 0;
}

/* In submitted/ what was dropped into the point itself stands as well. */
static int find_upload(Fs *fs, Catalog *catalog, const Place *place, const char *name,
                       SubmissionRow *ret)
{
        int r = catalog_find_upload(catalog, (Where){fs->batch, place->point, place->folder}, name,
                                    ret);

        if (r == 0 && place->folder == FOLDER_SUBMITTED)
                r = catalog_find_upload(catalog, (Where){fs->batch, place->point, FOLDER_POINT},
                                        name, ret);
        return r;
}

static int find_alias(Fs *fs, Catalog *catalog, const Place *place, const char *name,
                      SubmissionRow *ret)
{
        int r = catalog_find_alias(catalog, (Where){fs->batch, place->point, place->folder}, name,
                                   ret);

        if (r == 0 && place->folder == FOLDER_SUBMITTED)
                r = catalog_find_alias(catalog, (Where){fs->batch, place->point, FOLDER_POINT},
                                       name, ret);
        return r;
}

static int lookup_in_place(Fs *fs, Catalog *catalog, Node parent, const char *name, Entry *ret)
{
        _cleanup_submission_ SubmissionRow upload = {}, alias = {};
        _cleanup_folder_ FolderRow folder = {};
        _cleanup_photo_ PhotoRow photo = {};
        _cleanup_point_ PointRow point = {};
        Place place;
        int r;

        r = tree_place(fs, catalog, parent, &place);
        if (r < 0)
                return r;
        r = catalog_get_point(catalog, place.point, &point);
        if (r <= 0)
                return r;
        /* What is on its way comes first: it is what the client that wrote the name means by it. */
        r = find_upload(fs, catalog, &place, name, &upload);
        if (r < 0)
                return r;
        if (r > 0) {
                ret->node = (Node){.kind = NODE_UPLOAD, .id = upload.id};
                attributes_upload(fs, &upload, &ret->attributes);
                return 1;
        }
        if (place.folder == FOLDER_REJECTED) {
                r = lookup_in_rejected(fs, catalog, &point, name, ret);
                if (r != 0)
                        return r;
        }
        if (place.folder == FOLDER_POINT) {
                r = tree_find_photo(fs, catalog, place.point, name, &photo);
                if (r < 0)
                        return r;
                if (r > 0) {
                        ret->node = (Node){.kind = NODE_PHOTO, .id = photo.id};
                        attributes_photo(&photo, &point, &ret->attributes);
                        return 1;
                }
        }
        r = catalog_find_folder(catalog, (Where){fs->batch, place.point, place.folder}, name,
                                &folder);
        if (r < 0)
                return r;
        if (r > 0) {
                ret->node = (Node){.kind = NODE_FOLDER, .id = folder.id};
                ret->unlisted = !folder.listed;
                ret->generation = (uint64_t)folder.cleared;
                attributes_folder(&folder, &ret->attributes);
                return 1;
        }
        r = find_alias(fs, catalog, &place, name, &alias);
        if (r < 0)
                return r;
        if (r > 0) {
                ret->node = (Node){.kind = NODE_ALIAS, .id = alias.id};
                attributes_submission(ret->node, &alias, &ret->attributes);
                return 1;
        }
        return 0;
}

int tree_lookup(Fs *fs, Catalog *catalog, Node parent, const char *name, Entry *ret)
{
        FixedName fixed = tree_fixed(fs, parent, name);
        _cleanup_point_ PointRow point = {};
        Node ghost;
        int r;

        ret->ghost = ret->bare = ret->unlisted = false;
        ret->generation = 0;
        if (fixed >= 0)
                return tree_fixed_entry(fs, catalog, parent, fixed, false, ret);
        if (parent.kind == NODE_ROOT) {
                r = catalog_find_point(catalog, name, &point);
                if (r > 0) {
                        ret->node = (Node){.kind = NODE_POINT, .id = point.id};
                        attributes_point(&point, &ret->attributes);
                }
        } else if (office_has(parent))
                r = office_lookup(fs, catalog, parent, name, ret);
        else if (parent.kind == NODE_MISSING_DIR)
                return lookup_in_missing(fs, catalog, parent.id, name, ret);
        else
                r = lookup_in_place(fs, catalog, parent, name, ret);
        if (r != 0)
                return r;
        if (!ghost_find(fs, parent, name, &ghost))
                return 0;
        r = tree_attributes(fs, catalog, ghost, &ret->attributes);
        if (r < 0)
                return r == -ENOENT ? 0 : r;
        ret->node = ghost;
        ret->ghost = true;
        return 1;
}

/* ---- paths ---- */

int tree_path(Fs *fs, Catalog *catalog, const Place *place, const char *name, char **ret)
{
        _cleanup_point_ PointRow point = {};
        _cleanup_free_ char *path = strdup(name);
        int64_t folder = place->folder;
        char *longer;
        int r;

        if (!path)
                return -ENOMEM;
        for (int depth = 0; folder > 0; depth++) {
                _cleanup_folder_ FolderRow row = {};

                r = catalog_get_folder(catalog, folder, &row);
                if (r <= 0 || depth == FOLDER_DEPTH_MAX)
                        return r < 0 ? r : -ENOENT;
                if (asprintf(&longer, "%s/%s", row.name, path) < 0)
                        return -ENOMEM;
                free(path);
                path = longer;
                folder = row.parent;
        }
        if (folder < 0) {
                FixedName fixed = folder == FOLDER_REJECTED ? FIXED_REJECTED : FIXED_SUBMITTED;

                if (asprintf(&longer, "%s/%s", fixed_name(fixed, fs->language), path) < 0)
                        return -ENOMEM;
                free(path);
                path = longer;
        }
        r = catalog_get_point(catalog, place->point, &point);
        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        if (asprintf(ret, "%s/%s", point.name, path) < 0)
                return -ENOMEM;
        return 0;
}

int tree_directory_path(Fs *fs, Catalog *catalog, Node directory, char **ret)
{
        Place place;
        int r = tree_place(fs, catalog, directory, &place);

        return r < 0 ? r : tree_path(fs, catalog, &place, ".", ret);
}

int tree_in_submitted(Catalog *catalog, const Place *place)
{
        int64_t folder = place->folder;

        for (int depth = 0; folder > 0 && depth < FOLDER_DEPTH_MAX; depth++) {
                _cleanup_folder_ FolderRow row = {};
                int r = catalog_get_folder(catalog, folder, &row);

                if (r <= 0)
                        return r;
                folder = row.parent;
        }
        return folder == FOLDER_SUBMITTED;
}

int tree_target_path(Fs *fs, Catalog *catalog, int64_t point, const JudgeTarget *target, char **ret)
{
        Place place = {.point = point, .folder = target->rejected ? FOLDER_REJECTED : FOLDER_POINT};

        return tree_path(fs, catalog, &place, target->name, ret);
}
