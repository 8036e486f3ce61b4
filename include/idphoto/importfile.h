/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>

/*
 * A list that somebody dropped into the office's import directory: a roster or a progress list,
 * whichever its headings say it is. A table with a status and a number is a progress list; one that
 * is a whole roster as well counts as a progress list only if some status in it is known.
 */

typedef struct ImportOptions {
        int64_t batch;
        /* Of teaching points that a roster creates. */
        uid_t uid;
        gid_t gid;
        mode_t mode;
        uid_t actor; /* who dropped it, for the record */
        int64_t now;
} ImportOptions;

/* A list that was read, and not yet taken over. */
typedef struct ImportFile ImportFile;

/*
 * Reads the list behind fd from its start; needs no transaction. name is the file's, for telling
 * and as a hint. 0, however bad the file; -ENOMEM, or the errno of reading.
 */
int import_file_read(const char *name, int fd, int64_t now, ImportFile **ret);
void import_file_free(ImportFile *file);
DEFINE_CLEANUP(ImportFile, import_file_free)

bool import_file_is_progress(const ImportFile *file);

/*
 * Takes it over, inside a transaction. 0 when all of it was, 1 when some rows or all of it were
 * not; *ret_report is in both cases what the office is told, for the caller to free. -EROFS when
 * the batch is closed, or the errno of the catalog; then the catalog is as it was.
 */
int import_file_apply(Catalog *catalog, const ImportFile *file, const ImportOptions *options,
                      Language language, char **ret_report);

/* Both in one, inside a transaction. */
int import_file(Catalog *catalog, const char *name, int fd, const ImportOptions *options,
                Language language, char **ret_report);
