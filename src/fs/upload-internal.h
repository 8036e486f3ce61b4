/* SPDX-License-Identifier: MIT */
#pragma once

#include "upload.h"

#include <stdatomic.h>

struct Upload {
        int64_t id;
        unsigned references; /* protected by the table's lock */
        Upload *next;        /* protected by the table's lock */
        uint64_t charged;    /* to its point; protected by the table's lock */
        bool removed; /* from the table, and charged no more; protected by the table's lock */

        pthread_mutex_t lock; /* the fields below, but atomic ones may be read without it */
        _Atomic UploadState state;
        atomic_bool temporary;
        atomic_bool holds;          /* its point lends nothing, see lease.h */
        _Atomic int64_t flushed_at; /* monotonic; 0: written to since the last flush */
        Place place;
        char *name;
        unsigned writers;
        bool born_fresh; /* made by upload_make_fresh(): closed clean it never was */
        Node origin;     /* born_fresh: the finished node that was opened for writing */
        bool dirty;      /* written to since it was opened or last received */
        int poison;      /* errno of a refused write, 0: none */
        uint64_t size;
        mode_t mode;
        uid_t uid;
        gid_t gid;
        int64_t mtime;
        bool mtime_set; /* by a client; later writes do not change it */
        uint64_t
                generation; /* grows with every change that makes a running examination worthless */
        bool final;         /* judge as it is, however incomplete it looks */
        int64_t closed_at;  /* monotonic */
        int64_t due;        /* monotonic */
};

enum { UPLOAD_BUCKETS = 1024 };

/* What a point has in staging. One for each point that ever had something there. */
typedef struct Staged {
        int64_t point;
        uint64_t bytes;
        struct Staged *next;
} Staged;

struct UploadTable {
        pthread_mutex_t lock;
        Upload *buckets[UPLOAD_BUCKETS]; /* protected by lock */
        unsigned n_open;                 /* with a writer; protected by lock */
        int64_t max_id;                  /* protected by lock */
        Staged *staged;                  /* protected by lock */
};

/* Adds a new upload for the row and returns it with a reference; an existing one of that id is
 * returned instead. */
int upload_table_add(Fs *fs, const SubmissionRow *row, bool place_temporary, UploadState state,
                     Upload **ret);
/* Takes the upload out; those who hold references keep it. */
void upload_table_remove(Fs *fs, Upload *upload);

/* The upload has `size` bytes in staging from now on. -EDQUOT when its point would have more than
 * the limit [Z4]: nothing is changed then. What is there already, after a restart, is counted
 * whatever it is. */
int upload_charge(Fs *fs, Upload *upload, uint64_t size, bool is_there);

/* A handle that was counted by opening is gone. */
void upload_count_closed(Fs *fs);

/* Caller holds upload->lock. The transition must exist. */
void upload_transition(Upload *upload, UploadEvent event);

/* Caller holds upload->lock: a FRESH or WRITING upload never was one. Its row is gone when the lock
 * is free again, so that who finds it gone does not find its name either. */
void upload_close_clean(Fs *fs, Upload *upload);

/* Caller holds upload->lock: hands a RECEIVED upload to the pool. */
void upload_submit(Fs *fs, Upload *upload);
