/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/finding.h>
#include <idphoto/fingerprint.h>

#include <math.h>

/*
 * Makes a verdict and the finished JPEG from the bytes of a file. The bytes may be hostile. The
 * functions are pure: they open no file, read no clock, keep no global state and run on any thread.
 * In the installed system they run only inside the sandboxed worker.
 */

/* The national standard: 教毕指[2017]99号, the appendix on electronic photos [P3]. */
enum {
        PHOTO_WIDTH = 480,
        PHOTO_HEIGHT = 640,
        PHOTO_DPI = 300,
        PHOTO_QUALITY_MIN = 60,
        PHOTO_BYTES_MIN = 20480,
        PHOTO_BYTES_MAX = 40000,
};

/* The file sizes that the collection centre's upload form accepts: within "60KB-500KB" whether a KB
 * is 1000 or 1024 bytes [P8]. */
enum {
        PHOTO_CENTRE_BYTES_MIN = 61440,
        PHOTO_CENTRE_BYTES_MAX = 500000,
};

/*
 * The measures of a picture that are judged by a band: X(SYMBOL, "name", REASON, warn_min,
 * warn_max, reject_min, reject_max). The configuration uses the names, and these bands are its
 * defaults; src/domain/photorules.c explains their origin. A value outside the reject band rejects.
 * Any other value outside the warn band warns. An infinite bound is no bound: four infinities
 * silence a measure, and an infinite reject band turns its rejections into warnings. When two
 * measures share a reason, the graver finding is kept.
 */
