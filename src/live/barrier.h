/* SPDX-License-Identifier: MIT */
#pragma once

#include "upload.h"

#include <idphoto/clock.h>
#include <idphoto/writer.h>

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * What `sync STATUS.txt` and `sync DIR` wait for: every photo dropped before has its verdict and
 * its place, and everything that was committed is durable [D6]. No handler may wait for that. The
 * request is parked here, and the barriers' own thread answers it, after one durable commit for all
 * barriers that are complete.
 *
 * A barrier hurries and waits only for what its caller may read: the points whose directory the
 * caller may read, and all points for root, the daemon's user and the office.
 *
 * With several gateways a barrier waits for photos that were dropped through whichever of them. What is
 * elsewhere is asked for when all is done here (elsewhere.h), and the others hurry it meanwhile.
 *
 * During fsync of a directory the kernel holds the directory's lock until the answer. Nobody can
 * list the directory or look up a name in it, and no rename through the mount can finish. So a
 * verdict that a barrier waits for is committed directly and announced afterwards, and a barrier of
 * fsync is answered after a moment, complete or not. The program sync has done its waiting before:
 * it is recognised by how it opens the directory, and its barrier waits then.
 */

struct fuse_req;

typedef struct Barriers Barriers;
typedef struct Elsewhere Elsewhere;

typedef struct BarriersOptions {
        const Clock *clock;
        Writer *writer;
        UploadTable *uploads;
        Elsewhere *elsewhere; /* NULL: there are no other gateways */
        uid_t uid;            /* the daemon's: sees all points */
        gid_t office_gid;     /* so does a member of this group */
} BarriersOptions;

/* What the options point to must live as long as the barriers. */
int barriers_new(const BarriersOptions *options, Barriers **ret);
/* Answers what is parked with EIO. */
void barriers_free(Barriers *barriers);
DEFINE_CLEANUP(Barriers, barriers_free)

/* The answer to a request that was parked; error: a positive errno or 0. */
typedef void (*BarrierAnswer)(struct fuse_req *request, int error, void *userdata);

typedef struct BarrierOptions {
        int64_t point;        /* 0: all that the caller may read */
        int64_t bound_msec;   /* after which it is answered in any case; below 0: never */
        BarrierAnswer answer; /* NULL: parked_reply() */
        void *userdata;       /* of answer */
} BarrierOptions;

/* What a barrier waits for: uploads up to max_id, of all points or of these. */
typedef struct BarrierScope {
        bool all;
        int64_t *points; /* owned */
        size_t n_points;
        int64_t max_id;
} BarrierScope;

void barrier_scope_done(BarrierScope *scope);
#define _cleanup_scope_ _cleanup_(barrier_scope_done)

/*
 * Answers req, now or later. True: it is parked, or was until a moment ago. The caller hurries what
 * is in *ret, and calls barriers_check() then: in this order a verdict that comes in between sees
 * the barrier, and what is complete already is answered. False: it is answered.
 */
bool barrier_wait(Barriers *barriers, struct fuse_req *req, const BarrierOptions *options,
                  BarrierScope *ret);

/* Uploads of a point, with numbers from first to last. */
typedef struct BarrierRange {
        int64_t point;
        int64_t first;
        int64_t last;
} BarrierRange;

/* What waits for that upload of the point waits for these as well: they came out of it. */
void barriers_extend(Barriers *barriers, const BarrierRange *range, int64_t upload);

/* Whether a parked request, of this gateway or another, waits for that upload. */
bool barrier_covers(Barriers *barriers, int64_t point, int64_t upload);

/* Lets every parked request be answered that has nothing to wait for any more. Called with no lock
 * held. */
void barriers_check(Barriers *barriers);
