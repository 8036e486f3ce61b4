/* SPDX-License-Identifier: MIT */
#include "upload-table.h"

#include "lease.h"

#include <idphoto/io.h>
#include <idphoto/mutex.h>
#include <idphoto/submission.h>

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* How long a flushed upload may take to be released before a barrier ignores it. */
enum { CLOSING_MSEC = 2000 };

int upload_table_new(const UploadTableOptions *options, UploadTable **ret)
{
        UploadTable *table = calloc(1, sizeof(*table));

        if (!table)
                return -ENOMEM;
        (void)pthread_mutex_init(&table->lock, NULL);
        table->options = *options;
        table->recovered = true;
        *ret = table;
        return 0;
}

static void upload_free(Upload *upload)
{
        if (upload->orphan >= 0)
                (void)safe_close(upload->orphan);
        (void)pthread_mutex_destroy(&upload->keeping);
        (void)pthread_mutex_destroy(&upload->turn);
        (void)pthread_mutex_destroy(&upload->lock);
        free(upload->name);
        free(upload);
}

void upload_table_free(UploadTable *table)
{
        if (!table)
                return;
        for (size_t i = 0; i < UPLOAD_BUCKETS; i++)
                for (Upload *u = table->buckets[i], *next; u; u = next) {
                        next = u->next;
                        upload_free(u);
                }
        for (size_t i = 0; i < SHARE_BUCKETS; i++)
                for (Share *s = table->shares[i], *next; s; s = next) {
                        next = s->next;
                        free(s);
                }
        for (Staged *s = table->staged, *next; s; s = next) {
                next = s->next;
                free(s);
        }
        (void)pthread_mutex_destroy(&table->lock);
        free(table);
}

/* ---- finding ---- */

static Upload **table_bucket(UploadTable *table, int64_t id)
{
        return &table->buckets[(uint64_t)id % UPLOAD_BUCKETS];
}

/* Caller holds the lock. */
static Upload *find(UploadTable *table, int64_t id)
{
        Upload *u = *table_bucket(table, id);

        while (u && u->id != id)
                u = u->next;
        return u;
}

Upload *upload_table_get(UploadTable *table, int64_t id)
{
        Upload *u;
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&table->lock);

        u = find(table, id);
        if (u)
                u->references++;
        return u;
}

int upload_find(UploadTable *table, int64_t id, UploadClaim claim, Upload **ret)
{
        *ret = upload_table_get(table, id);
        return *ret ? 0 : table->options.hooks.adopt(table->options.hooks.world, id, claim, ret);
}

Upload *upload_peek(UploadTable *table, int64_t id)
{
        Upload *u = NULL;

        /* An upload that a dead daemon left behind may have more bytes than its row says. */
        if (table->recovered || id > table->max_left)
                return upload_table_get(table, id);
        (void)upload_find(table, id, UPLOAD_OWN, &u);
        return u;
}

void upload_unref(UploadTable *table, Upload *upload)
{
        bool last;

        (void)pthread_mutex_lock(&table->lock);
        assert(upload->references > 0);
        last = --upload->references == 0;
        (void)pthread_mutex_unlock(&table->lock);
        if (last)
                upload_free(upload);
}

int64_t upload_max_id(UploadTable *table)
{
        int64_t id;
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&table->lock);

        id = table->max_id;
        return id;
}

/* ---- names ---- */

/* Caller holds the lock. */
static int64_t *by_name(UploadTable *table, const Place *place, const char *name)
{
        uint64_t hash = (uint64_t)place->point * 31 + (uint64_t)place->folder;

        for (const char *c = name; *c; c++)
                hash = (hash ^ (unsigned char)*c) * 0x100000001b3u;
        return &table->names[(hash >> 20) % UPLOAD_NAMES];
}

void upload_table_name(UploadTable *table, const Place *place, const char *name, int64_t id)
{
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&table->lock);

        *by_name(table, place, name) = id;
}

