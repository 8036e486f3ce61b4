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
#include <stdatomic.h>
#include <sys/stat.h>

/*
 * The world of a mounted store: what this room works with, and the worlds of the rooms below.
 * src/README.md tells which threads there are and in which order they lock.
 */

typedef struct Announcer Announcer;
typedef struct Prefetch Prefetch;
typedef struct Pulse Pulse;

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
        Elsewhere *elsewhere; /* NULL: as pulse */
        Leases *leases;
        Bindings *bindings;
        OpenList *open;
        Shares *shares;
        const char *mountpoint; /* absolute */
        dev_t device;           /* of what is mounted there: paths may come to lead elsewhere */
        struct fuse_session *session;
        atomic_bool served; /* nobody is served any more */
        Announcer *announcer;
        Prefetch *prefetch;
        Pulse *pulse; /* NULL: the store has one daemon */
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
