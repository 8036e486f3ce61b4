/* SPDX-License-Identifier: MIT */
#include "blob-driver.h"
#include "check-internal.h"
#include "collect.h"
#include "store-internal.h"

#include <idphoto/clock.h>
#include <idphoto/gateway.h>
#include <idphoto/reviewstate.h>
#include <idphoto/submission.h>

#include <assert.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

/*
 * Compares files with rows. The names in blobs/ go into a table of this connection's own, so that
 * each of the two differences is one statement. A daemon beside may add a blob after the folder was
 * read, and its row before the rows are read. So a blob is missing only when it cannot be opened
 * now, and each fault is looked at again where it is repaired, inside the write transaction that
 * repairs it (collect.c). The age of a file only decides whether it is reported: for a moment a
 * daemon's blob has no row, which is no fault (the daemon touches a blob that it finds there
 * already).
 */

enum { BLOB_GOOD, BLOB_CHANGED };
#define NOT_GOOD "(f.hash IS NULL OR f.state != 0)"
static_assert(BLOB_GOOD == 0, "NOT_GOOD names this number");

static int count_blob(const Sha256 *hash _unused_, int64_t used_nsec _unused_, void *userdata)
{
        ++*(uint64_t *)userdata;
        return 0;
}

static int note_blob(Catalog *catalog, const Sha256 *hash, int state, int64_t used_nsec)
{
        return catalog_run(catalog,
                           "INSERT INTO found (hash, state, used) VALUES (?1, ?2, ?3)"
                           " ON CONFLICT (hash) DO UPDATE SET state = excluded.state,"
                           " used = excluded.used",
                           VALUES(HASH(hash), INTEGER(state), INTEGER(used_nsec)));
}

static int hash_blob(const Sha256 *hash, int64_t used_nsec, void *userdata)
{
        Checking *checking = userdata;
        int r = blob_check(checking->store, hash);

        checking->done++;
        if (checking->check->progress)
                checking->check->progress(checking->done, checking->total,
                                          checking->check->userdata);
        if (r == -ENOENT)
                return 0;
        /* The disk does not give it back, so for a reader it is not what it was. */
        return note_blob(checking->catalog, hash, r > 0 ? BLOB_GOOD : BLOB_CHANGED, used_nsec);
}

static int make_table(Catalog *catalog)
{
        return catalog_execute(catalog,
                               "CREATE TEMP TABLE IF NOT EXISTS found (hash BYTEA PRIMARY KEY,"
                               " state BIGINT, used BIGINT); DELETE FROM found;");
}

/* ---- lists that outlive their statement: a statement that is still read while something is
 * repaired would show the repair ---- */

typedef struct Lost {
        int64_t submission;
        int64_t student;
        int64_t photo; /* 0: the original */
        int64_t used;
        Sha256 hash;
        bool changed;
} Lost;

typedef struct LostList {
        Lost *items;
        size_t n;
        size_t room;
} LostList;

static void lost_done(LostList *list)
{
        free(list->items);
}
#define _cleanup_lost_ _cleanup_(lost_done)

static int add_lost(LostList *list, const Lost *lost)
{
        if (list->n == list->room) {
                Lost *more = realloc(list->items, (list->room + 256) * sizeof(*more));

                if (!more)
                        return -ENOMEM;
                list->items = more;
                list->room += 256;
        }
        list->items[list->n++] = *lost;
        return 0;
}

/* Rows: submission, student, photo, hash, state or when used. */
static int take_lost(const SqlRows *s, void *userdata)
{
        Lost lost = {
                .submission = sql_integer(s, 0),
                .student = sql_integer(s, 1),
                .photo = sql_integer(s, 2),
                .changed = !sql_is_null(s, 4),
                .used = sql_integer(s, 4),
        };

        return sql_hash(s, 3, &lost.hash) ? add_lost(userdata, &lost) : 0;
}

static int collect(Catalog *catalog, const char *sql, LostList *list)
{
        return catalog_each(catalog, sql, NO_VALUES, take_lost, list);
}

/* ---- rows without their blob ---- */

