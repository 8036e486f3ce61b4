/* SPDX-License-Identifier: MIT */
#include "faults.h"

#include <idphoto/batch.h>
#include <idphoto/io.h>
#include <idphoto/judge.h>
#include <idphoto/log.h>
#include <idphoto/point.h>
#include <idphoto/rename.h>
#include <idphoto/submission.h>
#include <idphoto/withdraw.h>
#include <intake/intake.h>
#include <live/lease.h>
#include <live/replacement.h>

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

/*
 * Photos are dropped, judged, shown, replaced, withdrawn and mended on a store whose disk fails at
 * the n-th call, or whose power goes before the n-th sync, or whose process gets no memory at the
 * n-th time, for every n there is. Whatever was reported as done must be there afterwards, rows and
 * blobs agree, and what was asked for can be asked for again.
 *
 * Each run is a child; what it was told stands in memory shared with the parent, who looks at the
 * store it left behind. IDPHOTO_FAULT_SECONDS bounds each kind of fault (default 1; 0: no bound);
 * beyond it, every second call is passed over, then every fourth, and so on to the last.
 */

enum {
        DROPS = 6,
        BYTES = 24 * 1024,
        /* Status with which glibc itself ends a process that has no memory for a library's
         * thread-local data. */
        LOADER_GAVE_UP = 127,
};

typedef struct Dropped {
        int64_t id;
        Sha256 bytes;
        bool closed, durable, recorded, applied, withdrawn;
} Dropped;

typedef struct Told {
        Dropped drops[DROPS];
        unsigned count;   /* calls that could have failed */
        bool finished;    /* the child came to its end */
        int retry_failed; /* the line of a second try that failed although the fault had passed */
        int retry_error;  /* how */
        int strange_line; /* an error that says something else than what happened */
        int strange_error;
} Told;

static char directory[PATH_MAX], store_path_[PATH_MAX + 8], image_path[PATH_MAX + 8],
        template_path[PATH_MAX + 16];
static Told *told;
static unsigned failures, runs, uploads;
static char now_testing[128];

static void complain(const char *what, const char *detail)
{
        printf("FAILED: %s: %s%s%s\n", now_testing, what, detail ? ": " : "", detail ? detail : "");
        if (++failures > 20) {
                printf("too many failures\n");
                exit(1);
        }
}

static void die(const char *what, int r)
{
        printf("FAILED: %s: %s: %s\n", now_testing, what, strerror(-r));
        exit(1);
}

/* ---- what is dropped ---- */

static const char *const numbers[2][3] = {
        {"219999199001010016", "219999199001010024", "219999199001010032"},
        {"219999199001010040", "219999199001010059", "219999199001010067"},
};

/* Bytes of their own for each drop of each round. */
static void fill(uint8_t bytes[static BYTES], unsigned round, unsigned drop)
{
        uint32_t x = 0x9e3779b9u * (round * DROPS + drop + 1);

        for (size_t i = 0; i < BYTES; i++) {
                x ^= x << 13;
                x ^= x >> 17;
                x ^= x << 5;
                bytes[i] = (uint8_t)x;
        }
}

typedef struct World {
        Tree tree;
        Intake intake;
        Store *store;
        Writer *writer;
        UploadTable *uploads;
        int64_t point;
        unsigned round;
        FaultKind kind;
        bool retry; /* the fault passes */
} World;

static int note(World *w, int r, int line)
{
        bool plausible = r != -EUCLEAN && r != -ESTALE && r != -ENOENT && r != -EINVAL &&
                         r != -EEXIST && r != -EBUSY && r != -EBADF;

        if (w->kind == FAULT_NO_MEMORY)
                plausible = r == -ENOMEM;
        if (r < 0 && !plausible && told->strange_line == 0) {
                told->strange_line = line;
                told->strange_error = r;
        }
        return r;
}

/* Once more when it failed and the fault has passed: then it must not fail again. */
#define TRY(world, call) \
        ({ \
                int r_ = note(world, (call), __LINE__); \
                if (r_ < 0 && (world)->retry) { \
                        r_ = (call); \
                        if (r_ < 0 && told->retry_failed == 0) { \
                                told->retry_failed = __LINE__; \
                                told->retry_error = r_; \
                        } \
                } \
                r_; \
        })