#define PHOTO_MEASURES(X) \
        /* IJG quality of the last save, estimated from the quantisation tables */ \
        X(SOURCE_QUALITY, "source-quality", INPUT_QUALITY, 60, INFINITY, 40, INFINITY) \
        /* ratio of small luma steps across the 8-pixel grid to those elsewhere; only of sources \
         * not much larger than the result */ \
        X(BLOCK_EDGE, "block-edge", RECOMPRESSED, -INFINITY, 1.47, -INFINITY, INFINITY) \
        /* standard deviation of luma */ \
        X(DETAIL, "detail", BLANK_PICTURE, -INFINITY, INFINITY, 6, INFINITY) \
        /* mean |Cb - 128| + |Cr - 128| */ \
        X(CHROMA, "chroma", GREY_PICTURE, -INFINITY, INFINITY, 3, INFINITY) \
        /* length of the mean hue vector, where the picture is not strongly coloured */ \
        X(HUE_CONCENTRATION, "hue-concentration", SEPIA, -INFINITY, 0.993, -INFINITY, INFINITY) \
        /* variance of the Laplacian of luma in the central 200 x 280, well exposed photos only */ \
        X(SHARPNESS, "sharpness", BLUR, 30, INFINITY, 6, INFINITY) \
        /* Crete's no-reference blur of the face, from 0 (sharp) to 1 (blurred) */ \
        X(FACE_BLUR, "face-blur", BLUR, -INFINITY, 0.58, -INFINITY, 0.66) \
        /* percent of burnt-out pixels (luma >= 247) in the face, else in the centre */ \
        X(BURNT, "burnt", EXPOSURE_OVER, -INFINITY, 10, -INFINITY, 25) \
        /* CIELAB lightness of the cheeks */ \
        X(FACE_LIGHT, "face-light", EXPOSURE_OVER, -INFINITY, 86, -INFINITY, 92) \
        /* percent of the mouth and its surroundings that is bright and not of the skin's colour */ \
        X(COVERED, "covered", FACE_COVERED, -INFINITY, 60, -INFINITY, INFINITY) \
        /* 95th percentile of luma in the whole picture, backdrop included; not of pictures whose
         * backdrop has an allowed colour */ \
        X(BRIGHTEST, "brightest", EXPOSURE_UNDER, 150, INFINITY, 120, INFINITY) \
        /* distance of the backdrop's median from the nearest allowed colour, CIELAB by hue (wall.h) */ \
        X(BACKDROP_DISTANCE, "backdrop-distance", BACKDROP_COLOUR, -INFINITY, 18, -INFINITY, 36) \
        /* 90th percentile of the distance of backdrop pixels from the backdrop's median */ \
        X(BACKDROP_SPREAD, "backdrop-spread", BACKDROP_UNEVEN, -INFINITY, 6, -INFINITY, INFINITY) \
        /* percent of backdrop pixels further than 12 from the median */ \
        X(BACKDROP_ODD, "backdrop-odd", BACKDROP_UNEVEN, -INFINITY, INFINITY, -INFINITY, 35) \
        /* percent of the backdrop that differs as no shadow does: in tint, or much in light */ \
        X(BACKDROP_THINGS, "backdrop-things", BACKDROP_UNEVEN, -INFINITY, 0.3, -INFINITY, 0.8) \
        /* longest straight step along one of the outer 70 rows or columns, percent of the line */ \
        X(STRAIGHT_STEP, "straight-step", BORDER, -INFINITY, INFINITY, -INFINITY, 80) \
        /* first row of the head, pixels from the top at 480 x 640 */ \
        X(CROWN, "crown", HEAD_TOP, 50, 110, 42, 118) \
        /* mean row of the eyes */ \
        X(EYES, "eyes", EYE_LINE, 200, 300, 192, 308) \
        /* pixels between the cheeks, without ears; the measure is coarse, so its bands are wider \
         * than 180-300 */ \
        X(WIDTH, "width", FACE_WIDTH, 170, 310, 155, 325) \
        /* distance of the middle of the face from the middle of the picture, pixels */ \
        X(CENTRE, "centre", OFF_CENTRE, -INFINITY, 40, -INFINITY, INFINITY) \
        /* slope of the line through the eyes, degrees */ \
        X(TILT, "tilt", HEAD_TILT, -INFINITY, 6, -INFINITY, 12) \
        /* how much redder an eye is than the cheek, CIELAB a* */ \
        X(RED_EYE, "red-eye", RED_EYE, -INFINITY, 9, -INFINITY, INFINITY) \
        /* percent of what surrounds an eye that shines without colour */ \
        X(SHINE, "shine", GLARE, -INFINITY, 12, -INFINITY, INFINITY) \
        /* percent of the forehead that is not of the cheeks' colour */ \
        X(FOREHEAD, "forehead", FOREHEAD_COVERED, -INFINITY, 60, -INFINITY, INFINITY) \
        /* percent of the last 40 rows that is not backdrop */ \
        X(SHOULDERS, "shoulders", SHOULDERS, 60, INFINITY, -INFINITY, INFINITY) \
        /* the same where the shoulders must be, but are as pale as the backdrop */ \
        X(CLOTHES, "clothes", PALE_CLOTHES, 60, INFINITY, -INFINITY, INFINITY) \
        /* The last four are hints, off unless an operator sets a band. They flag dark skin and \
         * good studio light more often than faults. */ \
        /* contrast of the face: the 95th percentile of luma minus the 5th; a band to try: 60 and \
         * more */ \
        X(CONTRAST, "contrast", LOW_CONTRAST, -INFINITY, INFINITY, -INFINITY, INFINITY) \
        /* distance of the cheeks' a* and b* from the range of skin in white light; try up to 0 */ \
        X(CAST, "cast", COLOUR_CAST, -INFINITY, INFINITY, -INFINITY, INFINITY) \
        /* difference of light between the cheeks, exposure steps; try up to 2 */ \
        X(SIDE_LIGHT, "side-light", SIDE_LIGHT, -INFINITY, INFINITY, -INFINITY, INFINITY) \
        /* standard deviation of the grain in the face; try up to 1.5 */ \
        X(GRAIN, "grain", NOISE, -INFINITY, INFINITY, -INFINITY, INFINITY)

typedef enum PhotoMeasure {
#define X(symbol, name, reason, warn_min, warn_max, reject_min, reject_max) PHOTO_MEASURE_##symbol,
        PHOTO_MEASURES(X)
#undef X
                _PHOTO_MEASURE_MAX,
        _PHOTO_MEASURE_INVALID = -EINVAL,
} PhotoMeasure;

const char *photo_measure_to_string(PhotoMeasure measure);

typedef struct PhotoBand {
        double warn_min;
        double warn_max;
        double reject_min;
        double reject_max;
} PhotoBand;

