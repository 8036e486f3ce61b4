/* SPDX-License-Identifier: MIT */
#include "plainjpeg.h"
#include "portrait.h"
#include "similarity.h"

#include <idphoto/io.h>
#include <idphoto/photo.h>
#include <photo/decode.h>
#include <photo/fit.h>
#include <photo/jpegheader.h>
#include <worker/models.h>

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

/*
 * The part of `scripts/bench photo` that must be C. What it prints is for that script: columns with
 * tabs between them. Times are processor time of this thread, so that what else the machine does
 * counts less.
 */

#define FILE_BYTES_MAX ((size_t)64 << 20)

static const char usage[] =
        "Usage: bench-photo draw DIR COUNT       draw the photos to measure with\n"
        "       bench-photo time TURN FILE...    METHOD FILE NANOSECONDS, each method once\n"
        "       bench-photo repeat METHOD TIMES FILE\n"
        "                                        one method again and again, for a profiler\n"
        "       bench-photo score ORIGINAL RESULT...\n"
        "                                        RESULT BYTES SSIM (gamma) SSIM (linear) MSE\n";

static int fail_with(const char *what, int r)
{
        (void)fprintf(stderr, "bench-photo: %s: %s\n", what, strerror(-r));
        return EXIT_FAILURE;
}

static int read_file(const char *path, char **ret, size_t *ret_size)
{
        _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);

        return fd < 0 ? -errno : read_whole_fd(fd, FILE_BYTES_MAX, ret, ret_size);
}

/* ---- draw ---- */

typedef struct Kind {
        const char *name;
        uint32_t width;
        uint32_t height;
        unsigned quality; /* 0: a finished photo */
} Kind;

static const Kind kinds[] = {
        {"12mp", 3024, 4032, 95},
        {"small", PHOTO_WIDTH, PHOTO_HEIGHT, 95},
        {"finished", PHOTO_WIDTH, PHOTO_HEIGHT, 0},
};

static int draw_one(int dir, const Kind *kind, unsigned seed)
{
        _cleanup_encoded_ Encoded jpeg = {};
        _cleanup_close_ int fd = -EBADF;
        _cleanup_raster_ Raster raster = {};
        Findings findings = {};
        PortraitWish wish;
        PhotoRules rules;
        char name[64];
        int r;

        photo_rules_default(&rules);
        portrait_wish_default(seed, &wish);
        wish.grain = 3;
        r = portrait_draw(&wish, kind->width, kind->height, &raster, NULL);
        if (r < 0)
                return r;
        r = kind->quality > 0 ? plain_jpeg_encode(&raster, kind->quality, &jpeg)
                              : encode_to_fit(&raster, &rules, &jpeg, &findings);
        if (r < 0)
                return r;
        if (!jpeg.data)
                return -ERANGE;
        (void)snprintf(name, sizeof(name), "%s-%u.jpg", kind->name, seed);
        fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
        if (fd < 0)
                return -errno;
        return write_full(fd, jpeg.data, jpeg.size);
}

static int draw(const char *path, const char *count)
{
        _cleanup_close_ int dir = open(path, O_DIRECTORY | O_RDONLY | O_CLOEXEC);
        int r;

        if (dir < 0)
                return fail_with(path, -errno);
        for (unsigned seed = 1; seed <= (unsigned)atoi(count); seed++)
                for (size_t i = 0; i < ELEMENTSOF(kinds); i++) {
                        r = draw_one(dir, &kinds[i], seed);
                        if (r < 0)
                                return fail_with(kinds[i].name, r);
                }
        return EXIT_SUCCESS;
}

/* ---- time ---- */

/* A photo in memory, and what the plain methods need of it, made before any clock runs. */
typedef struct Subject {
        const char *path;
        char *data;
        size_t size;
        unsigned scale;        /* the smallest at which plain_jpeg_decode() covers the result */
        unsigned double_scale; /* the smallest of 1, 2, 4 and 8 that covers twice the result */
        unsigned quality;      /* of our result */
        Raster finished;       /* the picture of our result */
        PhotoRules rules;
        PhotoModels *models;
} Subject;

