/* SPDX-License-Identifier: MIT */
#pragma once

#include "catalog-internal.h"
#include "states.h"

#include <idphoto/submission.h>

/* Reads rows of the table submission, for the files that find and list submissions. */

#define SUBMISSION_COLUMNS \
        "id, batch, point, folder, name, shown_name, temporary, state, size, mtime, mode, uid, " \
        "gid, created, received, applied, original, student, photo, actor, suggestion, " \
        "generation, replaces, changed, archive, owner"

typedef struct SubmissionList {
        SubmissionCallback callback;
        void *userdata;
} SubmissionList;

int catalog_take_submission(const SqlRows *row, void *userdata); /* SubmissionList */

/* Finds a submission by name. sql has the placeholders of WHERE() and, for the folded name, ?4. 1;
 * 0: not found, or the name cannot be folded; or a negative errno. */
int catalog_submission_by_name(Catalog *catalog, const char *sql, Where where, const char *name,
                               SubmissionRow *ret);
