/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/finding.h>

/*
 * From the bytes of a file to a verdict and the finished JPEG. Pure: no file, no clock, no global
 * state; any thread. Bytes are hostile. In the installed system this runs only inside the sandboxed
 * worker.
 */

/* The national standard (教毕指[2017]99号, RULES.md 1.4), SPEC [P3]. */
enum {
        PHOTO_WIDTH = 480,
        PHOTO_HEIGHT = 640,
        PHOTO_DPI = 300,
        PHOTO_QUALITY_MIN = 60,
        PHOTO_BYTES_MIN = 20480,
        PHOTO_BYTES_MAX = 40000,
};

/* Limits and thresholds. photo_rules_default() gives the values of SPEC [P1] and IMAGE-CHECKS.md 9.
 */
typedef struct PhotoRules {
        uint64_t max_file_bytes; /* 20 MiB */
        uint64_t max_pixels;     /* 60 million */
        unsigned max_scans;      /* 50 */
        double max_aspect_error; /* 0.01: |width / height / 0.75 - 1| */
} PhotoRules;

/* In src/domain, so that the worker's parent needs no decoder. */
void photo_rules_default(PhotoRules *ret);

typedef enum PhotoFormat {
        PHOTO_FORMAT_UNKNOWN,
        PHOTO_FORMAT_EMPTY,
        PHOTO_FORMAT_JPEG,
        PHOTO_FORMAT_OTHER, /* recognised and not JPEG: the finding says what */
        _PHOTO_FORMAT_MAX,
} PhotoFormat;

/* What is known about a photo after examination. Sizes in pixels, of the source upright. 0 where
 * unknown. */
typedef struct PhotoInfo {
        PhotoFormat format;
        uint32_t source_width;
        uint32_t source_height;
        uint32_t source_quality; /* estimated IJG quality of the last save, 1..100 */
        uint32_t orientation;    /* EXIF, 1..8 */
        uint32_t quality;        /* of the finished JPEG; 0 when coefficients were copied */
        int64_t taken;  /* EXIF DateTimeOriginal as seconds since the epoch, taken as local time; 0
                           unknown */
        uint64_t phash; /* perceptual hash; 0 unknown */
} PhotoInfo;

typedef struct PhotoResult {
        Findings findings;
        PhotoInfo info;
        uint8_t *jpeg; /* finished JPEG, NULL when rejected; owned by the caller:
                          photo_result_done() */
        size_t jpeg_size;
} PhotoResult;

/*
 * Examines data and, when no finding rejects, makes the finished JPEG of [P3]. Every finding that
 * can be made is made. 0 with a verdict, -ENOMEM otherwise; *ret is valid in both cases and must be
 * released. May take seconds on a large photo; memory is bounded by the rules (under 96 MiB beyond
 * the input).
 */
int photo_examine(const void *data, size_t size, const PhotoRules *rules, PhotoResult *ret);

/* In src/domain as well. Leaves an empty result. */
void photo_result_done(PhotoResult *result);
