/* SPDX-License-Identifier: MIT */
#include "upload-internal.h"

#include "announcer.h"
#include "barrier.h"
#include "lease.h"

#include <idphoto/clientname.h>
#include <idphoto/io.h>
#include <idphoto/log.h>

#include <assert.h>
#include <fcntl.h>
#include <string.h>

/*
 * The table and opening; writing stands in uploadwrite.c, what happens to a finished upload in
 * uploadjudge.c.
 *
 * A staging file is written only while its upload is WRITING. When a received upload is opened for
 * writing again, its content goes to a new staging file, because the old one may be on its way to
 * become a blob, which is never changed; the examination under way then finds another generation
 * and is thrown away.
 */

enum {
        FRESH_MSEC = 10000, /* how long an upload made for a reopened name waits for that open, and
                               is remembered after it was none */
};

/* ---- table ---- */

int upload_table_new(UploadTable **ret)
{
        UploadTable *table = calloc(1, sizeof(*table));

        if (!table)
                return -ENOMEM;
        (void)pthread_mutex_init(&table->lock, NULL);
        *ret = table;
        return 0;
}

static void upload_free(Upload *upload)
{
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
        for (Staged *s = table->staged, *next; s; s = next) {
                next = s->next;
                free(s);
        }
        (void)pthread_mutex_destroy(&table->lock);
        free(table);
}

static Upload **table_bucket(UploadTable *table, int64_t id)
{
        return &table->buckets[(uint64_t)id % UPLOAD_BUCKETS];
}

static Upload *table_find(UploadTable *table, int64_t id)
{
        Upload *u = *table_bucket(table, id);

        while (u && u->id != id)
                u = u->next;
        return u;
}

Upload *upload_get(Fs *fs, int64_t id)
{
        Upload *u;

        (void)pthread_mutex_lock(&fs->uploads->lock);
        u = table_find(fs->uploads, id);
        if (u)
                u->references++;
        (void)pthread_mutex_unlock(&fs->uploads->lock);
        return u;
}

void upload_unref(Fs *fs, Upload *upload)
{
        bool last;

        (void)pthread_mutex_lock(&fs->uploads->lock);
        assert(upload->references > 0);
        last = --upload->references == 0;
        (void)pthread_mutex_unlock(&fs->uploads->lock);
        if (last)
                upload_free(upload);
}

/* What is named and in the table will be judged. */
static void hold(Fs *fs, Upload *u, bool wanted)
{
        if (atomic_exchange(&u->holds, wanted) == wanted)
                return;
        if (wanted)
                lease_hold(fs, u->place.point);
        else
                lease_let_go(fs, u->place.point);
}

int upload_table_add(Fs *fs, const SubmissionRow *row, bool place_temporary, UploadState state,
                     Upload **ret)
{
        UploadTable *table = fs->uploads;
        Upload *u = calloc(1, sizeof(*u)), *existing;

        if (!u)
                return -ENOMEM;
        u->name = strdup(row->name);
        if (!u->name) {
                free(u);
                return -ENOMEM;
        }
        (void)pthread_mutex_init(&u->lock, NULL);
        u->id = row->id;
        u->place =
                (Place){.point = row->point, .folder = row->folder, .temporary = place_temporary};
        u->temporary = row->temporary;
        u->state = state;
        u->size = row->size;
        u->mode = row->mode;
        u->uid = row->uid;
        u->gid = row->gid;
        u->mtime = row->mtime;
        (void)pthread_mutex_lock(&table->lock);
        existing = table_find(table, row->id);
        if (existing)
                existing->references++;
        else {
                u->references = 2; /* the table's and the caller's */
                u->next = *table_bucket(table, u->id);
                *table_bucket(table, u->id) = u;
                table->max_id = MAX(table->max_id, u->id);
        }
        (void)pthread_mutex_unlock(&table->lock);
        if (existing) {
                upload_free(u);
                u = existing;
        } else
                hold(fs, u, !row->temporary);
        *ret = u;
        return existing ? 0 : 1;
}

