/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/judge.h>

/*
 * Everything that an examination of a submission goes by: its row, its bytes, and whose photo its
 * name says that it is. Put together once, for the verdict and for a preview of it alike.
 */

typedef struct Examination {
        SubmissionRow row;
        int fd; /* its bytes: the original, or what is in staging */
        Identity identity;
        Findings name_findings;
        bool final; /* take the file as it is, however incomplete it looks */
        int poison; /* the errno of a write that was refused, 0: none */
} Examination;

void examination_done(Examination *examination);
#define _cleanup_examination_ _cleanup_(examination_done)

/*
 * Reads the row and opens the bytes. *ret is initialised with `{.fd = -EBADF}` by the caller, and
 * released by examination_done() whatever comes of it. generation: the one to examine, 0: any.
 * -ESTALE: the submission is in another generation by now, or is not waiting for a verdict.
 */
int examination_begin(const Store *store, Catalog *catalog, int64_t submission, int64_t generation,
                      Examination *ret);
/* Says whose photo it is, as of that time. */
int examination_identify(Catalog *catalog, int64_t now, Examination *examination);

/*
 * Examines the bytes, by the worker, and stores what is to be kept. 0, or a negative errno when
 * that could not be done now: try again later. pool: whose task this is; the Worker goes back to it
 * before anything is stored. NULL: the caller's own.
 */
int examination_run(const Store *store, Worker *worker, WorkerPool *pool,
                    const Examination *examination, Judgement *ret);

/* Whether the verdict would be a rejection: 1, 0. Nothing is stored. Of bytes that look incomplete
 * nothing can be said yet: 0. */
int examination_preview(Worker *worker, const Examination *examination);
