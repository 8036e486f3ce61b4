/* SPDX-License-Identifier: MIT */
#include <idphoto/exportlist.h>
#include <idphoto/exportrow.h>

#include <idphoto/clock.h>
#include <idphoto/fixedname.h>
#include <idphoto/statuscsv.h>

#include <inttypes.h>
#include <string.h>

int export_file_name(const char *id_number, unsigned rank, char **ret)
{
        if (rank == 0)
                return name_of_photo(id_number, ret);
        return asprintf(ret, "%s (%u).jpg", id_number, rank + 1) < 0 ? -ENOMEM : 0;
}

/* ---- the list ---- */

static void entry_done(ExportEntry *entry)
{
        free(entry->file);
        free(entry->point);
        free(entry->id_number);
        free(entry->name);
        free(entry->student_no);
        *entry = (ExportEntry){};
}

void export_list_done(ExportList *list)
{
        for (size_t i = 0; i < list->n; i++)
                entry_done(&list->entries[i]);
        free(list->entries);
        *list = (ExportList){};
}

static int list_grow(ExportList *list)
{
        size_t allocated = MAX(list->allocated * 2, (size_t)64);
        ExportEntry *entries;

        if (list->n < list->allocated)
                return 0;
        entries = realloc(list->entries, allocated * sizeof(*entries));
        if (!entries)
                return -ENOMEM;
        list->entries = entries;
        list->allocated = allocated;
        return 0;
}

static int add_entry(const ExportRow *row, void *userdata)
{
        ExportList *list = userdata;
        ExportEntry entry = {
                .photo = row->photo,
                .submission = row->submission,
                .point = strdup(row->point),
                .id_number = strdup(row->id_number),
                .name = strdup(row->name),
                .student_no = strdup(row->student_no),
                .blob = row->blob,
                .size = row->size,
                .mtime = row->mtime,
                .has_centre = row->has_centre,
                .centre = row->centre,
                .centre_size = row->centre_size,
                .approved = row->approved,
        };
        int r = export_file_name(row->id_number, row->rank, &entry.file);

        if (r < 0)
                entry.file = NULL;
        if (r >= 0 && (!entry.point || !entry.id_number || !entry.name || !entry.student_no))
                r = -ENOMEM;
        if (r >= 0)
                r = list_grow(list);
        if (r < 0) {
                entry_done(&entry);
                return r;
        }
        list->entries[list->n++] = entry;
        return 0;
}

int export_list_read(Catalog *catalog, Where where, ExportList *ret)
{
        ExportList list = {};
        int r = catalog_list_exports(catalog, where, add_entry, &list);

        if (r < 0) {
                export_list_done(&list);
                return r;
        }
        *ret = list;
        return 0;
}

size_t export_list_files(const ExportList *list, bool centre)
{
        size_t n = list->n;

        for (size_t i = 0; i < list->n && centre; i++)
                n += list->entries[i].has_centre;
        return n;
}

/* ---- the two texts ---- */

/* folder _FIXED_INVALID: the file stands beside the list. */
static void append_file(Text *text, FixedName folder, const ExportEntry *entry, uint64_t size,
                        const Sha256 *hash, Language language)
{
        const char *name = fixed_name(folder, language);
        char hex[SHA256_HEX_SIZE];

        text_printf(text, "\"%s%s%s\",%" PRIu64 ",%s", name ? name : "", name ? "/" : "",
                    entry->file, size, sha256_to_hex(hash, hex));
}

/* The cells of every manifest. */
static void append_photo(Text *text, FixedName folder, const ExportEntry *entry, Language language)
{
        char when[WALL_TEXT_MAX];

        status_csv_append_person(text, entry->point, entry->id_number, entry->name,
                                 entry->student_no);
        append_file(text, folder, entry, entry->size, &entry->blob, language);
        text_append(text, ",");
        if (entry->approved != 0)
                text_append(text, wall_to_text(entry->approved, when));
}

static void append_entry(Text *text, const ExportEntry *entry, Language language, bool centre)
{
        append_photo(text, FIXED_PLATFORM, entry, language);
        text_append(text, ",");
        if (centre && entry->has_centre)
                append_file(text, FIXED_CENTRE, entry, entry->centre_size, &entry->centre,
                            language);
        else
                text_append(text, ",,");
        text_append(text, "\r\n");
}