static int find_lost(Catalog *catalog, LostList *list)
{
        int r = collect(catalog,
                        "SELECT s.id, s.student, 0, s.original, f.state FROM submission AS s"
                        " LEFT JOIN found AS f ON f.hash = s.original"
                        " WHERE s.original IS NOT NULL AND " NOT_GOOD,
                        list);

        return r < 0 ? r
                     : collect(catalog,
                               "SELECT p.submission, p.student, p.id, p.blob, f.state FROM photo"
                               " AS p LEFT JOIN found AS f ON f.hash = p.blob"
                               " WHERE length(p.blob) > 0 AND " NOT_GOOD
                               " UNION SELECT p.submission, p.student, p.id, p.centre, f.state"
                               " FROM photo AS p LEFT JOIN found AS f ON f.hash = p.centre"
                               " WHERE p.centre IS NOT NULL AND " NOT_GOOD,
                               list);
}

/* Whether its photo would be the student's again. Nobody looks for the photo of an earlier
 * version. */
static int can_put_back(const Checking *checking, const Lost *lost)
{
        _cleanup_submission_ SubmissionRow row = {};
        int r = catalog_get_submission(checking->catalog, lost->submission, &row);

        if (r <= 0)
                return r;
        if (!row.has_original || row.photo != lost->photo ||
            (row.state != SUBMISSION_ACCEPTED && row.state != SUBMISSION_PASSED))
                return 0;
        /* Somebody may have made the blob again meanwhile. */
        if (blob_check(checking->store, &lost->hash) == 1)
                return 0;
        r = blob_check(checking->store, &row.original);
        return r < 0 ? 0 : r;
}

/* Makes the submission what it was before its verdict. The damaged file goes before the rows are
 * durable, or the photo that is made again would be taken for it. */
static int put_back_rows(Checking *checking, const Lost *lost)
{
        Catalog *catalog = checking->catalog;
        int r;

        r = catalog_run(catalog, "UPDATE student SET photo = 0, state = ?2 WHERE photo = ?1",
                        VALUES(INTEGER(lost->photo), INTEGER(REVIEW_MISSING)));
        if (r >= 0)
                r = catalog_run(catalog, "DELETE FROM photo WHERE id = ?1",
                                VALUES(INTEGER(lost->photo)));
        if (r >= 0)
                r = catalog_run(catalog,
                                "UPDATE submission SET photo = 0, state = ?2, owner = 0"
                                " WHERE id = ?1",
                                VALUES(INTEGER(lost->submission), INTEGER(SUBMISSION_RECEIVED)));
        return r < 0 ? r : blob_erase(checking->store, &lost->hash);
}

/* 1: done. A daemon has the submission in memory, so none may run or start meanwhile. On another
 * machine one may start after the look in here, but what is nobody's it takes when it is committed. */
static int put_back(Checking *checking, const Lost *lost)
{
        int r;

        if (!checking->check->repair || !checking->claimed || lost->photo == 0)
                return 0;
        r = catalog_begin(checking->catalog, true);
        if (r < 0)
                return r;
        r = gateway_serves_elsewhere(checking->catalog);
        if (r >= 0)
                r = r > 0 ? 0 : can_put_back(checking, lost);
        if (r > 0) {
                r = put_back_rows(checking, lost);
                if (r >= 0)
                        r = catalog_commit(checking->catalog) < 0 ? -EIO : 1;
        }
        if (r <= 0)
                catalog_rollback(checking->catalog);
        return r;
}

static int settle_lost(Checking *checking, const Lost *lost)
{
        bool changed = lost->changed;
        char hex[SHA256_HEX_SIZE];
        StoreFault fault;
        int r;

        if (!changed) {
                r = blob_check(checking->store, &lost->hash);
                if (r == 1)
                        return 0; /* it was made since the folder was read, or is in the trash */
                changed = r != -ENOENT;
        }
        fault = lost->photo == 0 ? changed ? STORE_ORIGINAL_CHANGED : STORE_ORIGINAL_MISSING
                : changed        ? STORE_PHOTO_CHANGED
                                 : STORE_PHOTO_MISSING;
        r = put_back(checking, lost);
        if (r < 0)
                return r;
        return checking_report(checking, fault, r > 0, lost->submission, lost->student,
                               sha256_to_hex(&lost->hash, hex));
}

/* ---- blobs without a row ---- */

