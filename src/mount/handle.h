/* SPDX-License-Identifier: MIT */
#pragma once

#include "fs/fs.h"
#include "live/actor.h"
#include "live/openlist.h"
#include "tree/snapshot.h"

/* An open file, for ops-file.c and what stands beside it. */

typedef enum HandleKind {
        HANDLE_READ,
        HANDLE_WRITE,
        HANDLE_TEXT,
        HANDLE_STATUS,
        HANDLE_NOTE,
        HANDLE_INBOX,
        HANDLE_LITTER
} HandleKind;

typedef struct Handle {
        OpenLink link;
        HandleKind kind;
        Node node;  /* WRITE: the upload's */
        bool bound; /* WRITE: opened by the node below */
        Node through;
        uid_t uid;                 /* WRITE: who opened it */
        bool reads_upload;         /* READ: of the node, an upload */
        int fd;                    /* READ, WRITE, INBOX; STATUS: the snapshot's */
        char *data;                /* TEXT, NOTE: owned; STATUS: the snapshot's */
        size_t size;               /* of data; LITTER: bytes swallowed */
        Snapshot *snapshot;        /* STATUS */
        Actor actor;               /* NOTE: who opened it */
        pthread_mutex_t note_lock; /* NOTE: protects data, size, dirty */
        bool dirty;                /* NOTE: not saved yet; INBOX: written to */
        uid_t payer;               /* whose share it counts to */
        unsigned paid;
} Handle;

/* src/mount/note-handle.c: a reviewer's note is in memory until it is flushed. Each of these takes
 * the lock. -EFBIG: it would be too long. */
int note_handle_save(Fs *fs, Handle *h);
int note_handle_resize(Handle *h, uint64_t size);
int note_handle_write(Handle *h, const char *data, size_t size, off_t offset);
