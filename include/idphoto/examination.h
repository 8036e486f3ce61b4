/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/judge.h>
#include <idphoto/unpacking.h>

/*
 * Everything that the examination of a submission needs: its row, its bytes, and the student that
 * its name identifies. The verdict and the preview of a verdict both use it.
 */

typedef struct Examination {
        SubmissionRow row;
        int fd; /* the bytes: the original or the staging file */
        Identity identity;
        Findings name_findings;
        bool final;    /* judge the file even if it looks incomplete */
        int poison;    /* the errno of a refused write, 0: none */
        bool given_up; /* its examination failed so often that it is not tried again [W5] */
        bool early;    /* an archive is not unpacked yet */
        const ArchiveOptions *archives; /* how one is; NULL: it is not */
        Unpacked unpacked;              /* what was in it, if the judgement says so */
} Examination;

void examination_done(Examination *examination);
#define _cleanup_examination_ _cleanup_(examination_done)

/*
 * Reads the row and opens the bytes. The caller initialises *ret with `{.fd = -EBADF}` and calls
 * examination_done() even after an error. generation 0: examines any generation. -ESTALE: the
 * submission has another generation by now, or does not wait for a verdict.
 */
int examination_begin(const Store *store, Catalog *catalog, int64_t submission, int64_t generation,
                      Examination *ret);
/* Looks ahead for what both of these will read (catalog.h). The query says of the submission what the
 * caller knows; if the row says otherwise by then, that is read as well. */
void examination_expect(Catalog *catalog, int64_t submission, const IdentityQuery *query);
/* Finds out whose photo it is, as of `now`. Sets identity and name_findings. A submission that was
 * given up is nobody's. */
int examination_identify(Catalog *catalog, int64_t now, Examination *examination);

/*
 * Has the worker examine the bytes, and stores the blobs to keep. pool: the pool that runs this
 * task; it gets the Worker back before anything is stored. NULL: the Worker is the caller's own. A
 * negative errno means that the examination failed now and may be tried later.
 */
int examination_run(const Store *store, Worker *worker, WorkerPool *pool, Examination *examination,
                    Judgement *ret);

/* Predicts the verdict and stores nothing. 1: it would be a rejection, of an archive as a whole. 0:
 * it would not, or the bytes look incomplete. */
int examination_preview(const Store *store, Worker *worker, const Examination *examination);