/* ---- counting ---- */

/* Caller holds the lock. NULL: no memory. */
static Share *share_of(UploadTable *table, int64_t point, uid_t uid)
{
        Share **bucket = &table->shares[((uint64_t)point * 31 + uid) % SHARE_BUCKETS], *s = *bucket;

        while (s && (s->point != point || s->uid != uid))
                s = s->next;
        if (s)
                return s;
        s = malloc(sizeof(*s));
        if (!s)
                return NULL;
        *s = (Share){.point = point, .uid = uid, .next = *bucket};
        return *bucket = s;
}

int upload_count_open(UploadTable *table, int64_t point, uid_t uid)
{
        Share *share;
        int r = 0;

        if (store_room(table->options.store) != STORE_ROOM_ENOUGH)
                return -ENOSPC;
        (void)pthread_mutex_lock(&table->lock);
        share = share_of(table, point, uid);
        if (!share)
                r = -ENOMEM;
        else if (share->n_open >= table->options.limits.max_open)
                r = -EMFILE;
        else
                share->n_open++;
        (void)pthread_mutex_unlock(&table->lock);
        return r;
}

void upload_count_closed(UploadTable *table, int64_t point, uid_t uid)
{
        Share *share;
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&table->lock);

        share = share_of(table, point, uid);
        if (share)
                share->n_open--;
}

/* Caller holds the table's lock. */
static void count_temporary(UploadTable *table, const Upload *u, int by)
{
        Share *share = share_of(table, u->place.point, u->actor);

        if (share && (by > 0 || share->n_temporary > 0))
                share->n_temporary += (unsigned)by;
}

int upload_count_temporary(UploadTable *table, int64_t point, uid_t uid)
{
        Share *share;
        int r = 0;
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&table->lock);

        share = share_of(table, point, uid);
        if (!share)
                r = -ENOMEM;
        else if (share->n_temporary >= table->options.limits.max_temporary)
                r = -EDQUOT;
        return r;
}

/* Caller holds the lock. NULL: no memory. */
static Staged *find_staged(UploadTable *table, int64_t point)
{
        Staged *s = table->staged;

        while (s && s->point != point)
                s = s->next;
        if (s)
                return s;
        s = calloc(1, sizeof(*s));
        if (!s)
                return NULL;
        *s = (Staged){.point = point, .next = table->staged};
        return table->staged = s;
}

int upload_charge(UploadTable *table, Upload *upload, uint64_t size, bool is_there)
{
        Staged *staged;
        int r = 0;
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&table->lock);

        if (size != upload->charged && !upload->removed) {
                staged = find_staged(table, upload->place.point);
                if (!staged)
                        r = -ENOMEM;
                else if (!is_there && size > upload->charged &&
                         staged->bytes + (size - upload->charged) >
                                 table->options.limits.max_staged)
                        r = -EDQUOT;
                else {
                        staged->bytes = staged->bytes - upload->charged + size;
                        upload->charged = size;
                }
        }
        return r;
}

/* ---- adding and removing ---- */

/* An upload in the table with a normal name will be judged. */
static void hold(UploadTable *table, Upload *u, bool wanted)
{
        if (atomic_exchange(&u->holds, wanted) == wanted)
                return;
        if (wanted)
                lease_hold(table->options.leases, u->place.point);
        else
                lease_let_go(table->options.leases, u->place.point);
}

static Upload *upload_new(const SubmissionRow *row, UploadState state)
{
        Upload *u = calloc(1, sizeof(*u));

        if (!u)
                return NULL;
        u->name = strdup(row->name);
        if (!u->name) {
                free(u);
                return NULL;
        }
        (void)pthread_mutex_init(&u->keeping, NULL);
        (void)pthread_mutex_init(&u->turn, NULL);
        (void)pthread_mutex_init(&u->lock, NULL);
        u->id = row->id;
        u->place = (Place){.point = row->point, .folder = row->folder, .temporary = row->temporary};
        u->temporary = row->temporary;
        u->owner = row->owner;
        u->generation = row->generation;
        u->state = state;
        u->orphan = -EBADF;
        u->size = row->size;
        u->mode = row->mode;
        u->uid = row->uid;
        u->gid = row->gid;
        u->actor = row->actor;
        u->mtime = row->mtime;
        u->changed = row->changed != 0 ? row->changed : row->created;
        return u;
}

