/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>
#include <idphoto/identity.h>
#include <idphoto/submission.h>

/*
 * What a client deletes, or what gives way to something else. Each function is called inside a
 * transaction and either does all or returns a negative errno. Nothing here destroys an original
 * [D10]: only what never was a photo is removed.
 */

/* Whether nothing is lost with it: it has no original, and nothing was written to it, or only under
 * a name that is not judged. */
bool withdraw_is_disposable(const SubmissionRow *row);

/* An upload that loses its name before its verdict is shown. */
typedef struct Withdrawal {
        SubmissionRow row; /* as the caller saw it */
        bool keep;         /* the row's original and size are to be recorded first */
        bool displaced;    /* something else takes its name; else a client deletes it */
        uid_t uid;         /* who deletes it */
        int64_t now;
} Withdrawal;

/* Removes a disposable upload. Any other is kept: as withdrawn, or as superseded when it is
 * displaced.
 * -ESTALE: the upload is in another generation by now, or has its place. -ENOENT: it is gone. */
int withdraw_upload(Catalog *catalog, const Withdrawal *withdrawal);

/* A client deleted an accepted photo. -EPERM: it is approved or locked. -ENOENT: it is no longer
 * its student's photo. If the photo was dropped under the name that shows it, that name no longer
 * resolves. */
int withdraw_photo(Catalog *catalog, int64_t photo, uid_t uid, int64_t now);

/* A client deleted a file from rejected/. */
int withdraw_rejected(Catalog *catalog, int64_t submission, uid_t uid, int64_t now);
