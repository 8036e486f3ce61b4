/* SPDX-License-Identifier: MIT */
#include "exportpart.h"
#include "exportreport.h"

#include <idphoto/clock.h>
#include <idphoto/fixedname.h>
#include <idphoto/io.h>

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

/*
 * A folder is written file by file, and what is there is compared by content: neither a time nor a
 * size tells whether a photo was replaced since the last export. Names are taken in one step, by
 * rename, so that whoever reads the folder meanwhile sees whole files only.
 */

static bool is_there(int dirfd, const char *name, uint64_t size, const Sha256 *hash)
{
        _cleanup_close_ int fd =
                openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
        struct stat st;
        Sha256 found;

        return fd >= 0 && fstat(fd, &st) >= 0 && S_ISREG(st.st_mode) && st.st_size == (off_t)size &&
               sha256_fd(fd, &found, NULL) >= 0 && sha256_equal(&found, hash);
}

static int replace_file(int dirfd, const char *mark, const char *name, const char *data,
                        size_t size, int64_t mtime)
{
        const struct timespec times[2] = {
                {.tv_nsec = UTIME_NOW},
                timespec_from_nsec(mtime),
        };
        _cleanup_part_ ExportPart part = EXPORT_PART_NONE;
        int r = export_part_begin(dirfd, mark, name, &part);

        if (r >= 0)
                r = write_full(part.fd, data, size);
        if (r < 0)
                return r;
        if (mtime > 0)
                (void)futimens(part.fd, times);
        return export_part_finish(&part, name);
}

/* ---- the two folders ---- */

typedef struct Folder {
        const Store *store;
        const ExportOptions *options;
        ExportReport *report;
        const char *name;
        bool centre;
        int fd;
        size_t *done;
        size_t total;
} Folder;

static int put_photo(const Folder *folder, const ExportEntry *entry)
{
        const Sha256 *hash = folder->centre ? &entry->centre : &entry->blob;
        uint64_t size = folder->centre ? entry->centre_size : entry->size;
        _cleanup_free_ char *data = NULL;
        int r;

        if (is_there(folder->fd, entry->file, size, hash)) {
                folder->report->kept++;
                return 0;
        }
        r = export_read_blob(folder->store, hash, size, &data);
        if (r >= 0)
                r = replace_file(folder->fd, folder->options->mark, entry->file, data, size,
                                 entry->mtime);
        if (r >= 0)
                folder->report->written++;
        return r;
}

static int by_name(const void *a, const void *b)
{
        return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names that belong there, sorted. */
static int own_names(const Folder *folder, const ExportList *list, const char ***ret, size_t *ret_n)
{
        const char **names = calloc(list->n + 1, sizeof(*names));
        size_t n = 0;

        if (!names)
                return -ENOMEM;
        for (size_t i = 0; i < list->n; i++)
                if (!folder->centre || list->entries[i].has_centre)
                        names[n++] = list->entries[i].file;
        qsort(names, n, sizeof(*names), by_name);
        *ret = names;
        *ret_n = n;
        return 0;
}

static int look_at_name(const Folder *folder, const char *name, const char **own, size_t n_own)
{
        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
            bsearch(&name, own, n_own, sizeof(*own), by_name))
                return 0;
        if (export_is_part(folder->options->mark, name)) {
                (void)unlinkat(folder->fd, name, 0);
                return 0;
        }
        return export_add_problem(folder->report, EXPORT_STRANGE_FILE, folder->name, name, 0);
}

/* Whoever hands the folder on would hand on a photo that was approved once and is no more. */
static int tell_strangers(const Folder *folder, const ExportList *list)
{
        _cleanup_close_ int fd =
                openat(folder->fd, ".", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        _cleanup_free_ const char **own = NULL;
        struct dirent *entry;
        size_t n_own;
        DIR *dir;
        int r;

        if (fd < 0)
                return -errno;
        r = own_names(folder, list, &own, &n_own);
        if (r < 0)
                return r;
        dir = fdopendir(fd);
        if (!dir)
                return -errno;
        (void)TAKE_FD(fd);
        while (r >= 0 && (entry = readdir(dir)))
                r = look_at_name(folder, entry->d_name, own, n_own);
        (void)closedir(dir);
        return r;
}

static int write_folder(Folder *folder, const ExportList *list, int dirfd)
{
        _cleanup_close_ int fd = -EBADF;
        int r = mkdir_if_missing(dirfd, folder->name, 0750);

        if (r >= 0) {
                fd = openat(dirfd, folder->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
                r = fd < 0 ? -errno : 0;
        }
        if (r < 0)
                return export_fail(folder->report, NULL, folder->name, r);
        folder->fd = fd;
        for (size_t i = 0; i < list->n; i++) {
                const ExportEntry *entry = &list->entries[i];

                if (folder->centre && !entry->has_centre)
                        continue;
                r = put_photo(folder, entry);
                if (r < 0)
                        return export_fail(folder->report, folder->name, entry->file, r);
                export_step(folder->options, ++*folder->done, folder->total);
        }
        r = tell_strangers(folder, list);
        if (r >= 0)
                r = fsync_dir(fd, ".");
        return r < 0 ? export_fail(folder->report, NULL, folder->name, r) : 0;
}

/* ---- the two lists ---- */

static int put_list(int dirfd, FixedName fixed, const char *data, size_t size,
                    const ExportOptions *options, ExportReport *report)
{
        const char *name = fixed_name(fixed, options->language);
        Sha256 hash;
        int r = sha256_data(data, size, &hash);

        if (r >= 0 && !is_there(dirfd, name, size, &hash))
                r = replace_file(dirfd, options->mark, name, data, size, 0);
        return r < 0 ? export_fail(report, NULL, name, r) : 0;
}

static int write_lists(const ExportList *list, const ExportOptions *options, int dirfd,
                       ExportReport *report)
{
        _cleanup_free_ char *manifest = NULL, *sums = NULL;
        size_t manifest_size, sums_size;
        int r;

        r = export_list_manifest(list, options->language, options->centre, &manifest,
                                 &manifest_size);
        if (r >= 0)
                r = export_list_sums(list, options->language, options->centre, &sums, &sums_size);
        if (r >= 0)
                r = put_list(dirfd, FIXED_MANIFEST, manifest, manifest_size, options, report);
        if (r >= 0)
                r = put_list(dirfd, FIXED_SUMS, sums, sums_size, options, report);
        return r;
}

/* Two exports at once would take each other's files under way for left ones. */
static int lock_folder(int dirfd)
{
        return flock(dirfd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK ? -EBUSY : 0;
}

int export_to_folder(const Store *store, const ExportList *list, const ExportOptions *options,
                     int dirfd, ExportReport *report)
{
        size_t done = 0;
        int r = lock_folder(dirfd);

        for (int centre = 0; centre <= (options->centre ? 1 : 0) && r >= 0; centre++) {
                Folder folder = {
                        .store = store,
                        .options = options,
                        .report = report,
                        .name = fixed_name(centre ? FIXED_CENTRE : FIXED_PLATFORM,
                                           options->language),
                        .centre = centre,
                        .fd = -EBADF,
                        .done = &done,
                        .total = export_list_files(list, options->centre),
                };

                r = write_folder(&folder, list, dirfd);
        }
        if (r >= 0)
                r = write_lists(list, options, dirfd, report);
        if (r >= 0)
                r = fsync_dir(dirfd, ".");
        if (r != -EBUSY)
                (void)flock(dirfd, LOCK_UN);
        return r;
}
