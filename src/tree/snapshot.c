/* SPDX-License-Identifier: MIT */
#include "snapshot.h"

#include <idphoto/event.h>
#include <idphoto/io.h>
#include <idphoto/mutex.h>
#include <idphoto/point.h>

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>

/*
 * A short list, newest first: the current text of every point somebody looked at lately, and those
 * held open. Pages are a thousand times as large as the other texts, so they have a bound of their
 * own: who walks over a hundred points makes a hundred of them, but only the last few stay, and the
 * others' texts with them. The newest one stays whatever its size, since it is asked for its size
 * first and for its content right after.
 *
 * Who keeps old versions open must not fill the memory with them. So a large one lies in a file of
 * the store's disk that has no name, from which it is read as photos are; the memory that the
 * kernel keeps of it is the kernel's to take back. What each user may hold in this way is bounded
 * by their share (share.h), and that is what bounds it where there can be no such file.
 */

enum {
        IDLE_MAX = 512,
        IDLE_BYTES_MAX = 16 * 1024 * 1024,
        IDLE_PAGES_MAX = 8,
        IDLE_PAGE_BYTES_MAX = 8 * 1024 * 1024,
        /* In files: who lists OFFICE/ again finds its table, which has a row for every student. */
        IDLE_FILE_BYTES_MAX = 64 * 1024 * 1024,
        /* Larger texts lie in a file. */
        IN_MEMORY_MAX = 64 * 1024,
};

/* A text that took longer to make than the first stands for twice the time that it took, and no
 * longer than the second: what a command changes shows within a second [C]. */
#define SLOW_NSEC       (50 * NSEC_PER_MSEC)
#define STANDS_NSEC_MAX NSEC_PER_SEC

struct Snapshots {
        pthread_mutex_t lock;
        Snapshot *first; /* protected by lock */
};

int snapshots_new(Snapshots **ret)
{
        Snapshots *snapshots = calloc(1, sizeof(*snapshots));

        if (!snapshots)
                return -ENOMEM;
        (void)pthread_mutex_init(&snapshots->lock, NULL);
        *ret = snapshots;
        return 0;
}

static void snapshot_free(Snapshot *snapshot)
{
        free(snapshot->data);
        (void)safe_close(snapshot->fd);
        free(snapshot);
}

void snapshots_free(Snapshots *snapshots)
{
        if (!snapshots)
                return;
        for (Snapshot *s = snapshots->first, *next; s; s = next) {
                next = s->next;
                snapshot_free(s);
        }
        (void)pthread_mutex_destroy(&snapshots->lock);
        free(snapshots);
}

/* Caller holds the lock. */
static Snapshot *find_locked(Snapshots *snapshots, SnapshotKind kind, int64_t point,
                             uint32_t version)
{
        for (Snapshot *s = snapshots->first; s; s = s->next)
                if (s->kind == kind && s->point == point && s->version == version) {
                        s->references++;
                        return s;
                }
        return NULL;
}

static Snapshot *find(Snapshots *snapshots, SnapshotKind kind, int64_t point, uint32_t version)
{
        Snapshot *found;
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&snapshots->lock);

        found = find_locked(snapshots, kind, point, version);
        return found;
}

/* One of an older version that still stands for the current one. */
static Snapshot *find_standing(const Tree *tree, SnapshotKind kind, int64_t point)
{
        int64_t now = clock_monotonic_nsec(tree->clock);
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&tree->snapshots->lock);

        for (Snapshot *s = tree->snapshots->first; s; s = s->next)
                if (s->kind == kind && s->point == point && now < s->stands_until) {
                        s->references++;
                        return s;
                }
        return NULL;
}

/* How much of one sort has been kept. */
typedef struct Kept {
        unsigned n;
        size_t in_memory;
        size_t in_files;
} Kept;

/* Whether there is no room for one more of its sort. */
static bool is_too_much(Kept *kept, const Snapshot *s)
{
        bool large = snapshot_traits[s->kind].large;

        kept->n++;
        *(s->data ? &kept->in_memory : &kept->in_files) += s->size;
        if (!large)
                return kept->n > IDLE_MAX || kept->in_memory + kept->in_files > IDLE_BYTES_MAX;
        return kept->n > IDLE_PAGES_MAX || (kept->n > 1 && (kept->in_memory > IDLE_PAGE_BYTES_MAX ||
                                                            kept->in_files > IDLE_FILE_BYTES_MAX));
}

/* Drops what nobody holds beyond the newest few. Caller holds the lock. */
static void trim(Snapshots *snapshots)
{
        Kept texts = {}, pages = {};

        for (Snapshot **p = &snapshots->first; *p;) {
                Snapshot *s = *p;

                if (s->references == 0 &&
                    is_too_much(snapshot_traits[s->kind].large ? &pages : &texts, s)) {
                        *p = s->next;
                        snapshot_free(s);
                } else
                        p = &s->next;
        }
}

/* Lists a new snapshot; when another thread made the same one meanwhile, and may have shown its
 * size already, that one is returned instead. */
static Snapshot *insert(Snapshots *snapshots, Snapshot *s)
{
        Snapshot *same;

        (void)pthread_mutex_lock(&snapshots->lock);
        same = find_locked(snapshots, s->kind, s->point, s->version);
        if (!same) {
                s->next = snapshots->first;
                snapshots->first = s;
                trim(snapshots);
        }
        (void)pthread_mutex_unlock(&snapshots->lock);
        if (same)
                snapshot_free(s);
        return same ? same : s;
}

