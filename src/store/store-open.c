/* SPDX-License-Identifier: MIT */
#include "blob-shared.h"
#include "catalog-internal.h"
#include "server.h"
#include "store-internal.h"

#include <idphoto/batch.h>
#include <idphoto/catalog.h>
#include <idphoto/catalogurl.h>
#include <idphoto/clock.h>
#include <idphoto/io.h>

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

/* Making a store, and opening it. */

/* id: of its directory of blobs; NULL: it has none. */
static int create_contents(Store *store, const StoreInit *init, const char *id)
{
        _cleanup_(catalog_freep) Catalog *catalog = NULL;
        int64_t now = clock_wall_nsec(clock_system());
        char default_batch[32];
        const char *batch = init->batch;
        const uint8_t *key;
        int64_t batch_id;
        int r;

        if (!batch) {
                (void)snprintf(default_batch, sizeof(default_batch), "%04d01",
                               date_from_wall(now).year);
                batch = default_batch;
        }
        r = catalog_open(store, &catalog);
        if (r < 0)
                return r;
        r = catalog_migrate(catalog);
        if (r >= 0)
                r = audit_key(catalog, true, &key);
        if (r < 0)
                return r;
        r = catalog_begin(catalog, true);
        if (r < 0)
                return r;
        r = catalog_add_batch(catalog, batch, now, &batch_id);
        if (r >= 0)
                r = catalog_set_setting(catalog, "batch", batch);
        if (r >= 0)
                r = catalog_set_setting(catalog, "language", language_to_string(init->language));
        if (r >= 0 && id)
                r = catalog_set_setting(catalog, BLOBS_ID_SETTING, id);
        if (r < 0) {
                catalog_rollback(catalog);
                return r;
        }
        return catalog_commit(catalog);
}

/* Makes the database file. SQLite gives its log and its shared memory the mode of the database, and
 * would give the database that of the process. */