void upload_table_remove(Fs *fs, Upload *upload)
{
        bool found = false;

        (void)upload_charge(fs, upload, 0, true);
        (void)pthread_mutex_lock(&fs->uploads->lock);
        upload->removed = true;
        for (Upload **p = table_bucket(fs->uploads, upload->id); *p; p = &(*p)->next)
                if (*p == upload) {
                        *p = upload->next;
                        found = true;
                        break;
                }
        (void)pthread_mutex_unlock(&fs->uploads->lock);
        if (found) {
                hold(fs, upload, false);
                upload_unref(fs, upload);
        }
}

int64_t upload_max_id(Fs *fs)
{
        int64_t id;

        (void)pthread_mutex_lock(&fs->uploads->lock);
        id = fs->uploads->max_id;
        (void)pthread_mutex_unlock(&fs->uploads->lock);
        return id;
}

void upload_transition(Upload *upload, UploadEvent event)
{
        UploadState next = upload_state_next(upload->state, event);

        assert(next >= 0);
        upload->state = next;
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

int upload_charge(Fs *fs, Upload *upload, uint64_t size, bool is_there)
{
        UploadTable *table = fs->uploads;
        Staged *staged;
        int r = 0;

        (void)pthread_mutex_lock(&table->lock);
        if (size != upload->charged && !upload->removed) {
                staged = find_staged(table, upload->place.point);
                if (!staged)
                        r = -ENOMEM;
                else if (!is_there && size > upload->charged &&
                         staged->bytes + (size - upload->charged) > fs->options.max_staged_bytes)
                        r = -EDQUOT;
                else {
                        staged->bytes = staged->bytes - upload->charged + size;
                        upload->charged = size;
                }
        }
        (void)pthread_mutex_unlock(&table->lock);
        return r;
}

static int count_open(Fs *fs)
{
        int r = 0;

        (void)pthread_mutex_lock(&fs->uploads->lock);
        if (fs->uploads->n_open >= fs->options.max_open_uploads)
                r = -EMFILE;
        else
                fs->uploads->n_open++;
        (void)pthread_mutex_unlock(&fs->uploads->lock);
        return r;
}

void upload_count_closed(Fs *fs)
{
        (void)pthread_mutex_lock(&fs->uploads->lock);
        fs->uploads->n_open--;
        (void)pthread_mutex_unlock(&fs->uploads->lock);
}

/* ---- attributes ---- */

bool upload_is_judgeable(Upload *upload)
{
        bool dirty;

        (void)pthread_mutex_lock(&upload->lock);
        dirty = upload->dirty && !upload->temporary && upload->state == UPLOAD_WRITING;
        (void)pthread_mutex_unlock(&upload->lock);
        return dirty;
}

/* It never changes. */
int64_t upload_point(const Upload *upload)
{
        return upload->place.point;
}

bool upload_is_writing(Upload *upload)
{
        bool writing;

        (void)pthread_mutex_lock(&upload->lock);
        writing = upload->state == UPLOAD_WRITING;
        (void)pthread_mutex_unlock(&upload->lock);
        return writing;
}

void upload_attributes(Upload *upload, UploadAttributes *ret)
{
        (void)pthread_mutex_lock(&upload->lock);
        *ret = (UploadAttributes){
                .size = upload->size,
                .mode = upload->mode,
                .uid = upload->uid,
                .gid = upload->gid,
                .mtime = upload->mtime,
        };
        (void)pthread_mutex_unlock(&upload->lock);
}

typedef struct AttributesTask {
        int64_t id;
        UploadAttributes attributes;
} AttributesTask;

static int store_attributes(Catalog *catalog, void *userdata)
{
        const AttributesTask *task = userdata;

        return catalog_set_submission_attributes(catalog, task->id, task->attributes.mode,
                                                 task->attributes.uid, task->attributes.gid,
                                                 task->attributes.mtime);
}

int upload_set_attributes(Fs *fs, int64_t id, const mode_t *mode, const uid_t *uid,
                          const gid_t *gid, const int64_t *mtime)
{
        _cleanup_upload_ UploadRef ref = {fs, upload_get(fs, id)};
        Upload *u = ref.upload;
        AttributesTask task;
        int r;

        if (!u)
                return -ESTALE;
        (void)pthread_mutex_lock(&u->lock);
        if (u->state == UPLOAD_GONE) {
                (void)pthread_mutex_unlock(&u->lock);
                return -ESTALE;
        }
        if (mode)
                u->mode = *mode & 07777;
        if (uid)
                u->uid = *uid;
        if (gid)
                u->gid = *gid;
        if (mtime) {
                u->mtime = *mtime;
                u->mtime_set = true;
        }
        task = (AttributesTask){
                .id = id,
                .attributes = {.mode = u->mode, .uid = u->uid, .gid = u->gid, .mtime = u->mtime},
        };
        r = writer_run(fs->writer, store_attributes, &task, 0);
        (void)pthread_mutex_unlock(&u->lock);
        return r;
}

/* ---- opening ---- */

typedef struct CreateTask {
        SubmissionRow row;
        int64_t id;
} CreateTask;

static int add_submission(Catalog *catalog, void *userdata)
{
        CreateTask *task = userdata;
        int r;

        r = catalog_add_submission(catalog, &task->row, &task->id);
        if (r < 0)
                return r;
        if (task->row.folder > 0)
                return catalog_set_folder_listed(catalog, task->row.folder, true);
        return catalog_set_point_mtime(catalog, task->row.point, task->row.folder,
                                       task->row.created);
}

static int remove_submission(Catalog *catalog, void *userdata)
{
        return catalog_remove_submission(catalog, *(const int64_t *)userdata);
}

static void remove_row(Fs *fs, int64_t id)
{
        int r;

        (void)staging_remove(fs->store, id);
        r = writer_run(fs->writer, remove_submission, &id, 0);
        if (r < 0)
                log_warning("cannot remove unused upload %lld: %s; ignoring", (long long)id,
                            strerror(-r));
}

void upload_forget(Fs *fs, int64_t id)
{
        _cleanup_upload_ UploadRef ref = {fs, upload_get(fs, id)};

        remove_row(fs, id);
        if (ref.upload)
                upload_table_remove(fs, ref.upload);
}

static int make_upload(Fs *fs, const Place *place, const char *name, bool temporary,
                       const UploadAttributes *attributes, uid_t actor, UploadState state,
                       Upload **ret, int *ret_fd)
{
        CreateTask task = {
                .row = {.batch = fs->batch,
                        .point = place->point,
                        .folder = place->folder,
                        .name = (char *)name,
                        .temporary = temporary || place->temporary,
                        .mtime = attributes->mtime,
                        .mode = attributes->mode & 07777,
                        .uid = attributes->uid,
                        .gid = attributes->gid,
                        .actor = actor,
                        .created = fs_now(fs)},
        };
        _cleanup_close_ int fd = -EBADF;
        int r;

        /* A new name is news to everybody; this one stood for something finished. */
        if (state == UPLOAD_FRESH)
                r = lease_run(fs, place->point, add_submission, &task, 0);
        else {
                lease_announce(fs, place->point);
                r = writer_run(fs->writer, add_submission, &task, 0);
        }
        if (r < 0)
                return r;
        task.row.id = task.id;
        fd = staging_create(fs->store, task.id);
        if (fd >= 0)
                r = upload_table_add(fs, &task.row, place->temporary, state, ret);
        if (fd < 0 || r < 0) {
                upload_forget(fs, task.id);
                return fd < 0 ? fd : r;
        }
        *ret_fd = TAKE_FD(fd);
        return 0;
}

int upload_create(Fs *fs, const Place *place, const char *name, bool temporary, mode_t mode,
                  uid_t uid, gid_t gid, int64_t *ret_id, int *ret_fd)
{
        UploadAttributes attributes = {.mode = mode, .uid = uid, .gid = gid, .mtime = fs_now(fs)};
        _cleanup_upload_ UploadRef ref = {fs, NULL};
        int r;

        r = count_open(fs);
        if (r < 0)
                return r;
        r = make_upload(fs, place, name, temporary, &attributes, uid, UPLOAD_WRITING, &ref.upload,
                        ret_fd);
        if (r < 0) {
                upload_count_closed(fs);
                return r;
        }
        (void)pthread_mutex_lock(&ref.upload->lock);
        ref.upload->writers = 1;
        (void)pthread_mutex_unlock(&ref.upload->lock);
        *ret_id = ref.upload->id;
        return 0;
}

int upload_make_fresh(Fs *fs, Node origin, const Place *place, const char *name, const Sha256 *base,
                      const UploadAttributes *attributes, uid_t actor, int64_t *ret_id)
{
        _cleanup_upload_ UploadRef ref = {fs, NULL};
        _cleanup_close_ int fd = -EBADF;
        Upload *u;
        int r;

        r = make_upload(fs, place, name, false, attributes, actor, UPLOAD_FRESH, &ref.upload, &fd);
        if (r < 0)
                return r;
        u = ref.upload;
        (void)pthread_mutex_lock(&u->lock);
        u->born_fresh = true;
        u->origin = origin;
        if (base) {
                _cleanup_close_ int from = blob_open(fs->store, base);

                r = from < 0 ? from : upload_charge(fs, u, attributes->size, false);
                if (r >= 0)
                        r = copy_fd(from, fd);
                u->size = attributes->size;
        }
        u->due = clock_monotonic_nsec(fs->clock) + FRESH_MSEC * NSEC_PER_MSEC;
        if (r >= 0)
                announcer_schedule(fs->announcer, u->id, u->due);
        else
                u->state = UPLOAD_GONE;
        (void)pthread_mutex_unlock(&u->lock);
        if (r < 0) {
                upload_forget(fs, u->id);
                return r;
        }
        *ret_id = u->id;
        return 0;
}

void upload_close_clean(Fs *fs, Upload *u)
{
        upload_transition(u, UPLOAD_CLOSED_CLEAN);
        remove_row(fs, u->id);
        u->due = clock_monotonic_nsec(fs->clock) + FRESH_MSEC * NSEC_PER_MSEC;
        announcer_schedule(fs->announcer, u->id, u->due);
}

bool upload_origin(Fs *fs, int64_t id, Node *ret)
{
        _cleanup_upload_ UploadRef ref = {fs, upload_get(fs, id)};
        Upload *u = ref.upload;
        bool found;

        if (!u)
                return false;
        (void)pthread_mutex_lock(&u->lock);
        found = u->born_fresh && u->state == UPLOAD_GONE;
        if (found)
                *ret = u->origin;
        (void)pthread_mutex_unlock(&u->lock);
        return found;
}

typedef struct StateTask {
        int64_t id;
        SubmissionState state;
} StateTask;

static int store_state(Catalog *catalog, void *userdata)
{
        const StateTask *task = userdata;

        return catalog_set_submission_state(catalog, task->id, task->state);
}

/* The content of a received upload in a staging file of its own, for writing on. Caller holds the
 * lock. */
static int reopen_staging(Fs *fs, Upload *u, bool truncate, int *ret_fd)
{
        _cleanup_close_ int from = -EBADF, fd = -EBADF;
        _cleanup_reader_ Reader reader = {};
        _cleanup_submission_ SubmissionRow row = {};
        StateTask task = {.id = u->id, .state = SUBMISSION_OPEN};
        int r;

        if (!truncate) {
                from = staging_open(fs->store, u->id);
                if (from == -ENOENT) {
                        r = reader_acquire(fs, &reader);
                        if (r < 0)
                                return r;
                        r = catalog_get_submission(reader.catalog, u->id, &row);
                        if (r < 0)
                                return r;
                        if (r == 0 || !row.has_original)
                                return -ESTALE;
                        from = blob_open(fs->store, &row.original);
                }
                if (from < 0)
                        return from;
        }
        /* The bytes first: whatever fails, the upload stays as finished as it was. */
        fd = from >= 0 ? staging_copy(fs->store, u->id, from) : staging_create(fs->store, u->id);
        if (fd < 0)
                return fd;
        r = writer_run(fs->writer, store_state, &task, 0);
        if (r < 0)
                return r;
        *ret_fd = TAKE_FD(fd);
        return 0;
}

int upload_open_write(Fs *fs, int64_t id, bool truncate, int *ret_fd)
{
        _cleanup_upload_ UploadRef ref = {fs, upload_get(fs, id)};
        Upload *u = ref.upload;
        _cleanup_close_ int fd = -EBADF;
        int r = 0;

        if (!u)
                return -ESTALE;
        r = count_open(fs);
        if (r < 0)
                return r;
        (void)pthread_mutex_lock(&u->lock);
        switch ((UploadState)u->state) {
        case UPLOAD_FRESH:
        case UPLOAD_WRITING:
        case UPLOAD_HELD:
                fd = staging_open(fs->store, id);
                r = fd < 0 ? fd : 0;
                if (r >= 0 && truncate && ftruncate(fd, 0) < 0)
                        r = -errno;
                break;
        case UPLOAD_RECEIVED:
        case UPLOAD_SETTLING:
        case UPLOAD_JUDGED:
                r = upload_charge(fs, u, truncate ? 0 : u->size, false);
                if (r >= 0)
                        r = reopen_staging(fs, u, truncate, &fd);
                /* It was finished once: when it is closed again it is judged, written to or not. */
                if (r >= 0) {
                        u->dirty = true;
                        u->poison = 0;
                }
                break;
        default:
                r = -ESTALE;
        }
        if (r >= 0) {
                upload_transition(u, UPLOAD_OPENED);
                u->writers++;
                u->generation++;
                u->final = false;
                if (truncate) {
                        (void)upload_charge(fs, u, 0, true);
                        u->size = 0;
                        u->dirty = true;
                        u->flushed_at = 0;
                }
        }
        (void)pthread_mutex_unlock(&u->lock);
        if (r < 0) {
                upload_count_closed(fs);
                return r;
        }
        *ret_fd = TAKE_FD(fd);
        return 0;
}

int upload_open_read(Fs *fs, int64_t id, int *ret_fd)
{
        _cleanup_upload_ UploadRef ref = {fs, upload_get(fs, id)};
        _cleanup_reader_ Reader reader = {};
        _cleanup_submission_ SubmissionRow row = {};
        int fd = -ENOENT, r;

        if (ref.upload) {
                (void)pthread_mutex_lock(&ref.upload->lock);
                fd = staging_open(fs->store, id);
                (void)pthread_mutex_unlock(&ref.upload->lock);
        }
        if (fd == -ENOENT) {
                r = reader_acquire(fs, &reader);
                if (r < 0)
                        return r;
                r = catalog_get_submission(reader.catalog, id, &row);
                if (r < 0)
                        return r;
                if (r == 0 || !row.has_original)
                        return -ESTALE;
                fd = blob_open(fs->store, &row.original);
        }
        if (fd < 0)
                return fd;
        *ret_fd = fd;
        return 0;
}

/* ---- names ---- */

void upload_renamed(Fs *fs, int64_t id, const Place *place, const char *name, bool temporary)
{
        _cleanup_upload_ UploadRef ref = {fs, upload_get(fs, id)};
        Upload *u = ref.upload;
        char *copy;

        if (!u)
                return;
        copy = strdup(name);
        (void)pthread_mutex_lock(&u->lock);
        if (copy) {
                free(u->name);
                u->name = copy;
        }
        u->place.folder = place->folder;
        u->place.temporary = place->temporary;
        u->temporary = temporary || place->temporary;
        u->generation++;
        if (u->state != UPLOAD_GONE) {
                hold(fs, u, !u->temporary);
                upload_transition(u, u->temporary ? UPLOAD_NAMED_TEMP : UPLOAD_NAMED);
                if (u->state == UPLOAD_RECEIVED) {
                        /* The rename is the drop: delays count from here. */
                        u->closed_at = clock_monotonic_nsec(fs->clock);
                        u->final = false;
                        upload_submit(fs, u);
                }
        }
        (void)pthread_mutex_unlock(&u->lock);
}

void upload_deleted(Fs *fs, int64_t id)
{
        _cleanup_upload_ UploadRef ref = {fs, upload_get(fs, id)};
        Upload *u = ref.upload;

        if (u) {
                (void)pthread_mutex_lock(&u->lock);
                if (u->state != UPLOAD_GONE)
                        upload_transition(u, UPLOAD_DELETED);
                u->generation++;
                (void)pthread_mutex_unlock(&u->lock);
                upload_table_remove(fs, u);
        }
        (void)staging_remove(fs->store, id);
        barriers_check(fs);
}