#define PHOTO_BACKDROPS_MAX 8

typedef enum PhotoFormat {
        PHOTO_FORMAT_UNKNOWN,
        PHOTO_FORMAT_EMPTY,
        PHOTO_FORMAT_JPEG,
        /* decoded where the build has a library and the rules want it [P2] */
        PHOTO_FORMAT_HEIC,
        PHOTO_FORMAT_AVIF,
        PHOTO_FORMAT_PNG,
        PHOTO_FORMAT_WEBP,
        PHOTO_FORMAT_TIFF,
        PHOTO_FORMAT_OTHER, /* recognised, but never decoded; the finding names it */
        _PHOTO_FORMAT_MAX,
        _PHOTO_FORMAT_INVALID = -EINVAL,
} PhotoFormat;

#define PHOTO_FORMAT_BIT(format) (1u << (format))

/* "jpeg", "unknown". Defined in src/domain, like the next three. */
const char *photo_format_to_string(PhotoFormat format);
PhotoFormat photo_format_from_string(const char *s);

/* The bits of the formats that this build decodes, JPEG among them. */
uint32_t photo_formats_built_in(void);

/* Appends the names of the formats with these bits, a blank between two. */
void photo_formats_append(uint32_t formats, Text *text);

/* What is done with a picture in which the head is not where it should be [P10]. */
typedef enum PhotoFraming {
        PHOTO_FRAMING_AUTO,  /* it is cut so that the head is, where that is possible */
        PHOTO_FRAMING_CHECK, /* it is told */
        _PHOTO_FRAMING_MAX,
        _PHOTO_FRAMING_INVALID = -EINVAL,
} PhotoFraming;

/* The words of the configuration. */
const char *photo_framing_to_string(PhotoFraming framing);
PhotoFraming photo_framing_from_string(const char *s);

/* Limits and thresholds. photo_rules_default() sets the limits of [P1] and the bands of
 * PHOTO_MEASURES; the numbers below are its defaults. Plain data: may be copied to another process
 * of the same build. */
typedef struct PhotoRules {
        uint64_t max_file_bytes;     /* 20 MiB */
        uint64_t max_pixels;         /* 60 million */
        uint64_t max_memory_bytes;   /* 96 MiB, for one examination, without the input */
        uint64_t max_scan_pixels;    /* 1.2 billion: scans times pixels; bounds the time */
        unsigned max_scans;          /* 50 */
        uint32_t formats;            /* bits of what is decoded: all that is built in */
        double max_aspect_error;     /* 0.01: |width / height / 0.75 - 1| */
        PhotoFraming framing;        /* auto */
        unsigned output_quality_min; /* 60 */
        uint32_t output_bytes_min;   /* 20480 */
        uint32_t output_bytes_max;   /* 40000 */
        size_t n_backdrops;
        uint8_t backdrops[PHOTO_BACKDROPS_MAX][3]; /* allowed colours, sRGB */
        PhotoBand bands[_PHOTO_MEASURE_MAX];
} PhotoRules;

/* Sets the defaults. Defined in src/domain, like the functions below that say so, because the
 * worker's parent links no decoder. */
void photo_rules_default(PhotoRules *ret);

/* Whether some value of the measure would give a finding. If not, the measurement may be skipped.
 * Defined in src/domain. */
bool photo_measure_wanted(const PhotoRules *rules, PhotoMeasure measure);

/* Adds the finding for the measured value, if there is one. NAN means "not measured" and adds none.
 * Returns the finding or NULL. Defined in src/domain. */
Finding *photo_measure_judge(const PhotoRules *rules, PhotoMeasure measure, double value,
                             Findings *findings);

/* Where the face is in the finished picture of 480 x 640, in pixels from the upper left corner and
 * in degrees. NAN: not found or not measured. */
typedef struct PhotoGeometry {
        double head_top;    /* row of the top of the hair */
        double eye_line;    /* row */
        double face_width;  /* between the cheeks */
        double face_centre; /* column */
        double head_tilt;   /* degrees, clockwise positive */
} PhotoGeometry;

#define PHOTO_GEOMETRY_UNKNOWN ((PhotoGeometry){NAN, NAN, NAN, NAN, NAN})

