/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>
#include <idphoto/identity.h>
#include <idphoto/submission.h>

/*
 * What clients do to files, as changes of the catalog. Each function is called inside a transaction
 * and either does all or returns a negative errno. Nothing here destroys an original [D10]: only
 * what never was a photo is removed.
 */

/* Whether nothing is lost with it: no original is kept of it, and nothing was ever written, or
 * never under a name that is judged. */
bool drop_is_disposable(const SubmissionRow *row);

/* A client deleted an upload before its verdict: a disposable one goes, another is kept as
 * withdrawn. row: as the caller saw it; -ESTALE: it is in another generation by now, or has its
 * place. -ENOENT: it is gone. */
int drop_unlink_upload(Catalog *catalog, const SubmissionRow *row, uid_t uid, int64_t now);

/* A client deleted an accepted photo. -EPERM when it is approved or locked, -ENOENT when it is no
 * longer its student's photo. When it was dropped under the very name it is shown by, that name
 * resolves no longer. */
int drop_withdraw_photo(Catalog *catalog, int64_t photo, uid_t uid, int64_t now);

/* A client deleted a file from rejected/. */
int drop_dismiss(Catalog *catalog, int64_t submission, uid_t uid, int64_t now);

/* The name and the place that a client gives a finished file. */
typedef struct DropName {
        int64_t folder;
        const char *name;
        bool brought_back; /* out of submitted/ */
        uid_t uid;         /* who does it */
} DropName;

/*
 * A mistake is fixed by a new name [D11]: the original of a submission that does not count is
 * received again under that name. What was rejected or withdrawn is superseded by it. -ENOENT: it
 * counts, or is gone.
 */
int drop_resubmit(Catalog *catalog, int64_t submission, const DropName *name, int64_t now,
                  int64_t *ret_id);

/*
 * The dropped name of a finished submission gets another one, and that decides whose photo it is.
 * When it means the student whose photo it is, only the name moves: 0. Otherwise the photo is
 * withdrawn, and the original received again under the new name: 1 with its id. So is what is
 * brought back [D10]. -EPERM: the photo is approved or locked. -ESTALE: it is not finished.
 */
int drop_rename(Catalog *catalog, int64_t submission, const DropName *name, int64_t now,
                int64_t *ret_id);

/* Something else was renamed onto the name of an upload: what stood there gives way but is kept.
 * Errors as drop_unlink_upload(). */
int drop_displace(Catalog *catalog, const SubmissionRow *row, int64_t now);