/* ---- the steps ---- */

static void world_close(World *w)
{
        replacements_free(TAKE_PTR(w->intake.replacements));
        leases_free(TAKE_PTR(w->intake.leases));
        upload_table_free(TAKE_PTR(w->uploads));
        writer_free(TAKE_PTR(w->writer));
        store_free(TAKE_PTR(w->store));
}

static int find_point(Catalog *catalog, void *userdata)
{
        _cleanup_point_ PointRow row = {};
        World *w = userdata;
        int r = catalog_find_point(catalog, "沈阳分校", &row);

        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        w->point = row.id;
        r = catalog_find_batch(catalog, "202601", &w->tree.batch);
        return r == 0 ? -ENOENT : MIN(r, 0);
}

static int world_open(World *w, const char *path)
{
        int r = store_open(path, &w->store);

        if (r >= 0)
                r = writer_new(w->store, &w->writer);
        if (r >= 0)
                r = leases_new(clock_system(), &w->intake.leases);
        if (r >= 0)
                r = upload_table_new(&(UploadTableOptions){.hooks = {.adopt = upload_adopt_now,
                                                                     .world = &w->intake},
                                                           .limits = {.max_open = 64,
                                                                      .max_temporary = 64,
                                                                      .max_staged = 1 << 30},
                                                           .store = w->store,
                                                           .clock = clock_system(),
                                                           .leases = w->intake.leases},
                                     &w->uploads);
        if (r >= 0)
                r = replacements_new(clock_system(), &w->intake.replacements);
        if (r >= 0)
                r = writer_run(w->writer, WRITER_EVERYTHING, find_point, w, 0);
        if (r < 0) {
                world_close(w);
                return r;
        }
        w->intake.tree = &w->tree;
        w->intake.store = w->store;
        w->intake.writer = w->writer;
        w->intake.uploads = w->uploads;
        w->intake.clock = clock_system();
        w->intake.options = (IntakeOptions){.max_file_bytes = 20 << 20};
        return 0;
}

/* As a client does it. A failed one is cancelled, as cp does. */
static int drop(World *w, unsigned i, const char *name, bool durable)
{
        static uint8_t bytes[BYTES];
        Dropped *d = &told->drops[i];
        const Actor actor = {.uid = 1001, .gid = 1001};
        Place place = {.point = w->point};
        _cleanup_close_ int fd = -EBADF;
        int64_t id;
        int r;

        fill(bytes, w->round, i);
        r = sha256_data(bytes, BYTES, &d->bytes);
        if (r < 0)
                return r;
        r = upload_create(&w->intake,
                          &(NewUpload){.place = place, .name = name, .mode = 0640, .actor = actor},
                          &id, &fd);
        if (r < 0)
                return r;
        for (off_t at = 0; at < BYTES && r >= 0; at += BYTES / 2)
                r = upload_write(&w->intake, id, fd, bytes + at, BYTES / 2, at);
        if (r >= 0 && durable)
                r = upload_fsync(&w->intake, id, fd);
        if (r < 0) {
                upload_forget(&w->intake, id);
                return r;
        }
        d->id = id;
        d->durable = durable;
        d->closed = true;
        return 0;
}

typedef struct Step {
        int64_t id, photo;
        const Judgement *judgement;
        const char *name;
        int64_t now;
        JudgeTarget target;
} Step;

static int record_task(Catalog *catalog, void *userdata)
{
        const Step *step = userdata;
        int r = catalog_set_submission_received(catalog, step->id, BYTES, step->now, step->now);

        return r < 0 ? r : judge_record(catalog, step->id, step->judgement, step->now);
}

static int apply_task(Catalog *catalog, void *userdata)
{
        Step *step = userdata;

        judge_target_done(&step->target);
        return judge_apply(catalog, step->id, 0, step->now, &step->target);
}

