/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/progress.h>
#include <idphoto/rosterimport.h>

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
typedef struct ImportFile {
        char *name;     /* as it was given, for telling */
        Roster *roster; /* one of the two is not NULL */
        ProgressList *progress;
} ImportFile;

/*
 * Reads the list behind fd from its start; needs no transaction. name is the file's, for telling
 * and as a hint. 0, however bad the file; -ENOMEM, or the errno of reading.
 */
int import_file_read(const char *name, int fd, int64_t now, ImportFile **ret);
void import_file_free(ImportFile *file);
DEFINE_CLEANUP(ImportFile, import_file_free)

/* What became of it: of the two the one that the file is; the other is empty. */
typedef struct ImportResult {
        ProgressImport progress;
        RosterImport roster;
} ImportResult;

void import_result_done(ImportResult *result);
#define _cleanup_import_result_ _cleanup_(import_result_done)

/*
 * Takes it over, inside a transaction. 0 when all of it was, 1 when some rows or all of it were
 * not, both with *ret. -EROFS when the batch is closed, or the errno of the catalog; then the
 * catalog is as it was.
 */
int import_file_apply(Catalog *catalog, const ImportFile *file, const ImportOptions *options,
                      ImportResult *ret);
