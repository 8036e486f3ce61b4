/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>
#include <idphoto/finding.h>
#include <idphoto/hash.h>
#include <idphoto/store.h>

/* Submissions: every dropped file, and the findings about it. */

typedef enum SubmissionState {
        SUBMISSION_OPEN,       /* being written, or closed under a client's temporary name */
        SUBMISSION_RECEIVED,   /* completely written, waits for its verdict */
        SUBMISSION_PASSED,     /* passed the checks, not yet shown */
        SUBMISSION_FAILED,     /* failed the checks, not yet shown */
        SUBMISSION_ACCEPTED,   /* its photo is the student's */
        SUBMISSION_REJECTED,   /* shown in rejected/ */
        SUBMISSION_SUPERSEDED, /* replaced by a later one */
        SUBMISSION_DISMISSED,  /* deleted from rejected/ by the point [D10] */
        SUBMISSION_WITHDRAWN,  /* the point deleted its photo [D10], or a client deleted it before
                                  its verdict */
        SUBMISSION_UNCHANGED,  /* the same bytes again [D9] */
        SUBMISSION_UNPACKED,   /* an archive: what is in it are submissions of their own [D12] */
        _SUBMISSION_STATE_MAX,
        _SUBMISSION_STATE_INVALID = -EINVAL,
} SubmissionState;

const char *submission_state_to_string(SubmissionState state);

typedef struct SubmissionRow {
        int64_t id;
        int64_t batch;
        int64_t point;
        int64_t folder;
        char *name;       /* as dropped */
        char *shown_name; /* in rejected/; NULL elsewhere */
        bool temporary;
        SubmissionState state;
        uint64_t size;
        int64_t mtime;
        mode_t mode; /* as set by the client; shown for uploads and aliases */
        uid_t uid;   /* the shown owner; a client may have set it */
        gid_t gid;
        uid_t actor;     /* who dropped it */
        int64_t changed; /* shown as ctime; 0: unchanged since its creation, or since an earlier
                            version */
        int64_t created;
        int64_t received;
        int64_t applied;
        bool has_original;
        Sha256 original;
        int64_t student;  /* 0: none or unknown */
        int64_t photo;    /* the photo made from it, 0: none */
        char *suggestion; /* a number on the point's roster one digit away, "" for none [W2] */
        /* Grows with every change that makes earlier findings about the submission void: a new name
         * or folder, an opening for writing. A verdict is valid only for the generation that was
         * examined. */
        int64_t generation;
        int64_t replaces; /* the submission that a client deleted to make room for this one; 0:
                             none */
        int64_t archive;  /* the submission in which it was packed; 0: none */
        /* The gateway that acts on it while it is unfinished (gateway.h); 0: nobody, but on an
         * embedded store its daemon. */
        int64_t owner;
} SubmissionRow;

void submission_row_done(SubmissionRow *row);
#define _cleanup_submission_ _cleanup_(submission_row_done)

/* Adds an open submission, owned by this process's gateway. Ignores row->id, row->state and row->owner. -ENOENT: the point was removed, or there
 * is none. */
int catalog_add_submission(Catalog *catalog, const SubmissionRow *row, int64_t *ret_id);
/* Adds the bytes that a submission held before it is written again, as a SUPERSEDED submission. The
 * name resolves only to the later one. */
int catalog_add_version(Catalog *catalog, int64_t id, const Sha256 *original, uint64_t size,
                        int64_t now, int64_t *ret_id);
/* Adds a submission that is completely received: its original is row->original. Ignores row->id and
 * row->state. -EAGAIN: as catalog_set_submission_original(). */
int catalog_add_received(Catalog *catalog, const SubmissionRow *row, int64_t *ret_id);
int catalog_get_submission(Catalog *catalog, int64_t id, SubmissionRow *ret);
/* Finds the submission of that name that is unfinished or not yet shown (OPEN..FAILED). */
int catalog_find_upload(Catalog *catalog, Where where, const char *name, SubmissionRow *ret);
/* Finds the newest finished submission of that name whose alias still resolves [D4]. */
int catalog_find_alias(Catalog *catalog, Where where, const char *name, SubmissionRow *ret);
/* Finds the rejected submission that rejected/ shows under that name. */
int catalog_find_rejected(Catalog *catalog, Where where, const char *shown_name,
                          SubmissionRow *ret);
/* Finds the rejected submission that was dropped under that name in that folder. */
int catalog_find_rejected_drop(Catalog *catalog, Where where, const char *name, SubmissionRow *ret);

typedef int (*SubmissionCallback)(const SubmissionRow *row, void *userdata);
/* Lists the submissions of a directory that are unfinished or not yet shown, without temporary
 * ones, by id. */
int catalog_list_uploads(Catalog *catalog, Where where, int64_t after, SubmissionCallback callback,
                         void *userdata);
/* Lists those of a temporary folder, in which every submission is temporary, by id. */
int catalog_list_temporary_uploads(Catalog *catalog, Where where, int64_t after,
                                   SubmissionCallback callback, void *userdata);
int catalog_list_rejected(Catalog *catalog, Where where, int64_t after, SubmissionCallback callback,
                          void *userdata);
/* Lists the newest finished submission of each name in the two directories together: where.folder,
 * and `beside` at the same point, which may be the same. */
int catalog_list_aliases(Catalog *catalog, Where where, int64_t beside, int64_t after,
                         SubmissionCallback callback, void *userdata);
/* Reads the newest id that any submission ever had. */
int catalog_max_submission(Catalog *catalog, int64_t *ret);
/* Lists the submissions of every point in that state, which must be OPEN..FAILED, by id, that are this
 * process's. A restarted daemon continues with them. */
