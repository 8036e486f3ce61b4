/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>

/*
 * What clients do to files, as changes of the catalog. Each function is called inside a transaction
 * and either does all or returns a negative errno. Nothing here destroys an original [D10]: only
 * what never was a photo is removed.
 */

/* Whether nothing is lost with it: no original is kept of it, and it is temporary or nothing was
 * ever written. */
bool drop_is_disposable(const SubmissionRow *row);

/* A client deleted an upload before its verdict: a disposable one goes, another is kept as
 * withdrawn. When it has its place by now, only the dropped name goes. -ENOENT: it is gone. */
int drop_unlink_upload(Catalog *catalog, const SubmissionRow *row, uid_t uid, int64_t now);

/* A client deleted an accepted photo. -EPERM when it is approved or locked, -ENOENT when it is no
 * longer its student's photo. When it was dropped under the very name it is shown by, that name
 * resolves no longer. */
int drop_withdraw_photo(Catalog *catalog, int64_t photo, uid_t uid, int64_t now);

/* A client deleted a file from rejected/. */
int drop_dismiss(Catalog *catalog, int64_t submission, uid_t uid, int64_t now);

/*
 * A mistake is fixed by a new name [D11]: the original of a rejected submission is received again
 * under `name` in `folder`; the rejected one is superseded. So is a withdrawn one, whose photo had
 * the wrong name. -ENOENT: it is neither any more.
 */
int drop_resubmit(Catalog *catalog, const SubmissionRow *rejected, int64_t folder, const char *name,
                  uid_t uid, int64_t now, int64_t *ret_id);

/* Something else was renamed onto the name of an upload or alias: what stood there gives way but is
 * kept. -ENOENT: it is gone. */
int drop_displace(Catalog *catalog, const SubmissionRow *row, int64_t now);
