/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>
#include <idphoto/exportlist.h>
#include <idphoto/worker.h>

/*
 * Carrying an ExportList out of the store: first the renditions that are missing, then a folder or
 * a zip file. All of it is for commands: it blocks for as long as a batch takes.
 */

typedef struct ExportOptions {
        Language language; /* of the fixed names and the manifest: the store's */
        bool centre;       /* with the renditions for the collection centre */
        const char *mark; /* names files under way so that this store knows its own: audit_mark() */
        /* Called after each of `total` steps; may be NULL. */
        void (*step)(size_t done, size_t total, void *userdata);
        void *userdata;
} ExportOptions;

typedef enum ExportProblemKind {
        EXPORT_NO_RENDITION, /* error: as worker_render_centre(); -ENOENT: the original was purged
                              */
        EXPORT_STRANGE_FILE, /* in platform/ or centre/, and no part of this export */
        _EXPORT_PROBLEM_KIND_MAX,
        _EXPORT_PROBLEM_KIND_INVALID = -EINVAL,
} ExportProblemKind;

typedef struct ExportProblem {
        ExportProblemKind kind;
        char *file; /* with its folder */
        int error;  /* negative errno, 0: none */
} ExportProblem;

/* Counts grow; begin with {}. */
typedef struct ExportReport {
        uint64_t rendered; /* renditions made now */
        uint64_t written;  /* files, without the two lists */
        uint64_t kept;     /* files that were there already */
        size_t n_problems;
        ExportProblem *problems;
        char *failed; /* the file at which the work ended with an error; NULL: none */
} ExportReport;

void export_report_done(ExportReport *report);
#define _cleanup_export_report_ _cleanup_(export_report_done)

/*
 * Makes the renditions that are missing in the list, from the originals, and stores them as blobs
 * of their photos, on all threads of the pool, each in a transaction of its own: what was made is
 * kept if this is interrupted. A photo of which none can be made is a problem in the report and no
 * error. 0 or a negative errno.
 */
int export_render(const Store *store, Catalog *catalog, WorkerPool *pool, ExportList *list,
                  const ExportOptions *options, ExportReport *report);

/*
 * Writes the export into the directory behind dirfd. A file that is there with the right content is
 * left alone; any other of that name is replaced, in one step, once the new one is on the disk. So
 * an interrupted export is gone on with by starting it again. Files of the two folders that are no
 * part of it are told and stay; what a killed export of this store left half written goes. 0 or a
 * negative errno, -EBUSY when another export writes there: report->failed; -EUCLEAN when a blob is
 * not what its name says.
 */
int export_to_folder(const Store *store, const ExportList *list, const ExportOptions *options,
                     int dirfd, ExportReport *report);

/*
 * Writes the export as the zip file `name` in the directory behind dirfd, by way of a hidden file,
 * stored without compression. The same list gives the same bytes, whoever asks and whenever: times
 * are the photos' in UTC. For that TZ is changed for the time of the call, so that no other thread
 * may run. Errors as above, and -EBUSY: another export is writing it. Then NAME is as it was and
 * the hidden file is gone; one that a killed export of this store left is removed by the next.
 */
int export_to_zip(const Store *store, const ExportList *list, const ExportOptions *options,
                  int dirfd, const char *name, ExportReport *report);

/* The entry of the log, in a transaction of its own. */
int export_record(Catalog *catalog, uint64_t photos, uid_t actor, int64_t now);
