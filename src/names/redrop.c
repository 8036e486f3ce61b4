/* SPDX-License-Identifier: MIT */
#include "redrop.h"

#include <idphoto/photorow.h>
#include <idphoto/point.h>
#include <idphoto/submission.h>

#include "intake/intake.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a finished node's name and content are, for a new upload of that name. */
typedef struct Finished {
        Place place;
        char *name;
        bool has_base; /* its bytes were not erased [Z5] */
        Sha256 base;
        UploadAttributes attributes;
} Finished;

static void finished_done(Finished *finished)
{
        free(finished->name);
}
#define _cleanup_finished_ _cleanup_(finished_done)

static int describe_photo(Catalog *catalog, Node node, Finished *ret)
{
        _cleanup_photo_ PhotoRow photo = {};
        _cleanup_point_ PointRow point = {};
        int r = catalog_get_photo(catalog, node.id, &photo);

        if (r > 0)
                r = catalog_get_point(catalog, photo.point, &point);
        if (r <= 0)
                return r < 0 ? r : -ESTALE;
        r = name_of_photo(photo.id_number, &ret->name);
        if (r < 0)
                return r;
        ret->place = (Place){.point = photo.point};
        ret->has_base = true;
        ret->base = photo.blob;
        ret->attributes = (UploadAttributes){.size = photo.size,
                                             .mode = 0640,
                                             .uid = point.uid,
                                             .gid = point.gid,
                                             .mtime = photo.mtime};
        return 0;
}

static int describe_finished(Names *names, Node node, Finished *ret)
{
        _cleanup_reader_ Reader reader = {};
        _cleanup_submission_ SubmissionRow row = {};
        bool rejected = node.kind == NODE_REJECTED;
        int r = reader_acquire(names->writer, &reader);

        if (r < 0)
                return r;
        if (node.kind == NODE_PHOTO)
                return describe_photo(reader.catalog, node, ret);
        r = catalog_get_submission(reader.catalog, node.id, &row);
        if (r <= 0)
                return r < 0 ? r : -ESTALE;
        ret->name = strdup(rejected && row.shown_name ? row.shown_name : row.name);
        if (!ret->name)
                return -ENOMEM;
        ret->place = (Place){.point = row.point, .folder = rejected ? FOLDER_REJECTED : row.folder};
        ret->has_base = row.has_original;
        ret->base = row.original;
        ret->attributes = (UploadAttributes){.size = row.size,
                                             .mode = row.mode,
                                             .uid = row.uid,
                                             .gid = row.gid,
                                             .mtime = row.mtime};
        return 0;
}

/* An upload that has the name of something finished, if this user may write to it; 0: there is
 * none. */
static int find_newcomer(Names *names, const Place *place, const char *name, uid_t actor,
                         int64_t *ret)
{
        _cleanup_reader_ Reader reader = {};
        _cleanup_submission_ SubmissionRow row = {};
        int r = reader_acquire(names->writer, &reader);

        if (r >= 0)
                r = catalog_find_upload(reader.catalog,
                                        (Where){names->tree->batch, place->point, place->folder},
                                        name, &row);
        if (r <= 0)
                return r;
        /* The kernel checked the finished node's mode, not this one's. By its name it can be
         * opened. */
        if (actor != 0 && actor != row.actor && actor != row.uid)
                return -ESTALE;
        *ret = row.id;
        return 1;
}

Node redrop_node(Names *names, Node node)
{
        Node origin;

        if (node.kind != NODE_UPLOAD)
                return node;
        return upload_origin(names->uploads, node.id, &origin)
                       ? origin
                       : (Node){.kind = NODE_ALIAS, .id = node.id};
}

int redrop_begin(Names *names, Node node, bool truncate, uid_t actor, int64_t *ret)
{
        _cleanup_finished_ Finished f = {};
        int r = describe_finished(names, node, &f);

        if (r >= 0)
                r = find_newcomer(names, &f.place, f.name, actor, ret);
        if (r != 0)
                return MIN(r, 0);
        /* Nothing is left to write on. */
        if (!truncate && !f.has_base && f.attributes.size > 0)
                return -ENODATA;
        if (truncate)
                f.attributes.size = 0;
        r = upload_make_fresh(names->intake,
                              &(FreshUpload){.origin = node,
                                             .place = f.place,
                                             .name = f.name,
                                             .base = f.attributes.size == 0 ? NULL : &f.base,
                                             .attributes = f.attributes,
                                             .actor = actor},
                              ret);
        return r < 0 ? r : 1;
}
