/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/hash.h>
#include <idphoto/text.h>

/*
 * The directory that holds everything, on an ordinary local filesystem, mode 0700, every file in it
 * 0600:
 *
 *     catalog.db     SQLite, WAL: what is known (include/idphoto/catalog.h)
 *     blobs/ab/cd…   originals and photos by SHA-256, written once, never changed
 *     staging/ID     bytes of an upload under way, by submission id
 *     daemon.lock    held by the one daemon of the store
 *     reserve        room for the catalog on a full disk, nothing in it
 *     audit.key      the key of the audit chain (include/idphoto/audit.h)
 *
 * Order of durability: a blob is written, fsynced, linked into place and its directory fsynced
 * before a row names it. So a row never names a blob that is not there; a blob without a row is
 * garbage.
 */

typedef struct Store Store;

typedef struct StoreInit {
        Language language;
        const char *batch; /* NULL: this year's first, such as 202601 */
} StoreInit;

/* Up to 64 bytes without control characters, slashes (it names folders) and commas (it stands in
 * mount options). */
bool batch_name_valid(const char *name);

/* Creates a store at path, which must not exist or be an empty directory. -EEXIST when a store is
 * there already, -ENOTEMPTY, -EINVAL for a bad batch name, or the errno of what failed. */
int store_create(const char *path, const StoreInit *init);

/* -ENOENT: no store there; -EPROTO: written by a newer version; else errno. */
int store_open(const char *path, Store **ret);
void store_free(Store *store);
DEFINE_CLEANUP(Store, store_free)

/* Takes the store for this daemon until store_free(). -EBUSY: another daemon has it. Any process
 * may ask store_daemon_running(). */
int store_lock_daemon(Store *store);
bool store_daemon_running(const Store *store);

/* Keeps daemons away during a repair, until store_release() or the end of the process. -EBUSY: a
 * daemon runs. To others it looks as if a daemon ran. */
int store_claim(const Store *store);
void store_release(const Store *store);

int store_dirfd(const Store *store);
const char *store_path(const Store *store); /* absolute */

/* ---- room on the disk ---- */

typedef enum StoreRoom {
        STORE_ROOM_NONE,   /* nothing more is written of a drop: what is left is the catalog's */
        STORE_ROOM_LITTLE, /* no drop is begun, those under way may end */
        STORE_ROOM_ENOUGH,
} StoreRoom;

/* One system call. */
StoreRoom store_room(const Store *store);

/* ---- staging ---- */

/* Creates (truncates) the staging file of a submission, open for reading and writing. Returns the
 * fd. */
int staging_create(const Store *store, int64_t submission);
/* Makes a file without a name, with the bytes behind `from`, and returns its fd. staging_link()
 * makes it the staging file of a submission. */
int staging_unnamed(const Store *store, int from);
int staging_link(const Store *store, int64_t submission, int fd);
/*
 * A staging file is written only until its upload is closed. From then on it may be linked among
 * the blobs, and a blob never changes. A client that opens the upload for writing again gets
 * another file, in two steps: staging_prepare() makes it beside the old one, with the bytes behind
 * `from` (< 0: empty), and returns its fd. staging_replace() gives it the name.
 */
int staging_prepare(const Store *store, int64_t submission, int from);
int staging_replace(const Store *store, int64_t submission);
/* Opens it for reading. -ENOENT when there is none. */
int staging_open(const Store *store, int64_t submission);
/* Only while the upload is being written. */
int staging_open_for_writing(const Store *store, int64_t submission);
/* Makes the names in staging durable. */
int staging_sync(const Store *store);
int staging_remove(const Store *store, int64_t submission);
/* Calls back for every file in staging, so that files that no row refers to can be removed. */
int staging_list(const Store *store, int (*callback)(int64_t submission, void *userdata),
                 void *userdata);

/* ---- blobs ---- */

/*
 * Turns the file behind fd, a staging file that nobody can write any more, into a blob: hashes it,
 * makes it durable, links it under its hash. The staging name stays; both names are one file. Same
 * bytes twice are one blob.
 */
int blob_from_fd(const Store *store, int fd, Sha256 *ret_hash, uint64_t *ret_size);
/* The same of a file that may still be written: a copy of what it holds now becomes the blob. */
int blob_copy_fd(const Store *store, int from, Sha256 *ret_hash, uint64_t *ret_size);
/* Writes data as a blob. */
int blob_put(const Store *store, const void *data, size_t size, Sha256 *ret_hash);
/* Whether the file is there: 1, 0, or errno. Who gives a row the name of a blob must see it inside
 * the write transaction that does: before that anybody may remove it as named by nobody. The
 * catalog's setters look themselves and return -EAGAIN. */
int blob_present(const Store *store, const Sha256 *hash);
/* Opens for reading; returns the fd. */
int blob_open(const Store *store, const Sha256 *hash);
/* Whether the bytes are those of the name: 1, 0, -ENOENT, or an errno of reading. */
int blob_check(const Store *store, const Sha256 *hash);
/* Inside a write transaction that has seen that no row names it; one that is not there is no error.
 * The name is gone, durably after blob_sync(). */
int blob_remove(const Store *store, const Sha256 *hash);
int blob_sync(const Store *store);
/* Calls back for every blob, in no order. used_nsec: wall time at which it was last made or found
 * to be there already. */
typedef int (*BlobCallback)(const Sha256 *hash, int64_t used_nsec, void *userdata);
int blob_list(const Store *store, BlobCallback callback, void *userdata);
