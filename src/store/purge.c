/* SPDX-License-Identifier: MIT */
#include "catalog-internal.h"
#include "collect.h"
#include "states.h"

#include <idphoto/batch.h>
#include <idphoto/event.h>
#include <idphoto/point.h>
#include <idphoto/purge.h>
#include <idphoto/standing.h>
#include <idphoto/storecheck.h>
#include <idphoto/submission.h>

#include <inttypes.h>
#include <string.h>

/*
 * A row goes before its blob, durably, so that no row ever names a blob that is gone. Then all
 * blobs that no row names are removed, whoever left them (collect.c). The database overwrites what
 * it deletes, but what was deleted earlier, and its log, still hold the past. Hence
 * sql_forget_deleted() at the end.
 */

static int count(Catalog *catalog, const char *sql, const Value *values, size_t n, uint64_t *ret)
{
        int r = catalog_one(catalog, sql, values, n, read_integer, ret);

        return MIN(r, 0);
}

/* -ESTALE: store_was_restored(). */
static int begin(const Store *store, Catalog *catalog)
{
        int r = store_was_restored(store, catalog);

        if (r > 0)
                return -ESTALE;
        if (r >= 0)
                r = sql_overwrite_deleted(catalog_sql(catalog));
        return r < 0 ? r : catalog_begin(catalog, true);
}

/* Commits or rolls back, depending on the result. A dry run is always rolled back. */
static int end(Catalog *catalog, int r, bool dry_run)
{
        if (r < 0 || dry_run) {
                catalog_rollback(catalog);
                return MIN(r, 0);
        }
        return catalog_commit(catalog);
}

static int erase_bytes(const Store *store, Catalog *catalog, PurgeReport *report)
{
        int r = collect_blobs(store, catalog, &(CollectOptions){.erase = true}, &report->files);

        if (r < 0)
                return r;
        r = sql_forget_deleted(catalog_sql(catalog));
        if (r < 0)
                return r;
        report->remains = r == 0;
        return 0;
}

static int add_event(Catalog *catalog, int64_t now, int64_t point, const char *detail)
{
        EventRow event = {.wall = now,
                          .kind = EVENT_PURGED,
                          .point = point,
                          .uid = getuid(),
                          .detail = detail};

        return catalog_add_event(catalog, &event);
}

/* ---- old files ---- */

static int erase_old(Catalog *catalog, int64_t before, int64_t now, PurgeReport *report)
{
        static const char *const steps[] = {
                "DELETE FROM photo WHERE submission IN (SELECT id FROM doomed)",
                "UPDATE submission SET original = NULL, photo = 0, shown_name = NULL,"
                " shown_key = NULL, state = CASE state WHEN " STATE_REJECTED
                " THEN " STATE_DISMISSED " ELSE state END"
                " WHERE id IN (SELECT id FROM doomed)",
        };
        char detail[24];
        int r;

        r = catalog_run(catalog,
                        "INSERT INTO doomed SELECT id FROM submission AS s"
                        " WHERE state IN (" STATE_REJECTED ", " STATE_SUPERSEDED
                        ", " STATE_DISMISSED ", " STATE_WITHDRAWN ", " STATE_UNPACKED
                        ") AND applied < ?1"
                        " AND (original IS NOT NULL OR photo != 0)"
                        " AND NOT EXISTS (SELECT 1 FROM photo AS p WHERE p.submission = s.id"
                        " AND (p.current = 1 OR p.id IN (SELECT t.photo FROM student AS t"
                        " WHERE t.id = p.student)))",
                        VALUES(INTEGER(before)));
        if (r >= 0)
                r = count(catalog, "SELECT count(*) FROM doomed", NO_VALUES, &report->submissions);
        if (r >= 0)
                r = count(catalog,
                          "SELECT coalesce((SELECT sum(size) FROM submission WHERE original IS NOT"
                          " NULL AND id IN (SELECT id FROM doomed)), 0) + coalesce((SELECT"
                          " sum(size + centre_size) FROM photo WHERE submission IN"
                          " (SELECT id FROM doomed)), 0)",
                          NO_VALUES, &report->bytes);
        if (r < 0 || report->submissions == 0)
                return r;
        r = catalog_run_all(catalog, steps, ELEMENTSOF(steps), NO_VALUES);
        (void)snprintf(detail, sizeof(detail), "%" PRIu64, report->submissions);
        return r < 0 ? r : add_event(catalog, now, 0, detail);
}

int store_purge_old(const Store *store, Catalog *catalog, int64_t before, int64_t now, bool dry_run,
                    PurgeReport *ret)
{
        PurgeReport report = {};
        int r;

        r = catalog_execute(catalog,
                            "CREATE TEMP TABLE IF NOT EXISTS doomed (id BIGINT PRIMARY KEY);"
                            "DELETE FROM doomed");
        if (r >= 0)
                r = begin(store, catalog);
        if (r < 0)
                return r;
        r = end(catalog, erase_old(catalog, before, now, &report), dry_run);
        if (r >= 0 && !dry_run)
                r = erase_bytes(store, catalog, &report);
        if (r < 0)
                return r;
        *ret = report;
        return 0;
}

