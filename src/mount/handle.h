/* SPDX-License-Identifier: MIT */
#pragma once

#include "live/actor.h"
#include "live/openlist.h"
#include "ops-internal.h"

/*
 * Open files. The type of a handle tells what the handle does. There is one type for each way in
 * which a file can be open, in a file of its own: handle-upload.c, handle-blob.c, handle-text.c,
 * handle-note.c, handle-inbox.c, handle-litter.c. handle-open.c chooses among them by the kind of
 * the node.
 *
 * A new kind of file needs a row of node_traits (node.h), a row of the table in handle-open.c, and
 * a type if it is open in a new way.
 */

typedef struct Handle Handle;

/*
 * What the callbacks of ops-file.c call. All but close and forget return 0 or a negative errno, and
 * the callback replies. flush and fsync may return 1 instead: the verb has taken the request, and
 * replies now or later. No verb returns with a lock held.
 */
typedef struct HandleType {
        /* Copies the bytes at offset; the caller owns *ret. Only a handle without a file needs it:
         * the bytes of a file go to the kernel without a copy. */
        int (*read)(Handle *h, size_t size, off_t offset, char **ret, size_t *ret_size);
        /* Writes all of it. NULL: -EBADF, as for truncate. */
        int (*write)(Fs *fs, Handle *h, const char *data, size_t size, off_t offset);
        int (*truncate)(Fs *fs, Handle *h, uint64_t size);
        /* A client's close(), one of several if the handle was duplicated. NULL: nothing to do. */
        int (*flush)(Fs *fs, Handle *h, fuse_req_t req);
        /* Makes what the handle shows, and every change of it that was answered, survive a power
         * loss. It does so whatever the handle was opened for, because sync(1) opens for reading
         * [D6]. NULL: all of it stands in the catalog. */
        int (*fsync)(Fs *fs, Handle *h, fuse_req_t req);
        /* The last close. NULL: it means nothing. forget follows. */
        void (*close)(Fs *fs, Handle *h);
        /* Frees what the type owns in its own part of the handle. NULL: nothing. */
        void (*forget)(Handle *h);
} HandleType;

/* The part that all types share. A type that needs more has a structure that begins with it. */
struct Handle {
        OpenLink link;
        const HandleType *type;
        Node node;
        int fd;         /* owned; what is read is this file. -EBADF: none, see HandleType.read */
        bool direct_io; /* the kernel's pages of the node hold other bytes */
        uid_t payer;    /* whose share it counts to */
        unsigned paid;
};

/* size: of the structure of the type, whose own part is zero. The handle counts to nobody's share
 * yet. -ENOMEM. */
int handle_new(size_t size, const HandleType *type, Node node, Handle **ret);
/* Frees a handle without what closing it means. NULL is allowed. */
void handle_free(Handle *h);
DEFINE_CLEANUP(Handle, handle_free)
#define _cleanup_handle_ _cleanup_(handle_freep)

/* Adds it to the open list (openlist.h), which frees it if the daemon ends before it is closed. */
void handle_add(Fs *fs, Handle *h);
/* Closes and frees a handle that was added, and gives its share back. */
void handle_close(Fs *fs, Handle *h);

/* Copies a piece of a text, as for HandleType.read. */
int handle_copy(const char *text, size_t text_size, size_t size, off_t offset, char **ret,
                size_t *ret_size);

/* ---- opening ---- */

typedef struct OpenRequest {
        Fs *fs;
        Actor actor;
        int flags;      /* as of open(2) */
        mode_t mode;    /* of a new file */
        bool only_made; /* by mknod: closed at once, counts to nobody's share */
} OpenRequest;

bool open_writes(const OpenRequest *o);

/* The handle counts to the share of the user. -EMFILE: the share is used up; -EISDIR; -EACCES:
 * nobody may write to a file of that kind; -ESTALE: the kernel looks the name up again. */
int handle_open(const OpenRequest *o, Node node, Handle **ret);
/* Makes a file and opens it for writing. class: the NameClass of its name. */
int handle_create(const OpenRequest *o, Node parent, const char *name, int class, Entry *ret_entry,
                  Handle **ret);
/* Sets the size of a file by its node, without a handle. */
int handle_resize(Fs *fs, Node node, uint64_t size, uid_t uid);

/* ---- of each type, for handle-open.c ---- */

int handle_upload_open(const OpenRequest *o, Node node, Handle **ret);
/* Opens something finished for writing, which opens an upload of its name. */
int handle_upload_again(const OpenRequest *o, Node node, Handle **ret);
int handle_upload_create(const OpenRequest *o, Node parent, const char *name, bool temporary,
                         Entry *ret_entry, Handle **ret);
/* Of an upload or of something finished. */
int handle_upload_resize(Fs *fs, Node node, uint64_t size, uid_t uid);

int handle_blob_open(const OpenRequest *o, Node node, Handle **ret);

int handle_text_open(const OpenRequest *o, Node node, Handle **ret);
int handle_snapshot_open(const OpenRequest *o, Node node, Handle **ret);

int handle_note_open(const OpenRequest *o, Node node, Handle **ret);
int handle_note_resize(Fs *fs, Node node, uint64_t size, uid_t uid);

int handle_inbox_open(const OpenRequest *o, Node node, Handle **ret);
int handle_inbox_create(const OpenRequest *o, const char *name, Entry *ret_entry, Handle **ret);
int handle_inbox_resize(Fs *fs, Node node, uint64_t size, uid_t uid);

int handle_litter_open(const OpenRequest *o, Node node, Handle **ret);
int handle_litter_create(const OpenRequest *o, Node parent, const char *name, Entry *ret_entry,
                         Handle **ret);
int handle_litter_resize(Fs *fs, Node node, uint64_t size, uid_t uid);
