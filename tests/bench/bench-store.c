/* SPDX-License-Identifier: MIT */
#include <idphoto/batch.h>
#include <idphoto/catalog.h>
#include <idphoto/event.h>
#include <idphoto/idnumber.h>
#include <idphoto/io.h>
#include <idphoto/photorow.h>
#include <idphoto/point.h>
#include <idphoto/rosterload.h>
#include <idphoto/student.h>
#include <idphoto/submission.h>

#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

/*
 * Fills a new store with students and their photos, through the catalog and past the mount, as fast
 * as the disk takes it. Rows are those that drops would have left. Blobs are all different; as
 * large as real ones for the first students, a line of text for the others. Everything follows from
 * the options: two runs make the same store.
 */

enum {
        BATCH_ROWS = 20000,
        REAL_PHOTO_BYTES = 30000,
        ORIGINAL_BYTES = 48,
        YEARS_FROM = 1950,
        SEQUENCES = 1000,
        DAYS_IN_MONTH = 28,
};

/* 2026-03-01 08:00 in China */
#define EPOCH (INT64_C(1772323200) * NSEC_PER_SEC)

typedef struct Plan {
        const char *store;
        const char *catalog; /* URL of a database; NULL: a file of the store */
        const char *source;  /* the dropped files again, as a client would have them; may be NULL */
        uint64_t students;
        uint64_t points;
        uint64_t real;     /* photos as large as real ones */
        uint64_t rejected; /* of a hundred students */
        uint64_t missing;
} Plan;

typedef struct Maker {
        const Plan *plan;
        Store *store;
        Catalog *catalog;
        int64_t batch;
        int64_t first_point;
        int source;
        uint64_t random;
        int64_t now;
} Maker;

/* Nothing here has to survive a power cut, and a million files synced one by one would take hours:
 * one sync at the end instead. */
int fsync(int fd _unused_)
{
        return 0;
}

int fdatasync(int fd _unused_)
{
        return 0;
}

/* splitmix64 */
static uint64_t next_random(Maker *m)
{
        uint64_t z = m->random += UINT64_C(0x9e3779b97f4a7c15);

        z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
        z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
        return z ^ z >> 31;
}

static void make_number(uint64_t i, char ret[static ID_NUMBER_SIZE])
{
        unsigned sequence = (unsigned)(i % SEQUENCES);
        uint64_t day = i / SEQUENCES;

        (void)snprintf(ret, ID_NUMBER_SIZE, "219999%04u%02u%02u%03u",
                       (unsigned)(YEARS_FROM + day / (12 * DAYS_IN_MONTH)) % 10000,
                       (unsigned)(day / DAYS_IN_MONTH % 12 + 1),
                       (unsigned)(day % DAYS_IN_MONTH + 1), sequence);
        ret[ID_NUMBER_LENGTH - 1] = id_number_check_character(ret);
        ret[ID_NUMBER_LENGTH] = '\0';
}

static int add_points(Maker *m)
{
        for (uint64_t i = 0; i < m->plan->points; i++) {
                char name[64];
                int64_t id;
                int r;

                (void)snprintf(name, sizeof(name), "教学点%03" PRIu64, i + 1);
                r = catalog_add_point(m->catalog,
                                      &(PointRow){.name = (char *)name,
                                                  .uid = geteuid(),
                                                  .gid = getegid(),
                                                  .mode = 02770,
                                                  .created = EPOCH},
                                      &id);
                if (r < 0)
                        return r;
                if (i == 0)
                        m->first_point = id;
        }
        return 0;
}

static int64_t point_of(const Maker *m, uint64_t i)
{
        return m->first_point + (int64_t)(i % m->plan->points);
}

static int add_roster(Maker *m)
{
        RosterApplied applied;
        int r = catalog_roster_begin(m->catalog);

        for (uint64_t i = 0; r >= 0 && i < m->plan->students; i++) {
                char number[ID_NUMBER_SIZE], name[32], student_no[32];
                RosterStudent student = {
                        .id_number = number,
                        .name = name,
                        .student_no = student_no,
                        .exam_no = "",
                        .sex = "",
                        .class_name = "会计2024秋",
                        .level = "",
                        .major = "会计学",
                };

                make_number(i, number);
                (void)snprintf(name, sizeof(name), "学生%" PRIu64, i);
                (void)snprintf(student_no, sizeof(student_no), "%" PRIu64, 20230000000 + i);
                r = catalog_roster_add(m->catalog, point_of(m, i), &student);
        }
        return r < 0 ? r : catalog_roster_apply(m->catalog, m->batch, EPOCH, &applied);
}