/* ---- a batch ---- */

static int check_batch(Catalog *catalog, int64_t batch)
{
        uint64_t waiting = 0;
        int r = catalog_batch_closed(catalog, batch);

        if (r <= 0)
                return r < 0 ? r : -EPERM;
        r = count(catalog,
                  "SELECT count(*) FROM submission WHERE batch = ?1 AND " UNFINISHED
                  " AND temporary = 0",
                  VALUES(INTEGER(batch)), &waiting);
        if (r < 0)
                return r;
        return waiting > 0 ? -EBUSY : 0;
}

typedef struct Account {
        Catalog *catalog;
        int64_t batch;
        int64_t now;
        const char *batch_name;
} Account;

/* Records what there was at the point; afterwards nobody can count it. */
static int account_for(const PointRow *row, void *userdata)
{
        Account *account = userdata;
        _cleanup_text_ Text detail = {};
        uint64_t files = 0, students = 0;
        PointCounts counts;
        int r = catalog_counts(account->catalog, (Where){account->batch, row->id}, &counts);

        if (r < 0)
                return r;
        for (int i = 0; i < _SUBMISSION_STATE_MAX; i++)
                files += counts.submissions[i];
        for (int i = 0; i < _REVIEW_STATE_MAX; i++)
                students += counts.students[i];
        if (files == 0 && students == 0)
                return 0;
        text_printf(&detail, "batch %s: files %" PRIu64, account->batch_name, files);
        for (int i = 0; i < _REVIEW_STATE_MAX; i++)
                if (counts.students[i] > 0)
                        text_printf(&detail, ", %s %" PRIu64,
                                    review_state_to_string((ReviewState)i), counts.students[i]);
        if (detail.error < 0)
                return detail.error;
        return add_event(account->catalog, account->now, row->id, detail.data);
}

static int erase_batch(Catalog *catalog, int64_t batch, int64_t now, PurgeReport *report)
{
        static const char *const steps[] = {
                "DELETE FROM photo WHERE batch = ?1",   "DELETE FROM submission WHERE batch = ?1",
                "DELETE FROM student WHERE batch = ?1", "DELETE FROM folder WHERE batch = ?1",
                "DELETE FROM tally WHERE batch = ?1",   "DELETE FROM former WHERE batch = ?1",
        };
        _cleanup_free_ char *name = NULL;
        Account account = {.catalog = catalog, .batch = batch, .now = now};
        int r = check_batch(catalog, batch);

        if (r >= 0)
                r = catalog_batch_name(catalog, batch, &name);
        if (r >= 0)
                r = count(catalog, "SELECT count(*) FROM submission WHERE batch = ?1",
                          VALUES(INTEGER(batch)), &report->submissions);
        if (r >= 0)
                r = count(catalog, "SELECT count(*) FROM student WHERE batch = ?1",
                          VALUES(INTEGER(batch)), &report->students);
        if (r >= 0)
                r = count(catalog,
                          "SELECT coalesce((SELECT sum(size) FROM submission WHERE batch = ?1 AND"
                          " original IS NOT NULL), 0) + coalesce((SELECT sum(size + centre_size)"
                          " FROM photo WHERE batch = ?1), 0)",
                          VALUES(INTEGER(batch)), &report->bytes);
        if (r < 0)
                return r;
        account.batch_name = name;
        r = catalog_list_points(catalog, 0, account_for, &account);
        return r < 0 ? r
                     : catalog_run_all(catalog, steps, ELEMENTSOF(steps), VALUES(INTEGER(batch)));
}

typedef struct Leftovers {
        const Store *store;
        Catalog *catalog;
} Leftovers;

/* Removes the bytes of temporary files, whose rows went with the batch. */
static int remove_leftover(int64_t submission, void *userdata)
{
        const Leftovers *leftovers = userdata;
        _cleanup_submission_ SubmissionRow row = {};
        int r = catalog_get_submission(leftovers->catalog, submission, &row);

        if (r != 0)
                return MIN(r, 0);
        return staging_remove(leftovers->store, submission);
}

int store_purge_batch(const Store *store, Catalog *catalog, int64_t batch, int64_t now,
                      bool dry_run, PurgeReport *ret)
{
        Leftovers leftovers = {store, catalog};
        PurgeReport report = {};
        int r = begin(store, catalog);

        if (r < 0)
                return r;
        r = end(catalog, erase_batch(catalog, batch, now, &report), dry_run);
        /* A daemon has its own files open, and removes them itself. */
        if (r >= 0 && !dry_run && store_claim(store) >= 0) {
                r = staging_list(store, remove_leftover, &leftovers);
                store_release(store);
        }
        if (r >= 0 && !dry_run)
                r = erase_bytes(store, catalog, &report);
        if (r < 0)
                return r;
        *ret = report;
        return 0;
}