static int withdraw_task(Catalog *catalog, void *userdata)
{
        _cleanup_submission_ SubmissionRow row = {};
        const Step *step = userdata;
        int r = catalog_get_submission(catalog, step->id, &row);

        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        return withdraw_photo(catalog, row.photo, 1001, step->now);
}

static int resubmit_task(Catalog *catalog, void *userdata)
{
        Step *step = userdata;
        const NewName to = {.folder = FOLDER_POINT, .name = step->name, .uid = 1001};

        return rename_resubmit(catalog, step->id, &to, step->now, &step->photo);
}

/* The bytes of a submission, wherever they are. */
static int open_bytes(World *w, int64_t id)
{
        _cleanup_submission_ SubmissionRow row = {};
        Catalog *catalog;
        int fd = staging_open(w->store, id), r;

        if (fd != -ENOENT)
                return fd;
        r = writer_acquire_reader(w->writer, &catalog);
        if (r < 0)
                return r;
        r = catalog_get_submission(catalog, id, &row);
        writer_release_reader(w->writer, catalog);
        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        return row.has_original ? blob_open(w->store, &row.original) : -ENOENT;
}

/* As the examination does it, with the worker's answer made up. number NULL: nobody's. */
static int record(World *w, int64_t id, const char *number)
{
        static uint8_t jpeg[BYTES];
        _cleanup_close_ int fd = open_bytes(w, id);
        Judgement judgement = {};
        Step step = {.id = id, .judgement = &judgement, .now = intake_now(&w->intake)};
        int r;

        if (fd < 0)
                return fd;
        r = blob_from_fd(w->store, fd, &judgement.original, &judgement.size);
        if (r < 0)
                return r;
        if (number) {
                if (pread_full(fd, jpeg, BYTES, 0) < 0)
                        return -EIO;
                memcpy(jpeg, "photo", 5);
                (void)snprintf(judgement.identity.number.text,
                               sizeof(judgement.identity.number.text), "%s", number);
                r = blob_put(w->store, jpeg, BYTES, &judgement.photo);
                if (r < 0)
                        return r;
                judgement.has_photo = true;
                judgement.photo_size = BYTES;
                judgement.info.quality = 90;
        } else
                (void)findings_add(&judgement.findings, REASON_NAME_NO_NUMBER, FINDING_REJECT);
        r = writer_run(w->writer, WRITER_EVERYTHING, record_task, &step, WRITER_DURABLE);
        if (r >= 0)
                (void)staging_remove(w->store, id);
        return r;
}

static int apply(World *w, int64_t id)
{
        Step step = {.id = id, .now = intake_now(&w->intake)};
        int r = writer_run(w->writer, WRITER_EVERYTHING, apply_task, &step, 0);

        judge_target_done(&step.target);
        return r;
}

static int withdraw(World *w, int64_t id)
{
        Step step = {.id = id, .now = intake_now(&w->intake)};

        return writer_run(w->writer, WRITER_EVERYTHING, withdraw_task, &step, 0);
}

static int resubmit(World *w, int64_t id, const char *name, int64_t *ret)
{
        Step step = {.id = id, .name = name, .now = intake_now(&w->intake)};
        int r = writer_run(w->writer, WRITER_EVERYTHING, resubmit_task, &step, 0);

        if (r >= 0)
                *ret = step.photo;
        return r;
}

/* Written on after it was closed. */
static int write_on(World *w, Dropped *d)
{
        _cleanup_close_ int fd = -EBADF, old = staging_open(w->store, d->id);
        int r;

        if (old < 0)
                return old;
        fd = staging_prepare(w->store, d->id, old);
        if (fd < 0)
                return fd;
        r = staging_replace(w->store, d->id);
        if (r < 0)
                return r;
        /* A sync of anything, for the power to go before. */
        r = fsync_dir(store_dirfd(w->store), ".");
        if (r < 0)
                return r;
        /* Its bytes are neither the old nor the new ones until the close. */
        d->closed = d->durable = false;
        r = pwrite_full(fd, "x", 1, 0);
        return r < 0 ? r : sha256_fd(fd, &d->bytes, NULL);
}

