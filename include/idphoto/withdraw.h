/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>
#include <idphoto/identity.h>
#include <idphoto/submission.h>

/*
 * Files that a client deletes, or that something else replaces. Each function is called inside a
 * transaction. It either succeeds completely or returns a negative errno. None destroys an original
 * [D10]: only what never was a photo is removed.
 */

/* Whether the submission can be removed without a loss: it has no original, and nothing was written
 * to it, or only under a temporary name. */
bool withdraw_is_disposable(const SubmissionRow *row);

/* An upload that loses its name before its verdict is shown. */
typedef struct Withdrawal {
        SubmissionRow row; /* the caller's copy */
        bool keep;         /* records the row's original and size first */
        bool displaced;    /* something else takes its name; else a client deletes it */
        uid_t uid;         /* who deletes it */
        int64_t now;
} Withdrawal;

/* Removes a disposable upload. Keeps any other as withdrawn, or as superseded when it is displaced.
 * -ESTALE: the upload has another generation by now, or its verdict is shown. -ENOENT: it is
 * gone. */
int withdraw_upload(Catalog *catalog, const Withdrawal *withdrawal);

/* Withdraws an accepted photo that a client deleted. If the photo was dropped under the name that
 * shows it, that name no longer resolves. -EPERM: the photo is approved or locked. -ENOENT: it is
 * no longer its student's photo. */
int withdraw_photo(Catalog *catalog, int64_t photo, uid_t uid, int64_t now);

/* Dismisses a rejected file that a client deleted from rejected/. -ENOENT: it is not rejected. */
int withdraw_rejected(Catalog *catalog, int64_t submission, uid_t uid, int64_t now);
