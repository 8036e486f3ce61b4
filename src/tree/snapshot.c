/* SPDX-License-Identifier: MIT */
#include "snapshot.h"

#include <idphoto/event.h>
#include <idphoto/exportlist.h>
#include <idphoto/io.h>
#include <idphoto/mutex.h>
#include <idphoto/overview.h>
#include <idphoto/page.h>
#include <idphoto/point.h>
#include <idphoto/standingcsv.h>

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
        /* Larger texts lie in a file. */
        IN_MEMORY_MAX = 64 * 1024,
        /* Every ls -l asks for the page's size. Points have 5,000 students at most. */
        PAGE_CARDS_MAX = 6000,
};

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

/* Drops what nobody holds beyond the newest few. Caller holds the lock. */
static void trim(Snapshots *snapshots)
{
        struct {
                unsigned n;
                size_t bytes;
        } texts = {}, pages = {};

        for (Snapshot **p = &snapshots->first; *p;) {
                Snapshot *s = *p;

                bool drop = false;

                if (s->references == 0 && s->kind == SNAPSHOT_INDEX_HTML) {
                        pages.bytes += s->size;
                        drop = ++pages.n > IDLE_PAGES_MAX ||
                               (pages.n > 1 && pages.bytes > IDLE_PAGE_BYTES_MAX);
                } else if (s->references == 0) {
                        texts.bytes += s->size;
                        drop = ++texts.n > IDLE_MAX || texts.bytes > IDLE_BYTES_MAX;
                }
                if (drop) {
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

/* STATUS.txt counts days, so that it is another one each morning, and tells of a full disk. */
static uint32_t version_of_world(const Tree *tree, SnapshotKind kind)
{
        /* Odd and large: the numbers of two days meet only after very many changes. */
        return kind == SNAPSHOT_STATUS_TXT
                       ? (uint32_t)date_to_days(date_from_wall(clock_wall_nsec(tree->clock))) *
                                         0x9e3779b1u +
                                 (store_room(tree->store) != STORE_ROOM_ENOUGH) * 0x7feb352du
                       : 0;
}

static int current_version(const Tree *tree, Catalog *catalog, SnapshotKind kind, int64_t point,
                           uint32_t *ret)
{
        _cleanup_point_ PointRow row = {};
        int64_t version;
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

SnapshotKind snapshot_kind(Node node)
{
        switch (node.kind) {
        case NODE_STATUS_CSV:
                return SNAPSHOT_STATUS_CSV;
        case NODE_INDEX_HTML:
                return SNAPSHOT_INDEX_HTML;
        case NODE_EXPORT_MANIFEST:
                return SNAPSHOT_MANIFEST;
        case NODE_READY_MANIFEST:
                return SNAPSHOT_MANIFEST;
        case NODE_EXPORT_SUMS:
                return SNAPSHOT_SUMS;
        default:
                return SNAPSHOT_STATUS_TXT;
        }
}

static int render_page(const Tree *tree, Catalog *catalog, Snapshot *s)
{
        PageOptions options = {
                .language = tree->language,
                .names = tree->language,
                .max_cards = PAGE_CARDS_MAX,
        };

        if (s->point == 0)
                return page_of_batch(catalog, tree->batch, &options, &s->data, &s->size);
        return page_of_point(catalog, tree->batch, s->point, &options, &s->data, &s->size);
}

static int render(const Tree *tree, Catalog *catalog, Snapshot *s)
{
        if (s->kind == SNAPSHOT_MANIFEST && s->point != 0)
                return export_ready_manifest(catalog, (Where){tree->batch, s->point},
                                             tree->language, &s->data, &s->size);
        if (s->kind == SNAPSHOT_MANIFEST)
                return export_manifest(catalog, tree->batch, tree->language, true, &s->data,
                                       &s->size);
        if (s->kind == SNAPSHOT_SUMS)
                return export_sums(catalog, tree->batch, tree->language, true, &s->data, &s->size);
        if (s->kind == SNAPSHOT_INDEX_HTML)
                return render_page(tree, catalog, s);
        if (s->kind == SNAPSHOT_STATUS_TXT) {
                const OverviewDays days = {
                        .today = date_from_wall(catalog_now(catalog, clock_wall_nsec(tree->clock))),
                        .deadline = tree->config->deadline,
                        .calendar = tree->calendar,
                        .check_days = MAX(tree->config->check_days, 1u),
                        .paper_days = MAX(tree->config->paper_days, 1u)};

                return overview_status_text(catalog, tree->batch, s->point, &days, tree->language,
                                            &s->data, &s->size);
        }
        if (s->point == 0)
                return points_csv(catalog, tree->batch, tree->language, &s->data, &s->size);
        return standings_csv(catalog, tree->batch, s->point, tree->language, &s->data, &s->size);
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
        s = find(tree->snapshots, kind, point, version);
        if (!s) {
                s = calloc(1, sizeof(*s));
                if (!s)
                        return -ENOMEM;
                s->kind = kind;
                s->point = point;
                s->version = version;
                s->mtime = clock_wall_nsec(tree->clock);
                s->references = 1;
                s->fd = -EBADF;
                r = render(tree, catalog, s);
                if (r < 0) {
                        snapshot_free(s);
                        return r;
                }
                move_to_file(tree, s);
                s = insert(tree->snapshots, s);
        }
        *ret = s;
        return 0;
}

int snapshot_peek(const Tree *tree, Catalog *catalog, SnapshotKind kind, int64_t point,
                  uint32_t *ret_version, Snapshot **ret)
{
        int r = current_version(tree, catalog, kind, point, ret_version);

        if (r >= 0)
                *ret = find(tree->snapshots, kind, point, *ret_version);
        return r;
}

int snapshot_of(const Tree *tree, Catalog *catalog, SnapshotKind kind, int64_t point,
                uint32_t version, Snapshot **ret)
{
        uint32_t current;
        Snapshot *s = find(tree->snapshots, kind, point, version);
        int r;

        if (!s) {
                r = current_version(tree, catalog, kind, point, &current);
                if (r < 0)
                        return r;
                if (current != version)
                        return -ESTALE;
                return snapshot_current(tree, catalog, kind, point, ret);
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
