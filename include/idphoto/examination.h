/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/judge.h>

/*
 * Everything that the examination of a submission needs: its row, its bytes, and whose photo its
 * name says it is. It is put together in one place, for the verdict and for a preview of the
 * verdict.
 */

typedef struct Examination {
        SubmissionRow row;
        int fd; /* its bytes: the original, or what is in staging */
        Identity identity;
        Findings name_findings;
        bool final;    /* take the file as it is, however incomplete it looks */
        int poison;    /* the errno of a write that was refused, 0: none */
        bool given_up; /* it could not be examined so often that it is not tried again [W5] */
} Examination;

void examination_done(Examination *examination);
#define _cleanup_examination_ _cleanup_(examination_done)

/*
 * Reads the row and opens the bytes. The caller initialises *ret with `{.fd = -EBADF}` and always
 * calls examination_done(). generation: the one to examine; 0: any. -ESTALE: the submission is in
 * another generation by now, or does not wait for a verdict.
 */
int examination_begin(const Store *store, Catalog *catalog, int64_t submission, int64_t generation,
                      Examination *ret);
/* Finds out whose photo it is at that time. Of what is given up it is nobody's. */
int examination_identify(Catalog *catalog, int64_t now, Examination *examination);

/*
 * Lets the worker examine the bytes, and stores what is to be kept. A negative errno means that
 * this could not be done now and may be tried later. pool: the pool whose task this is; it gets the
 * Worker back before anything is stored. NULL: the Worker is the caller's own.
 */
int examination_run(const Store *store, Worker *worker, WorkerPool *pool,
                    const Examination *examination, Judgement *ret);

/* 1: the verdict would be a rejection. 0: it would not, or the bytes look incomplete. Stores
 * nothing. */
int examination_preview(Worker *worker, const Examination *examination);