/* Whether every value is NAN or within the frame, and the tilt within half a turn. Defined in
 * src/domain. */
bool photo_geometry_valid(const PhotoGeometry *geometry);

/* What was measured, at fault or not. A bit of known for each measure that has a value. */
typedef struct PhotoMeasured {
        uint64_t known;
        double values[_PHOTO_MEASURE_MAX];
} PhotoMeasured;

/* What the examination learned about a photo. Sizes are in pixels and of the upright source. 0:
 * unknown. */
typedef struct PhotoInfo {
        PhotoFormat format;
        uint32_t source_width;
        uint32_t source_height;
        uint32_t source_quality; /* estimated IJG quality of the last save, 1..100 */
        uint32_t orientation;    /* EXIF, 1..8 */
        uint32_t quality;        /* of the finished JPEG; 0 when coefficients were copied */
        int64_t taken;           /* EXIF DateTimeOriginal, read as UTC because EXIF names no time
                                    zone; 0: unknown */
        uint64_t phash;          /* perceptual hash; 0: unknown */
        PhotoFingerprint fingerprint; /* only with a phash */
        PhotoGeometry geometry;       /* NAN, not 0, where unknown */
        PhotoMeasured measured;
} PhotoInfo;

typedef struct PhotoResult {
        Findings findings;
        PhotoInfo info;
        uint8_t *jpeg; /* the finished JPEG, NULL when rejected; photo_result_done() frees it */
        size_t jpeg_size;
} PhotoResult;

/*
 * The cascades that find faces and eyes, in OpenCV's XML (haarcascade_frontalface_alt2 and
 * haarcascade_eye of Debian's opencv-data). The caller passes them as bytes, because the examiner
 * opens no file. They never change once made, so any number of threads may share them.
 */
typedef struct PhotoModels PhotoModels;

/* Parses the cascades. eye_xml may be NULL. 0; -EBADMSG: a cascade is malformed or beyond the
 * limits; -ENOMEM. */
int photo_models_new(const void *face_xml, size_t face_size, const void *eye_xml, size_t eye_size,
                     PhotoModels **ret);
void photo_models_free(PhotoModels *models);
DEFINE_CLEANUP(PhotoModels, photo_models_free)

/* Makes the decoders read what they read on their first use, for a process that can open nothing
 * later [Z1]. To be called once, before any other function decodes. 0 or -ENOMEM. */
int photo_prepare(void);

/*
 * Examines data and, when no finding rejects, makes the finished JPEG of [P3]. Runs all checks that
 * are possible, even after a rejection. models may be NULL: then REASON_FACE_NOT_CHECKED replaces
 * the checks of the face. 0 with a verdict, or -ENOMEM; *ret is valid in both cases and must be
 * released. May take two seconds for a progressive photo of 60 megapixels. The rules bound the
 * memory; a photo that would need more gets REASON_EXAMINER_MEMORY.
 */
int photo_examine_with(const void *data, size_t size, const PhotoRules *rules,
                       const PhotoModels *models, PhotoResult *ret);

/* The same without models. */
int photo_examine(const void *data, size_t size, const PhotoRules *rules, PhotoResult *ret);

/* Whether the bytes begin as those of an archive: zip, 7z, rar, tar and the like, no document. Some
 * thousand bytes are enough. Never fails. */
bool photo_is_archive(const void *data, size_t size);

/*
 * Makes the rendition for the collection centre [P8] from the original: cropped, turned and
 * converted like the finished photo, at the best quality that fits PHOTO_CENTRE_BYTES_MAX. The same
 * rules and models give the same part of the original. Does not judge the picture. 0 with *ret_jpeg, which the caller frees. -ERANGE: no quality gives an allowed
 * size. A smooth picture may stay below PHOTO_CENTRE_BYTES_MIN even at the best quality; it is not
 * padded. -ENODATA: data gives no picture of the right shape. -ENOMEM.
 */
int photo_render_centre(const void *data, size_t size, const PhotoRules *rules,
                        const PhotoModels *models, uint8_t **ret_jpeg, size_t *ret_size);

/* Frees the content and leaves an empty result. Defined in src/domain. */
void photo_result_done(PhotoResult *result);
