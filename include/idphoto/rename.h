/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>
#include <idphoto/identity.h>

/*
 * New names for what is finished. A name tells whose photo it is, so that another name may mean
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
 * A mistake is fixed by a new name [D11]: the original of a submission that does not count is
 * received again under that name. What was rejected or withdrawn is superseded by it. -ENOENT: it
 * counts, or is gone.
 */
int rename_resubmit(Catalog *catalog, int64_t submission, const NewName *name, int64_t now,
                    int64_t *ret_id);

/*
 * The dropped name of a finished submission gets another one, and that decides whose photo it is.
 * When it means the student whose photo it is, only the name moves: 0. Otherwise the photo is
 * withdrawn, and the original received again under the new name: 1 with its id. So is what is
 * brought back [D10]. -EPERM: the photo is approved or locked. -ESTALE: it is not finished.
 */
int rename_alias(Catalog *catalog, int64_t submission, const NewName *name, int64_t now,
                 int64_t *ret_id);

/* A photo that was accepted for the wrong student: withdrawn, and its original received again under
 * the new name. Errors as withdraw_photo() and rename_resubmit(). */
int rename_photo(Catalog *catalog, int64_t photo, const NewName *name, int64_t now,
                 int64_t *ret_id);

/* The dropped name of something finished becomes one under which nothing is judged: an editor's
 * backup. */
int rename_aside(Catalog *catalog, int64_t submission, const NewName *name);

/* A client deleted the dropped name of something finished: it resolves no longer. */
int rename_hide(Catalog *catalog, int64_t submission);
