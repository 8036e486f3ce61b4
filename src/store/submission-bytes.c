/* SPDX-License-Identifier: MIT */
#include <idphoto/submission.h>

int submission_open_bytes(const Store *store, const SubmissionRow *row, bool *ret_blob)
{
        int fd = -ENOENT;

        /* A staging file beside an original in a shared directory is at least as new as what close()
         * has made of it, and it is near. Beside a local one it is a file that the row does not name
         * yet. */
        if (!row->has_original || store_shares_blobs(store))
                fd = staging_open(store, row->id);
        if (ret_blob)
                *ret_blob = fd == -ENOENT && row->has_original;
        return fd == -ENOENT && row->has_original ? blob_open(store, &row->original) : fd;
}
