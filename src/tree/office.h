/* SPDX-License-Identifier: MIT */
#pragma once

#include "names/namespace.h"

#include <idphoto/catalog.h>
#include <idphoto/event.h>
#include <idphoto/photorow.h>

/*
 * OFFICE/, the head office's half of the tree [R1]-[R3]:
 *
 *     pending/POINT/ID.jpg   approved/POINT/ID.jpg   rejected/REASON/ID.jpg and ID.jpg.txt
 *     export/platform/ID.jpg   export/centre/ID.jpg   import/ (inbox.h)
 *
 * Moving a photo between the first three is deciding about it. Everything belongs to the office's
 * group, and only it may enter. Where a photo is to be found follows from the catalog alone, so a
 * decision made by a command shows here at once.
 */

/* The directories with a fixed name; the ids of NODE_OFFICE_DIR. */
typedef enum OfficeDir {
        OFFICE_TOP,
        OFFICE_PENDING,
        OFFICE_APPROVED,
        OFFICE_REJECTED,
        OFFICE_EXPORT,
        OFFICE_PLATFORM,
        OFFICE_CENTRE,
        OFFICE_IMPORT,
        _OFFICE_DIR_MAX,
} OfficeDir;

/* Whether it is OFFICE/import/. */
static inline bool office_is_import(Node node)
{
        return node.kind == NODE_OFFICE_DIR && node.id == OFFICE_IMPORT;
}

/* Whether the node is OFFICE/ or stands anywhere in it. */
bool office_has(Node node);

/* 1 found, 0 not found. */
int office_lookup(Fs *fs, Catalog *catalog, Node parent, const char *name, Entry *ret);
/* -ENOENT when the node is gone. */
int office_attributes(Fs *fs, Catalog *catalog, Node node, struct stat *ret);

/* Lists what stands behind `after` (0: all); the callback gets keys to go on from. */
int office_list(Fs *fs, Catalog *catalog, Node directory, uint64_t after, TreeCallback callback,
                void *userdata);

/*
 * Decides [R1]. -EACCES: not a photo, another point, another name, or no place to move to; -EPERM:
 * not in this state; -ENOENT; -EROFS: the batch is closed. Nothing has changed then.
 */
int office_rename(Fs *fs, Node parent, const char *name, Node new_parent, const char *new_name,
                  Actor actor);

/*
 * The step of a decision that was not made here, as paths from the root, for watchers: *ret_parent
 * is the directory that the photo left.
 */
int office_step(Fs *fs, Catalog *catalog, const PhotoRow *photo, EventKind kind, bool brought_back,
                Node *ret_parent, char **ret_from, char **ret_to);

/* ---- the reviewer's own words: rejected/REASON/ID.jpg.txt ---- */

/* What the file shows: the reason, and below a line that says so, the words. */
int office_note_text(Fs *fs, Catalog *catalog, int64_t photo, char **ret, size_t *ret_size);
/* Takes the words from what was written into the file: all below that line, or everything where
 * the line is gone. -EFBIG, -EILSEQ, -ENOENT. */
int office_note_save(Fs *fs, int64_t photo, const char *text, size_t size, Actor actor);
