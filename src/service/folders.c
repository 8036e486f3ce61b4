/* SPDX-License-Identifier: MIT */
#include <idphoto/fixedname.h>
#include <idphoto/folders.h>

int folders_make(Catalog *catalog, FolderRow *row, int64_t unlisted)
{
        _cleanup_point_ PointRow point = {};
        int r = catalog_get_point(catalog, row->point, &point);

        if (r >= 0 && point.removed)
                r = -ENOENT;
        if (r >= 0)
                r = unlisted != 0 ? catalog_remake_folder(catalog, unlisted, row)
                                  : catalog_add_folder(catalog, row, &row->id);
        if (r < 0 || row->parent > 0)
                return r;
        return catalog_set_point_mtime(catalog, (Where){.point = row->point, .folder = row->parent},
                                       row->mtime);
}

static int check_empty(Catalog *catalog, int64_t folder)
{
        int r = catalog_folder_occupied(catalog, folder);

        return r > 0 ? -ENOTEMPTY : r;
}

int folders_unlist(Catalog *catalog, const FolderRow *row)
{
        int r = check_empty(catalog, row->id);

        if (r < 0)
                return r;
        return row->temporary ? catalog_remove_folder(catalog, row->id)
                              : catalog_set_folder_listed(catalog, row->id, false);
}

int folders_remove_empty(Catalog *catalog, int64_t folder)
{
        int r = check_empty(catalog, folder);

        return r < 0 ? r : catalog_remove_folder(catalog, folder);
}

int folders_remove_hidden(Catalog *catalog, int64_t folder)
{
        return catalog_remove_folder_hidden(catalog, folder);
}

int folders_depth(Catalog *catalog, int64_t folder)
{
        int depth = 0;

        for (; folder > 0 && depth <= FOLDER_DEPTH_MAX; depth++) {
                _cleanup_folder_ FolderRow row = {};
                int r = catalog_get_folder(catalog, folder, &row);

                if (r <= 0)
                        return r < 0 ? r : -ENOENT;
                folder = row.parent;
        }
        return depth;
}

int folders_may_move(Catalog *catalog, int64_t folder, int64_t point, int64_t parent,
                     bool temporary)
{
        _cleanup_folder_ FolderRow row = {};
        int depth, r = catalog_get_folder(catalog, folder, &row);

        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        /* What lies in it was taken as hidden, or as photos, by where it stands. */
        if (row.temporary != temporary || row.point != point)
                return -EXDEV;
        if (parent == FOLDER_REJECTED)
                return -EACCES;
        /* With what it holds it may stand as deep as mkdir could have made it. */
        depth = catalog_folder_height(catalog, folder, FOLDER_DEPTH_MAX);
        if (depth < 0)
                return depth;
        for (int64_t up = parent; up > 0; depth++) {
                _cleanup_folder_ FolderRow above = {};

                if (up == folder)
                        return -EINVAL;
                if (depth >= FOLDER_DEPTH_MAX)
                        return -EACCES;
                r = catalog_get_folder(catalog, up, &above);
                if (r <= 0)
                        return r < 0 ? r : -ENOENT;
                up = above.parent;
        }
        return 0;
}