int upload_table_add(UploadTable *table, const SubmissionRow *row, UploadState state, Upload **ret)
{
        Upload *u = upload_new(row, state), *existing;

        if (!u)
                return -ENOMEM;
        (void)upload_take_turn(u);
        (void)pthread_mutex_lock(&table->lock);
        existing = find(table, row->id);
        if (existing)
                existing->references++;
        else {
                u->references = 2; /* the table's and the caller's */
                u->next = *table_bucket(table, u->id);
                *table_bucket(table, u->id) = u;
                table->max_id = MAX(table->max_id, u->id);
                if (u->temporary)
                        count_temporary(table, u, 1);
        }
        (void)pthread_mutex_unlock(&table->lock);
        if (existing) {
                (void)pthread_mutex_unlock(&u->turn);
                upload_free(u);
                u = existing;
        } else
                hold(table, u, !row->temporary);
        *ret = u;
        return existing ? 0 : 1;
}

/* Caller holds the upload's lock. */
static void remove_locked(UploadTable *table, Upload *upload)
{
        bool found = false;

        (void)upload_charge(table, upload, 0, true);
        (void)pthread_mutex_lock(&table->lock);
        upload->removed = true;
        for (Upload **p = table_bucket(table, upload->id); *p; p = &(*p)->next)
                if (*p == upload) {
                        *p = upload->next;
                        found = true;
                        break;
                }
        if (found && upload->temporary)
                count_temporary(table, upload, -1);
        (void)pthread_mutex_unlock(&table->lock);
        if (found) {
                hold(table, upload, false);
                upload_unref(table, upload);
        }
}

void upload_table_remove(UploadTable *table, Upload *upload)
{
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&upload->lock);

        remove_locked(table, upload);
}

void upload_table_remove_done(UploadTable *table, Upload *u)
{
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&u->lock);

        /* Under one lock with the look, or somebody who opens it gets what no table knows. */
        if (u->state == UPLOAD_GONE && u->writers == 0 && u->readers == 0 &&
            (!u->closed_clean || u->nameless))
                remove_locked(table, u);
        else if (u->state == UPLOAD_GONE)
                hold(table, u, false);
}

void upload_set_temporary(UploadTable *table, Upload *u, bool temporary)
{
        (void)pthread_mutex_lock(&table->lock);
        if (u->temporary != temporary && !u->removed)
                count_temporary(table, u, temporary ? 1 : -1);
        u->temporary = temporary;
        (void)pthread_mutex_unlock(&table->lock);
        hold(table, u, !temporary && u->state != UPLOAD_GONE);
}

void upload_transition(Upload *upload, UploadEvent event)
{
        UploadState next = upload_state_next(upload->state, event);

        assert(next >= 0);
        upload->state = next;
}

/* ---- what others see of it ---- */

/* It never changes. */
int64_t upload_point(const Upload *upload)
{
        return upload->place.point;
}

bool upload_is_open(Upload *u)
{
        bool open;
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&u->lock);

        open = u->writers > 0;
        return open;
}

bool upload_is_judgeable(Upload *u)
{
        bool dirty;
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&u->lock);

        dirty = u->dirty && !u->temporary && u->state == UPLOAD_WRITING;
        return dirty;
}

/* Caller holds the lock, as of the next. */
static UploadAttributes attributes_of(const Upload *u)
{
        return (UploadAttributes){.size = u->size,
                                  .mode = u->mode,
                                  .uid = u->uid,
                                  .gid = u->gid,
                                  .mtime = u->mtime,
                                  .changed = u->changed};
}