int export_list_manifest(const ExportList *list, Language language, bool centre, char **ret,
                         size_t *ret_size)
{
        static const char *const headings[_LANGUAGE_MAX] = {
                [LANGUAGE_EN] = "point,id_number,name,student_no,file,bytes,sha256,approved,"
                                "centre_file,centre_bytes,centre_sha256",
                [LANGUAGE_ZH] = "教学点,身份证号,姓名,学号,文件,字节数,SHA256,审核通过时间,"
                                "采集中心文件,采集中心文件字节数,采集中心文件SHA256",
        };
        _cleanup_text_ Text text = {};

        text_append(&text, "\xef\xbb\xbf");
        text_append(&text, headings[language]);
        text_append(&text, "\r\n");
        for (size_t i = 0; i < list->n; i++)
                append_entry(&text, &list->entries[i], language, centre);
        return text_take(&text, ret, ret_size);
}

/* Without the escapes of sha256sum: an ID number has no backslash and no line end. */
static void append_sum(Text *text, const Sha256 *hash, const char *folder, const char *file)
{
        char hex[SHA256_HEX_SIZE];

        text_printf(text, "%s  ", sha256_to_hex(hash, hex));
        if (folder) {
                text_append(text, folder);
                text_append(text, "/");
        }
        text_append(text, file);
        text_append(text, "\n");
}

int export_list_sums(const ExportList *list, Language language, bool centre, char **ret,
                     size_t *ret_size)
{
        _cleanup_text_ Text text = {};
        _cleanup_free_ char *manifest = NULL;
        size_t size;
        Sha256 hash;
        int r;

        r = export_list_manifest(list, language, centre, &manifest, &size);
        if (r >= 0)
                r = sha256_data(manifest, size, &hash);
        if (r < 0)
                return r;
        for (size_t i = 0; i < list->n; i++)
                append_sum(&text, &list->entries[i].blob, fixed_name(FIXED_PLATFORM, language),
                           list->entries[i].file);
        for (size_t i = 0; i < list->n && centre; i++)
                if (list->entries[i].has_centre)
                        append_sum(&text, &list->entries[i].centre,
                                   fixed_name(FIXED_CENTRE, language), list->entries[i].file);
        append_sum(&text, &hash, NULL, fixed_name(FIXED_MANIFEST, language));
        return text_take(&text, ret, ret_size);
}

int export_manifest(Catalog *catalog, int64_t batch, Language language, bool centre, char **ret,
                    size_t *ret_size)
{
        _cleanup_export_list_ ExportList list = {};
        int r = export_list_read(catalog, (Where){batch, 0}, &list);

        return r < 0 ? r : export_list_manifest(&list, language, centre, ret, ret_size);
}

int export_sums(Catalog *catalog, int64_t batch, Language language, bool centre, char **ret,
                size_t *ret_size)
{
        _cleanup_export_list_ ExportList list = {};
        int r = export_list_read(catalog, (Where){batch, 0}, &list);

        return r < 0 ? r : export_list_sums(&list, language, centre, ret, ret_size);
}

int export_ready_manifest(Catalog *catalog, Where where, Language language, char **ret,
                          size_t *ret_size)
{
        static const char *const headings[_LANGUAGE_MAX] = {
                [LANGUAGE_EN] = "point,id_number,name,student_no,file,bytes,sha256,approved",
                [LANGUAGE_ZH] = "教学点,身份证号,姓名,学号,文件,字节数,SHA256,审核通过时间",
        };
        _cleanup_export_list_ ExportList list = {};
        _cleanup_text_ Text text = {};
        int r = export_list_read(catalog, where, &list);

        if (r < 0)
                return r;
        text_append(&text, "\xef\xbb\xbf");
        text_append(&text, headings[language]);
        text_append(&text, "\r\n");
        for (size_t i = 0; i < list.n; i++) {
                append_photo(&text, _FIXED_INVALID, &list.entries[i], language);
                text_append(&text, "\r\n");
        }
        return text_take(&text, ret, ret_size);
}
