/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>
#include <idphoto/judge.h>
#include <idphoto/submission.h>

/*
 * Changes an upload until its verdict is shown. Each change is one transaction. The row holds the
 * name, the folder, the state, the bytes and the generation; the daemon's memory is a copy of it.
 * When the copy is out of date, the change is refused, and the caller reads the row again:
 *
 *   change               carries            refused when
 *   rename, reopen,      the generation     the generation is another, or the verdict is shown,
 *   unlink, verdict,                        or another gateway has taken the upload
 *   showing
 *
 * A rename, a reopening and a rename of the folder begin the next generation in the same
 * transaction. So no late finding about the former name or bytes can take effect.
 *
 * Every function is called inside a transaction. It either succeeds completely or returns a
 * negative errno: -ENOENT: no such submission; -ESTALE: the caller's copy is out of date.
 */

/* Reads the row of an upload in that generation. -ESTALE: it has another, its verdict is shown, or it
 * is another gateway's by now. */
int receive_get(Catalog *catalog, int64_t id, int64_t generation, SubmissionRow *ret);

/* Adds an open submission and lists it in its directory. -ENOENT: the point was removed. */
int receive_create(Catalog *catalog, const SubmissionRow *row, int64_t *ret_id);

/* The new name and folder of an upload. */
typedef struct ReceiveName {
        int64_t id;
        int64_t generation;
        int64_t folder;
        const char *name;
        bool temporary; /* a name under which nothing is judged */
        bool received;  /* the upload was closed under a normal name: its bytes are an original
                           [D10] */
} ReceiveName;

/* Renames an upload. *ret is its row afterwards: OPEN, or RECEIVED, to be judged again. */
int receive_rename(Catalog *catalog, const ReceiveName *name, int64_t now, SubmissionRow *ret);

/* Renames a folder. All uploads below it are judged again, because the folder's name may identify
 * the student [W1]. */
int receive_rename_folder(Catalog *catalog, int64_t folder, int64_t parent, const char *name,
                          bool temporary);

/* The bytes that an upload had when it was opened for writing again. */
typedef struct ReceivedVersion {
        Sha256 original;
        uint64_t size;
} ReceivedVersion;

/* Opens an upload for writing again. From now on its bytes are those in staging. kept: keeps the
 * bytes that it held as an earlier version [D10]; NULL: the same upload continues [D2]. */
int receive_reopen(Catalog *catalog, int64_t id, int64_t generation, const ReceivedVersion *kept,
                   int64_t now, int64_t *ret_generation);

/* The upload, which is this gateway's, holds that version by now: so it is judged whoever dies. */
int receive_keep(Catalog *catalog, int64_t id, int64_t generation, const ReceivedVersion *version,
                 int64_t mtime);
/* Makes an upload of nobody, or of another gateway, this one's. Its former owner finds out with its
 * next change, and its verdict is void. */
int receive_take(Catalog *catalog, const SubmissionRow *seen);

/* Records the receipt and the verdict together. If the daemon is killed before that, the next
 * daemon finds the row open and judges it again. Errors as judge_record(). */
int receive_verdict(Catalog *catalog, int64_t id, const Judgement *judgement, int64_t mtime,
                    int64_t now);

/* The verdict of that generation will not be shown: the upload is to be judged anew. */
int receive_void_verdict(Catalog *catalog, int64_t id, int64_t generation);

/* Mode, owner and time of an upload, as set by a client. */
typedef struct ReceivedAttributes {
        mode_t mode;
        uid_t uid;
        gid_t gid;
        int64_t mtime;
} ReceivedAttributes;
int receive_attributes(Catalog *catalog, int64_t id, const ReceivedAttributes *attributes);

/* Removes the row of an upload that came to nothing: its creation was undone, or it was closed
 * unwritten. Errors as catalog_remove_submission(). */
int receive_cancel(Catalog *catalog, int64_t id);
