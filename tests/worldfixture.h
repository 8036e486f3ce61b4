/* SPDX-License-Identifier: MIT */
#pragma once

#include "storefixture.h"

#include <idphoto/audit.h>
#include <idphoto/event.h>
#include <idphoto/receive.h>
#include <intake/intake.h>
#include <intake/upload-turn.h>
#include <names/namespace.h>
#include <names/watch.h>
#include <tree/inbox.h>
#include <tree/snapshot.h>

#include <pthread.h>
#include <unistd.h>

/*
 * The rooms of the mount as a daemon opens them, without a mount: a store of its own for each test,
 * a writer, a clock that only the test moves, and an agenda that only the test takes from. Nothing
 * is examined; what would be is noted, and the test records the verdict (world_judge()).
 */

typedef struct World {
        Config config;
        Writer *writer;
        UploadTable *uploads;
        Agenda *agenda;
        Leases *leases;
        Barriers *barriers;
        WorkerPool *pool;
        Tree tree;
        Intake intake;
        Names names;
        int64_t point;
        int64_t monotonic;
} World;

static World world;

/* A process that there is: who deletes and drops anew is told by /proc. */
#define WORLD_ACTOR ((Actor){.uid = FIXTURE_UID, .gid = FIXTURE_GID, .task = getpid()})

static inline int64_t world_wall_nsec(void *userdata _unused_)
{
        return fixture.now;
}

static inline int64_t world_monotonic_nsec(void *userdata _unused_)
{
        return __atomic_load_n(&world.monotonic, __ATOMIC_RELAXED);
}

static const Clock world_clock = {
        .wall_nsec = world_wall_nsec,
        .monotonic_nsec = world_monotonic_nsec,
};

static inline void world_wait(unsigned msec)
{
        fixture.now += msec * NSEC_PER_MSEC;
        __atomic_add_fetch(&world.monotonic, msec * NSEC_PER_MSEC, __ATOMIC_RELAXED);
}

/* In place of upload_judge(). */
static inline void world_no_judge(Worker *worker _unused_, void *userdata)
{
        free(userdata);
}

/* ---- the catalog, by hand ---- */

/* Rows by the functions of storefixture.h. */
#define WORLD_ROWS for (bool once_ = world_rows_begin(); once_; once_ = world_rows_end())

static inline bool world_rows_begin(void)
{
        assert_int_equal(catalog_begin(fixture.catalog, true), 0);
        return true;
}

static inline bool world_rows_end(void)
{
        assert_int_equal(catalog_commit(fixture.catalog), 0);
        /* As a command at its end. */
        assert_int_equal(catalog_seal_own(fixture.catalog), 0);
        return false;
}

/* ---- a world for each test ---- */

static inline int world_close(void **state)
{
        if (world.uploads)
                upload_recover_stop(&world.intake);
        worker_pool_free(TAKE_PTR(world.pool));
        barriers_free(TAKE_PTR(world.barriers));
        watch_free(TAKE_PTR(world.names.watch));
        agenda_free(TAKE_PTR(world.agenda));
        replacements_free(TAKE_PTR(world.intake.replacements));
        inbox_free(TAKE_PTR(world.tree.inbox));
        snapshots_free(TAKE_PTR(world.tree.snapshots));
        ghosts_free(TAKE_PTR(world.tree.ghosts));
        upload_table_free(TAKE_PTR(world.uploads));
        leases_free(TAKE_PTR(world.leases));
        writer_free(TAKE_PTR(world.writer));
        return fixture_close(state);
}

static inline int world_open_live(void)
{
        int r = agenda_new(&world_clock, &world.agenda);

        if (r >= 0)
                r = leases_new(&world_clock, &world.leases);
        if (r >= 0)
                r = upload_table_new(&(UploadTableOptions){.hooks = {.adopt = upload_adopt_now,
                                                                     .world = &world.intake},
                                                           .limits = {.max_open = 8,
                                                                      .max_temporary = 8,
                                                                      .max_staged = 1 << 20},
                                                           .store = fixture.store,
                                                           .clock = &world_clock,
                                                           .leases = world.leases},
                                     &world.uploads);
        if (r >= 0)
                r = barriers_new(&(BarriersOptions){.clock = &world_clock,
                                                    .writer = world.writer,
                                                    .uploads = world.uploads},
                                 &world.barriers);
        return r;
}