static uint32_t version_of_world(const Tree *tree, SnapshotKind kind)
{
        /* Odd and large: the numbers of two days meet only after very many changes. */
        return snapshot_traits[kind].counts_days
                       ? (uint32_t)date_to_days(date_from_wall(clock_wall_nsec(tree->clock))) *
                                         0x9e3779b1u +
                                 (store_room(tree->store) != STORE_ROOM_ENOUGH) * 0x7feb352du
                       : 0;
}

static int current_version(const Tree *tree, Catalog *catalog, SnapshotKind kind, int64_t point,
                           uint32_t *ret)
{
        _cleanup_point_ PointRow row = {};
        int64_t version = 0;
        int r;

        if (point == 0) {
                r = catalog_version(catalog, &version);
                if (r < 0)
                        return r;
        } else {
                r = catalog_get_point(catalog, point, &row);
                if (r <= 0)
                        return r < 0 ? r : -ENOENT;
                version = row.version;
        }
        *ret = (uint32_t)version + version_of_world(tree, kind);
        return 0;
}

static void move_to_file(const Tree *tree, Snapshot *s)
{
        _cleanup_close_ int fd = -EBADF;

        if (s->size <= IN_MEMORY_MAX)
                return;
        fd = openat(store_dirfd(tree->store), ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
        /* A disk that is full or has no such files: then it stays where it is. */
        if (fd < 0 || write_full(fd, s->data, s->size) < 0)
                return;
        free(TAKE_PTR(s->data));
        s->fd = TAKE_FD(fd);
}

/* What is to be shown as current, if it has been made. */
static Snapshot *find_current(const Tree *tree, SnapshotKind kind, int64_t point, uint32_t version)
{
        Snapshot *s = find(tree->snapshots, kind, point, version);

        return s || !snapshot_traits[kind].stands ? s : find_standing(tree, kind, point);
}

static int make(const Tree *tree, Catalog *catalog, SnapshotKind kind, int64_t point,
                uint32_t version, Snapshot **ret)
{
        int64_t begun = clock_monotonic_nsec(tree->clock), now;
        Snapshot *s = calloc(1, sizeof(*s));
        int r;

        if (!s)
                return -ENOMEM;
        s->kind = kind;
        s->point = point;
        s->version = version;
        s->mtime = clock_wall_nsec(tree->clock);
        s->references = 1;
        s->fd = -EBADF;
        r = snapshot_traits[kind].render(tree, catalog, s);
        if (r < 0) {
                snapshot_free(s);
                return r;
        }
        move_to_file(tree, s);
        now = clock_monotonic_nsec(tree->clock);
        if (now - begun > SLOW_NSEC)
                s->stands_until = now + MIN(2 * (now - begun), STANDS_NSEC_MAX);
        *ret = insert(tree->snapshots, s);
        return 0;
}

static int make_current(const Tree *tree, Catalog *catalog, SnapshotKind kind, int64_t point,
                        Snapshot **ret)
{
        uint32_t version;
        int r;

        /* What was read of it before may be older than the version. */
        catalog_look_again(catalog);
        if (catalog_look_ahead(catalog)) {
                (void)current_version(tree, catalog, kind, point, &version);
                if (snapshot_traits[kind].expect)
                        snapshot_traits[kind].expect(tree, catalog, point);
                catalog_look(catalog);
        }
        r = current_version(tree, catalog, kind, point, &version);
        return r < 0 ? r : make(tree, catalog, kind, point, version, ret);
}

int snapshot_current(const Tree *tree, Catalog *catalog, SnapshotKind kind, int64_t point,
                     Snapshot **ret)
{
        Snapshot *s;
        uint32_t version;
        int r;

        /* The version is read before the content: a change between the two makes a newer text under
         * an older number, and the next look finds a newer number. */
        r = current_version(tree, catalog, kind, point, &version);
        if (r < 0)
                return r;
        s = find_current(tree, kind, point, version);
        if (!s)
                return make_current(tree, catalog, kind, point, ret);
        *ret = s;
        return 0;
}

int snapshot_peek(const Tree *tree, Catalog *catalog, SnapshotKind kind, int64_t point,
                  uint32_t *ret_version, Snapshot **ret)
{
        int r = current_version(tree, catalog, kind, point, ret_version);

        if (r < 0)
                return r;
        *ret = find_current(tree, kind, point, *ret_version);
        if (*ret)
                *ret_version = (*ret)->version;
        return 0;
}

int snapshot_of(const Tree *tree, Catalog *catalog, SnapshotKind kind, int64_t point,
                uint32_t version, Snapshot **ret)
{
        uint32_t current;
        Snapshot *s = find(tree->snapshots, kind, point, version);
        int r;

        if (!s) {
                catalog_look_again(catalog);
                r = current_version(tree, catalog, kind, point, &current);
                if (r < 0)
                        return r;
                return current == version ? make(tree, catalog, kind, point, version, ret)
                                          : -ESTALE;
        }
        *ret = s;
        return 0;
}

void snapshot_unref(const Tree *tree, Snapshot *snapshot)
{
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&tree->snapshots->lock);

        snapshot->references--;
        trim(tree->snapshots);
}
