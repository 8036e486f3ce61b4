/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>
#include <idphoto/identity.h>

/*
 * Gives finished files new names. A name tells whose photo a file is, so another name may mean
 * another verdict. Each function is called inside a transaction and either does all or returns a
 * negative errno. Nothing here destroys an original [D10].
 */

/* The name and the place that a client gives a finished file. */
typedef struct NewName {
        int64_t folder;
        const char *name;
        bool brought_back; /* out of submitted/ */
        uid_t uid;         /* who does it */
} NewName;

/*
 * A new name fixes a mistake [D11]: receives the original of a submission that does not count
 * again, under that name. The new submission supersedes what was rejected or withdrawn. -ENOENT:
 * the submission counts, or is gone.
 */
int rename_resubmit(Catalog *catalog, int64_t submission, const NewName *name, int64_t now,
                    int64_t *ret_id);

/*
 * Changes the dropped name of a finished submission. The new name decides whose photo it is. When
 * that is the same student, only the name changes: 0. Otherwise the photo is withdrawn and the
 * original is received again under the new name: 1 with the new id. The same happens to a file that
 * is brought back [D10]. -EPERM: the photo is approved or locked. -ESTALE: the submission is not
 * finished.
 */
int rename_alias(Catalog *catalog, int64_t submission, const NewName *name, int64_t now,
                 int64_t *ret_id);

/* Corrects a photo that was accepted for the wrong student: withdraws it and receives its original
 * again under the new name. Errors as withdraw_photo() and rename_resubmit(). */
int rename_photo(Catalog *catalog, int64_t photo, const NewName *name, int64_t now,
                 int64_t *ret_id);

/* Changes the dropped name of a finished submission to one under which nothing is judged, such as
 * that of an editor's backup. */
int rename_aside(Catalog *catalog, int64_t submission, const NewName *name);

/* A client deleted the dropped name of a finished submission: the name no longer resolves. */
int rename_hide(Catalog *catalog, int64_t submission);
