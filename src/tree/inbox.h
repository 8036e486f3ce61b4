/* SPDX-License-Identifier: MIT */
#pragma once

#include "names/namespace.h"

/*
 * OFFICE/import/: a roster or a progress list that is dropped here is imported by `idphotoctl
 * import`, a process of its own, and its report appears beside it as NAME.report.txt.
 *
 * The files lie in the store's folder `inbox` under the names they were given, so a dropped one
 * survives the daemon; one that has no report yet is imported at the next start. An inode number is
 * that of the file there. Nothing but lists belongs here: sizes and number are bounded.
 */

enum {
        INBOX_FILE_BYTES_MAX = 64 * 1024 * 1024, /* EFBIG above */
        INBOX_FILES_MAX = 1000,                  /* ENOSPC above */
};

typedef struct Inbox Inbox;

int inbox_new(Fs *fs, Inbox **ret);
/* Waits for an import that is running. */
void inbox_free(Inbox *inbox);
DEFINE_CLEANUP(Inbox, inbox_free)

/* At start: imports what has no report. */
int inbox_recover(Fs *fs);

int inbox_lookup(Fs *fs, const char *name, Entry *ret); /* 1, 0 */
int inbox_attributes(Fs *fs, Node node, struct stat *ret);
/* By inode number, so that a listing can go on where it was. */
int inbox_list(Fs *fs, uint64_t after, TreeCallback callback, void *userdata);

/* -EEXIST. *ret_fd is the caller's. */
int inbox_create(Fs *fs, const char *name, Actor actor, Node *ret, int *ret_fd);
/* flags: as of open(2). -ESTALE when it is gone. */
int inbox_open(Fs *fs, Node node, int flags, int *ret_fd);
int inbox_write(int fd, const void *data, size_t size, off_t offset);
/* fd < 0: by the node. */
int inbox_truncate(Fs *fs, Node node, int fd, uint64_t size);
/* The last handle that wrote is closed: imports the file if its name is one for good. */
void inbox_written(Fs *fs, Node node);
/* Mode, owner and time, as a client sets them; the group is the office's. */
struct SetRequest;
int inbox_set_attributes(Fs *fs, Node node, const struct SetRequest *set);
/* The names in it survive a power loss. */
int inbox_sync(Fs *fs);
/* When the folder's listing changed. */
int inbox_mtime(const Fs *fs, int64_t *ret);
int inbox_unlink(Fs *fs, const char *name);
/* A temporary name that becomes one for good is a drop. */
int inbox_rename(Fs *fs, const char *name, const char *new_name, bool noreplace);
