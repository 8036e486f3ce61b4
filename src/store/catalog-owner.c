/* SPDX-License-Identifier: MIT */
#include "catalog-submission.h"
#include "collect.h"

/* Whose an unfinished submission is, where several gateways act on one store. */

static int64_t own(const Catalog *catalog)
{
        return store_gateway(catalog_store(catalog));
}

/* 1: the row was still what the caller took it for. */
static int changed_one(Catalog *catalog, const char *sql, const Value *values, size_t n)
{
        int64_t changed = 0;
        int r = catalog_run_counted(catalog, sql, values, n, &changed);

        return r < 0 ? r : changed != 0;
}

int catalog_take_upload(Catalog *catalog, int64_t id, int64_t owner, int64_t generation)
{
        return changed_one(
                catalog,
                "UPDATE submission SET owner = ?4, generation = generation + 1"
                " WHERE id = ?1 AND owner = ?2 AND generation = ?3 AND " UNFINISHED,
                VALUES(INTEGER(id), INTEGER(owner), INTEGER(generation), INTEGER(own(catalog))));
}

int catalog_keep_upload(Catalog *catalog, int64_t id, int64_t generation, const Sha256 *original,
                        uint64_t size, int64_t mtime)
{
        int r = catalog_need_blob(catalog, original);

        if (r < 0)
                return r;
        return changed_one(catalog,
                           "UPDATE submission SET original = ?3, size = ?4, mtime = ?5"
                           " WHERE id = ?1 AND generation = ?2 AND owner = ?6"
                           " AND state <= " STATE_RECEIVED,
                           VALUES(INTEGER(id), INTEGER(generation), HASH(original), INTEGER(size),
                                  INTEGER(mtime), INTEGER(own(catalog))));
}

static int receive(Catalog *catalog, int64_t id, int64_t generation, int64_t next_owner)
{
        return changed_one(catalog,
                           "UPDATE submission SET owner = ?4, state = " STATE_RECEIVED
                           " WHERE id = ?1 AND generation = ?2 AND owner = ?3"
                           " AND state <= " STATE_RECEIVED " AND original IS NOT NULL",
                           VALUES(INTEGER(id), INTEGER(generation), INTEGER(own(catalog)),
                                  INTEGER(next_owner)));
}

int catalog_give_upload(Catalog *catalog, int64_t id, int64_t generation)
{
        return receive(catalog, id, generation, 0);
}

int catalog_tell_received(Catalog *catalog, int64_t id, int64_t generation)
{
        return receive(catalog, id, generation, own(catalog));
}

typedef struct IdList {
        int (*callback)(int64_t id, void *userdata);
        void *userdata;
} IdList;

static int take_id(const SqlRows *row, void *userdata)
{
        const IdList *list = userdata;

        return list->callback(sql_integer(row, 0), list->userdata);
}

/* Asked ten times a second: with nothing to claim it writes nothing, and no commit is waited for.
 * While the server holds commits back, a renewed lease is not seen. Claims would leave one more
 * connection there at each try then, as none of them waits for another. */
int catalog_claim_uploads(Catalog *catalog, int64_t batch, unsigned limit,
                          int (*callback)(int64_t id, void *userdata), void *userdata)
{
        return catalog_some(catalog,
                            "SELECT upload_claim(?1, ?2, ?3)"
                            " WHERE EXISTS (SELECT 1 FROM submission WHERE owner = 0"
                            " AND " UNFINISHED " AND temporary = 0 AND original IS NOT NULL"
                            " AND batch = ?2)"
                            " AND EXISTS (SELECT 1 FROM gateway WHERE id = ?1 AND until > wall())",
                            VALUES(INTEGER(own(catalog)), INTEGER(batch), INTEGER(limit)), take_id,
                            &(IdList){callback, userdata});
}

typedef struct OwnList {
        int (*callback)(int64_t id, int64_t generation, void *userdata);
        void *userdata;
} OwnList;

static int take_own(const SqlRows *row, void *userdata)
{
        const OwnList *list = userdata;

        return list->callback(sql_integer(row, 0), sql_integer(row, 1), list->userdata);
}

int catalog_list_own_uploads(Catalog *catalog,
                             int (*callback)(int64_t id, int64_t generation, void *userdata),
                             void *userdata)
{
        return catalog_some(catalog,
                            "SELECT id, generation FROM submission WHERE owner = ?1 AND " UNFINISHED
                            " ORDER BY id",
                            VALUES(INTEGER(own(catalog))), take_own,
                            &(OwnList){callback, userdata});
}

/* What was never closed has no original, and is not waited for. */
#define OTHERS_PENDING \
        "SELECT 1 FROM submission WHERE " UNFINISHED " AND temporary = 0 AND original IS NOT NULL" \
        " AND owner != ?3 AND id <= ?1 AND state >= ?4"

int catalog_others_pending(Catalog *catalog, int64_t point, int64_t max_id, bool opened)
{
        SubmissionState least = opened ? SUBMISSION_OPEN : SUBMISSION_RECEIVED;

        return catalog_one(
                catalog,
                point != 0 ? OTHERS_PENDING " AND point = ?2 LIMIT 1" : OTHERS_PENDING " LIMIT 1",
                VALUES(INTEGER(max_id), INTEGER(point), INTEGER(own(catalog)), INTEGER(least)),
                read_nothing, NULL);
}
