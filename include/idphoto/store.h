/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/hash.h>
#include <idphoto/text.h>

/*
 * The store is the directory that holds everything. It is on an ordinary local filesystem, with
 * mode 0700 and mode 0600 for its files:
 *
 *     catalog.db     SQLite database in WAL mode (include/idphoto/catalog.h)
 *     blobs/ab/cd…   originals and photos by SHA-256, written once, never changed
 *     staging/ID     bytes of an upload under way, by submission id
 *     daemon.lock    locked by the one daemon of the store
 *     reserve        space kept for the catalog on a full disk; holds no data
 *     audit.key      the key of the audit chain (include/idphoto/audit.h)
 *     gateway.id     of a store whose catalog is on a server: what tells this directory from those
 *                    of other gateways (include/idphoto/gateway.h)
 *
 * A store whose catalog is on a server has no catalog.db. It may have no blobs either: then these are
 * in a directory that several machines share, of the same shape, with
 *
 *     store.id       the store that the directory belongs to, as the catalog's settings name it
 *     tmp/           blobs that are not complete yet
 *     trash/         blobs that were removed, for an hour at least: a machine that was asleep may
 *                    have removed them after another one had named them in a row
 *
 * That directory is opened once. Where its filesystem is not mounted, nothing is made in its place.
 *
 * Order of durability: a blob is written, fsynced and linked into place, and its directory is
 * fsynced, before a row names it. So a row never names a missing blob; a blob without a row is
 * garbage.
 */

typedef struct Store Store;

typedef struct StoreInit {
        Language language;
        const char *batch;   /* NULL: the first of this year, such as 202601 */
        const char *catalog; /* URL of an empty PostgreSQL database; NULL: a file of the store */
        /* Empty directory that is to have the blobs, absolute; NULL: the store. Only with catalog. */
        const char *blobs;
} StoreInit;

/* Whether the name is valid: at most 64 bytes, without control characters, slashes (it names
 * folders) and commas (mount options contain it). */
bool batch_name_valid(const char *name);

/* Creates a store at path, which must be missing or an empty directory. -EEXIST: there is a store
 * already, in the directory or in the database; -ENOTEMPTY: the directory is not empty; -EINVAL: the
 * batch name is invalid; of the directory of the blobs: -EPROTOTYPE: it cannot be named, or there is
 * no catalog; -EADDRINUSE: it is not empty; -ENOMEDIUM: it does not exist; else the errno of what
 * failed. */
int store_create(const char *path, const StoreInit *init);

/* Makes a directory by which this machine uses the store whose catalog is there already. key: the
 * bytes of the file audit.key of another machine of the store. blobs: the directory that has its
 * blobs, NULL: there is none. Errors as store_create() and store_open(), -EINVAL: that is no key;
 * -ENODATA: the database holds no store. */
int store_attach(const char *path, const char *catalog, const char *blobs, const void *key,
                 size_t size);

/* Whether its catalog is on a server. */
bool store_is_attached(const Store *store);
/* The gateway that this process is registered as (gateway.h). 0: none; always on an embedded store. */
int64_t store_gateway(const Store *store);

/* Whether its blobs are in a directory that other machines use, too. */
bool store_shares_blobs(const Store *store);

/* The name of this machine among those that use the store: 1 to 64 letters, digits and .-_ */
const char *store_gateway_name(const Store *store);

/* Opens the store at path. -ENOENT: there is no store; -EPROTO: a newer version wrote it;
 * -EPROTOTYPE: 'blobs' of its configuration is no absolute path, or there is no 'catalog'; -ENOMEDIUM:
 * that directory is not there or holds no store's blobs, as when its filesystem is not mounted;
 * -EREMCHG: it holds another store's; -ENOLINK: the store's blobs are in a shared directory, and the
 * configuration names none; else the errno of what failed. */
int store_open(const char *path, Store **ret);
void store_free(Store *store);
DEFINE_CLEANUP(Store, store_free)

/* Locks the store for this daemon until store_free(). Waits some seconds for what a killed daemon
 * left, which ends by itself. -EBUSY: another daemon has it. Any process may call
 * store_daemon_running(), which knows of this directory only: see gateway_serves(). */
int store_lock_daemon(Store *store);
bool store_daemon_running(const Store *store);

/* Locks the store against daemons during a repair, until store_release() or the end of the process.
 * To other processes a daemon seems to run. -EBUSY: a daemon runs. */
int store_claim(const Store *store);
void store_release(const Store *store);

/* How long a call of a daemon waits for a catalog on a server that does not answer, before it fails
 * with -EIO; and whether the program is about to end, so that no call waits any more. ending: called
 * from any thread; NULL: never. */
