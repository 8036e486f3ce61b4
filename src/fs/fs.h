/* SPDX-License-Identifier: MIT */
#pragma once

#include "live/agenda.h"
#include "live/barrier.h"
#include "live/binding.h"
#include "live/ghost.h"
#include "live/lease.h"
#include "live/node.h"
#include "live/openlist.h"
#include "live/place.h"
#include "live/replacement.h"
#include "live/share.h"
#include "live/upload.h"
#include "tree/tree.h"

#include <idphoto/catalog.h>
#include <idphoto/clock.h>
#include <idphoto/config.h>
#include <idphoto/fixedname.h>
#include <idphoto/view.h>
#include <idphoto/workdays.h>
#include <idphoto/worker.h>
#include <idphoto/writer.h>

#include <pthread.h>
#include <sys/stat.h>

/*
 * The world of a mounted store, passed to everything in this room.
 *
 * Threads: request threads of libfuse; pool threads that judge; one announcer, and its hands that
 * run what it tells the kernel (lanes.h); one that ends barriers; one that adopts what a dead
 * daemon left; one that removes what no row names. Lock order, outermost first: an upload's turn,
 * its lock, the barriers', the upload table's, the announcer's; the snapshots', the ghosts', the
 * bindings', the replacements', the leases', the shares' and the open list's stand alone. The
 * writer's tasks take at most an upload's lock and the table's, under which nobody waits for the
 * writer: so anybody may wait for them. No handler ever waits for the announcer or the pool: a
 * request that must wait is parked and answered from there.
 */

typedef struct Announcer Announcer;
typedef struct Prefetch Prefetch;
typedef struct Watch Watch;
typedef struct Collector Collector;

typedef struct FsOptions {
        unsigned settle_msec;         /* for a file that looks cut off [D2] */
        unsigned settle_empty_msec;   /* for an empty one */
        unsigned delay_msec;          /* between the last close and the verdict's rename [D5] */
        uint64_t max_file_bytes;      /* EFBIG above */
        unsigned max_open_uploads;    /* of a user at a point; EMFILE above [Z4] */
        unsigned max_open_files;      /* of a user, for reading and writing; the same */
        unsigned max_temporary_files; /* of a user at a point; EDQUOT above [Z4] */
        uint64_t max_staged_bytes;    /* of a point; EDQUOT above [Z4] */
        unsigned workers;             /* 0: one for each core */
        bool verdict_on_close;        /* close() waits for the verdict [D3] */
} FsOptions;

typedef struct Fs {
        Store *store;
        Writer *writer;
        WorkerPool *pool;
        void (*judge)(Worker *worker, void *userdata); /* upload_judge(), for who stands below it */
        const Clock *clock;
        Tree tree;
        FsOptions options; /* of the configuration and the command line */
        Config config;
        int64_t batch;
        char *mountpoint; /* absolute; NULL in tests without a mount */
        dev_t device;     /* of what is mounted there: paths may come to lead elsewhere */
        struct fuse_session *session;
        UploadTable *uploads;
        Agenda *agenda;
        Announcer *announcer;
        Barriers *barriers;
        Bindings *bindings;
        Replacements *replacements;
        Leases *leases;
        Prefetch *prefetch;
        OpenList *open;
        Shares *shares;
        Collector *collector;
        Watch *watch; /* used by the announcer's thread */
} Fs;

/* What has the pool's share of a point without being one. */
enum { POOL_IMPORTS = -1, POOL_RENDITIONS = -2 };

static inline int64_t fs_now(const Fs *fs)
{
        return clock_wall_nsec(fs->clock);
}
