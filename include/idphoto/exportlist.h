/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>

/*
 * What an export consists of: the photos of those students of a batch who are approved or locked,
 * under their names, and the two lists that go with them. The mount shows it as OFFICE/export/; a
 * command writes it into a folder or a zip file:
 *
 *     platform/ID.jpg    the finished photos
 *     centre/ID.jpg      the renditions for the collection centre that exist [P8]
 *     manifest.csv       a row for each student
 *     SHA256SUMS         of all the others, for `sha256sum -c`
 *
 * Fixed names are those of the store's language (fixedname.h).
 */

typedef struct ExportEntry {
        int64_t photo;
        int64_t submission;
        char *file; /* export_file_name() */
        char *point;
        char *id_number;
        char *name; /* "" unknown, like the next */
        char *student_no;
        Sha256 blob;
        uint64_t size;
        int64_t mtime;
        bool has_centre;
        Sha256 centre;
        uint64_t centre_size;
        int64_t approved; /* wall time; 0 unknown */
} ExportEntry;

/* In the order of ID numbers; one moment of the catalog. */
typedef struct ExportList {
        ExportEntry *entries;
        size_t n;
        size_t allocated;
} ExportList;

/* Makes "ID.jpg", or "ID (2).jpg" and so on when `rank` (ExportRow.rank) students with this number
 * were known before. The caller frees *ret. 0, -ENOMEM. */
int export_file_name(const char *id_number, unsigned rank, char **ret);

/* 0 or a negative errno. */
int export_list_read(Catalog *catalog, int64_t batch, ExportList *ret);
void export_list_done(ExportList *list);
#define _cleanup_export_list_ _cleanup_(export_list_done)

/* Number of photos and, with centre, of renditions. The two lists are not counted. */
size_t export_list_files(const ExportList *list, bool centre);

/*
 * manifest.csv, in the manner of statuscsv.h: UTF-8 with a byte order mark, CRLF, numbers of people
 * as ="…".
 *
 *   en  point,id_number,name,student_no,file,bytes,sha256,approved,
 *       centre_file,centre_bytes,centre_sha256
 *   zh  教学点,身份证号,姓名,学号,文件,字节数,SHA256,审核通过时间,采集中心文件,…
 *
 * The last three are empty where there is no rendition, or without centre. The caller frees *ret.
 */
int export_list_manifest(const ExportList *list, Language language, bool centre, char **ret,
                         size_t *ret_size);
/* SHA256SUMS; it includes the manifest. */
int export_list_sums(const ExportList *list, Language language, bool centre, char **ret,
                     size_t *ret_size);

/* The same two, of the catalog as it is now. */
int export_manifest(Catalog *catalog, int64_t batch, Language language, bool centre, char **ret,
                    size_t *ret_size);
int export_sums(Catalog *catalog, int64_t batch, Language language, bool centre, char **ret,
                size_t *ret_size);
