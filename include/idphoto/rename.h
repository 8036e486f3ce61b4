/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>
#include <idphoto/identity.h>

/*
 * Gives finished files new names. A name identifies the student, so a new name may mean a new
 * verdict. Each function is called inside a transaction. It either succeeds completely or returns a
 * negative errno. None destroys an original [D10].
 */

/* The new name and folder of a finished file. */
typedef struct NewName {
        int64_t folder;
        const char *name;
        bool brought_back; /* the client moved the file out of submitted/ */
        uid_t uid;         /* the client */
} NewName;

/*
 * Receives the original of a rejected or withdrawn submission again under a new name, which may
 * correct a mistake [D11]. The new submission supersedes the old one. -ENOENT: the submission is
 * not rejected or withdrawn, or is gone.
 */
int rename_resubmit(Catalog *catalog, int64_t submission, const NewName *name, int64_t now,
                    int64_t *ret_id);

/*
 * Changes the dropped name of a finished submission. The new name decides whose photo it is. For
 * the same student only the name changes: 0. Otherwise the photo is withdrawn and the original is
 * received again under the new name: 1 with the new id. A file that is brought back is always
 * received again, for a verdict of its own; for the same student the photo stays until then
 * [D10]. -EPERM: the photo is approved or locked. -ESTALE: the submission
 * is not finished.
 */
int rename_alias(Catalog *catalog, int64_t submission, const NewName *name, int64_t now,
                 int64_t *ret_id);

/* Corrects a photo that was accepted for the wrong student: withdraws the photo and receives its
 * original again under the new name. Errors as withdraw_photo() and rename_resubmit(). */
int rename_photo(Catalog *catalog, int64_t photo, const NewName *name, int64_t now,
                 int64_t *ret_id);

/* Changes the dropped name of a finished submission to a name under which nothing is judged, such
 * as an editor's backup name. */
int rename_aside(Catalog *catalog, int64_t submission, const NewName *name);

/* Removes the dropped name of a finished submission, which a client deleted: it no longer
 * resolves. */
int rename_hide(Catalog *catalog, int64_t submission);