static int64_t thread_nsec(void)
{
        struct timespec now;

        (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
        return now.tv_sec * NSEC_PER_SEC + now.tv_nsec;
}

static int run_everything(const Subject *s)
{
        PhotoResult result;
        int r = photo_examine_with(s->data, s->size, &s->rules, s->models, &result);

        photo_result_done(&result);
        return r;
}

static int run_without_face(const Subject *s)
{
        PhotoResult result;
        int r = photo_examine(s->data, s->size, &s->rules, &result);

        photo_result_done(&result);
        return r;
}

/* What makes the photo, and no check of the picture. */
static int run_without_checks(const Subject *s)
{
        const uint8_t *data = (const uint8_t *)s->data;
        _cleanup_free_ JpegHeader *header = calloc(1, sizeof(*header));
        _cleanup_encoded_ Encoded jpeg = {};
        _cleanup_raster_ Raster small = {};
        Findings findings = {};
        Decoded decoded = {};
        const Raster *raster;
        RasterWindow window;
        int r;

        if (!header)
                return -ENOMEM;
        jpeg_header_read(data, s->size, header);
        r = decode_jpeg(data, s->size, header, &s->rules, PHOTO_WIDTH, PHOTO_HEIGHT, &decoded,
                        &findings);
        raster = &decoded.raster;
        if (r >= 0 && (raster->width != PHOTO_WIDTH || raster->height != PHOTO_HEIGHT)) {
                window = (RasterWindow){.width = raster->width, .height = raster->height};
                r = raster_resize(raster, &window, PHOTO_WIDTH, PHOTO_HEIGHT, &small);
                raster = &small;
        }
        if (r >= 0)
                r = encode_to_fit(raster, &s->rules, &jpeg, &findings);
        decoded_done(&decoded);
        return r;
}

static int run_plain_decode(const Subject *s)
{
        _cleanup_raster_ Raster raster = {};

        return plain_jpeg_decode(s->data, s->size, s->scale, &raster);
}

/* As good programs do, which leave the last halving to a better filter than the DCT's. */
static int run_plain_double(const Subject *s)
{
        _cleanup_raster_ Raster raster = {};

        return plain_jpeg_decode(s->data, s->size, s->double_scale, &raster);
}

static int run_plain_encodes(const Subject *s)
{
        int r = 0;

        for (int i = 0; i < 2 && r >= 0; i++) {
                _cleanup_encoded_ Encoded jpeg = {};

                r = plain_jpeg_encode(&s->finished, s->quality, &jpeg);
        }
        return r;
}

static const struct {
        const char *name;
        int (*run)(const Subject *subject);
} methods[] = {
        {"everything", run_everything},         {"without-face", run_without_face},
        {"without-checks", run_without_checks}, {"plain-decode", run_plain_decode},
        {"plain-double", run_plain_double},     {"plain-encodes", run_plain_encodes},
};

static void subject_done(Subject *subject)
{
        free(subject->data);
        raster_done(&subject->finished);
}

/* Also the untimed first run of everything. */
static int prepare(Subject *s)
{
        PhotoResult result;
        int r;

        r = read_file(s->path, &s->data, &s->size);
        if (r < 0)
                return r;
        r = plain_jpeg_scale(s->data, s->size, PHOTO_WIDTH, PHOTO_HEIGHT, &s->scale);
        if (r >= 0)
                r = plain_jpeg_scale(s->data, s->size, 2 * PHOTO_WIDTH, 2 * PHOTO_HEIGHT,
                                     &s->double_scale);
        if (r < 0)
                return r;
        /* Those of three, five, six and seven eighths are slow in libjpeg-turbo. */
        while ((s->double_scale & (s->double_scale - 1)) != 0)
                s->double_scale++;
        r = photo_examine_with(s->data, s->size, &s->rules, s->models, &result);
        if (r >= 0 && !result.jpeg)
                r = -EBADMSG;
        if (r >= 0) {
                /* A photo whose coefficients were copied has the quality it came with. */
                s->quality =
                        result.info.quality > 0 ? result.info.quality : result.info.source_quality;
                r = plain_jpeg_decode(result.jpeg, result.jpeg_size, 8, &s->finished);
        }
        photo_result_done(&result);
        return r;
}

static int time_file(Subject *s, unsigned turn)
{
        const char *slash = strrchr(s->path, '/');
        int r = prepare(s);

        /* Another first one in every turn, so that none always finds warm caches. */
        for (size_t i = 0; i < ELEMENTSOF(methods) && r >= 0; i++) {
                size_t m = (i + turn) % ELEMENTSOF(methods);
                int64_t start = thread_nsec();

                r = methods[m].run(s);
                if (r >= 0)
                        (void)printf("%s\t%s\t%lld\n", methods[m].name, slash ? slash + 1 : s->path,
                                     (long long)(thread_nsec() - start));
        }
        return r;
}

static int time_files(const char *turn, int n, char **paths)
{
        _cleanup_(photo_models_freep) PhotoModels *models = NULL;
        int r = worker_models_load(&models);

        if (r < 0)
                return fail_with("models", r);
        if (!models)
                (void)fputs("bench-photo: no cascades found, faces are not checked\n", stderr);
        for (int i = 0; i < n; i++) {
                Subject subject = {.path = paths[i], .models = models};

                photo_rules_default(&subject.rules);
                r = time_file(&subject, (unsigned)atoi(turn));
                subject_done(&subject);
                if (r < 0)
                        return fail_with(paths[i], r);
        }
        return EXIT_SUCCESS;
}

static int repeat(const char *method, const char *times, const char *path)
{
        _cleanup_(photo_models_freep) PhotoModels *models = NULL;
        Subject subject = {.path = path};
        int r = worker_models_load(&models);

        subject.models = models;
        photo_rules_default(&subject.rules);
        if (r >= 0)
                r = prepare(&subject);
        for (size_t m = 0; m < ELEMENTSOF(methods); m++)
                for (int i = 0; strcmp(methods[m].name, method) == 0 && i < atoi(times); i++)
                        r = r < 0 ? r : methods[m].run(&subject);
        subject_done(&subject);
        return r < 0 ? fail_with(path, r) : EXIT_SUCCESS;
}

/* ---- score ---- */

typedef struct Reference {
        Plane channels[REFERENCE_CHANNELS];
        Plane luma;
} Reference;

static void reference_done(Reference *reference)
{
        for (int i = 0; i < REFERENCE_CHANNELS; i++)
                plane_done(&reference->channels[i]);
        plane_done(&reference->luma);
}
#define _cleanup_reference_ _cleanup_(reference_done)

static int reference_make(const Raster *source, bool linear, Reference *ret)
{
        for (int i = 0; i < REFERENCE_CHANNELS; i++) {
                int r = reference_channel(source, i, linear, PHOTO_WIDTH, PHOTO_HEIGHT,
                                          &ret->channels[i]);

                if (r < 0)
                        return r;
        }
        return reference_luma(ret->channels, &ret->luma);
}

static int load_jpeg(const char *path, Raster *ret, size_t *ret_size)
{
        _cleanup_free_ char *data = NULL;
        int r = read_file(path, &data, ret_size);

        return r < 0 ? r : plain_jpeg_decode(data, *ret_size, 8, ret);
}

static int score_result(const char *path, const Reference *gamma, const Reference *linear)
{
        _cleanup_reference_ Reference result = {};
        _cleanup_raster_ Raster raster = {};
        double ssim_gamma, ssim_linear, mse = 0;
        size_t size;
        int r;

        r = load_jpeg(path, &raster, &size);
        for (int i = 0; i < REFERENCE_CHANNELS && r >= 0; i++)
                r = plane_from_raster(&raster, i, &result.channels[i]);
        if (r >= 0)
                r = reference_luma(result.channels, &result.luma);
        if (r >= 0)
                r = similarity_ssim(&result.luma, &gamma->luma, &ssim_gamma);
        if (r >= 0)
                r = similarity_ssim(&result.luma, &linear->luma, &ssim_linear);
        if (r < 0)
                return r;
        for (int i = 0; i < REFERENCE_CHANNELS; i++)
                mse += similarity_mse(&result.channels[i], &gamma->channels[i]);
        (void)printf("%s\t%zu\t%.5f\t%.5f\t%.6f\n", path, size, ssim_gamma, ssim_linear,
                     mse / REFERENCE_CHANNELS);
        return 0;
}

static int score(const char *original, int n, char **results)
{
        _cleanup_reference_ Reference gamma = {}, linear = {};
        _cleanup_raster_ Raster source = {};
        size_t size;
        int r;

        r = load_jpeg(original, &source, &size);
        if (r >= 0)
                r = reference_make(&source, false, &gamma);
        if (r >= 0)
                r = reference_make(&source, true, &linear);
        if (r < 0)
                return fail_with(original, r);
        for (int i = 0; i < n; i++) {
                r = score_result(results[i], &gamma, &linear);
                if (r < 0)
                        return fail_with(results[i], r);
        }
        return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
        /* As the worker does before its first photo. */
        int r = photo_prepare();

        if (r < 0)
                return fail_with("cannot prepare", r);
        if (argc == 4 && strcmp(argv[1], "draw") == 0)
                return draw(argv[2], argv[3]);
        if (argc >= 4 && strcmp(argv[1], "time") == 0)
                return time_files(argv[2], argc - 3, argv + 3);
        if (argc == 5 && strcmp(argv[1], "repeat") == 0)
                return repeat(argv[2], argv[3], argv[4]);
        if (argc >= 4 && strcmp(argv[1], "score") == 0)
                return score(argv[2], argc - 3, argv + 3);
        (void)fputs(usage, stderr);
        return 2;
}
