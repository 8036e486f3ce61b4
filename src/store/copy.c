/* SPDX-License-Identifier: MIT */
#include "copy.h"
#include "catalog-internal.h"
#include "states.h"
#include "store-internal.h"

#include <idphoto/clock.h>
#include <idphoto/io.h>
#include <idphoto/submission.h>

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

enum { MANIFEST_BYTES_MAX = 4096 };

/* Ends the name of a file that is not complete yet. */
#define COPY_SUFFIX ".copy"

/* ---- files ---- */

static int copy_into(int from_dir, const char *from, int to_dir, const char *name,
                     const Sha256 *expected, Sha256 *ret_hash, uint64_t *ret_size)
{
        _cleanup_close_ int in = openat(from_dir, from, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
        _cleanup_close_ int out = -EBADF;
        Sha256 hash;
        uint64_t size;
        int r;

        if (in < 0)
                return -errno;
        out = openat(to_dir, name, O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (out < 0)
                return -errno;
        r = copy_fd(in, out);
        if (r >= 0)
                r = sha256_fd(out, &hash, &size);
        if (r < 0)
                return r;
        if (expected && !sha256_equal(&hash, expected))
                return -EUCLEAN;
        if (fsync(out) < 0)
                return -errno;
        if (ret_hash)
                *ret_hash = hash;
        if (ret_size)
                *ret_size = size;
        return 0;
}

int copy_file(int from_dir, const char *from, int to_dir, const char *to, const Sha256 *expected,
              Sha256 *ret_hash, uint64_t *ret_size)
{
        _cleanup_free_ char *name = NULL;
        int r;

        if (asprintf(&name, "%s" COPY_SUFFIX, to) < 0)
                return -ENOMEM;
        r = copy_into(from_dir, from, to_dir, name, expected, ret_hash, ret_size);
        if (r >= 0 && renameat(to_dir, name, to_dir, to) < 0)
                r = -errno;
        if (r < 0)
                (void)unlinkat(to_dir, name, 0);
        return r;
}

int copy_file_if_there(int from_dir, int to_dir, const char *name)
{
        int r = copy_file(from_dir, name, to_dir, name, NULL, NULL, NULL);

        return r == -ENOENT ? 0 : r;
}

int copy_open_catalog(const char *directory, Sql **ret)
{
        _cleanup_free_ char *path = NULL;

        if (asprintf(&path, "%s/" CATALOG_NEW, directory) < 0)
                return -ENOMEM;
        return sql_open_file(path, ret);
}

/* ---- blobs ---- */

#define BLOBS \
        "SELECT original AS hash FROM submission WHERE original IS NOT NULL" \
        " UNION SELECT blob FROM photo WHERE length(blob) = 32" \
        " UNION SELECT centre FROM photo WHERE centre IS NOT NULL"

static int count_blobs(Sql *db, uint64_t *ret)
{
        _cleanup_rows_ SqlRows *rows = NULL;
        int r = sql_ask(db, SQL_FEW, "SELECT count(*) FROM (" BLOBS ") AS named", NO_VALUES, &rows);

        if (r >= 0)
                r = sql_next(rows);
        if (r > 0)
                *ret = (uint64_t)sql_integer(rows, 0);
        return MIN(r, 0);
}

/* Compares times with a tolerance: a memory stick rounds them to two seconds. */
static bool looks_the_same(const struct stat *a, const struct stat *b)
{
        return a->st_size == b->st_size && llabs(a->st_mtim.tv_sec - b->st_mtim.tv_sec) <= 2;
}

static void set_time(int dirfd, const char *name, const struct stat *st)
{
        const struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, st->st_mtim};

        (void)utimensat(dirfd, name, times, AT_SYMLINK_NOFOLLOW);
}

static bool is_good(int dirfd, const char *name, const Sha256 *hash)
{
        _cleanup_close_ int fd = openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
        Sha256 found;

        return fd >= 0 && sha256_fd(fd, &found, NULL) >= 0 && sha256_equal(&found, hash);
}

static int copy_blob(int from, int to, const Sha256 *hash, bool check, BackupReport *report)
{
        char hex[SHA256_HEX_SIZE], name[SHA256_HEX_SIZE + 2];
        struct stat source = {}, there;
        bool has_source, is_there;
        uint64_t size = 0;
        int r;

        (void)sha256_to_hex(hash, hex);
        (void)snprintf(name, sizeof(name), "%.2s/%s", hex, hex + 2);
        has_source = fstatat(from, name, &source, AT_SYMLINK_NOFOLLOW) >= 0;
        is_there = fstatat(to, name, &there, AT_SYMLINK_NOFOLLOW) >= 0;
        if (is_there && has_source && !check && looks_the_same(&source, &there))
                return 0;
        if (is_there && is_good(to, name, hash)) {
                if (has_source)
                        set_time(to, name, &source);
                return 0;
        }
        r = copy_file(from, name, to, name, hash, NULL, &size);
        if (r == -ENOENT || r == -EUCLEAN || r == -EIO) {
                report->damaged++;
                return 0;
        }
        if (r < 0)
                return r;
        set_time(to, name, &source);
        report->mended += is_there;
        report->copied++;
        report->bytes += size;
        return 0;
}

static int sync_folders(int blobs)
{
        int r = 0;

        for (unsigned i = 0; i < 256 && r >= 0; i++) {
                char folder[8];

                (void)snprintf(folder, sizeof(folder), "%02x", i);
                r = fsync_dir(blobs, folder);
        }
        return r;
}

int copy_blobs(Sql *db, int from, int to, const BackupOptions *options, BackupReport *report,
               Sha256 *ret_list)
{
        _cleanup_(sha256_stream_freep) Sha256Stream *list = NULL;
        _cleanup_rows_ SqlRows *rows = NULL;
        uint64_t total = 0;
        int r;

        r = sha256_stream_new(&list);
        if (r >= 0)
                r = count_blobs(db, &total);
        if (r >= 0)
                r = sql_ask(db, SQL_MANY, BLOBS " ORDER BY 1", NO_VALUES, &rows);
        if (r < 0)
                return r;
        while ((r = sql_next(rows)) > 0) {
                Sha256 hash;

                if (!sql_hash(rows, 0, &hash))
                        continue;
                r = sha256_stream_update(list, hash.bytes, SHA256_SIZE);
                if (r >= 0)
                        r = copy_blob(from, to, &hash, options && options->check, report);
                if (r < 0)
                        return r;
                report->blobs++;
                if (options && options->step)
                        options->step(report->blobs, total, options->userdata);
        }
        if (r >= 0 && report->copied > 0)
                r = sync_folders(to);
        return r < 0 ? r : sha256_stream_finish(list, ret_list);
}

/* Removes the files of a folder whose names have that suffix. */
static int clear(int dirfd, const char *folder, const char *suffix)
{
        _cleanup_close_ int fd = openat(dirfd, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        struct dirent *entry;
        DIR *dir;

        if (fd < 0)
                return -errno;
        dir = fdopendir(fd);
        if (!dir)
                return -ENOMEM;
        while ((entry = readdir(dir)))
                if (entry->d_name[0] != '.' && text_ends_with(entry->d_name, suffix))
                        (void)unlinkat(fd, entry->d_name, 0);
        (void)TAKE_FD(fd);
        (void)closedir(dir);
        return 0;
}

int copy_sweep(int blobs)
{
        int r = 0;

        for (unsigned i = 0; i < 256 && r >= 0; i++) {
                char folder[8];

                (void)snprintf(folder, sizeof(folder), "%02x", i);
                r = clear(blobs, folder, COPY_SUFFIX);
        }
        return r;
}

/* ---- staging ---- */

/* The upload was judged since the catalog was copied: its bytes are a blob now. */
static int copy_judged(Catalog *live, int live_blobs, int64_t submission, int to, const char *name)
{
        _cleanup_submission_ SubmissionRow row = {};
        char hex[SHA256_HEX_SIZE], blob[SHA256_HEX_SIZE + 2];
        int r = catalog_get_submission(live, submission, &row);

        if (r <= 0 || !row.has_original)
                return MIN(r, 0);
        (void)sha256_to_hex(&row.original, hex);
        (void)snprintf(blob, sizeof(blob), "%.2s/%s", hex, hex + 2);
        r = copy_file(live_blobs, blob, to, name, NULL, NULL, NULL);
        return r == -ENOENT ? 0 : r;
}

int copy_staging(Sql *db, int from, int to, Catalog *live, int live_blobs)
{
        _cleanup_rows_ SqlRows *rows = NULL;
        int r;

        r = clear(to, ".", "");
        if (r >= 0)
                r = sql_ask(db, SQL_MANY,
                            "SELECT id FROM submission WHERE state < " STATE_PASSED
                            " AND original IS NULL",
                            NO_VALUES, &rows);
        if (r < 0)
                return r;
        while ((r = sql_next(rows)) > 0) {
                int64_t id = sql_integer(rows, 0);
                char name[32];

                (void)snprintf(name, sizeof(name), "%" PRId64, id);
                r = copy_file(from, name, to, name, NULL, NULL, NULL);
                if (r == -ENOENT)
                        r = live ? copy_judged(live, live_blobs, id, to, name) : 0;
                if (r < 0)
                        return r;
        }
        return r < 0 ? r : fsync_dir(to, ".");
}

/* ---- the manifest ---- */

#define MANIFEST_FIRST "idphotofs backup 1\n"

#define MANIFEST_NEW BACKUP_MANIFEST ".new"

static int write_text(int dirfd, const char *text)
{
        _cleanup_close_ int fd = openat(
                dirfd, MANIFEST_NEW, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
        int r;

        if (fd < 0)
                return -errno;
        r = write_full(fd, text, strlen(text));
        if (r < 0)
                return r;
        return fsync(fd) < 0 ? -errno : fsync_dir(dirfd, ".");
}

int manifest_place(int dirfd)
{
        if (renameat(dirfd, MANIFEST_NEW, dirfd, BACKUP_MANIFEST) < 0)
                return -errno;
        return fsync_dir(dirfd, ".");
}

int manifest_begin(int dirfd)
{
        int r = write_text(dirfd, MANIFEST_FIRST "unfinished\n");

        return r < 0 ? r : manifest_place(dirfd);
}

int manifest_write(int dirfd, const Manifest *manifest)
{
        char text[512], catalog[SHA256_HEX_SIZE], list[SHA256_HEX_SIZE], when[WALL_TEXT_MAX];

        (void)snprintf(text, sizeof(text),
                       MANIFEST_FIRST "catalog %s\nblobs %" PRIu64 "\nlist %s\ncreated %s\n",
                       sha256_to_hex(&manifest->catalog, catalog), manifest->blobs,
                       sha256_to_hex(&manifest->list, list),
                       wall_to_text(clock_wall_nsec(clock_system()), when));
        return write_text(dirfd, text);
}

static int read_manifest(int dirfd, const char *name, Manifest *ret)
{
        _cleanup_close_ int fd = openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
        char catalog[SHA256_HEX_SIZE], list[SHA256_HEX_SIZE];
        _cleanup_free_ char *text = NULL;
        Manifest manifest = {};
        size_t size;
        int r;

        if (fd < 0)
                return -errno;
        r = read_whole_fd(fd, MANIFEST_BYTES_MAX, &text, &size);
        if (r < 0)
                return r;
        if (strcmp(text, MANIFEST_FIRST "unfinished\n") == 0)
                return -EINPROGRESS;
        if (sscanf(text, MANIFEST_FIRST "catalog %64s blobs %" SCNu64 " list %64s", catalog,
                   &manifest.blobs, list) != 3 ||
            sha256_from_hex(catalog, &manifest.catalog) < 0 ||
            sha256_from_hex(list, &manifest.list) < 0)
                return -EUCLEAN;
        *ret = manifest;
        return 0;
}

static bool is_of_catalog(int dirfd, const Manifest *manifest)
{
        return is_good(dirfd, CATALOG_FILE, &manifest->catalog);
}

int manifest_read(int dirfd, Manifest *ret)
{
        Manifest manifest, next;
        int r = read_manifest(dirfd, BACKUP_MANIFEST, &manifest);

        if (r == -ENOENT)
                return r;
        /* The backup was killed after the catalog took its place, and before the manifest did. */
        if ((r < 0 || !is_of_catalog(dirfd, &manifest)) &&
            read_manifest(dirfd, MANIFEST_NEW, &next) >= 0 && is_of_catalog(dirfd, &next)) {
                *ret = next;
                return 0;
        }
        if (r >= 0)
                *ret = manifest;
        return r;
}
