/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>
#include <idphoto/idnumber.h>
#include <idphoto/worker.h>

/*
 * From a received submission to its verdict and its place, in three steps that may lie apart in
 * time:
 *
 *   judge_examine()  the slow part, on a pool thread, no transaction: the photo is examined by the
 * worker, the name is read, original and photo become blobs; judge_record()   one transaction:
 * findings, photo row, state PASSED or FAILED; judge_apply()    one transaction, when the verdict
 * is shown: the submission takes its place.
 *
 * Between the steps a daemon may die or a client may write on: a record or apply of what is no
 * longer so does nothing.
 */

typedef struct Judgement {
        Findings findings;
        PhotoInfo info;
        bool incomplete; /* looks as if it were still arriving [D2]: nothing was stored, examine
                            again or finally */
        Sha256 original;
        uint64_t size;
        char id_number[ID_NUMBER_SIZE]; /* "" when the name does not tell one */
        bool has_photo;
        Sha256 photo;
        uint64_t photo_size;
} Judgement;

/* Whose photo the name says it is: adds findings, writes the number to ret_id_number when there is
 * exactly one valid. folder_name may be NULL [W1]. */
int judge_identity(const char *name, const char *folder_name, Date today, Findings *findings,
                   char ret_id_number[static ID_NUMBER_SIZE]);

/*
 * Examines the bytes behind fd. final: take the file as it is, however incomplete it looks. 0, or a
 * negative errno when it could not be examined or stored now: try again later.
 */
int judge_examine(const Store *store, Worker *worker, const SubmissionRow *row,
                  const char *folder_name, int fd, bool final, Date today, Judgement *ret);

/* -ESTALE when the submission is not RECEIVED any more. */
int judge_record(Catalog *catalog, int64_t submission, const Judgement *judgement, int64_t now);

/* Where the verdict puts the submission. */
typedef struct JudgeTarget {
        bool rejected; /* in rejected/, else in the point's directory */
        char *name;
} JudgeTarget;

void judge_target_done(JudgeTarget *target);
#define _cleanup_target_ _cleanup_(judge_target_done)

/* The target as of now. -ESTALE when the submission is not PASSED or FAILED. */
int judge_target(Catalog *catalog, const SubmissionRow *row, JudgeTarget *ret);

/* Carries the verdict out and reports where the submission went. -ESTALE as above. A photo that
 * passed but whose student was approved or locked meanwhile is rejected here [D9]. */
int judge_apply(Catalog *catalog, int64_t submission, int64_t now, JudgeTarget *ret);
