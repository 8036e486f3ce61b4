/* SPDX-License-Identifier: MIT */
#include "exportpart.h"
#include "exportreport.h"

#include <idphoto/fixedname.h>
#include <idphoto/io.h>
#include <idphoto/zipwriter.h>

#include <string.h>

/* The same list must give the same bytes, or nobody can tell from two zip files whether they hold
 * the same. Photos do not get smaller by compression. */

static int put(ZipWriter *zip, const char *folder, const char *file, const char *data, size_t size,
               int64_t mtime)
{
        _cleanup_free_ char *path = NULL;

        if (asprintf(&path, "%s/%s", folder, file) < 0) {
                path = NULL;
                return -ENOMEM;
        }
        return zip_writer_add(zip, path, data, size, mtime);
}

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

static int texts_make(const ExportList *list, const ExportOptions *options, Texts *texts)
{
        int r = export_list_manifest(list, options->language, options->centre, &texts->manifest,
                                     &texts->manifest_size);

        if (r >= 0)
                r = export_list_sums(list, options->language, options->centre, &texts->sums,
                                     &texts->sums_size);
        for (size_t i = 0; i < list->n; i++)
                texts->mtime = MAX(texts->mtime, list->entries[i].mtime);
        return r;
}

static int put_photos(const Store *store, const ExportList *list, const ExportOptions *options,
                      bool centre, ZipWriter *zip, ExportReport *report)
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
                        r = put(zip, folder, entry->file, data, size, entry->mtime);
                if (r < 0)
                        return export_fail(report, folder, entry->file, r);
                export_step(options, ++report->written, total);
        }
        return 0;
}

static int write_part(const Store *store, const ExportList *list, const ExportOptions *options,
                      int fd, ExportReport *report)
{
        _cleanup_(texts_done) Texts texts = {};
        _cleanup_zip_ ZipWriter zip = {.fd = fd};
        int r = texts_make(list, options, &texts);

        if (r >= 0)
                r = put_photos(store, list, options, false, &zip, report);
        if (r >= 0 && options->centre)
                r = put_photos(store, list, options, true, &zip, report);
        if (r >= 0)
                r = zip_writer_add(&zip, fixed_name(FIXED_MANIFEST, options->language),
                                   texts.manifest, texts.manifest_size, texts.mtime);
        if (r >= 0)
                r = zip_writer_add(&zip, fixed_name(FIXED_SUMS, options->language), texts.sums,
                                   texts.sums_size, texts.mtime);
        return r < 0 ? r : zip_writer_finish(&zip);
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
