/* SPDX-License-Identifier: MIT */
#pragma once

#include "live/node.h"

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

typedef struct UploadTable UploadTable;
typedef struct Agenda Agenda;
typedef struct Announcer Announcer;
typedef struct Barriers Barriers;
typedef struct Snapshots Snapshots;
typedef struct Ghosts Ghosts;
typedef struct Bindings Bindings;
typedef struct Replacements Replacements;
typedef struct Leases Leases;
typedef struct Prefetch Prefetch;
typedef struct OpenList OpenList;
typedef struct Shares Shares;
typedef struct Watch Watch;
typedef struct Inbox Inbox;
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
        const Clock *clock;
        FsOptions options; /* of the configuration and the command line */
        Config config;
        const Calendar *calendar; /* of the configuration, NULL: none */
        Language language;
        int64_t batch;
        char *mountpoint;   /* absolute; NULL in tests without a mount */
        dev_t device;       /* of what is mounted there: paths may come to lead elsewhere */
        int64_t mounted_at; /* wall time; the root's mtime */
        uid_t uid;          /* owner of the root and of the fixed entries */
        gid_t gid;
        gid_t office_gid; /* who may enter OFFICE/ */
        struct fuse_session *session;
        UploadTable *uploads;
        Agenda *agenda;
        Announcer *announcer;
        Barriers *barriers;
        Snapshots *snapshots;
        Ghosts *ghosts;
        Bindings *bindings;
        Replacements *replacements;
        Leases *leases;
        Prefetch *prefetch;
        OpenList *open;
        Shares *shares;
        Inbox *inbox;
        Collector *collector;
        Watch *watch; /* used by the announcer's thread */
} Fs;

/* What has the pool's share of a point without being one. */
enum { POOL_IMPORTS = -1, POOL_RENDITIONS = -2 };

/* A read connection for the length of a scope. */
typedef struct Reader {
        Fs *fs;
        Catalog *catalog;
} Reader;

static inline int reader_acquire(Fs *fs, Reader *ret)
{
        ret->fs = fs;
        return writer_acquire_reader(fs->writer, &ret->catalog);
}

static inline void reader_release(Reader *reader)
{
        if (reader->catalog)
                writer_release_reader(reader->fs->writer, reader->catalog);
}
#define _cleanup_reader_ _cleanup_(reader_release)

static inline int64_t fs_now(const Fs *fs)
{
        return clock_wall_nsec(fs->clock);
}

/* Where in which point: what a directory node means to the catalog. */
typedef struct Place {
        int64_t point;
        int64_t folder;
        bool temporary; /* inside a client's own folder: nothing in it is judged */
} Place;
