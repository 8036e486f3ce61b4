/* SPDX-License-Identifier: MIT */
#include "tree.h"

#include "attributes.h"

#include <string.h>

int tree_place(const Tree *tree _unused_, Catalog *catalog, Node directory, Place *ret)
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
        case NODE_SUBMITTED_FOLDER:
                r = catalog_get_folder(catalog, directory.id, &folder);
                if (r <= 0 || folder.removed)
                        return r < 0 ? r : -ENOENT;
                *ret = (Place){
                        .point = folder.point, .folder = folder.id, .temporary = folder.temporary};
                return 0;
        default:
                return node_is_directory(directory) ? -EACCES : -ENOTDIR;
        }
}

/* ---- fixed names ---- */

#if HAVE_XLSX
#define FIXED_WORKBOOK FIXED_STATUS_XLSX,
#else
#define FIXED_WORKBOOK
#endif

static const FixedName root_entries[] = {FIXED_STATUS_TXT, FIXED_STATUS_CSV, FIXED_INDEX_HTML,
                                         FIXED_OFFICE};
static const FixedName office_entries[] = {FIXED_WORKBOOK FIXED_STATUS_TXT, FIXED_STATUS_CSV,
                                           FIXED_INDEX_HTML};
static const FixedName review_entries[] = {FIXED_INDEX_HTML};
static const FixedName point_entries[] = {FIXED_WORKBOOK FIXED_STATUS_TXT,
                                          FIXED_STATUS_CSV,
                                          FIXED_INDEX_HTML,
                                          FIXED_REJECTED,
                                          FIXED_MISSING,
                                          FIXED_SUBMITTED,
                                          FIXED_READY};
static const FixedName ready_entries[] = {FIXED_MANIFEST};

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
        if (directory.kind == NODE_READY_DIR) {
                *ret = ready_entries;
                return ELEMENTSOF(ready_entries);
        }
        if (directory.kind == NODE_OFFICE_DIR && directory.id == OFFICE_TOP) {
                *ret = office_entries;
                return ELEMENTSOF(office_entries);
        }
        if (directory.kind == NODE_OFFICE_PENDING ||
            (directory.kind == NODE_OFFICE_DIR && directory.id == OFFICE_PENDING)) {
                *ret = review_entries;
                return ELEMENTSOF(review_entries);
        }
        return 0;
}

FixedName tree_fixed(const Tree *tree, Node parent, const char *name)
{
        const FixedName *entries;
        size_t n = tree_fixed_entries(parent, &entries);

        for (size_t i = 0; i < n; i++)
                if (strcmp(fixed_name(entries[i], tree->language), name) == 0)
                        return entries[i];
        return _FIXED_INVALID;
}

/* ---- paths ---- */

int tree_path(const Tree *tree, Catalog *catalog, const Place *place, const char *name, char **ret)
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
                if (r <= 0 || depth == FOLDER_CLIMB_MAX)
                        return r < 0 ? r : -ENOENT;
                if (asprintf(&longer, "%s/%s", row.name, path) < 0)
                        return -ENOMEM;
                free(path);
                path = longer;
                folder = row.parent;
        }
        if (folder < 0) {
                FixedName fixed = folder == FOLDER_REJECTED ? FIXED_REJECTED : FIXED_SUBMITTED;

                if (asprintf(&longer, "%s/%s", fixed_name(fixed, tree->language), path) < 0)
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

int tree_directory_path(const Tree *tree, Catalog *catalog, Node directory, char **ret)
{
        Place place;
        int r = tree_place(tree, catalog, directory, &place);

        return r < 0 ? r : tree_path(tree, catalog, &place, ".", ret);
}

static int parent_of(Catalog *catalog, int64_t folder, FolderRow *ret)
{
        int r = catalog_get_folder(catalog, folder, ret);

        return r == 0 ? -ENOENT : MIN(r, 0);
}

int tree_in_submitted(Catalog *catalog, const Place *place)
{
        int64_t folder = place->folder;

        for (int depth = 0; folder > 0 && depth < FOLDER_CLIMB_MAX; depth++) {
                _cleanup_folder_ FolderRow row = {};
                int r = parent_of(catalog, folder, &row);

                if (r < 0)
                        return r == -ENOENT ? 0 : r;
                folder = row.parent;
        }
        return folder == FOLDER_SUBMITTED;
}

static int find_beside(const Tree *tree, Catalog *catalog, const Place *place, int depth,
                       int64_t *ret)
{
        _cleanup_folder_ FolderRow row = {}, beside = {};
        int64_t above;
        int r;

        if (place->folder <= 0 || depth == FOLDER_CLIMB_MAX) {
                *ret = FOLDER_POINT;
                return place->folder == FOLDER_SUBMITTED;
        }
        r = parent_of(catalog, place->folder, &row);
        if (r >= 0)
                r = find_beside(tree, catalog,
                                &(Place){.point = place->point, .folder = row.parent}, depth + 1,
                                &above);
        if (r <= 0)
                return r == -ENOENT ? 0 : r;
        r = catalog_find_folder(catalog, (Where){tree->batch, place->point, above}, row.name,
                                &beside);
        if (r <= 0 || beside.temporary)
                return MIN(r, 0);
        *ret = beside.id;
        return 1;
}

int tree_beside(const Tree *tree, Catalog *catalog, Node directory, const Place *place,
                int64_t *ret)
{
        int r = 0;

        if (directory.kind == NODE_SUBMITTED_DIR || directory.kind == NODE_FOLDER)
                r = find_beside(tree, catalog, place, 0, ret);
        if (r == 0)
                *ret = place->folder;
        return MIN(r, 0);
}

int tree_verdict_step(const Tree *tree, Catalog *catalog, const Place *from, const char *name,
                      const JudgeTarget *target, TreeStep *ret)
{
        const Place place = {.point = from->point,
                             .folder = target->rejected ? FOLDER_REJECTED : FOLDER_POINT};
        _cleanup_free_ char *path = NULL;
        int r = tree_path(tree, catalog, from, name, &path);

        if (r >= 0)
                r = tree_path(tree, catalog, &place, target->name, &ret->to);
        if (r >= 0)
                ret->from = TAKE_PTR(path);
        return r;
}
