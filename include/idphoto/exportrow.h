/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>
#include <idphoto/hash.h>

/* What leaves for the platform and the collection centre. */

/* A photo to export. Its student is approved or locked. Strings live until the callback returns. */
typedef struct ExportRow {
        int64_t student;
        int64_t photo;
        int64_t submission;
        const char *point; /* its name */
        const char *id_number;
        const char *name; /* "" when no roster tells, like the next */
        const char *student_no;
        unsigned rank; /* students of the batch with that number who were known before */
        Sha256 blob;
        uint64_t size;
        int64_t mtime;
        bool has_centre;
        Sha256 centre;
        uint64_t centre_size;
        int64_t approved; /* wall time; 0 unknown */
} ExportRow;

/* ExportRow.rank of a student. */
int catalog_number_rank(Catalog *catalog, int64_t student, unsigned *ret);

typedef int (*ExportCallback)(const ExportRow *row, void *userdata);
/* Lists the photos of all points, by ID number and student. It is one statement throughout, so the
 * callback must not list exports itself. */
int catalog_list_exports(Catalog *catalog, int64_t batch, ExportCallback callback, void *userdata);