static void judge_drop(World *w, unsigned i, const char *number)
{
        Dropped *d = &told->drops[i];

        if (!d->closed)
                return;
        d->recorded = TRY(w, record(w, d->id, number)) >= 0;
        if (d->recorded)
                d->applied = TRY(w, apply(w, d->id)) >= 0;
}

static void all_steps(World *w)
{
        const char *const *n = numbers[w->round];
        Dropped *d = told->drops;
        char name[64];

        (void)snprintf(name, sizeof(name), "%s.jpg", n[0]);
        (void)TRY(w, drop(w, 0, name, true));
        judge_drop(w, 0, n[0]);
        (void)snprintf(name, sizeof(name), "a %s.jpg", n[1]);
        (void)TRY(w, drop(w, 1, name, false));
        judge_drop(w, 1, n[1]);
        (void)snprintf(name, sizeof(name), "IMG_%u.jpg", w->round);
        (void)TRY(w, drop(w, 2, name, true));
        judge_drop(w, 2, NULL);
        /* Mended by a rename. */
        if (d[2].applied) {
                (void)snprintf(name, sizeof(name), "%s.jpg", n[2]);
                if (TRY(w, resubmit(w, d[2].id, name, &d[3].id)) >= 0) {
                        d[3].bytes = d[2].bytes;
                        d[3].closed = true;
                        judge_drop(w, 3, n[2]);
                }
        }
        if (d[0].applied && TRY(w, withdraw(w, d[0].id)) >= 0)
                d[0].withdrawn = true;
        /* Replaces the photo of drop 1. */
        (void)snprintf(name, sizeof(name), "b %s.jpg", n[1]);
        (void)TRY(w, drop(w, 4, name, true));
        if (d[4].closed && TRY(w, write_on(w, &d[4])) >= 0)
                d[4].closed = true;
        judge_drop(w, 4, n[1]);
        /* Not judged before the end. */
        (void)snprintf(name, sizeof(name), "c %s.jpg", n[0]);
        (void)TRY(w, drop(w, 5, name, true));
}

/* ---- what is left ---- */

static sqlite3 *raw;

static int64_t ask(const char *sql)
{
        sqlite3_stmt *s = NULL;
        int64_t value = -1;

        if (sqlite3_prepare_v2(raw, sql, -1, &s, NULL) == SQLITE_OK &&
            sqlite3_step(s) == SQLITE_ROW)
                value = sqlite3_column_int64(s, 0);
        (void)sqlite3_finalize(s);
        return value;
}

static void check_blobs(const Store *store, const char *sql)
{
        sqlite3_stmt *s = NULL;

        if (sqlite3_prepare_v2(raw, sql, -1, &s, NULL) != SQLITE_OK)
                complain("cannot ask", sqlite3_errmsg(raw));
        while (s && sqlite3_step(s) == SQLITE_ROW) {
                _cleanup_close_ int fd = -EBADF;
                Sha256 hash, found;

                if (sqlite3_column_bytes(s, 0) != SHA256_SIZE) {
                        complain("a hash has another length", sql);
                        continue;
                }
                memcpy(hash.bytes, sqlite3_column_blob(s, 0), SHA256_SIZE);
                fd = blob_open(store, &hash);
                if (fd < 0)
                        complain("a row names a blob that is not there", sql);
                else if (sha256_fd(fd, &found, NULL) < 0 || !sha256_equal(&hash, &found))
                        complain("a row names a blob of other bytes", sql);
        }
        (void)sqlite3_finalize(s);
}