static int create_catalog_file(int dirfd)
{
        int fd = openat(dirfd, CATALOG_FILE, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

        if (fd < 0)
                return -errno;
        (void)safe_close(fd);
        return 0;
}

/* What is there before a new store is opened like any other. */
static int make_place(int dirfd, const StoreInit *init)
{
        const StorePlace place = {.catalog = (char *)init->catalog, .blobs = (char *)init->blobs};
        int r = init->blobs ? store_make_staging(dirfd) : store_make_folders(dirfd);

        if (r < 0)
                return r;
        return init->catalog ? store_write_place(dirfd, &place) : create_catalog_file(dirfd);
}

static int expect_server(Store *store)
{
        store->server = malloc(sizeof(*store->server));
        if (!store->server)
                return -ENOMEM;
        *store->server = (Server)SERVER_DEFAULT;
        return 0;
}

static int open_blobs(const Store *store, const char *shared)
{
        int fd = shared ? blobs_open(shared) : store_open_folder(store->dirfd, "blobs");

        /* A machine makes no folder for blobs that are elsewhere. */
        return fd == -ENOENT && store->catalog ? -ENOLINK : fd;
}

/* init: of a new store, else NULL. */
static int store_open_at(const char *path, const StoreInit *init, Store **ret)
{
        _cleanup_(store_freep) Store *store = calloc(1, sizeof(*store));
        _cleanup_place_ StorePlace place = {};
        int r = 0;

        if (!store)
                return -ENOMEM;
        store->dirfd = store->blobs = store->staging = store->lock = -EBADF;
        store->path = realpath(path, NULL);
        if (!store->path)
                return -errno;
        store->dirfd = store_open_folder(AT_FDCWD, store->path);
        if (store->dirfd < 0)
                return store->dirfd;
        if (init)
                r = make_place(store->dirfd, init);
        if (r >= 0)
                r = store_read_place(store->dirfd, &place);
        if (r < 0)
                return r;
        store->catalog = TAKE_PTR(place.catalog);
        store->shares_blobs = place.blobs;
        (void)strcpy(store->gateway, place.gateway);
        r = store->catalog ? expect_server(store) : 0;
        if (r < 0)
                return r;
        if (!store->catalog && faccessat(store->dirfd, CATALOG_FILE, F_OK, 0) < 0)
                return -errno;
        store->blobs = open_blobs(store, place.blobs);
        store->staging = store_open_folder(store->dirfd, "staging");
        if (store->blobs < 0 || store->staging < 0)
                return store->blobs < 0 ? store->blobs : store->staging;
        store->lock =
                openat(store->dirfd, LOCK_FILE, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (store->lock < 0)
                return -errno;
        *ret = TAKE_PTR(store);
        return 0;
}

/* The id of its directory of blobs, NULL for none. */
static int read_id(Sql *sql, char **ret)
{
        _cleanup_rows_ SqlRows *rows = NULL;
        int r = sql_ask(sql, SQL_FEW, "SELECT value FROM setting WHERE key = ?1",
                        VALUES(TEXT(BLOBS_ID_SETTING)), &rows);

        if (r >= 0)
                r = sql_next(rows);
        return r <= 0 ? r : sql_copy_text(rows, 0, ret);
}

/* Whether the database holds a store: 1, 0. Asked before anything is made, so that a server that is
 * not there leaves nothing behind. */
static int holds_store(const char *catalog, char **ret_id)
{
        _cleanup_free_ char *url = strdup(catalog);
        Server server = SERVER_DEFAULT;
        const Store nowhere = {.dirfd = -EBADF, .catalog = url, .server = &server};
        _cleanup_(sql_freep) Sql *sql = NULL;
        int64_t version = 0;
        int r = url ? catalog_url_check(catalog) : -ENOMEM;

        if (r >= 0)
                r = sql_open(&nowhere, &sql);
        if (r >= 0)
                r = sql_schema_version(sql, &version);
        if (r < 0 || version == 0)
                return r;
        r = read_id(sql, ret_id);
        return r < 0 ? r : 1;
}

/* Whether the directory named as that of the blobs, NULL for none, is the one of the store with this
 * id, NULL for none. */
static int check_blobs_at(const char *path, const char *id)
{
        _cleanup_close_ int fd = -EBADF;

        if (!path)
                return id ? -ENOLINK : 0;
        fd = blobs_open(path);
        return fd < 0 ? fd : blobs_check(fd, id);
}

/* The directory of a new store, which nobody else may look into: it holds photos of people. */
static int make_own_directory(const char *path)
{
        _cleanup_close_ int fd = -EBADF;
        int r;

        if (mkdir(path, 0700) < 0 && errno != EEXIST)
                return -errno;
        fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
                return -errno;
        if (faccessat(fd, CATALOG_FILE, F_OK, 0) >= 0)
                return -EEXIST;
        r = store_directory_is_empty(fd);
        if (r <= 0)
                return r < 0 ? r : -ENOTEMPTY;
        return fchmod(fd, 0700) < 0 ? -errno : 0;
}

/* Whether a new store may have its blobs there. */
static int check_new_blobs(const StoreInit *init)
{
        _cleanup_close_ int fd = -EBADF;
        int r;

        if (!init->blobs)
                return 0;
        fd = init->catalog ? blobs_open(init->blobs) : -EPROTOTYPE;
        if (fd < 0)
                return fd;
        r = store_directory_is_empty(fd);
        return r == 0 ? -EADDRINUSE : MIN(r, 0);
}

int store_create(const char *path, const StoreInit *init)
{
        _cleanup_(store_freep) Store *store = NULL;
        _cleanup_free_ char *other = NULL;
        char id[BLOBS_ID_SIZE];
        int r;

        if (init->batch && !batch_name_valid(init->batch))
                return -EINVAL;
        r = check_new_blobs(init);
        if (r < 0)
                return r;
        r = init->catalog ? holds_store(init->catalog, &other) : 0;
        if (r != 0)
                return r < 0 ? r : -EEXIST;
        r = make_own_directory(path);
        if (r < 0)
                return r;
        r = store_open_at(path, init, &store);
        if (r >= 0 && init->blobs)
                r = blobs_create(store->blobs, id);
        if (r >= 0)
                r = create_contents(store, init, init->blobs ? id : NULL);
        return r < 0 ? r : fsync_dir(store->dirfd, ".");
}

/* Whether it has its own blobs. Those of an embedded store cannot be another's. */
static int check_blobs(const Store *store, Catalog *catalog)
{
        _cleanup_free_ char *id = NULL;
        int r = store->catalog ? catalog_get_setting(catalog, BLOBS_ID_SETTING, &id) : 0;

        if (r < 0)
                return r;
        if (store->shares_blobs)
                return blobs_check(store->blobs, id);
        return id ? -ENOLINK : 0;
}

int store_open(const char *path, Store **ret)
{
        _cleanup_(store_freep) Store *store = NULL;
        _cleanup_(catalog_freep) Catalog *catalog = NULL;
        int r;

        r = store_open_at(path, NULL, &store);
        if (r < 0)
                return r;
        r = catalog_open(store, &catalog);
        if (r >= 0)
                r = catalog_migrate(catalog);
        if (r >= 0)
                r = check_blobs(store, catalog);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(store);
        return 0;
}

int store_attach(const char *path, const char *catalog, const char *blobs, const void *key,
                 size_t size)
{
        _cleanup_(store_freep) Store *store = NULL;
        _cleanup_free_ char *id = NULL;
        const StoreInit attached = {.catalog = catalog, .blobs = blobs};
        int r = size == SHA256_SIZE ? holds_store(catalog, &id) : -EINVAL;

        if (r == 0)
                return -ENODATA;
        if (r >= 0)
                r = check_blobs_at(blobs, id);
        if (r >= 0)
                r = make_own_directory(path);
        if (r >= 0)
                r = store_open_at(path, &attached, &store);
        if (r >= 0)
                r = audit_write_key(store->dirfd, key);
        store_free(TAKE_PTR(store));
        return r < 0 ? r : store_open(path, &store);
}
