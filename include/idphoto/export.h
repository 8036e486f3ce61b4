/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>
#include <idphoto/exportlist.h>
#include <idphoto/worker.h>

/*
 * Takes an ExportList out of the store: first makes the renditions that are missing, then writes a
 * folder or a zip file. Only for commands: each function blocks for as long as a batch takes.
 */

typedef struct ExportOptions {
        Language language; /* of the fixed names and the manifest: the store's */
        bool centre;       /* with the renditions for the collection centre */
        const char *mark;  /* audit_mark(): in the names of unfinished files, so that this store
                             knows its own */
        /* Called after each of `total` steps; may be NULL. */
        void (*step)(size_t done, size_t total, void *userdata);
        void *userdata;
} ExportOptions;

typedef enum ExportProblemKind {
        EXPORT_NO_RENDITION, /* error: as worker_render_centre(); -ENOENT: the original was
                                purged */
        EXPORT_STRANGE_FILE, /* in platform/ or centre/, but not part of this export */
        _EXPORT_PROBLEM_KIND_MAX,
        _EXPORT_PROBLEM_KIND_INVALID = -EINVAL,
} ExportProblemKind;

typedef struct ExportProblem {
        ExportProblemKind kind;
        char *file; /* with its folder */
        int error;  /* negative errno, 0: none */
} ExportProblem;

/* Initialise with {}. The functions below add to the counts. */
typedef struct ExportReport {
        uint64_t rendered; /* renditions made now */
        uint64_t written;  /* files, without the two lists */
        uint64_t kept;     /* files that were there already */
        size_t n_problems;
        ExportProblem *problems;
        char *failed; /* the file at which an error ended the work; NULL: none */
} ExportReport;

void export_report_done(ExportReport *report);
#define _cleanup_export_report_ _cleanup_(export_report_done)

/*
 * Makes the renditions that the list lacks, from the originals, on all threads of the pool, and
 * stores them as blobs of their photos. Each is a transaction of its own, so an interruption keeps
 * what was made. A photo that allows no rendition is a problem in the report, not an error. 0 or a
 * negative errno.
 */
int export_render(const Store *store, Catalog *catalog, WorkerPool *pool, ExportList *list,
                  const ExportOptions *options, ExportReport *report);

/*
 * Writes the export into the directory behind dirfd. Leaves a file that has the right content;
 * replaces any other file of that name, in one step, once the new one is on the disk. So the way to
 * continue an interrupted export is to start it again. Files in the two folders that are not part
 * of the export are reported and stay. Half-written files of a killed export of this store are
 * removed. 0 or a negative errno, with the file in report->failed; -EBUSY: another export writes
 * there; -EUCLEAN: a blob is not what its name says.
 */
int export_to_folder(const Store *store, const ExportList *list, const ExportOptions *options,
                     int dirfd, ExportReport *report);

/*
 * Writes the export as the zip file `name` in the directory behind dirfd, without compression, by
 * way of a hidden file. The same list always gives the same bytes: times are the photos' in UTC. TZ
 * is changed during the call for that, so no other thread may run. Errors as export_to_folder();
 * -EBUSY: another export is writing the file. After an error `name` is as it was and the hidden
 * file is gone. The hidden file of a killed export of this store is removed by the next export.
 */
int export_to_zip(const Store *store, const ExportList *list, const ExportOptions *options,
                  int dirfd, const char *name, ExportReport *report);

/* Adds the entry of the audit log, in a transaction of its own. */
int export_record(Catalog *catalog, uint64_t photos, uid_t actor, int64_t now);
