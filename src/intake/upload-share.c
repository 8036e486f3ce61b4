/* SPDX-License-Identifier: MIT */
#include "upload-turn.h"

#include "live/barrier.h"
#include "live/elsewhere.h"

#include <idphoto/log.h>
#include <idphoto/mutex.h>
#include <idphoto/submission.h>

#include <stdlib.h>

/* What the thread that keeps this gateway's lease does with uploads: upload-owner.c says whose they are. */

enum {
        CLAIMED_PER_WORKER = 4,
        ADOPT_AT_ONCE = 100, /* of which a lease does not run out */
};

typedef struct Listed {
        int64_t id;
        int64_t generation;
} Listed;

typedef struct Ids {
        Listed *items; /* owned */
        size_t n;
        size_t room;
} Ids;

static void ids_done(Ids *ids)
{
        free(ids->items);
}

static int note_own(int64_t id, int64_t generation, void *userdata)
{
        Ids *ids = userdata;

        if (ids->n == ids->room) {
                size_t room = MAX(2 * ids->room, (size_t)64);
                Listed *more = realloc(ids->items, room * sizeof(*more));

                if (!more)
                        return -ENOMEM;
                ids->items = more;
                ids->room = room;
        }
        ids->items[ids->n++] = (Listed){id, generation};
        return 0;
}

static int note_id(int64_t id, void *userdata)
{
        return note_own(id, 0, userdata);
}

static void find_lost(UploadTable *table, int64_t own, Ids *ret)
{
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&table->lock);

        for (size_t i = 0; i < UPLOAD_BUCKETS; i++)
                for (Upload *u = table->buckets[i]; u; u = u->next)
                        if (u->owner != own && note_id(u->id, ret) < 0)
                                return;
}

void upload_lose_all(Intake *intake)
{
        _cleanup_(ids_done) Ids lost = {};

        find_lost(intake->uploads, store_gateway(intake->store), &lost);
        for (size_t i = 0; i < lost.n; i++) {
                _cleanup_upload_ UploadRef ref = {
                        intake->uploads, upload_table_get(intake->uploads, lost.items[i].id)};

                if (!ref.upload)
                        continue;
                {
                        _cleanup_turn_ pthread_mutex_t *turn = upload_take_turn(ref.upload);

                        upload_lose(intake, ref.upload);
                }
                upload_table_remove_done(intake->uploads, ref.upload);
        }
        if (lost.n > 0)
                log_warning("%zu uploads are another gateway's by now", lost.n);
        barriers_check(intake->barriers);
}

/* ---- getting more ---- */

/* Whether it is what the row was before another gateway had it: that one has given it away or is gone
 * since, and nobody has told. What was kept then is newer than the bytes here. Caller has the turn. */
static bool is_former(Intake *intake, const Upload *u)
{
        _cleanup_reader_ Reader reader = {};
        _cleanup_submission_ SubmissionRow row = {};

        return u->state != UPLOAD_GONE && u->writers == 0 &&
               reader_acquire(intake->writer, &reader) >= 0 &&
               catalog_get_submission(reader.catalog, u->id, &row) > 0 && row.has_original &&
               row.owner == store_gateway(intake->store) && row.generation != u->generation;
}

static void forget_former(Intake *intake, Upload *u)
{
        {
                _cleanup_turn_ pthread_mutex_t *turn = upload_take_turn(u);

                if (is_former(intake, u))
                        upload_lose(intake, u);
        }
        upload_table_remove_done(intake->uploads, u);
}

static void adopt_all(Intake *intake, const Ids *ids)
{
        for (size_t i = 0; i < ids->n; i++) {
                _cleanup_upload_ UploadRef ref = {
                        intake->uploads, upload_table_get(intake->uploads, ids->items[i].id)};

                if (ref.upload)
                        forget_former(intake, ref.upload);
                upload_adopt(intake, ids->items[i].id);
        }
}

/* As much as this gateway judges until it looks again. */
void upload_claim(Intake *intake, Catalog *catalog)
{
        const size_t workers = worker_pool_workers(intake->pool);
        size_t queued = worker_pool_queued(intake->pool), want, n;

        do {
                _cleanup_(ids_done) Ids claimed = {};

                if (queued > workers || intake->uploads->stopping)
                        return;
                want = CLAIMED_PER_WORKER * workers - queued;
                elsewhere_begin_change(intake->elsewhere);
                (void)catalog_claim_uploads(catalog, intake->tree->batch, (unsigned)want, note_id,
                                            &claimed);
                atomic_store(&intake->claiming, true);
                adopt_all(intake, &claimed);
                atomic_store(&intake->claiming, false);
                elsewhere_end_change(intake->elsewhere);
                n = claimed.n;
                queued = worker_pool_queued(intake->pool);
        } while (n == want);
}

static bool is_current(Upload *u, int64_t generation)
{
        bool current;

        upload_lock(u);
        current = u->generation == generation;
        upload_unlock(u);
        return current;
}

bool upload_adopt_strays(Intake *intake, Catalog *catalog)
{
        _cleanup_(ids_done) Ids own = {};
        size_t n = 0;

        /* Until then it is the recovery that adopts. */
        if (!intake->uploads->recovered || catalog_list_own_uploads(catalog, note_own, &own) < 0)
                return true;
        for (size_t i = 0; i < own.n && n < ADOPT_AT_ONCE; i++) {
                _cleanup_upload_ UploadRef ref = {
                        intake->uploads, upload_table_get(intake->uploads, own.items[i].id)};

                if (ref.upload && is_current(ref.upload, own.items[i].generation))
                        continue;
                if (ref.upload)
                        forget_former(intake, ref.upload);
                (void)upload_recover_one(intake, own.items[i].id, true);
                n++;
        }
        return n == ADOPT_AT_ONCE;
}
