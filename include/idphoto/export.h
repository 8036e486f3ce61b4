/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>
#include <idphoto/exportlist.h>
#include <idphoto/worker.h>

/*
 * Writes an ExportList as a folder or a zip file, after making the missing renditions. Only for
 * commands: each function blocks for as long as a whole batch takes.
 */

typedef struct ExportOptions {
        Language language; /* of the fixed names and the manifest: the store's */
        bool centre;       /* exports the renditions for the collection centre too */
        const char *mark;  /* from audit_mark(); marks the names of unfinished files as this
                             store's own */
        /* Called after each of `total` steps; may be NULL. */
        void (*step)(size_t done, size_t total, void *userdata);
        void *userdata;
} ExportOptions;

typedef enum ExportProblemKind {
        EXPORT_NO_RENDITION, /* error: as worker_render_centre(); -ENOENT: the original was
                                purged */
        EXPORT_STRANGE_FILE, /* a file in platform/ or centre/ that is not part of this export */
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
        uint64_t rendered; /* renditions made */
        uint64_t written;  /* files written, without the two lists */
        uint64_t kept;     /* files that were there already */
        size_t n_problems;
        ExportProblem *problems;
        char *failed; /* the file at which an error ended the work; NULL: none */
} ExportReport;

void export_report_done(ExportReport *report);
#define _cleanup_export_report_ _cleanup_(export_report_done)

/*
 * Makes the renditions that the list lacks from the originals, on all threads of the pool, and
 * stores them as blobs of their photos. Each rendition is a transaction of its own, so an
 * interruption keeps what was made. A photo that allows no rendition is a problem in the report,
 * not an error. 0 or a negative errno.
 */
int export_render(const Store *store, Catalog *catalog, WorkerPool *pool, ExportList *list,
                  const ExportOptions *options, ExportReport *report);

/*
 * Writes the export into the directory behind dirfd. Leaves a file that has the right content.
 * Replaces any other file of that name atomically, once the new file is durable. So an interrupted
 * export continues when it is started again. Reports files in the two folders that are not part of
 * the export, and leaves them. Removes half-written files of a killed export of this store. 0 or a
 * negative errno, with the file in report->failed; -EBUSY: another export is writing there;
 * -EUCLEAN: a blob is not what its name says.
 */
int export_to_folder(const Store *store, const ExportList *list, const ExportOptions *options,
                     int dirfd, ExportReport *report);

/*
 * Writes the export as the zip file `name` in the directory behind dirfd, without compression. The
 * same list always gives the same bytes, because times are the photos' in UTC. For that the call
 * changes TZ, so no other thread may run. The zip is written to a hidden file and then renamed.
 * After an error `name` is unchanged and the hidden file is removed. The next export removes the
 * hidden file of a killed export of this store. Errors as export_to_folder(); -EBUSY: another
 * export is writing the file.
 */
int export_to_zip(const Store *store, const ExportList *list, const ExportOptions *options,
                  int dirfd, const char *name, ExportReport *report);

/* Adds an EVENT_EXPORTED to the audit log, in a transaction of its own. */
int export_record(Catalog *catalog, uint64_t photos, uid_t actor, int64_t now);