static int find_orphans(Catalog *catalog, LostList *list)
{
        return collect(catalog,
                       "SELECT 0, 0, 0, f.hash, f.used FROM found AS f"
                       " WHERE NOT EXISTS (SELECT 1 FROM submission WHERE original = f.hash)"
                       " AND NOT EXISTS (SELECT 1 FROM photo WHERE blob = f.hash)"
                       " AND NOT EXISTS (SELECT 1 FROM photo WHERE centre = f.hash AND centre IS"
                       " NOT NULL)",
                       list);
}

static int claim(Checking *checking)
{
        int r;

        checking->claimed = checking->check->repair && store_claim(checking->store) >= 0;
        r = checking->claimed ? gateway_serves_elsewhere(checking->catalog)
                              : gateway_serves(checking->catalog);
        checking->daemon = r > 0;
        return MIN(r, 0);
}

static int report_orphan(Checking *checking, const Sha256 *hash, bool removed)
{
        char hex[SHA256_HEX_SIZE];

        return checking_report(checking, STORE_ORPHAN, removed, 0, 0, sha256_to_hex(hash, hex));
}

/* Keeps those that got a row since they were listed. */
static int remove_orphans(Checking *checking, const LostList *orphans)
{
        const size_t most = collect_batch_most(checking->store);
        size_t at = 0;
        int r = 0;

        while (at < orphans->n && r == 0) {
                CollectBatch batch = {};

                for (; at < orphans->n && batch.n < most; at++)
                        if (!checking_is_young(checking, orphans->items[at].used))
                                batch.hashes[batch.n++] = orphans->items[at].hash;
                r = collect_remove(checking->store, checking->catalog, &batch);
                for (size_t i = 0; i < batch.n && r == 0; i++)
                        if (batch.removed[i])
                                r = report_orphan(checking, &batch.hashes[i], true);
        }
        return r;
}

static int tell_orphans(Checking *checking, const LostList *orphans)
{
        int r = 0;

        for (size_t i = 0; i < orphans->n && r == 0; i++)
                if (!checking_is_young(checking, orphans->items[i].used))
                        r = report_orphan(checking, &orphans->items[i].hash, false);
        return r;
}

static int repair_blobs(Checking *checking, const LostList *orphans)
{
        uint64_t erased;
        int r = remove_orphans(checking, orphans);

        return r != 0 ? r
                      : collect_trash(checking->store, checking->catalog, &(CollectOptions){},
                                      &erased);
}

int check_blobs(Checking *checking)
{
        _cleanup_lost_ LostList lost = {}, orphans = {};
        int r;

        r = make_table(checking->catalog);
        if (r >= 0)
                r = blob_list(checking->store, count_blob, &checking->total);
        if (r >= 0)
                r = blob_list(checking->store, hash_blob, checking);
        /* Reading all blobs may take an hour, and daemons may come and go meanwhile. */
        if (r >= 0)
                r = claim(checking);
        if (r >= 0)
                r = find_orphans(checking->catalog, &orphans);
        if (r >= 0)
                r = find_lost(checking->catalog, &lost);
        for (size_t i = 0; i < lost.n && r == 0; i++)
                r = settle_lost(checking, &lost.items[i]);
        if (r != 0)
                return r;
        return checking->check->repair && !checking->restored ? repair_blobs(checking, &orphans)
                                                              : tell_orphans(checking, &orphans);
}

/* ---- staging ---- */

static int check_staged(int64_t submission, void *userdata)
{
        Checking *checking = userdata;
        _cleanup_submission_ SubmissionRow row = {};
        char name[48];
        struct stat st;
        bool repair;
        int r;

        (void)snprintf(name, sizeof(name), "%" PRId64, submission);
        if (fstatat(checking->store->staging, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
                return 0;
        r = catalog_get_submission(checking->catalog, submission, &row);
        if (r < 0)
                return r;
        if ((r > 0 && row.state <= SUBMISSION_RECEIVED) ||
            checking_is_young(checking, timespec_to_nsec(st.st_ctim)))
                return 0;
        /* A daemon that runs here, or that starts now, may have it open. */
        repair = checking->check->repair && checking->claimed && !checking->restored;
        r = repair ? staging_remove(checking->store, submission) : 0;
        if (r < 0)
                return r;
        (void)snprintf(name, sizeof(name), "staging/%" PRId64, submission);
        return checking_report(checking, STORE_STAGING, repair, 0, 0, name);
}

int check_staging(Checking *checking)
{
        return staging_list(checking->store, check_staged, checking);
}