/* The file as the client has it, to be sent again. */
static int write_source(const Maker *m, uint64_t i, const char *name, const char *bytes,
                        size_t size, int64_t mtime)
{
        struct timespec times[2] = {{.tv_sec = mtime / NSEC_PER_SEC},
                                    {.tv_sec = mtime / NSEC_PER_SEC}};
        _cleanup_close_ int fd = -EBADF;
        char path[128];
        int r;

        if (m->source < 0)
                return 0;
        (void)snprintf(path, sizeof(path), "%03" PRIu64, i % m->plan->points + 1);
        if (mkdirat(m->source, path, 0755) < 0 && errno != EEXIST)
                return -errno;
        (void)snprintf(path, sizeof(path), "%03" PRIu64 "/%s", i % m->plan->points + 1, name);
        fd = openat(m->source, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
        if (fd < 0)
                return -errno;
        r = write_full(fd, bytes, size);
        if (r >= 0 && futimens(fd, times) < 0)
                r = -errno;
        return r;
}

static int put_photo(Maker *m, uint64_t i, Sha256 *ret_blob, size_t *ret_size)
{
        static char bytes[REAL_PHOTO_BYTES];
        size_t size = i < m->plan->real ? REAL_PHOTO_BYTES : ORIGINAL_BYTES;

        (void)snprintf(bytes, sizeof(bytes), "photo %" PRIu64, i);
        *ret_size = size;
        return blob_put(m->store, bytes, size, ret_blob);
}

static int add_verdict(Maker *m, const SubmissionRow *row, uint64_t i, const char *number,
                       bool rejected)
{
        _cleanup_student_ StudentRow student = {};
        EventRow event = {.wall = m->now,
                          .kind = EVENT_RECEIVED,
                          .point = row->point,
                          .submission = row->id,
                          .uid = row->actor};
        Findings findings = {};
        int r = catalog_find_student(m->catalog, (Where){m->batch, row->point}, number, &student);

        if (r <= 0)
                return r < 0 ? r : -EUCLEAN;
        event.student = student.id;
        r = catalog_set_submission_student(m->catalog, row->id, student.id);
        if (r >= 0)
                r = catalog_add_event(m->catalog, &event);
        if (r < 0)
                return r;
        if (rejected) {
                (void)findings_add_value(&findings, REASON_TOO_SMALL, FINDING_REJECT, 300, 480, 0);
                r = catalog_set_findings(m->catalog, row->id, &findings);
                if (r >= 0)
                        r = catalog_set_submission_applied(m->catalog, row->id, SUBMISSION_REJECTED,
                                                           row->name, m->now);
                if (r >= 0)
                        r = catalog_set_student(m->catalog, student.id, REVIEW_REJECTED, 0);
                event.kind = EVENT_REJECTED;
        } else {
                PhotoRow photo = {
                        .student = student.id,
                        .submission = row->id,
                        .mtime = row->mtime,
                        .quality = 88,
                        .phash = next_random(m) | 1,
                        .geometry = {60, 250, 210, 240, 0.5},
                        .created = m->now,
                };
                size_t size;
                int64_t id;

                for (size_t k = 0; k < PHOTO_FINGERPRINT_SIZE; k++)
                        photo.fingerprint.waves[k] = (int8_t)next_random(m);
                r = put_photo(m, i, &photo.blob, &size);
                photo.size = size;
                if (r >= 0)
                        r = catalog_add_photo(m->catalog, &photo, &id);
                if (r >= 0)
                        r = catalog_set_student(m->catalog, student.id, REVIEW_PENDING, id);
                if (r >= 0)
                        r = catalog_set_submission_applied(m->catalog, row->id, SUBMISSION_ACCEPTED,
                                                           NULL, m->now);
                event.kind = EVENT_ACCEPTED;
        }
        return r < 0 ? r : catalog_add_event(m->catalog, &event);
}

static int add_submission(Maker *m, uint64_t i, bool rejected)
{
        char number[ID_NUMBER_SIZE], name[64], bytes[ORIGINAL_BYTES] = {};
        SubmissionRow row = {
                .batch = m->batch,
                .point = point_of(m, i),
                .folder = FOLDER_POINT,
                .name = name,
                .mtime = EPOCH - (int64_t)(i % 100000) * NSEC_PER_SEC,
                .mode = 0640,
                .uid = geteuid(),
                .gid = getegid(),
                .actor = geteuid(),
                .created = m->now,
        };
        Sha256 original;
        int r;

        make_number(i, number);
        (void)snprintf(name, sizeof(name), "%s 学生%" PRIu64 ".jpg", number, i);
        (void)snprintf(bytes, sizeof(bytes), "original %" PRIu64, i);
        m->now += NSEC_PER_SEC / 100;
        r = write_source(m, i, name, bytes, sizeof(bytes), row.mtime);
        if (r >= 0)
                r = blob_put(m->store, bytes, sizeof(bytes), &original);
        if (r >= 0)
                r = catalog_add_submission(m->catalog, &row, &row.id);
        if (r >= 0)
                r = catalog_set_submission_received(m->catalog, row.id, sizeof(bytes), row.mtime,
                                                    m->now);
        if (r >= 0)
                r = catalog_set_submission_original(m->catalog, row.id, &original, sizeof(bytes));
        return r < 0 ? r : add_verdict(m, &row, i, number, rejected);
}

static int add_submissions(Maker *m)
{
        for (uint64_t i = 0; i < m->plan->students;) {
                int r = catalog_begin(m->catalog, false);

                for (uint64_t n = 0; r >= 0 && n < BATCH_ROWS && i < m->plan->students; n++, i++) {
                        uint64_t of_hundred = next_random(m) % 100;

                        if (of_hundred >= m->plan->missing)
                                r = add_submission(
                                        m, i, of_hundred < m->plan->missing + m->plan->rejected);
                }
                if (r >= 0)
                        r = catalog_commit(m->catalog);
                if (r < 0)
                        return r;
        }
        return 0;
}

static int fill(Maker *m)
{
        StoreInit init = {.language = LANGUAGE_EN, .batch = "202601", .catalog = m->plan->catalog};
        int r = store_create(m->plan->store, &init);

        if (r >= 0)
                r = store_open(m->plan->store, &m->store);
        if (r >= 0)
                r = catalog_open(m->store, &m->catalog);
        if (r >= 0)
                r = catalog_find_batch(m->catalog, init.batch, &m->batch);
        if (r >= 0)
                r = catalog_expect_many(m->catalog);
        if (r >= 0)
                r = catalog_begin(m->catalog, false);
        if (r >= 0)
                r = add_points(m);
        if (r >= 0)
                r = add_roster(m);
        if (r >= 0)
                r = catalog_commit(m->catalog);
        if (r >= 0)
                r = add_submissions(m);
        return r < 0 ? r : blob_sync(m->store);
}

static bool parse(int argc, char *argv[], Plan *ret)
{
        static const struct option options[] = {
                {"students", required_argument, NULL, 's'},
                {"points", required_argument, NULL, 'p'},
                {"real", required_argument, NULL, 'e'},
                {"rejected", required_argument, NULL, 'r'},
                {"missing", required_argument, NULL, 'm'},
                {"source", required_argument, NULL, 'd'},
                {"catalog", required_argument, NULL, 'c'},
                {},
        };
        int c;

        *ret = (Plan){.students = 1000, .points = 10, .real = 0, .rejected = 5, .missing = 5};
        while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
                uint64_t n = optarg ? strtoull(optarg, NULL, 10) : 0;

                switch (c) {
                case 's':
                        ret->students = n;
                        break;
                case 'p':
                        ret->points = n;
                        break;
                case 'e':
                        ret->real = n;
                        break;
                case 'r':
                        ret->rejected = n;
                        break;
                case 'm':
                        ret->missing = n;
                        break;
                case 'd':
                        ret->source = optarg;
                        break;
                case 'c':
                        ret->catalog = optarg;
                        break;
                default:
                        return false;
                }
        }
        if (optind + 1 != argc || ret->points == 0)
                return false;
        ret->store = argv[optind];
        return true;
}

int main(int argc, char *argv[])
{
        Plan plan;
        Maker maker = {.plan = &plan, .source = -EBADF, .random = 1, .now = EPOCH};
        int r;

        if (!parse(argc, argv, &plan)) {
                (void)fputs("Usage: bench-store [--students=N] [--points=N] [--rejected=PERCENT] "
                            "[--missing=PERCENT] [--real=N] [--source=DIR] [--catalog=URL] STORE\n",
                            stderr);
                return 2;
        }
        if (plan.source) {
                maker.source = open(plan.source, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
                if (maker.source < 0) {
                        (void)fprintf(stderr, "bench-store: '%s': %s\n", plan.source,
                                      strerror(errno));
                        return 1;
                }
        }
        r = fill(&maker);
        if (r < 0)
                (void)fprintf(stderr, "bench-store: '%s': %s\n", plan.store, strerror(-r));
        catalog_free(maker.catalog);
        store_free(maker.store);
        (void)safe_close(maker.source);
        return r < 0 ? 1 : 0;
}