typedef struct StorePatience {
        unsigned msec;
        bool (*ending)(void *userdata);
        void *userdata;
} StorePatience;

enum { STORE_PATIENCE_MSEC = 30000 };

/* Call before there are threads. Without it: STORE_PATIENCE_MSEC. */
void store_set_patience(Store *store, const StorePatience *patience);
/* Whether the program is about to end, by that. */
bool store_is_ending(const Store *store);

int store_dirfd(const Store *store);
const char *store_path(const Store *store); /* absolute */

/* ---- room on the disk ---- */

typedef enum StoreRoom {
        STORE_ROOM_NONE,   /* no drop may write any more: the rest is for the catalog */
        STORE_ROOM_LITTLE, /* no drop may begin; those under way may finish */
        STORE_ROOM_ENOUGH,
} StoreRoom;

/* Reads the free space by one system call. STORE_ROOM_ENOUGH when that fails: the write will report
 * the error. */
StoreRoom store_room(const Store *store);

/* ---- staging ---- */

/* Creates or truncates the staging file of a submission. Returns the fd, open for reading and
 * writing. */
int staging_create(const Store *store, int64_t submission);
/* Makes an unnamed copy of the file behind `from` and returns its fd. staging_link() makes the copy
 * the staging file of a submission. */
int staging_unnamed(const Store *store, int from);
int staging_link(const Store *store, int64_t submission, int fd);
/* Makes an empty file without a name, for what is needed for a moment. Returns its fd. */
int staging_scratch(const Store *store);
/*
 * A staging file is written only until its upload is closed. After that it may become a blob, which
 * never changes. When a client opens the upload for writing again, two steps replace the file.
 * staging_prepare() makes a new file beside the old one, with the bytes behind `from` (< 0: empty),
 * and returns its fd. staging_replace() renames it over the old one.
 */
int staging_prepare(const Store *store, int64_t submission, int from);
int staging_replace(const Store *store, int64_t submission);
/* Opens the staging file for reading and returns the fd. -ENOENT: there is none. */
int staging_open(const Store *store, int64_t submission);
/* Opens the staging file for writing. Call only while the upload is being written. */
int staging_open_for_writing(const Store *store, int64_t submission);
/* Makes the names in staging durable. */
int staging_sync(const Store *store);
int staging_remove(const Store *store, int64_t submission);
/* Calls back for every staging file, so that the caller can remove those without a row. */
int staging_list(const Store *store, int (*callback)(int64_t submission, void *userdata),
                 void *userdata);

/* ---- blobs ---- */

/*
 * Makes a blob of the file behind fd, a staging file that nobody can write any more: hashes it,
 * makes it durable and links it under its hash. The staging name stays and names the same file.
 * Equal bytes become one blob. In a shared directory the blob is a file of its own.
 */
int blob_from_fd(const Store *store, int fd, Sha256 *ret_hash, uint64_t *ret_size);
/* Makes a blob of a copy of the file, which somebody may still write. */
int blob_copy_fd(const Store *store, int from, Sha256 *ret_hash, uint64_t *ret_size);
/* Makes a blob of size bytes of the file, from the offset. */
int blob_copy_part(const Store *store, int from, uint64_t offset, uint64_t size, Sha256 *ret_hash);
/* Makes a blob of data. */
int blob_put(const Store *store, const void *data, size_t size, Sha256 *ret_hash);
/* Whether the blob's file exists: 1, 0, or a negative errno. Code that makes a row name a blob must
 * check this in the same write transaction. Before that, any process may remove the blob because no
 * row names it. The setters of the catalog check it themselves and return -EAGAIN. */
int blob_present(const Store *store, const Sha256 *hash);
/* Opens the blob for reading and returns the fd. */
int blob_open(const Store *store, const Sha256 *hash);
/* Whether the blob's bytes have that hash: 1, 0, -ENOENT, or an errno of reading. */
int blob_check(const Store *store, const Sha256 *hash);
/* Removes the blob; a missing one is no error. Call inside a write transaction that has checked
 * that no row names the blob. The removal is durable after blob_sync(). In a shared directory it is
 * found until a collection erases it (storecheck.h). */
int blob_remove(const Store *store, const Sha256 *hash);
int blob_sync(const Store *store);
/* Calls back for every blob that was not removed, in no order. used_nsec: wall time at which the blob was last made or
 * found to exist already. */
typedef int (*BlobCallback)(const Sha256 *hash, int64_t used_nsec, void *userdata);
int blob_list(const Store *store, BlobCallback callback, void *userdata);
