/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/listworker.h>
#include <idphoto/progress.h>
#include <idphoto/rosterimport.h>

/*
 * A list that was dropped into the office's import directory. It is a roster or a progress list, as
 * its headings say. A table with a status and a number is a progress list. When it is a complete
 * roster as well, it counts as a progress list only if some status in it is known.
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

/* A list that was read and is not yet in the catalog. */
typedef struct ImportFile {
        char *name;     /* as it was given, for messages */
        Roster *roster; /* exactly one of the two is not NULL */
        ProgressList *progress;
} ImportFile;

/*
 * Reads the list behind fd from its start, in worker processes within the limits. Needs no
 * transaction. name is the file's, for messages and as a hint. 0, however bad the file; -ENOMEM, or
 * as worker_read_roster().
 */
int import_file_read(const ListLimits *limits, const char *name, int fd, int64_t now,
                     ImportFile **ret);
void import_file_free(ImportFile *file);
DEFINE_CLEANUP(ImportFile, import_file_free)

/* What was done: the result for the kind of list that the file is; the other one is empty. */
typedef struct ImportResult {
        ProgressImport progress;
        RosterImport roster;
} ImportResult;

void import_result_done(ImportResult *result);
#define _cleanup_import_result_ _cleanup_(import_result_done)

/*
 * Takes the list into the catalog, inside a transaction. 0: all of it was taken; 1: some rows or
 * all of it were not; both with *ret. -EROFS: the batch is closed; else the errno of the catalog.
 * After an error the catalog is as it was.
 */
int import_file_apply(Catalog *catalog, const ImportFile *file, const ImportOptions *options,
                      ImportResult *ret);
