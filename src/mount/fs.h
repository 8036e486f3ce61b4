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
#include "names/names.h"
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
 * The world of a mounted store: what this room works with, and the worlds of the rooms below.
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

typedef struct FsOptions {
        IntakeOptions intake;
        UploadLimits uploads;
        unsigned max_open_files; /* of a user, for reading and writing; EMFILE above [Z4] */
        unsigned workers;        /* 0: one for each core */
} FsOptions;

typedef struct Fs {
        Store *store;
        Writer *writer;
        WorkerPool *pool;
        const Clock *clock;
        FsOptions options; /* of the configuration and the command line */
        Config config;
        Tree tree; /* the worlds of the rooms below */
        Intake intake;
        Names names;
        UploadTable *uploads;
        Agenda *agenda;
        Barriers *barriers;
        Leases *leases;
        Bindings *bindings;
        OpenList *open;
        Shares *shares;
        const char *mountpoint; /* absolute */
        dev_t device;           /* of what is mounted there: paths may come to lead elsewhere */
        struct fuse_session *session;
        Announcer *announcer;
        Prefetch *prefetch;
} Fs;

static inline int64_t fs_now(const Fs *fs)
{
        return clock_wall_nsec(fs->clock);
}

struct MountOptions;

/* Opens the rooms from below. The configuration, the office's group, the mountpoint and its device
 * are set. When it fails, what was opened is left for fs_close(). */
int fs_open(Fs *fs, Store *store, const struct MountOptions *options);
/* Closes the rooms, as far as they were opened. Waits for what runs. */
void fs_close(Fs *fs);
