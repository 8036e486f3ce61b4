/* SPDX-License-Identifier: MIT */
#pragma once

#include "fs.h"
#include "uploadstate.h"

#include <idphoto/judge.h>

/*
 * Uploads: submissions that are not shown yet, as the running daemon knows them. The catalog's row
 * is made with the first create, so that a killed daemon finds every upload again; what is here
 * besides is who has it open, and when what is due.
 *
 * An Upload is held by reference: upload_get() and the functions that return one add a reference,
 * upload_unref() drops it. All functions take the locks they need.
 */

typedef struct Upload Upload;

int upload_table_new(UploadTable **ret);
void upload_table_free(UploadTable *table);
DEFINE_CLEANUP(UploadTable, upload_table_free)

/* NULL when there is no such upload (any more). */
Upload *upload_get(Fs *fs, int64_t id);
void upload_unref(Fs *fs, Upload *upload);

typedef struct UploadRef {
        Fs *fs;
        Upload *upload;
} UploadRef;

static inline void upload_ref_release(UploadRef *ref)
{
        if (ref->upload)
                upload_unref(ref->fs, ref->upload);
}
#define _cleanup_upload_ _cleanup_(upload_ref_release)

/* What stat shows of it. */
typedef struct UploadAttributes {
        uint64_t size;
        mode_t mode;
        uid_t uid;
        gid_t gid;
        int64_t mtime;
} UploadAttributes;

void upload_attributes(Upload *upload, UploadAttributes *ret);
int64_t upload_point(const Upload *upload);
bool upload_is_writing(Upload *upload);
/* Written to, under a name that will be judged. */
bool upload_is_judgeable(Upload *upload);

/* ---- handles ---- */

/*
 * Makes a new upload, open for writing. The caller has looked at the name: temporary says what it
 * is. *ret_fd is the staging file, owned by the caller until upload_release(). -EMFILE: too many
 * are open.
 */
int upload_create(Fs *fs, const Place *place, const char *name, bool temporary, mode_t mode,
                  uid_t uid, gid_t gid, int64_t *ret_id, int *ret_fd);

/*
 * A finished name was opened for writing: makes a FRESH upload of that name, which the client's
 * second look-up finds (the caller answers ESTALE, upon which the kernel looks the name up again).
 * base is the content to begin with; NULL: empty.
 *
 * Closed unwritten it was no upload: its row goes, but who has looked it up before that may still
 * come to open it. upload_origin() then tells which finished node that means, for some seconds.
 */
int upload_make_fresh(Fs *fs, Node origin, const Place *place, const char *name, const Sha256 *base,
                      const UploadAttributes *attributes, uid_t actor, int64_t *ret_id);
bool upload_origin(Fs *fs, int64_t id, Node *ret);

/* -ESTALE: it has its place by now, or never was an upload; then no look-up finds it any more.
 * truncate: the file is emptied. *ret_fd as above. */
int upload_open_write(Fs *fs, int64_t id, bool truncate, int *ret_fd);
/* For reading. Works in every state. */
int upload_open_read(Fs *fs, int64_t id, int *ret_fd);

int upload_write(Fs *fs, int64_t id, int fd, const void *data, size_t size, off_t offset);
/* fd < 0: by path. */
int upload_truncate(Fs *fs, int64_t id, int fd, uint64_t size);
/* 0, or the errno of a write that was refused before [D3]. */
int upload_flush(Fs *fs, int64_t id);
int upload_fsync(Fs *fs, int64_t id, int fd);
/* A handle for writing is gone; closes fd. */
void upload_release_write(Fs *fs, int64_t id, int fd);

/* NULL: unchanged. */
int upload_set_attributes(Fs *fs, int64_t id, const mode_t *mode, const uid_t *uid,
                          const gid_t *gid, const int64_t *mtime);

/* ---- names ---- */

/* The catalog's row has its new name already. */
void upload_renamed(Fs *fs, int64_t id, const Place *place, const char *name, bool temporary);
/* The catalog's row is gone or finished by a client's doing. */
void upload_deleted(Fs *fs, int64_t id);
/* A row in state RECEIVED, PASSED or FAILED that the table does not know yet: after a resubmission
 * or a restart. */
int upload_adopt(Fs *fs, int64_t id);
/* At start: adopts all that a dead daemon left behind and collects what no row names. */
int upload_recover(Fs *fs);

/* ---- time and verdicts: called by the announcer and the pool ---- */

/* Something is due for the upload: judges a settled file, or returns true when its verdict is to be
 * shown now. */
bool upload_due(Fs *fs, int64_t id);
/* Commits the verdict: the submission takes its place. -ESTALE: it is not JUDGED (any more). */
int upload_apply(Fs *fs, int64_t id, JudgeTarget *ret);
/* The same, and the watchers are told afterwards. */
void upload_show_now(Fs *fs, int64_t id);
/* Takes an upload back that never was one: its row, its staging file. */
void upload_forget(Fs *fs, int64_t id);

/* ---- barriers [D6] ---- */

/* Whether an upload of the point (0: of all) up to that id waits for its verdict or place. */
bool upload_any_pending(Fs *fs, int64_t point, int64_t max_id);
/* Newest upload id known. */
int64_t upload_max_id(Fs *fs);
/* No more waiting for those: judges settling files, carries out recorded verdicts at once. */
void upload_hurry(Fs *fs, int64_t point, int64_t max_id);
