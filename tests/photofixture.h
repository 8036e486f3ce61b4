/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/io.h>
#include <idphoto/photo.h>
#include <photo/encode.h>
#include <photo/raster.h>

#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* What the tests of the photo room share: pictures made on the spot, and the corpus. */

/* The mean difference of two finished photos, in steps of a sample. */
static inline double fixture_difference(const Raster *a, const Raster *b)
{
        size_t n = (size_t)PHOTO_WIDTH * PHOTO_HEIGHT * 3;
        double sum = 0;

        for (size_t i = 0; i < n; i++)
                sum += abs(a->pixels[i] - b->pixels[i]);
        return sum / (double)n;
}

/* A smooth picture with some grain: enough detail for 20 to 40 kilobytes at 480 x 640. */
static inline Raster fixture_picture(uint32_t width, uint32_t height)
{
        Raster raster;
        uint32_t noise = 12345;

        assert_int_equal(raster_new(width, height, &raster), 0);
        for (uint32_t y = 0; y < height; y++) {
                for (uint32_t x = 0; x < width; x++) {
                        uint8_t *p = raster.pixels + ((size_t)y * width + x) * 3;
                        double u = (double)x / width, v = (double)y / height;
                        int grain;

                        noise = noise * 1664525 + 1013904223;
                        grain = (int)(noise >> 29) - 4;
                        p[0] = (uint8_t)(110 + 60 * sin(9 * u) + grain);
                        p[1] = (uint8_t)(120 + 50 * cos(7 * v) + grain);
                        p[2] = (uint8_t)(140 + 70 * sin(5 * (u + v)) + grain);
                }
        }
        return raster;
}

static inline Encoded fixture_jpeg(uint32_t width, uint32_t height, unsigned quality)
{
        Raster raster = fixture_picture(width, height);
        Encoded jpeg = {};

        assert_int_equal(encode_jpeg(&raster, quality, false, &jpeg), 0);
        raster_done(&raster);
        return jpeg;
}

/* The corpus lies beside the source tree. */
static inline const char *corpus_path(char *buf, size_t size, const char *name)
{
        const char *corpus = getenv("IDPHOTO_CORPUS"), *root = getenv("IDPHOTO_SOURCE_ROOT");

        if (corpus)
                (void)snprintf(buf, size, "%s/%s", corpus, name);
        else
                (void)snprintf(buf, size, "%s/../shared/corpus/%s", root ? root : ".", name);
        return buf;
}

/* Leaves the test out where the corpus is not there, and says so. */
static inline void corpus_require_for(const char *test)
{
        char path[4096];

        if (access(corpus_path(path, sizeof(path), "MANIFEST.csv"), R_OK) < 0) {
                print_message("left out: %s - no corpus of test photos\n", test);
                skip();
        }
}
#define corpus_require() corpus_require_for(__func__)

static inline void corpus_read(const char *name, char **ret, size_t *ret_size)
{
        char path[4096];
        _cleanup_close_ int fd = open(corpus_path(path, sizeof(path), name), O_RDONLY | O_CLOEXEC);

        if (fd < 0)
                fail_msg("cannot open '%s'", path);
        assert_int_equal(read_whole_fd(fd, 64 << 20, ret, ret_size), 0);
}

static inline void assert_finding(const Findings *findings, ReasonCode code, FindingLevel level)
{
        const Finding *f = findings_find(findings, code);

        if (!f)
                fail_msg("finding '%s' is missing", reason_to_string(code));
        if (f->level != level)
                fail_msg("finding '%s' is '%s'", reason_to_string(code),
                         finding_level_to_string(f->level));
}

static inline void assert_no_finding(const Findings *findings, ReasonCode code)
{
        if (findings_find(findings, code))
                fail_msg("finding '%s' is there", reason_to_string(code));
}

/* The cascades of Debian's opencv-data; the test is skipped without them. */
static inline PhotoModels *fixture_models(void)
{
        static const char *const names[2] = {"haarcascade_frontalface_alt2.xml",
                                             "haarcascade_eye.xml"};
        const char *folder = getenv("IDPHOTO_CASCADES");
        char *xml[2] = {};
        size_t sizes[2] = {};
        PhotoModels *models = NULL;

        for (int i = 0; i < 2; i++) {
                char path[4096];
                _cleanup_close_ int fd = -EBADF;

                (void)snprintf(path, sizeof(path), "%s/%s",
                               folder ? folder : "/usr/share/opencv4/haarcascades", names[i]);
                fd = open(path, O_RDONLY | O_CLOEXEC);
                if (fd < 0) {
                        free(xml[0]);
                        print_message("no cascades (opencv-data): skipped\n");
                        skip();
                }
                assert_int_equal(read_whole_fd(fd, 4 << 20, &xml[i], &sizes[i]), 0);
        }
        assert_int_equal(photo_models_new(xml[0], sizes[0], xml[1], sizes[1], &models), 0);
        free(xml[0]);
        free(xml[1]);
        return models;
}
