/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>
#include <idphoto/hash.h>

/* Photos that go to the platform and the collection centre. */

/* A photo to export. Its student is approved or locked. Strings live until the callback returns. */
typedef struct ExportRow {
        int64_t student;
        int64_t photo;
        int64_t submission;
        const char *point; /* its name */
        const char *id_number;
        const char *name; /* "" when no roster gives it, like the next */
        const char *student_no;
        unsigned rank; /* number of earlier students of the batch with the same ID number */
        Sha256 blob;
        uint64_t size;
        int64_t mtime;
        bool has_centre;
        Sha256 centre;
        uint64_t centre_size;
        int64_t approved; /* wall time; 0: unknown */
} ExportRow;

/* Reads the ExportRow.rank of a student. */
int catalog_number_rank(Catalog *catalog, int64_t student, unsigned *ret);

typedef int (*ExportCallback)(const ExportRow *row, void *userdata);
/* Lists the photos of a point, each with rank 0, or of all points (point 0), by ID number and
 * student. The listing is one statement, so the callback must not call this function. */
int catalog_list_exports(Catalog *catalog, Where where, ExportCallback callback, void *userdata);
