/* SPDX-License-Identifier: MIT */
#include <idphoto/submission.h>

int submission_open_bytes(const Store *store, const SubmissionRow *row)
{
        return row->has_original ? blob_open(store, &row->original) : staging_open(store, row->id);
}
