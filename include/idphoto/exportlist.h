/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>

/*
 * The content of an export: the photos of a batch's approved and locked students, and two lists.
 * The mount shows it as OFFICE/export/. A command writes it as a folder or a zip file:
 *
 *     platform/ID.jpg    the finished photos
 *     centre/ID.jpg      the renditions for the collection centre that exist [P8]
 *     manifest.csv       a row for each student
 *     SHA256SUMS         the sums of all other files, for `sha256sum -c`
 *
 * Fixed names are in the store's language (fixedname.h).
 */

typedef struct ExportEntry {
        int64_t photo;
        int64_t submission;
        char *file; /* from export_file_name() */
        char *point;
        char *id_number;
        char *name; /* "": unknown, like the next */
        char *student_no;
        Sha256 blob;
        uint64_t size;
        int64_t mtime;
        bool has_centre;
        Sha256 centre;
        uint64_t centre_size;
        int64_t approved; /* wall time; 0: unknown */
} ExportEntry;

/* One snapshot of the catalog, ordered by ID number. */
typedef struct ExportList {
        ExportEntry *entries;
        size_t n;
        size_t allocated;
} ExportList;

/* Makes "ID.jpg" for rank 0, "ID (2).jpg" for rank 1 and so on (ExportRow.rank). The caller frees
 * *ret. 0, -ENOMEM. */
int export_file_name(const char *id_number, unsigned rank, char **ret);

/* Reads the list of a point, or of a batch (point 0). 0 or a negative errno. */
int export_list_read(Catalog *catalog, Where where, ExportList *ret);
void export_list_done(ExportList *list);
#define _cleanup_export_list_ _cleanup_(export_list_done)

/* Number of files: the photos and, with centre, the renditions, but not the two lists. */
size_t export_list_files(const ExportList *list, bool centre);

/*
 * Makes manifest.csv in the format of statuscsv.h: UTF-8 with a byte order mark, CRLF, ID numbers
 * and student numbers as ="…".
 *
 *   en  point,id_number,name,student_no,file,bytes,sha256,approved,
 *       centre_file,centre_bytes,centre_sha256
 *   zh  教学点,身份证号,姓名,学号,文件,字节数,SHA256,审核通过时间,采集中心文件,…
 *
 * The last three are empty for a student without a rendition, and always without centre. The caller
 * frees *ret. 0 or -ENOMEM.
 */
int export_list_manifest(const ExportList *list, Language language, bool centre, char **ret,
                         size_t *ret_size);
/* Makes SHA256SUMS, which covers the manifest too. The caller frees *ret. 0 or a negative errno. */
int export_list_sums(const ExportList *list, Language language, bool centre, char **ret,
                     size_t *ret_size);

/* Make the same two files from the catalog as it is now. The caller frees *ret. 0 or a negative
 * errno. */
int export_manifest(Catalog *catalog, int64_t batch, Language language, bool centre, char **ret,
                    size_t *ret_size);
int export_sums(Catalog *catalog, int64_t batch, Language language, bool centre, char **ret,
                size_t *ret_size);

/*
 * Makes manifest.csv of a point's ready/ [T8] from the catalog as it is now, in the same format:
 *
 *   en  point,id_number,name,student_no,file,bytes,sha256,approved
 *   zh  教学点,身份证号,姓名,学号,文件,字节数,SHA256,审核通过时间
 *
 * The caller frees *ret. 0 or a negative errno.
 */
int export_ready_manifest(Catalog *catalog, Where where, Language language, char **ret,
                          size_t *ret_size);
