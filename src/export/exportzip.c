/* SPDX-License-Identifier: MIT */
#include "exportpart.h"
#include "exportreport.h"

#include <idphoto/fixedname.h>
#include <idphoto/io.h>

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <locale.h>
#include <string.h>
#include <time.h>

/*
 * The same list must give the same bytes, or nobody can tell from two zip files whether they hold
 * the same. A zip file's times are local ones and its names' bytes are what the locale says: for
 * the time of the writing the zone is UTC and the locale one of UTF-8. Owners and modes are the
 * same for all.
 *
 * Sizes and checksums stand behind the bytes of an entry, where only a reader that knows the end by
 * the bytes themselves finds them. So entries are deflated, at the fastest level, though photos get
 * no smaller by it: of stored ones no reader of a pipe could tell the end.
 */

/* 1980, before which a zip file knows no time. */
#define TIME_MIN (INT64_C(315532800) * NSEC_PER_SEC)

/* ---- surroundings ---- */

typedef struct Surroundings {
        char *zone; /* TZ, NULL: unset */
        locale_t utf8;
        locale_t before;
} Surroundings;

static int surroundings_set(Surroundings *ret)
{
        const char *zone = getenv("TZ");
        Surroundings s = {.zone = zone ? strdup(zone) : NULL};

        if (zone && !s.zone)
                return -ENOMEM;
        s.utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
        s.before = s.utf8 ? uselocale(s.utf8) : (locale_t)0;
        if (setenv("TZ", "UTC0", 1) == 0)
                tzset();
        *ret = s;
        return 0;
}

static void surroundings_restore(Surroundings *s)
{
        if (s->zone)
                (void)setenv("TZ", s->zone, 1);
        else
                (void)unsetenv("TZ");
        tzset();
        if (s->utf8) {
                (void)uselocale(s->before);
                freelocale(s->utf8);
        }
        free(s->zone);
}

/* ---- the archive ---- */

static void archive_freep(struct archive **archive)
{
        if (*archive)
                (void)archive_write_free(*archive);
}

static void entry_freep(struct archive_entry **entry)
{
        archive_entry_free(*entry);
}

static int archive_fault(struct archive *archive)
{
        int error = archive_errno(archive);

        return error > 0 ? -error : -EIO;
}

static int archive_begin(int fd, struct archive **ret)
{
        _cleanup_(archive_freep) struct archive *archive = archive_write_new();

        if (!archive)
                return -ENOMEM;
        if (archive_write_set_format_zip(archive) != ARCHIVE_OK ||
            archive_write_set_options(archive, "zip:compression=deflate,zip:compression-level=1") !=
                    ARCHIVE_OK ||
            archive_write_set_bytes_in_last_block(archive, 1) != ARCHIVE_OK ||
            archive_write_open_fd(archive, fd) != ARCHIVE_OK)
                return archive_fault(archive);
        *ret = TAKE_PTR(archive);
        return 0;
}

static int put(struct archive *archive, const char *folder, const char *file, const char *data,
               size_t size, int64_t mtime)
{
        _cleanup_(entry_freep) struct archive_entry *entry = archive_entry_new();
        _cleanup_free_ char *path = NULL;
        ssize_t n;

        if (!entry ||
            asprintf(&path, "%s%s%s", folder ? folder : "", folder ? "/" : "", file) < 0) {
                path = NULL;
                return -ENOMEM;
        }
        archive_entry_set_pathname(entry, path);
        archive_entry_set_filetype(entry, AE_IFREG);
        archive_entry_set_perm(entry, 0644);
        archive_entry_set_uid(entry, 0);
        archive_entry_set_gid(entry, 0);
        archive_entry_set_size(entry, (la_int64_t)size);
        archive_entry_set_mtime(entry, (time_t)(MAX(mtime, TIME_MIN) / NSEC_PER_SEC), 0);
        if (archive_write_header(archive, entry) != ARCHIVE_OK)
                return archive_fault(archive);
        for (size_t done = 0; done < size; done += (size_t)n) {
                n = archive_write_data(archive, data + done, size - done);
                if (n <= 0)
                        return archive_fault(archive);
        }
        return archive_write_finish_entry(archive) == ARCHIVE_OK ? 0 : archive_fault(archive);
}

