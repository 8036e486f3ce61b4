/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>
#include <idphoto/judge.h>
#include <idphoto/submission.h>

/*
 * Changes of what an upload is, until its verdict is shown. Each change is one transaction. The row
 * holds the name, the folder, the state, the bytes and the generation; the daemon's memory is a
 * copy of it. So a change is refused when the row is not what its caller took it for, and the
 * caller looks again:
 *
 *   who                  carries            refused when
 *   rename, reopen,      the generation     the generation is another, or the verdict is shown
 *   unlink, verdict,
 *   showing
 *
 * A rename, a reopening and a rename of the folder begin the next generation, in the transaction
 * that makes them. So nothing that was found out about the former name or the former bytes can take
 * effect afterwards, however late it comes.
 *
 * Every function is called inside a transaction and either does all or returns a negative errno:
 * -ENOENT, no such submission; -ESTALE, it is not what the caller takes it for.
 */

/* Adds an open submission and makes its directory show it. -ENOENT: the point was removed. */
int receive_create(Catalog *catalog, const SubmissionRow *row, int64_t *ret_id);

/* The name and the place that a client gave an upload. */
typedef struct ReceiveName {
        int64_t id;
        int64_t generation;
        int64_t folder;
        const char *name;
        bool temporary; /* nothing is judged under such a name */
        bool received;  /* it was closed under a normal name: its bytes are an original [D10] */
} ReceiveName;

/* Renames an upload. *ret is its row afterwards: OPEN, or RECEIVED and to be judged again. */
int receive_rename(Catalog *catalog, const ReceiveName *name, int64_t now, SubmissionRow *ret);

/* Renames a folder. The uploads in it and below are judged again, because the folder's name may
 * tell whose photos they are [W1]. */
int receive_rename_folder(Catalog *catalog, int64_t folder, int64_t parent, const char *name,
                          bool temporary);

/* The bytes that an upload had when it was opened for writing again. */
typedef struct ReceivedVersion {
        Sha256 original;
        uint64_t size;
} ReceivedVersion;

/* An upload is opened for writing again. From now on its bytes are those in staging. kept: the
 * bytes that it held stay as an earlier version [D10]. NULL: the same upload goes on [D2]. */
int receive_reopen(Catalog *catalog, int64_t id, int64_t generation, const ReceivedVersion *kept,
                   int64_t now, int64_t *ret_generation);

/* Records the receipt and the verdict at once. A daemon that is killed before this finds an open
 * row at its next start and judges it anew. Errors as judge_record(). */
int receive_verdict(Catalog *catalog, int64_t id, const Judgement *judgement, int64_t mtime,
                    int64_t now);

/* Mode, owner and time of an upload, as a client has set them. */
typedef struct ReceivedAttributes {
        mode_t mode;
        uid_t uid;
        gid_t gid;
        int64_t mtime;
} ReceivedAttributes;
int receive_attributes(Catalog *catalog, int64_t id, const ReceivedAttributes *attributes);

/* Removes the row of an upload that never was one. */
int receive_cancel(Catalog *catalog, int64_t id);
