/* SPDX-License-Identifier: MIT */
#include "catalog-internal.h"
#include "copy.h"
#include "store-internal.h"

#include <idphoto/clock.h>
#include <idphoto/event.h>
#include <idphoto/io.h>
#include <idphoto/storecheck.h>
#include <idphoto/writer.h>

#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

/*
 * The order: first the catalog at one moment, beside its place; then what that catalog names, which
 * exists as long as its rows do, and blobs never change; last, the catalog takes its place and the
 * manifest says so. Files dropped meanwhile belong to the next backup.
 */

/* How often at most one backup copies the catalog when blobs vanish meanwhile. */
enum { COPIES_MAX = 3 };

/* Marks a target until its catalog is there: anything else in the target is left from a killed
 * restore. */
#define RESTORING_FILE "RESTORING"

typedef struct Target {
        int dirfd;
        int blobs;
        int staging;
} Target;

static void target_done(Target *target)
{
        (void)safe_close(target->staging);
        (void)safe_close(target->blobs);
        (void)safe_close(target->dirfd);
}
#define _cleanup_copy_target_ _cleanup_(target_done)
#define TARGET_NONE           ((Target){-EBADF, -EBADF, -EBADF})

static int open_folders(const char *path, Target *target)
{
        target->dirfd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (target->dirfd < 0)
                return -errno;
        target->blobs = openat(target->dirfd, "blobs", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        target->staging = openat(target->dirfd, "staging", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        return target->blobs < 0 || target->staging < 0 ? -errno : 0;
}

/* Makes the directory when there is none. It must be empty. */
static int make_directory(const char *path)
{
        _cleanup_close_ int fd = -EBADF;

        if (mkdir(path, 0700) < 0 && errno != EEXIST)
                return -errno;
        fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
                return -errno;
        return store_directory_is_empty(fd);
}

static int make_private(const char *path)
{
        _cleanup_close_ int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

        if (fd < 0)
                return -errno;
        if (fchmod(fd, 0700) < 0)
                return -errno;
        return store_make_folders(fd);
}

static int place_catalog(int dirfd)
{
        int fd;

        /* Left from somebody who opened the catalog and did not close it properly. */
        (void)unlinkat(dirfd, CATALOG_FILE "-wal", 0);
        (void)unlinkat(dirfd, CATALOG_FILE "-shm", 0);
        fd = openat(dirfd, CATALOG_NEW, O_RDONLY | O_CLOEXEC);
        if (fd < 0)
                return -errno;
        if (fsync(fd) < 0) {
                (void)safe_close(fd);
                return -errno;
        }
        (void)safe_close(fd);
        if (renameat(dirfd, CATALOG_NEW, dirfd, CATALOG_FILE) < 0)
                return -errno;
        return fsync_dir(dirfd, ".");
}

static int add_event(Catalog *catalog, EventKind kind, uint64_t blobs)
{
        char detail[24];
        EventRow event = {.wall = clock_wall_nsec(clock_system()),
                          .kind = kind,
                          .uid = getuid(),
                          .detail = detail};
        int r = catalog_begin_at(catalog, true, WRITER_NOTHING);

        if (r < 0)
                return r;
        (void)snprintf(detail, sizeof(detail), "%" PRIu64, blobs);
        r = catalog_add_event(catalog, &event);
        if (r < 0) {
                catalog_rollback(catalog);
                return r;
        }
        return catalog_commit(catalog);
}

/* ---- backup ---- */

/* Makes the directory, or finds the backup in it. */
static int prepare(const char *directory)
{
        _cleanup_close_ int fd = -EBADF;
        Manifest manifest;
        int r = make_directory(directory);

        if (r < 0)
                return r;
        fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
                return -errno;
        if (r > 0) {
                r = manifest_begin(fd);
                return r < 0 ? r : make_private(directory);
        }
        r = manifest_read(fd, &manifest);
        if (r == -ENOENT)
                return -ENOTEMPTY;
        return r < 0 && r != -EINPROGRESS && r != -EUCLEAN ? r : make_private(directory);
}

static int copy_catalog(Catalog *catalog, const char *directory, int dirfd, Sql **ret)
{
        _cleanup_free_ char *path = NULL;
        int r;

        (void)unlinkat(dirfd, CATALOG_NEW, 0);
        (void)unlinkat(dirfd, CATALOG_NEW "-wal", 0);
        (void)unlinkat(dirfd, CATALOG_NEW "-shm", 0);
        if (asprintf(&path, "%s/" CATALOG_NEW, directory) < 0)
                return -ENOMEM;
        r = sql_copy_to(catalog_sql(catalog), path);
        return r < 0 ? r : copy_open_catalog(directory, ret);
}

static int copy_store(const Store *store, Catalog *catalog, const char *directory,
                      const Target *target, const BackupOptions *options, BackupReport *report)
{
        _cleanup_close_ int copy = -EBADF;
        Manifest manifest;
        Sql *db = NULL;
        int r = copy_catalog(catalog, directory, target->dirfd, &db);

        if (r < 0)
                return r;
        r = copy_blobs(db, store->blobs, target->blobs, options, report, &manifest.list);
        if (r >= 0)
                r = copy_staging(db, store->staging, target->staging, catalog, store->blobs);
        sql_free(db);
        if (r >= 0)
                r = copy_file_if_there(store->dirfd, target->dirfd, AUDIT_KEY_FILE);
        if (r >= 0)
                r = copy_file_if_there(store->dirfd, target->dirfd, STORE_CONFIG_FILE);
        if (r < 0)
                return r;
        copy = openat(target->dirfd, CATALOG_NEW, O_RDONLY | O_CLOEXEC);
        if (copy < 0)
                return -errno;
        r = sha256_fd(copy, &manifest.catalog, NULL);
        manifest.blobs = report->blobs;
        /* After a kill between these steps, one of the two manifests, the new or the old one,
         * describes the catalog that is there. */
        if (r >= 0)
                r = manifest_write(target->dirfd, &manifest);
        if (r >= 0)
                r = place_catalog(target->dirfd);
        return r < 0 ? r : manifest_place(target->dirfd);
}

/* A purge meanwhile may have erased what the copied catalog names. The next copy of the catalog no
 * longer names it, and the rest is there already. */
static int copy_store_again(const Store *store, Catalog *catalog, const char *directory,
                            const Target *target, const BackupOptions *options,
                            BackupReport *report)
{
        int r = 0;

        for (int i = 0; i < COPIES_MAX; i++) {
                report->blobs = report->damaged = 0;
                r = copy_store(store, catalog, directory, target, options, report);
                if (r < 0 || report->damaged == 0)
                        break;
        }
        return r;
}

/* Another writer there would take the files of this one for leftovers. */
static int lock_target(const Target *target)
{
        return flock(target->dirfd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK ? -EBUSY : 0;
}

/* What the store has erased must not live on in its backup. */
static int remove_erased(const char *directory)
{
        _cleanup_(store_freep) Store *store = NULL;
        _cleanup_(catalog_freep) Catalog *catalog = NULL;
        int r = store_open(directory, &store);

        if (r >= 0)
                r = catalog_open(store, &catalog);
        return r < 0 ? r : store_collect_blobs(store, catalog, NULL, NULL, NULL);
}

int store_backup(const Store *store, Catalog *catalog, const char *directory,
                 const BackupOptions *options, BackupReport *ret)
{
        _cleanup_copy_target_ Target target = TARGET_NONE;
        BackupReport report = {};
        int r;

        r = prepare(directory);
        if (r >= 0)
                r = open_folders(directory, &target);
        if (r >= 0)
                r = lock_target(&target);
        if (r >= 0)
                r = copy_sweep(target.blobs);
        if (r >= 0)
                r = copy_store_again(store, catalog, directory, &target, options, &report);
        if (r >= 0)
                r = remove_erased(directory);
        if (r >= 0)
                r = add_event(catalog, EVENT_BACKED_UP, report.blobs);
        if (r < 0)
                return r;
        *ret = report;
        return 0;
}

/* ---- restore ---- */

static int fill(const char *path, const Target *from, const Target *to,
                const BackupOptions *options, BackupReport *report)
{
        Manifest manifest;
        Sha256 list;
        Sql *db = NULL;
        int r = manifest_read(from->dirfd, &manifest);

        if (r >= 0)
                r = copy_file(from->dirfd, CATALOG_FILE, to->dirfd, CATALOG_NEW, &manifest.catalog,
                              NULL, NULL);
        if (r >= 0)
                r = copy_open_catalog(path, &db);
        if (r < 0)
                return r;
        r = copy_blobs(db, from->blobs, to->blobs, options, report, &list);
        if (r >= 0)
                r = copy_staging(db, from->staging, to->staging, NULL, -EBADF);
        sql_free(db);
        if (r < 0)
                return r;
        if (report->blobs != manifest.blobs || !sha256_equal(&list, &manifest.list))
                return -EUCLEAN;
        r = copy_file_if_there(from->dirfd, to->dirfd, AUDIT_KEY_FILE);
        if (r >= 0)
                r = copy_file_if_there(from->dirfd, to->dirfd, STORE_CONFIG_FILE);
        if (r >= 0)
                r = place_catalog(to->dirfd);
        if (r >= 0 && unlinkat(to->dirfd, RESTORING_FILE, 0) < 0)
                r = -errno;
        return r;
}

/* Makes the target, or finds it empty, or finds a killed restore in it: with its mark and without a
 * catalog, so nobody can have used it. */
static int make_target(const char *path)
{
        _cleanup_close_ int fd = -EBADF, mark = -EBADF;
        int r = make_directory(path);

        if (r < 0)
                return r;
        fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
                return -errno;
        if (r == 0)
                return faccessat(fd, RESTORING_FILE, F_OK, AT_SYMLINK_NOFOLLOW) >= 0 &&
                                       faccessat(fd, CATALOG_FILE, F_OK, AT_SYMLINK_NOFOLLOW) < 0
                               ? 0
                               : -ENOTEMPTY;
        mark = openat(fd, RESTORING_FILE, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (mark < 0)
                return -errno;
        return fsync_dir(fd, ".");
}

/* Succeeds only when everything is there. */
static int open_restored(const char *path, uint64_t blobs)
{
        _cleanup_(store_freep) Store *store = NULL;
        _cleanup_(catalog_freep) Catalog *catalog = NULL;
        int r = store_open(path, &store);

        if (r >= 0)
                r = catalog_open(store, &catalog);
        return r < 0 ? r : add_event(catalog, EVENT_RESTORED, blobs);
}

int store_restore(const char *backup, const char *target, const BackupOptions *options,
                  BackupReport *ret)
{
        _cleanup_copy_target_ Target from = TARGET_NONE, to = TARGET_NONE;
        BackupReport report = {};
        Manifest manifest;
        int r;

        from.dirfd = open(backup, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (from.dirfd < 0)
                return -errno;
        /* Read before anything is made at the target. */
        r = manifest_read(from.dirfd, &manifest);
        if (r < 0)
                return r;
        (void)safe_close(TAKE_FD(from.dirfd));
        r = open_folders(backup, &from);
        if (r < 0)
                return r;
        r = make_target(target);
        if (r >= 0)
                r = make_private(target);
        if (r >= 0)
                r = open_folders(target, &to);
        if (r >= 0)
                r = lock_target(&to);
        if (r >= 0)
                r = copy_sweep(to.blobs);
        if (r >= 0)
                r = fill(target, &from, &to, options, &report);
        if (r >= 0)
                r = open_restored(target, report.blobs);
        if (r < 0)
                return r;
        *ret = report;
        return 0;
}