/* ---- the export ---- */

typedef struct Texts {
        char *manifest;
        size_t manifest_size;
        char *sums;
        size_t sums_size;
        int64_t mtime; /* of the newest photo */
} Texts;

static void texts_done(Texts *texts)
{
        free(texts->manifest);
        free(texts->sums);
}

/* Before the zone is changed: the manifest shows local times as other tables do. */
static int texts_make(const ExportList *list, const ExportOptions *options, Texts *texts)
{
        int r = export_list_manifest(list, options->language, options->centre, &texts->manifest,
                                     &texts->manifest_size);

        texts->mtime = TIME_MIN;

        if (r >= 0)
                r = export_list_sums(list, options->language, options->centre, &texts->sums,
                                     &texts->sums_size);
        for (size_t i = 0; i < list->n; i++)
                texts->mtime = MAX(texts->mtime, list->entries[i].mtime);
        return r;
}

static int put_photos(const Store *store, const ExportList *list, const ExportOptions *options,
                      bool centre, struct archive *archive, ExportReport *report)
{
        const char *folder = fixed_name(centre ? FIXED_CENTRE : FIXED_PLATFORM, options->language);
        size_t total = export_list_files(list, options->centre);

        for (size_t i = 0; i < list->n; i++) {
                const ExportEntry *entry = &list->entries[i];
                uint64_t size = centre ? entry->centre_size : entry->size;
                _cleanup_free_ char *data = NULL;
                int r;

                if (centre && !entry->has_centre)
                        continue;
                r = export_read_blob(store, centre ? &entry->centre : &entry->blob, size, &data);
                if (r >= 0)
                        r = put(archive, folder, entry->file, data, size, entry->mtime);
                if (r < 0)
                        return export_fail(report, folder, entry->file, r);
                export_step(options, ++report->written, total);
        }
        return 0;
}

static int write_archive(const Store *store, const ExportList *list, const ExportOptions *options,
                         const Texts *texts, int fd, ExportReport *report)
{
        _cleanup_(archive_freep) struct archive *archive = NULL;
        int r = archive_begin(fd, &archive);

        if (r >= 0)
                r = put_photos(store, list, options, false, archive, report);
        if (r >= 0 && options->centre)
                r = put_photos(store, list, options, true, archive, report);
        if (r >= 0)
                r = put(archive, NULL, fixed_name(FIXED_MANIFEST, options->language),
                        texts->manifest, texts->manifest_size, texts->mtime);
        if (r >= 0)
                r = put(archive, NULL, fixed_name(FIXED_SUMS, options->language), texts->sums,
                        texts->sums_size, texts->mtime);
        if (r >= 0 && archive_write_close(archive) != ARCHIVE_OK)
                r = archive_fault(archive);
        return r;
}

static int write_part(const Store *store, const ExportList *list, const ExportOptions *options,
                      int fd, ExportReport *report)
{
        _cleanup_(texts_done) Texts texts = {};
        Surroundings surroundings;
        int r = texts_make(list, options, &texts);

        if (r >= 0)
                r = surroundings_set(&surroundings);
        if (r < 0)
                return r;
        r = write_archive(store, list, options, &texts, fd, report);
        surroundings_restore(&surroundings);
        return r;
}

int export_to_zip(const Store *store, const ExportList *list, const ExportOptions *options,
                  int dirfd, const char *name, ExportReport *report)
{
        _cleanup_part_ ExportPart part = EXPORT_PART_NONE;
        int r = export_part_begin(dirfd, options->mark, name, &part);

        if (r >= 0)
                r = write_part(store, list, options, part.fd, report);
        if (r >= 0)
                r = export_part_finish(&part, name);
        if (r >= 0)
                r = fsync_dir(dirfd, ".");
        if (r < 0 && !report->failed)
                return export_fail(report, NULL, name, r);
        return r;
}
