/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>
#include <idphoto/identity.h>
#include <idphoto/submission.h>
#include <idphoto/worker.h>

/*
 * Takes a received submission to its verdict and its place, in three steps. Time may pass between
 * them.
 *
 *   examination_run()  The slow part, on a pool thread, without a transaction. The worker examines
 *                      the photo; original and photo become blobs.
 *   judge_record()     One transaction: findings, photo row, state PASSED or FAILED.
 *   judge_apply()      One transaction, when the verdict is shown: the submission takes its place.
 *
 * Between the steps the daemon may die, and a client may rename the file or write to it again. So a
 * verdict carries the generation of the examined submission. Recording or applying it to another
 * generation does nothing.
 */

typedef struct Judgement {
        Findings findings;
        PhotoInfo info;
        int64_t generation; /* of the submission when its name was read */
        bool incomplete;    /* the file seems to be still arriving [D2]: nothing was stored; examine
                               again, or as final */
        bool early;         /* incomplete: it is an archive, whose clients may not be through yet */
        bool unpacked;      /* it is an archive, and taken as such (unpacking.h): no photo */
        Sha256 original;
        uint64_t size;
        Identity identity;
        bool has_photo;
        Sha256 photo;
        uint64_t photo_size;
} Judgement;

/* Records a verdict. Rejects a picture that another student of the batch has [W4]. -ESTALE: the
 * submission is no longer RECEIVED in that generation; -EAGAIN: the roster has changed meanwhile,
 * so examine again. */
int judge_record(Catalog *catalog, int64_t submission, const Judgement *judgement, int64_t now);
/* The same for whoever has read the row in this transaction, and knows that it is of that
 * generation. Its mtime and the time of its receipt are recorded too. */
int judge_record_row(Catalog *catalog, const SubmissionRow *row, const Judgement *judgement,
                     int64_t now);

/* Looks ahead for what recording it will read (catalog.h), in the transaction that does so. */
void judge_expect(Catalog *catalog, Where where, int64_t submission, const Judgement *judgement);

/* Where the verdict puts the submission. */
typedef struct JudgeTarget {
        bool rejected; /* in rejected/, else in the point's directory */
        char *name;
} JudgeTarget;

void judge_target_done(JudgeTarget *target);
#define _cleanup_target_ _cleanup_(judge_target_done)

/* The name under which rejected/ shows the submission, now or when it is rejected. The caller frees
 * *ret. */
int judge_rejected_name(Catalog *catalog, const SubmissionRow *row, char **ret);

/* A name that is free in rejected/ of the row's point: that of the row, numbered if need be. The
 * caller frees *ret. */
int judge_free_rejected_name(Catalog *catalog, const SubmissionRow *row, char **ret);

/* The target as of now. -ESTALE when the submission is not PASSED or FAILED. */
int judge_target(Catalog *catalog, const SubmissionRow *row, JudgeTarget *ret);

/* Applies the verdict of that generation and reports where the submission went. Rejects a photo
 * that passed when its student was approved or locked meanwhile [D9]. -ESTALE: the submission has
 * no such verdict. */
int judge_apply(Catalog *catalog, int64_t submission, int64_t generation, int64_t now,
                JudgeTarget *ret);
