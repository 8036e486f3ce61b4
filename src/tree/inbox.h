/* SPDX-License-Identifier: MIT */
#pragma once

#include "live/actor.h"
#include "tree.h"

#include <idphoto/metadata.h>

/*
 * OFFICE/import/, the folder: lists that are dropped here are imported (inbox-import.h), and the
 * report appears beside each as NAME.report.txt, in a Chinese mount as NAME.导入报告.txt
 * (inbox_beside()).
 *
 * The files lie in the store's folder `inbox` under the names they were given, so a dropped one
 * survives the daemon. An inode number is that of the file there. Nothing but lists belongs here:
 * sizes and number are bounded.
 */

#define INBOX_FOLDER      "inbox"
#define INBOX_PART_SUFFIX ".report.txt.part" /* a report that is being written */

enum {
        INBOX_FILE_BYTES_MAX = 64 * 1024 * 1024, /* EFBIG above */
        INBOX_FILES_MAX = 1000,                  /* ENOSPC above */
};

typedef struct Inbox Inbox;

int inbox_new(const Store *store, gid_t office_gid, Inbox **ret);
void inbox_free(Inbox *inbox);
DEFINE_CLEANUP(Inbox, inbox_free)

int inbox_lookup(Inbox *inbox, const char *name, Entry *ret); /* 1, 0 */
int inbox_attributes(Inbox *inbox, Node node, struct stat *ret);
/* By inode number, so that a listing can go on where it was. */
int inbox_list(Inbox *inbox, uint64_t after, TreeCallback callback, void *userdata);

/* -EEXIST. *ret_fd is the caller's. */
int inbox_create(Inbox *inbox, const char *name, Actor actor, Node *ret, int *ret_fd);
/* flags: as of open(2). -ESTALE when it is gone. */
int inbox_open(Inbox *inbox, Node node, int flags, int *ret_fd);
int inbox_write(int fd, const void *data, size_t size, off_t offset);
/* fd < 0: by the node. */
int inbox_truncate(Inbox *inbox, Node node, int fd, uint64_t size);
/* Mode, owner, group and time, as a client sets them. The group is the office's until then. -EPERM: a
 * report, or the group of the daemon, which cannot be told from the office's. */
int inbox_set_attributes(Inbox *inbox, Node node, const MetadataChange *set);
/* The names in it survive a power loss. */
int inbox_sync(Inbox *inbox);
/* When the folder's listing changed. */
int inbox_mtime(const Inbox *inbox, int64_t *ret);
/* The name of what stands beside a list: the list's with that suffix. A name that leaves no room for
 * the suffix is cut behind a character, and invisible characters are taken out. A part of the
 * hash of the list's name is put in the place of either, so that no two lists have the same. *ret is the
 * caller's. 0 or -ENOMEM. */
int inbox_beside(const char *name, const char *suffix, char **ret);
/* What the names of reports end in. */
const char *inbox_report_suffix(Language language);
/* Whether the name is a report's, in any language: the mount's may have been another one. */
bool inbox_is_report(const char *name);
/* Whether a report stands beside the list of that name: 1, 0. */
int inbox_has_report(const Inbox *inbox, const char *name);
/* The file's report goes with it. */
int inbox_unlink(Inbox *inbox, const char *name);
void inbox_remove_report(const Inbox *inbox, const char *name);

/* ---- for who imports what is in it ---- */

typedef int (*InboxCallback)(const char *name, const struct stat *st, void *userdata);
/* Calls for each file until that returns nonzero. */
int inbox_for_each(const Inbox *inbox, InboxCallback callback, void *userdata);
/* The name that a file has now, for the caller to free. -ESTALE: it is gone. */
int inbox_name(const Inbox *inbox, Node node, char **ret);
int inbox_dirfd(const Inbox *inbox);
