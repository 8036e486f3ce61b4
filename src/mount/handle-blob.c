/* SPDX-License-Identifier: MIT */
#include "handle.h"

#include <idphoto/photorow.h>
#include <idphoto/submission.h>

/* A photo as it was dropped or as it is shown, open for reading. */

static const HandleType blob_type = {};

/* What a row names is there, so bytes that are not are lost. It is no missing name: whoever keeps
 * copies would take the photo for deleted. */
static int open_named(const Fs *fs, const Sha256 *hash)
{
        int fd = blob_open(fs->store, hash);

        return fd == -ENOENT ? -EIO : fd;
}

static int open_photo(Fs *fs, Catalog *catalog, Node node)
{
        _cleanup_photo_ PhotoRow row = {};
        int r = catalog_get_photo(catalog, node.id, &row);

        if (r <= 0)
                return r < 0 ? r : -ESTALE;
        return open_named(fs, node.kind == NODE_OFFICE_CENTRE ? &row.centre : &row.blob);
}

static int open_original(Fs *fs, Catalog *catalog, Node node)
{
        _cleanup_submission_ SubmissionRow row = {};
        int r = catalog_get_submission(catalog, node.id, &row);

        if (r <= 0)
                return r < 0 ? r : -ESTALE;
        /* Of what is finished the bytes can only have been erased [Z5]. */
        if (!row.has_original)
                return row.state < SUBMISSION_ACCEPTED ? -ESTALE : -ENODATA;
        return open_named(fs, &row.original);
}

int handle_blob_open(const OpenRequest *o, Node node, Handle **ret)
{
        _cleanup_reader_ Reader reader = {};
        _cleanup_handle_ Handle *h = NULL;
        int r = handle_new(sizeof(Handle), &blob_type, node, &h);

        if (r >= 0)
                r = reader_acquire(o->fs->writer, &reader);
        if (r < 0)
                return r;
        h->fd = node_traits[node.kind].row == NODE_ROW_PHOTO
                        ? open_photo(o->fs, reader.catalog, node)
                        : open_original(o->fs, reader.catalog, node);
        if (h->fd < 0)
                return h->fd;
        *ret = TAKE_PTR(h);
        return 0;
}