static inline int world_open_rooms(void)
{
        WorkerOptions worker = {.rules = world.config.rules, .timeout_msec = 10000};
        int r;

        world.tree = (Tree){.store = fixture.store,
                            .clock = &world_clock,
                            .config = &world.config,
                            .language = LANGUAGE_EN,
                            .batch = fixture.batch,
                            .mounted_at = FIXTURE_EPOCH,
                            .uid = 11,
                            .gid = 12,
                            .office_gid = 13,
                            .uploads = world.uploads};
        r = ghosts_new(&world_clock, &world.tree.ghosts);
        if (r >= 0)
                r = snapshots_new(&world.tree.snapshots);
        if (r >= 0)
                r = inbox_new(fixture.store, 13, &world.tree.inbox);
        if (r >= 0)
                r = worker_pool_new(&worker, 1, &world.pool);
        world.intake = (Intake){.tree = &world.tree,
                                .store = fixture.store,
                                .writer = world.writer,
                                .pool = world.pool,
                                .judge = world_no_judge,
                                .clock = &world_clock,
                                .options = {.settle_msec = 5000,
                                            .settle_empty_msec = 60000,
                                            .delay_msec = 500,
                                            .max_file_bytes = 1 << 20},
                                .uploads = world.uploads,
                                .agenda = world.agenda,
                                .barriers = world.barriers,
                                .leases = world.leases};
        if (r >= 0)
                r = replacements_new(&world_clock, &world.intake.replacements);
        world.names = (Names){.intake = &world.intake,
                              .tree = &world.tree,
                              .store = fixture.store,
                              .writer = world.writer,
                              .pool = world.pool,
                              .clock = &world_clock,
                              .uploads = world.uploads,
                              .agenda = world.agenda,
                              .leases = world.leases,
                              .replacements = world.intake.replacements};
        return r < 0 ? r : watch_new(&world.names, &world.names.watch);
}

static inline int world_open(void **state)
{
        int r;

        /* Power losses are other tests' business: nothing here waits for a disk. */
        if (access("/dev/shm", W_OK) == 0)
                (void)setenv("TMPDIR", "/dev/shm", 0);
        r = fixture_open(state);
        world = (World){.monotonic = 1000 * NSEC_PER_SEC};
        config_default(&world.config);
        if (r >= 0) {
                WORLD_ROWS
                {
                        fixture.now = FIXTURE_EPOCH;
                        world.point = fixture.point = fixture_point(FIXTURE_POINT);
                }
                r = writer_new(fixture.store, &world.writer);
        }
        if (r >= 0)
                r = world_open_live();
        return r < 0 ? r : world_open_rooms();
}

#define world_test(test) cmocka_unit_test_setup_teardown(test, world_open, world_close)

/* ---- nodes ---- */

static inline Node world_dir(void)
{
        return (Node){.kind = NODE_POINT, .id = world.point};
}

static inline Node world_rejected_dir(void)
{
        return (Node){.kind = NODE_REJECTED_DIR, .id = world.point};
}

static inline Node world_submitted_dir(void)
{
        return (Node){.kind = NODE_SUBMITTED_DIR, .id = world.point};
}

/* What the name means; a node of kind NODE_ROOT when it means nothing. */
static inline Node world_find(Node parent, const char *name)
{
        Entry entry = {};
        int r = namespace_find(&world.names, parent, name, &entry);

        assert_true(r >= 0);
        return r > 0 ? entry.node : (Node){.kind = NODE_ROOT};
}

#define assert_means(parent, name, kind_) \
        assert_int_equal(world_find((parent), (name)).kind, (kind_))
#define assert_means_nothing(parent, name) assert_means(parent, name, NODE_ROOT)

/* ---- what clients do ---- */

/* Opens, writes, and leaves it open. */
static inline int64_t world_begin(Node parent, const char *name, const char *text, int *ret_fd)
{
        Place place;
        int64_t id;
        int class = namespace_check(&world.names, parent, name, false);

        assert_true(class >= 0);
        assert_int_equal(namespace_place(&world.names, parent, &place), 0);
        assert_int_equal(upload_create(&world.intake,
                                       &(NewUpload){.place = place,
                                                    .name = name,
                                                    .temporary = class != NAME_NORMAL,
                                                    .mode = 0640,
                                                    .actor = WORLD_ACTOR},
                                       &id, ret_fd),
                         0);
        assert_int_equal(upload_write(&world.intake, id, *ret_fd, text, strlen(text), 0), 0);
        return id;
}