static void check_catalog(const Store *store)
{
        char path[PATH_MAX];
        sqlite3_stmt *s = NULL;

        (void)snprintf(path, sizeof(path), "%s/catalog.db", store_path(store));
        if (sqlite3_open_v2(path, &raw, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
                complain("cannot open", sqlite3_errmsg(raw));
        if (sqlite3_prepare_v2(raw, "PRAGMA integrity_check", -1, &s, NULL) != SQLITE_OK ||
            sqlite3_step(s) != SQLITE_ROW ||
            strcmp((const char *)sqlite3_column_text(s, 0), "ok") != 0)
                complain("integrity_check", sqlite3_errmsg(raw));
        (void)sqlite3_finalize(s);
        if (ask("SELECT count(*) FROM pragma_foreign_key_check") != 0)
                complain("foreign_key_check", NULL);
        check_blobs(store, "SELECT original FROM submission WHERE original IS NOT NULL");
        check_blobs(store, "SELECT blob FROM photo");
        if (ask("SELECT count(*) FROM submission WHERE state > 1 AND original IS NULL") != 0)
                complain("a judged submission without its original", NULL);
        if (ask("SELECT count(*) FROM student s JOIN photo p ON p.id = s.photo"
                " JOIN submission x ON x.id = p.submission WHERE x.state <> 4") != 0)
                complain("a student's photo is of a submission that is not accepted", NULL);
        if (ask("SELECT count(*) FROM submission x JOIN photo p ON p.submission = x.id"
                " JOIN student s ON s.id = p.student WHERE x.state = 4 AND s.photo IS NOT p.id") !=
            0)
                complain("an accepted photo is not its student's", NULL);
        (void)sqlite3_close(TAKE_PTR(raw));
}

static void check_drop(World *w, const Dropped *d, bool lost_power)
{
        _cleanup_submission_ SubmissionRow row = {};
        Catalog *catalog;
        Sha256 found;
        int fd, r;

        if (lost_power ? !d->durable : !d->closed)
                return;
        r = writer_acquire_reader(w->writer, &catalog);
        if (r < 0)
                die("no reader", r);
        r = catalog_get_submission(catalog, d->id, &row);
        writer_release_reader(w->writer, catalog);
        if (r <= 0) {
                complain("an upload is gone", NULL);
                return;
        }
        fd = open_bytes(w, d->id);
        if (fd < 0)
                complain("the bytes of an upload are gone", strerror(-fd));
        else if (sha256_fd(fd, &found, NULL) < 0 || !sha256_equal(&found, &d->bytes))
                complain("an upload has other bytes", NULL);
        (void)safe_close(fd);
        if (lost_power)
                return;
        if (d->recorded && row.state < SUBMISSION_PASSED)
                complain("a verdict is gone", NULL);
        if (d->applied && row.state < SUBMISSION_ACCEPTED)
                complain("a place is gone", NULL);
        if (d->withdrawn && row.state != SUBMISSION_WITHDRAWN)
                complain("a withdrawal is gone", NULL);
}

/* What a restart does with what it finds. */
static int finish_row(const SubmissionRow *row, void *userdata)
{
        World *w = userdata;
        int r;

        if (row->state < SUBMISSION_PASSED) {
                _cleanup_close_ int fd = open_bytes(w, row->id);

                /* Never written to, as far as anybody was told. */
                if (fd == -ENOENT)
                        return 0;
                r = record(w, row->id, NULL);
                if (r < 0)
                        complain("a restart cannot judge an upload", strerror(-r));
        }
        r = apply(w, row->id);
        if (r < 0)
                complain("a restart cannot show an upload", strerror(-r));
        return 0;
}

static void finish(World *w)
{
        for (SubmissionState state = SUBMISSION_OPEN; state <= SUBMISSION_FAILED; state++) {
                Catalog *catalog;

                if (writer_acquire_reader(w->writer, &catalog) < 0 ||
                    catalog_list_by_state(catalog, state, 0, finish_row, w) < 0)
                        complain("a restart cannot list the uploads", NULL);
                writer_release_reader(w->writer, catalog);
        }
}

static void check(const char *path, bool lost_power)
{
        World w = {.round = 1, .kind = FAULT_ERROR};
        Told before = *told;
        int r = world_open(&w, path);

        if (r < 0) {
                complain("the store does not open", strerror(-r));
                return;
        }
        check_catalog(w.store);
        for (unsigned i = 0; i < DROPS; i++) {
                uploads += lost_power ? before.drops[i].durable : before.drops[i].closed;
                check_drop(&w, &before.drops[i], lost_power);
        }
        finish(&w);
        memset(told, 0, sizeof(*told));
        all_steps(&w);
        for (unsigned i = 0; i < DROPS; i++)
                if (!told->drops[i].closed || (i < 5 && !told->drops[i].applied))
                        complain("what is done on the store afterwards fails", NULL);
        if (told->strange_line != 0)
                complain("and says", strerror(-told->strange_error));
        check_catalog(w.store);
        world_close(&w);
        *told = before;
}

/* ---- runs ---- */

static int remove_file(const char *path, const struct stat *st _unused_, int kind,
                       struct FTW *ftw _unused_)
{
        return kind == FTW_F ? unlink(path) : 0;
}

static int remove_entry(const char *path, const struct stat *st _unused_, int kind _unused_,
                        struct FTW *ftw _unused_)
{
        return remove(path);
}

static void copy_file(const char *from, const char *to)
{
        _cleanup_close_ int in = open(from, O_RDONLY | O_CLOEXEC),
                            out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

        if (in < 0 || out < 0 || copy_fd(in, out) < 0)
                die("cannot copy", -errno);
}

/* An empty store with its point, every time the same. */
static void fresh_store(void)
{
        char path[PATH_MAX + 32];

        (void)nftw(store_path_, remove_file, 16, FTW_DEPTH | FTW_PHYS);
        (void)nftw(image_path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
        (void)snprintf(path, sizeof(path), "%s.grave", image_path);
        (void)nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
        (void)snprintf(path, sizeof(path), "%s/catalog.db", store_path_);
        copy_file(template_path, path);
}

static void run_child(const Fault *fault)
{
        World w = {.kind = fault->kind, .retry = fault->once};
        bool memory = fault->kind == FAULT_NO_MEMORY;
        int r;

        if (!memory)
                faults_arm(fault);
        r = world_open(&w, store_path_);
        if (r >= 0) {
                if (memory)
                        faults_arm(fault);
                all_steps(&w);
                if (memory)
                        faults_disarm();
                told->count = faults_count();
                /* Half of the runs end as a killed process does. */
                if (fault->n % 2 == 0)
                        world_close(&w);
        }
        told->count = faults_count();
        told->finished = true;
        _exit(0);
}

/* Whether there was an n-th call. */
static bool run_one(const Fault *fault)
{
        bool loss = fault->kind == FAULT_LOSS_STRICT || fault->kind == FAULT_LOSS_NAMES;
        int status;
        pid_t pid;

        runs++;
        memset(told, 0, sizeof(*told));
        fresh_store();
        (void)fflush(stdout);
        pid = fork();
        if (pid == 0)
                run_child(fault);
        if (pid < 0 || waitpid(pid, &status, 0) != pid)
                die("cannot run", -errno);
        if (loss && WIFEXITED(status) && WEXITSTATUS(status) == FAULT_POWER_LOST) {
                check(image_path, true);
                return true;
        }
        /* Nobody can prevent it, but as after any other death nothing may be lost. */
        if (fault->kind == FAULT_NO_MEMORY && WIFEXITED(status) &&
            WEXITSTATUS(status) == LOADER_GAVE_UP) {
                check(store_path_, false);
                return true;
        }
        if (status != 0 || !told->finished) {
                char text[64];

                (void)snprintf(text, sizeof(text), "status %x", (unsigned)status);
                complain("the process died", text);
                return true;
        }
        if (told->retry_failed != 0) {
                char text[128];

                (void)snprintf(text, sizeof(text), "line %d: %s", told->retry_failed,
                               strerror(-told->retry_error));
                complain("a second try fails", text);
        }
        if (told->strange_line != 0) {
                char text[128];

                (void)snprintf(text, sizeof(text), "line %d: %s", told->strange_line,
                               strerror(-told->strange_error));
                complain("an error of another kind", text);
        }
        check(store_path_, false);
        return told->count >= fault->n;
}

/* A line for the table that scripts/test prints at its end. */
static void tell_matrix(const char *name, unsigned n, unsigned sent, unsigned wrong)
{
        const char *path = getenv("IDPHOTO_MATRIX");
        _cleanup_fclose_ FILE *f = path ? fopen(path, "ae") : NULL;

        if (f)
                (void)fprintf(f,
                              "{\"faults\": \"%s\", \"counts\": {\"faults\": %u, \"cycles\": %u,"
                              " \"uploads\": %u, \"lost\": %u, \"inconsistent\": 0}}\n",
                              name, n, n, sent, wrong);
}

static double seconds(void)
{
        struct timespec ts;

        (void)clock_gettime(CLOCK_MONOTONIC, &ts);
        return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void run_all(const char *name, Fault fault, double patience)
{
        double start = seconds(), next = start + patience;
        unsigned step = 1, first = runs, points = 0, uploaded = uploads, failed = failures;

        for (fault.n = 1;; fault.n += step) {
                (void)snprintf(now_testing, sizeof(now_testing), "%s, call %u", name, fault.n);
                if (!run_one(&fault))
                        break;
                points = fault.n;
                if (patience > 0 && seconds() > next) {
                        step *= 2;
                        next += patience / 2;
                }
        }
        tell_matrix(name, runs - first, uploads - uploaded, failures - failed);
        printf("%-40s %5u runs over %5u calls, %.1f s\n", name, runs - first, points,
               seconds() - start);
}

static int add_point(Catalog *catalog, void *userdata _unused_)
{
        int64_t id;

        return catalog_add_point(catalog,
                                 &(PointRow){.name = (char *)"沈阳分校",
                                             .uid = 1001,
                                             .gid = 1001,
                                             .mode = 02770,
                                             .created = 1},
                                 &id);
}

static void make_template(void)
{
        StoreInit init = {.batch = "202601"};
        /* The disk is not what is tested: its own syncs would take most of the time. */
        const char *parent = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
        Store *store;
        Writer *writer;
        char path[PATH_MAX + 32];
        int r;

        (void)snprintf(directory, sizeof(directory), "%s/idphoto-faults-XXXXXX", parent);
        if (!mkdtemp(directory))
                die("cannot make a directory", -errno);
        (void)snprintf(store_path_, sizeof(store_path_), "%s/store", directory);
        (void)snprintf(image_path, sizeof(image_path), "%s/image", directory);
        (void)snprintf(template_path, sizeof(template_path), "%s/template.db", directory);
        r = store_create(store_path_, &init);
        if (r >= 0)
                r = store_open(store_path_, &store);
        if (r >= 0)
                r = writer_new(store, &writer);
        if (r < 0)
                die("cannot make a store", r);
        r = writer_run(writer, WRITER_EVERYTHING, add_point, NULL, 0);
        if (r < 0)
                die("cannot make a point", r);
        writer_free(writer);
        store_free(store);
        (void)snprintf(path, sizeof(path), "%s/catalog.db", store_path_);
        copy_file(path, template_path);
}

int main(void)
{
        const char *bound = getenv("IDPHOTO_FAULT_SECONDS");
        double patience = bound ? strtod(bound, NULL) : 1;
        Fault error = {.kind = FAULT_ERROR, .root = store_path_};

        told = mmap(NULL, sizeof(*told), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (told == MAP_FAILED)
                die("no memory", -errno);
        log_set_level(LOG_LEVEL_ERROR);
        make_template();
        for (int once = 1; once >= 0; once--)
                for (int full = 0; full < 2; full++) {
                        char name[64];

                        error.once = once;
                        error.error = full ? ENOSPC : EIO;
                        (void)snprintf(name, sizeof(name), "%s %s",
                                       full ? "disk full" : "I/O error",
                                       once ? "once" : "from then on");
                        run_all(name, error, patience);
                }
        run_all("power loss, all names kept",
                (Fault){.kind = FAULT_LOSS_NAMES, .root = store_path_, .image = image_path},
                patience);
        run_all("power loss, only synced names kept",
                (Fault){.kind = FAULT_LOSS_STRICT, .root = store_path_, .image = image_path},
                patience);
#if !HAVE_SANITIZERS
        run_all("no memory once", (Fault){.kind = FAULT_NO_MEMORY, .once = true}, patience);
        run_all("no memory from then on", (Fault){.kind = FAULT_NO_MEMORY}, patience);
#endif
        (void)nftw(directory, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
        printf("%u runs, %u failures\n", runs, failures);
        return failures > 0;
}