int catalog_list_by_state(Catalog *catalog, SubmissionState state, int64_t after,
                          SubmissionCallback callback, void *userdata);

/* ---- whose an unfinished one is (gateway.h) ---- */

/* Makes it this process's, and begins the next generation, if it is `owner`'s still, in that
 * generation, and unfinished. 1; 0: it is not. */
int catalog_take_upload(Catalog *catalog, int64_t id, int64_t owner, int64_t generation);
/* What it holds by now is that blob. Only for its owner, of that generation, before it is judged: 1;
 * 0: it is not. -EAGAIN: as catalog_set_submission_original(). */
int catalog_keep_upload(Catalog *catalog, int64_t id, int64_t generation, const Sha256 *original,
                        uint64_t size, int64_t mtime);
/* One that was received and kept is nobody's any more, and whoever has time judges it. 1; 0: it is not
 * this process's in that generation. */
int catalog_give_upload(Catalog *catalog, int64_t id, int64_t generation);
/* One that was kept is RECEIVED, and stays this process's: others see that it is not held open. As
 * catalog_give_upload(). */
int catalog_tell_received(Catalog *catalog, int64_t id, int64_t generation);
/* Makes up to `limit` of those that are nobody's this process's, oldest first, without waiting for
 * others who do the same. Calls back with each. */
int catalog_claim_uploads(Catalog *catalog, int64_t batch, unsigned limit,
                          int (*callback)(int64_t id, void *userdata), void *userdata);
/* Calls back with each unfinished one that is this process's, by id. */
int catalog_list_own_uploads(Catalog *catalog,
                             int (*callback)(int64_t id, int64_t generation, void *userdata),
                             void *userdata);
/* Whether uploads of the point (0: of all) up to max_id that are not this process's wait for their
 * verdict or place: 1, 0. opened: also those that were closed, but that may be open again. */
int catalog_others_pending(Catalog *catalog, int64_t point, int64_t max_id, bool opened);

/* Sets name and folder of a submission and clears `replaces`. */
int catalog_set_submission_name(Catalog *catalog, int64_t id, int64_t folder, const char *name,
                                bool temporary);
/* Begins the next generation of an unfinished submission and sets its state, OPEN or RECEIVED.
 * Discards what the former generation gave: findings, student, suggestion, and a photo not yet
 * shown. */
int catalog_advance_submission(Catalog *catalog, int64_t id, SubmissionState state);
/* Begins the next generation of every unfinished submission in a renamed folder, and below it.
 * PASSED and FAILED become RECEIVED. */
int catalog_advance_folder(Catalog *catalog, int64_t folder);
/* Calls back with the id of each unfinished submission in the folder, and below it. */
int catalog_list_folder_uploads(Catalog *catalog, int64_t folder,
                                int (*callback)(int64_t id, void *userdata), void *userdata);
/* Sets attributes that a client set. The photo made from the submission gets the mtime, too. */
int catalog_set_submission_attributes(Catalog *catalog, int64_t id, mode_t mode, uid_t uid,
                                      gid_t gid, int64_t mtime);
int catalog_set_submission_state(Catalog *catalog, int64_t id, SubmissionState state);
/* Makes a submission RECEIVED, complete at `now` with `size` bytes. */
int catalog_set_submission_received(Catalog *catalog, int64_t id, uint64_t size, int64_t mtime,
                                    int64_t now);
/* Records the blob of its original. -EAGAIN: the blob's file was removed because no row named it;
 * make the blob again. */
int catalog_set_submission_original(Catalog *catalog, int64_t id, const Sha256 *original,
                                    uint64_t size);
int catalog_set_submission_student(Catalog *catalog, int64_t id, int64_t student);
/* Records in one go what a verdict says: state, size, mtime, time of receipt, original, student and
 * suggestion of the row. photo: catalog_put_photo() made one for it. -EAGAIN: as
 * catalog_set_submission_original(). */
int catalog_set_submission_verdict(Catalog *catalog, const SubmissionRow *row, bool photo);
int catalog_set_submission_applied(Catalog *catalog, int64_t id, SubmissionState state,
                                   const char *shown_name, int64_t now);
/* Makes the submission's dropped name stop resolving. */
int catalog_hide_alias(Catalog *catalog, int64_t id);
/* Makes that name in that directory stop resolving to finished submissions. */
int catalog_hide_name(Catalog *catalog, Where where, const char *name);
/* Removes the row of an upload that never was a photo: a temporary one, or one never written.
 * -EUCLEAN: its photo is a student's. */
int catalog_remove_submission(Catalog *catalog, int64_t id);
/* Makes the rejected submissions of this student, and those dropped under this name, SUPERSEDED,
 * but not the submission `except`. */
int catalog_supersede_rejected(Catalog *catalog, Where where, const char *name, int64_t student,
                               int64_t except);
/* Whether `name`, and every name that its note may have (notename.h), are free in rejected/: 1, 0.
 * id: of the submission that is to be shown so. */
int catalog_rejected_name_free(Catalog *catalog, Where where, const char *name, int64_t id);

/* Opens the bytes of a submission: its original, else its staging file; where blobs are shared, its
 * staging file if this machine has one, else its original. *ret_blob (may be NULL): whether it is the
 * original. Returns an fd that the caller closes, or a negative errno; -ENOENT: there are no bytes. */
int submission_open_bytes(const Store *store, const SubmissionRow *row, bool *ret_blob);

/* ---- findings ---- */

/* Stores the findings in the order of findings_sort(). */
int catalog_set_findings(Catalog *catalog, int64_t submission, const Findings *findings);
int catalog_get_findings(Catalog *catalog, int64_t submission, Findings *ret);