static inline void world_end(int64_t id, int fd)
{
        assert_int_equal(upload_flush(&world.intake, id, fd), 0);
        upload_release_write(&world.intake, id, fd, WORLD_ACTOR.uid);
}

static inline int64_t world_drop(Node parent, const char *name, const char *text)
{
        int fd = -EBADF;
        int64_t id = world_begin(parent, name, text, &fd);

        world_end(id, fd);
        return id;
}

/* ---- verdicts ---- */

static inline int64_t world_generation(int64_t id)
{
        _cleanup_submission_ SubmissionRow row = {};

        assert_int_equal(catalog_get_submission(fixture.catalog, id, &row), 1);
        return row.generation;
}

/* What an examination would have found. */
typedef struct WorldVerdict {
        const char *number; /* whose photo the name says it is; NULL: nobody's */
        bool passed;
} WorldVerdict;

static inline void world_find_out(int64_t id, WorldVerdict verdict, Judgement *ret)
{
        _cleanup_close_ int fd = staging_open(fixture.store, id);
        char bytes[4096];
        ssize_t n = fd >= 0 ? read(fd, bytes, sizeof(bytes)) : 0;

        assert_int_equal(blob_put(fixture.store, bytes, (size_t)n, &ret->original), 0);
        ret->size = (uint64_t)n;
        if (verdict.number)
                (void)snprintf(ret->identity.number.text, sizeof(ret->identity.number.text), "%s",
                               verdict.number);
        if (!verdict.passed) {
                (void)findings_add(&ret->findings,
                                   verdict.number ? REASON_BLUR : REASON_NAME_NO_NUMBER,
                                   FINDING_REJECT);
                return;
        }
        ret->has_photo = true;
        ret->photo = fixture_blob(verdict.number);
        ret->photo_size = strlen(verdict.number);
        ret->info.phash = (uint64_t)id * UINT64_C(0x9e3779b97f4a7c15);
}

/* Records a verdict for that generation as an examination would. Returns what recording came to.
 * The upload goes on by its row, as after a restart. */
static inline int world_record(int64_t id, int64_t generation, WorldVerdict verdict)
{
        Judgement judgement = {.generation = generation};
        _cleanup_upload_ UploadRef ref = {world.uploads, upload_table_get(world.uploads, id)};
        int r;

        world_find_out(id, verdict, &judgement);
        assert_int_equal(catalog_begin(fixture.catalog, true), 0);
        r = receive_verdict(fixture.catalog, id, &judgement, FIXTURE_EPOCH, fixture.now);
        if (r < 0) {
                catalog_rollback(fixture.catalog);
                return r;
        }
        assert_int_equal(catalog_commit(fixture.catalog), 0);
        if (ref.upload) {
                _cleanup_turn_ pthread_mutex_t *turn = upload_take_turn(ref.upload);

                upload_resync(&world.intake, ref.upload);
        }
        return 0;
}

/* Passed as the photo of that number, or rejected as nobody's when it is NULL. */
static inline int world_judge(int64_t id, int64_t generation, const char *number)
{
        return world_record(id, generation, (WorldVerdict){.number = number, .passed = number});
}

/* Dropped, judged and shown. Returns the submission. */
static inline int64_t world_finished(Node parent, const char *name, const char *number)
{
        int64_t id = world_drop(parent, name, name);

        assert_int_equal(world_judge(id, world_generation(id), number), 0);
        upload_show_now(&world.intake, id);
        return id;
}

static inline SubmissionState world_state(int64_t id)
{
        return fixture_state(id);
}

/* ---- the agenda ---- */

/* Throws away what is on the agenda by now, so that the test sees only what comes. */
static inline void world_forget_agenda(void)
{
        AgendaItem item;

        while (agenda_take(world.agenda, INT64_MAX, &item)) {
                free(item.from);
                free(item.to);
        }
}

/* Whether that change is told, among what is on the agenda; to NULL: a directory. Takes all. */
static inline bool world_told(const char *from, const char *to)
{
        AgendaItem item;
        bool told = false;

        while (agenda_take(world.agenda, INT64_MAX, &item)) {
                if (item.upload == 0 && strcmp(item.from, from) == 0 &&
                    (to ? item.to && strcmp(item.to, to) == 0 : !item.to))
                        told = true;
                free(item.from);
                free(item.to);
        }
        return told;
}