static bool is_in_hand(const Upload *u)
{
        return u->state == UPLOAD_WRITING || u->state == UPLOAD_HELD;
}

void upload_attributes(Upload *u, UploadAttributes *ret)
{
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&u->lock);

        *ret = attributes_of(u);
}

bool upload_in_hand(UploadTable *table, int64_t id, UploadAttributes *ret)
{
        _cleanup_upload_ UploadRef ref = {table, upload_table_get(table, id)};
        bool in_hand;

        if (!ref.upload)
                return false;
        upload_lock(ref.upload);
        in_hand = is_in_hand(ref.upload);
        *ret = attributes_of(ref.upload);
        upload_unlock(ref.upload);
        return in_hand;
}

bool upload_in_hand_named(UploadTable *table, const Place *place, const char *name, int64_t *ret_id,
                          UploadAttributes *ret)
{
        _cleanup_upload_ UploadRef ref = {table, NULL};
        const Upload *u;
        bool in_hand;

        (void)pthread_mutex_lock(&table->lock);
        *ret_id = *by_name(table, place, name);
        (void)pthread_mutex_unlock(&table->lock);
        u = ref.upload = upload_table_get(table, *ret_id);
        if (!u)
                return false;
        upload_lock(ref.upload);
        in_hand = is_in_hand(u) && u->place.point == place->point &&
                  u->place.folder == place->folder && strcmp(u->name, name) == 0;
        *ret = attributes_of(u);
        upload_unlock(ref.upload);
        return in_hand;
}

bool upload_nameless(UploadTable *table, int64_t id, UploadAttributes *ret)
{
        _cleanup_upload_ UploadRef ref = {table, upload_table_get(table, id)};
        bool nameless;

        if (!ref.upload)
                return false;
        upload_lock(ref.upload);
        nameless = ref.upload->nameless;
        upload_unlock(ref.upload);
        if (nameless)
                upload_attributes(ref.upload, ret);
        return nameless;
}

static bool is_pending(const Upload *u, int64_t now)
{
        int64_t flushed;

        if (u->temporary)
                return false;
        switch ((UploadState)u->state) {
        case UPLOAD_RECEIVED:
        case UPLOAD_SETTLING:
        case UPLOAD_JUDGED:
                return true;
        case UPLOAD_WRITING:
                /* close() has returned to the client, the release is on its way. */
                flushed = u->flushed_at;
                return flushed != 0 && now - flushed < CLOSING_MSEC * NSEC_PER_MSEC;
        default:
                return false;
        }
}

bool upload_any_pending(UploadTable *table, int64_t point, int64_t min_id, int64_t max_id)
{
        int64_t now = clock_monotonic_nsec(table->options.clock);
        bool any = !table->recovered;
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&table->lock);

        for (size_t i = 0; i < UPLOAD_BUCKETS && !any; i++)
                for (Upload *u = table->buckets[i]; u && !any; u = u->next)
                        any = u->id >= min_id && u->id <= max_id &&
                              (point == 0 || u->place.point == point) && is_pending(u, now);
        return any;
}

bool upload_origin(UploadTable *table, int64_t id, Node *ret)
{
        _cleanup_upload_ UploadRef ref = {table, upload_table_get(table, id)};
        Upload *u = ref.upload;
        bool found;

        if (!u)
                return false;
        upload_lock(u);
        found = u->closed_clean;
        if (found)
                *ret = u->origin;
        upload_unlock(u);
        return found;
}

bool upload_untouched(UploadTable *table, int64_t id, Node *ret_origin)
{
        _cleanup_upload_ UploadRef ref = {table, upload_table_get(table, id)};
        Upload *u = ref.upload;
        bool untouched;

        if (!u)
                return false;
        upload_lock(u);
        untouched = upload_is_untouched(u);
        if (untouched)
                *ret_origin = u->origin;
        upload_unlock(u);
        return untouched;
}
