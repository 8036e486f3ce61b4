/* SPDX-License-Identifier: MIT */
#include "elsewhere.h"

#include <idphoto/gateway.h>
#include <idphoto/mutex.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

/* How long a file that another gateway's client has closed, and perhaps goes on writing, is waited for. */
enum { HELD_OPEN_MSEC = 20000 };

typedef struct Foreign {
        int64_t point; /* 0: all */
        int64_t max_id;
} Foreign;

struct Elsewhere {
        Writer *writer;
        atomic_bool others;
        pthread_mutex_t lock; /* innermost; protects all below */
        unsigned changing;
        uint64_t changes; /* ever begun */
        Foreign *foreign; /* what barriers of other gateways wait for */
        size_t n_foreign;
};

int elsewhere_new(Writer *writer, Elsewhere **ret)
{
        Elsewhere *elsewhere = calloc(1, sizeof(*elsewhere));

        if (!elsewhere)
                return -ENOMEM;
        elsewhere->writer = writer;
        (void)pthread_mutex_init(&elsewhere->lock, NULL);
        *ret = elsewhere;
        return 0;
}

void elsewhere_free(Elsewhere *elsewhere)
{
        if (!elsewhere)
                return;
        free(elsewhere->foreign);
        (void)pthread_mutex_destroy(&elsewhere->lock);
        free(elsewhere);
}

void elsewhere_set_others(Elsewhere *elsewhere, bool others)
{
        atomic_store(&elsewhere->others, others);
}

/* ---- what is pending ---- */

void elsewhere_begin_change(Elsewhere *elsewhere)
{
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&elsewhere->lock);

        elsewhere->changing++;
        elsewhere->changes++;
}

void elsewhere_end_change(Elsewhere *elsewhere)
{
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&elsewhere->lock);

        elsewhere->changing--;
}

/* False: a change is under way. */
static bool note_changes(Elsewhere *elsewhere, uint64_t *ret)
{
        bool still;
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&elsewhere->lock);

        *ret = elsewhere->changes;
        still = elsewhere->changing == 0;
        return still;
}

/* Whether something is pending: 1, 0, or a negative errno. */
static int ask(Elsewhere *elsewhere, const BarrierScope *scope, bool opened)
{
        _cleanup_reader_ Reader reader = {};
        int r = reader_acquire(elsewhere->writer, &reader);

        if (r >= 0 && scope->all)
                return catalog_others_pending(reader.catalog, 0, scope->max_id, opened);
        for (size_t i = 0; r == 0 && i < scope->n_points; i++)
                r = catalog_others_pending(reader.catalog, scope->points[i], scope->max_id, opened);
        return r;
}

int elsewhere_pending(Elsewhere *elsewhere, const BarrierScope *scope, int64_t waited_msec)
{
        uint64_t before = 0, after = 0;
        int r;

        if (!elsewhere)
                return 0;
        if (!note_changes(elsewhere, &before))
                return 1;
        r = ask(elsewhere, scope, waited_msec < HELD_OPEN_MSEC);
        return r != 0 ? r : !note_changes(elsewhere, &after) || after != before;
}

/* ---- hurrying each other ---- */

static int put_barrier(Catalog *catalog, void *userdata)
{
        const BarrierScope *scope = userdata;
        int r = scope->all ? gateway_put_barrier(catalog, 0, scope->max_id) : 0;

        for (size_t i = 0; r >= 0 && i < scope->n_points; i++)
                r = gateway_put_barrier(catalog, scope->points[i], scope->max_id);
        return r;
}

void elsewhere_hurry(Elsewhere *elsewhere, const BarrierScope *scope)
{
        if (elsewhere && atomic_load(&elsewhere->others))
                (void)writer_run(elsewhere->writer, WRITER_NOTHING, put_barrier, (void *)scope, 0);
}

typedef struct Found {
        Foreign *foreign;
        size_t n;
} Found;

static int note_barrier(int64_t point, int64_t max_id, void *userdata)
{
        Found *found = userdata;
        Foreign *more = realloc(found->foreign, (found->n + 1) * sizeof(*more));

        if (!more)
                return -ENOMEM;
        more[found->n++] = (Foreign){point, max_id};
        found->foreign = more;
        return 0;
}

void elsewhere_poll(Elsewhere *elsewhere, Catalog *catalog, ElsewhereCallback callback,
                    void *userdata)
{
        Found found = {};
        Foreign *before;

        if (!atomic_load(&elsewhere->others))
                return;
        (void)gateway_list_barriers(catalog, note_barrier, &found);
        (void)pthread_mutex_lock(&elsewhere->lock);
        before = elsewhere->foreign;
        elsewhere->foreign = found.foreign;
        elsewhere->n_foreign = found.n;
        (void)pthread_mutex_unlock(&elsewhere->lock);
        free(before);
        /* Only this thread replaces the list. */
        for (size_t i = 0; i < found.n; i++)
                callback(found.foreign[i].point, found.foreign[i].max_id, userdata);
}

bool elsewhere_covers(Elsewhere *elsewhere, int64_t point, int64_t upload)
{
        _cleanup_unlock_ pthread_mutex_t *locked = NULL;
        bool found = false;

        if (!elsewhere)
                return false;
        locked = mutex_lock(&elsewhere->lock);
        for (size_t i = 0; i < elsewhere->n_foreign && !found; i++)
                found = (elsewhere->foreign[i].point == 0 ||
                         elsewhere->foreign[i].point == point) &&
                        upload <= elsewhere->foreign[i].max_id;
        return found;
}
