/* SPDX-License-Identifier: MIT */
#pragma once

#include "upload.h"

#include <idphoto/submission.h>
#include <idphoto/writer.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Examinations that came to nothing. Protected by the turn. */
typedef struct UploadFailures {
        unsigned n;
        unsigned strain; /* how much of the patience is used up [W5] */
        int error;       /* errno of the last one */
} UploadFailures;

struct Upload {
        int64_t id;
        int64_t owner;       /* the gateway that this one was when it got the upload */
        unsigned references; /* protected by the table's lock */
        Upload *next;        /* protected by the table's lock */
        uint64_t charged;    /* to its point; protected by the table's lock */
        bool removed; /* from the table, and charged no more; changed with `lock` and the table's */

        pthread_mutex_t keeping; /* see upload.h; outside `turn` */
        pthread_mutex_t turn;    /* see upload.h; outside `lock` */

        pthread_mutex_t lock; /* the fields below, but atomic ones may be read without it. What says
                                 what the upload is changes only for who has the turn too. */
        _Atomic UploadState state;
        atomic_bool temporary;
        atomic_bool holds;          /* its point lends nothing, see lease.h */
        _Atomic int64_t flushed_at; /* monotonic; 0: written to since the last flush */
        int64_t changed;            /* ctime, as far as this daemon has changed it */
        Place place;                /* the point never changes */
        char *name;
        int64_t generation; /* of its row, as far as this daemon has changed it */
        unsigned writers;
        unsigned readers;
        bool received;     /* was closed under a normal name: what it holds is an original [D10] */
        bool born_fresh;   /* made by upload_make_fresh(): closed clean it never was */
        bool closed_clean; /* so it was none */
        Node origin;       /* born_fresh: the finished node that was opened for writing */
        bool nameless;     /* deleted while it was open */
        int orphan;        /* nameless: its file, for who opens it through a handle; < 0: none; for
                              reading only: it is sealed */
        bool dirty;        /* written to since it was opened or last received */
        int poison;        /* errno of a refused write, 0: none */
        uint64_t size;
        mode_t mode;
        uid_t uid;
        gid_t gid;
        uid_t actor; /* who made it */
        int64_t mtime;
        bool mtime_set; /* by a client; later writes do not change it */
        bool final;     /* judge as it is, however incomplete it looks */
        bool early;     /* SETTLING: an archive, until its clients are through with it [D5] */
        bool judged;    /* the next two are blobs of a verdict that is not shown yet */
        Sha256 judged_original;
        Sha256 judged_photo;
        UploadFailures failures; /* of this generation */
        int64_t closed_at;       /* monotonic */
        int64_t due;             /* monotonic */
        int64_t told; /* 1 more than the generation of which other gateways know that it was received; of
                         the thread that hurries */
};

enum { UPLOAD_BUCKETS = 1024, UPLOAD_NAMES = 1024, SHARE_BUCKETS = 256 };

/* The pause after the store or the worker could not do it now. */
enum { UPLOAD_RETRY_MSEC = 5000 };

/* What one user has at one point. Kept for as long as the mount lives. */
typedef struct Share {
        int64_t point;
        uid_t uid;
        unsigned n_open;      /* handles for writing */
        unsigned n_temporary; /* uploads under temporary names */
        struct Share *next;
} Share;

/* What a point has in staging. One for each point that ever had something there. */
typedef struct Staged {
        int64_t point;
        uint64_t bytes;
        struct Staged *next;
} Staged;

struct UploadTable {
        UploadTableOptions options;
        pthread_mutex_t lock;
        Upload *buckets[UPLOAD_BUCKETS]; /* protected by lock, as all below */
        int64_t names[UPLOAD_NAMES];     /* by their hash, who was made under such a name last */
        Share *shares[SHARE_BUCKETS];
        int64_t max_id;
        int64_t max_left; /* newest id that a dead daemon may have left behind */
        Staged *staged;
        pthread_t recovery;
        bool recovery_runs;
        atomic_bool recovered; /* nothing is left behind any more */
        atomic_bool stopping;
};

/* ---- the table ---- */

/* Adds a new upload for the row, in that state, and returns it with a reference; an existing one of
 * that id is returned instead: 0. A new one: 1, and the caller has its turn from the beginning. */
int upload_table_add(UploadTable *table, const SubmissionRow *row, UploadState state, Upload **ret);
/* From now on upload_in_hand_named() may find it: its row is committed. */
void upload_table_name(UploadTable *table, const Place *place, const char *name, int64_t id);
/* Takes the upload out; those who hold references, as the caller does, keep it. */
void upload_table_remove(UploadTable *table, Upload *upload);
/* Takes it out if it is GONE, nobody has it open, and nobody may come back for it. */
void upload_table_remove_done(UploadTable *table, Upload *upload);
/* Without adopting it. */
Upload *upload_table_get(UploadTable *table, int64_t id);
/* The upload has `size` bytes in staging from now on. -EDQUOT when its point would have more than
 * the limit [Z4]: nothing is changed then. What is there already, after a restart, is counted
 * whatever it is. */
int upload_charge(UploadTable *table, Upload *upload, uint64_t size, bool is_there);

/* One more handle for writing of that user at the point; -EMFILE; -ENOSPC: the disk is full. */
int upload_count_open(UploadTable *table, int64_t point, uid_t uid);
void upload_count_closed(UploadTable *table, int64_t point, uid_t uid);
/* One more upload under a temporary name; -EDQUOT. */
int upload_count_temporary(UploadTable *table, int64_t point, uid_t uid);
/* The upload has that kind of name from now on. */
void upload_set_temporary(UploadTable *table, Upload *upload, bool temporary);

/* Caller holds upload->lock. The transition must exist. */
void upload_transition(Upload *upload, UploadEvent event);

static inline void upload_lock(Upload *u)
{
        (void)pthread_mutex_lock(&u->lock);
}

static inline void upload_unlock(Upload *u)
{
        (void)pthread_mutex_unlock(&u->lock);
}

static inline void upload_turn_end(pthread_mutex_t **turn)
{
        if (*turn)
                (void)pthread_mutex_unlock(*turn);
}
/* The caller's turn until the end of the scope. */
#define _cleanup_turn_ _unused_ _cleanup_(upload_turn_end)

static inline pthread_mutex_t *upload_take_turn(Upload *u)
{
        (void)pthread_mutex_lock(&u->turn);
        look_again();
        return &u->turn;
}

/* Made by upload_make_fresh(), and not written to yet. Caller holds the lock. */
static inline bool upload_is_untouched(const Upload *u)
{
        return u->born_fresh && !u->dirty &&
               (u->state == UPLOAD_FRESH || u->state == UPLOAD_WRITING);
}
