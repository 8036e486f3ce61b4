/* SPDX-License-Identifier: MIT */
#pragma once

#include "canvas.h"
#include "exif.h"
#include <idphoto/photo.h>

/*
 * Pictures in formats other than JPEG [P2]. Each format is one row of a table: how its header is
 * read, and how its pixels are decoded. The library of a format may be missing in the build, and
 * the rules may leave a format out.
 */

/* The header of a picture. */
typedef struct Source {
        const uint8_t *data;
        size_t size;
        PhotoFormat format;
        const char *name; /* of the format */

        uint32_t width; /* as stored */
        uint32_t height;
        uint32_t orientation; /* as EXIF's */
        int64_t taken;        /* as PhotoInfo.taken */
        bool has_metadata;
        bool screenshot; /* what made it says so, or it has the size of a telephone's screen */
        bool several;    /* more than one picture, or a moving one */
        bool cmyk;
        uint64_t memory;         /* bytes that decoding takes, without the canvas */
        unsigned memory_a_pixel; /* more of them for each pixel of the canvas */
        uint8_t *profile;        /* ICC; NULL: none */
        size_t profile_size;
        unsigned primaries;               /* of ITU-T H.273, where there is no profile; 0: sRGB */
        char detail[FINDING_DETAIL_SIZE]; /* what it is that cannot be decoded; "" */
} Source;

/* Longest ICC profile and EXIF data that are looked at. */
#define SOURCE_METADATA_MAX (4u << 20)

/* As photo_prepare(). */
int source_prepare(void);

/* Whether the rules and the build have a decoder. */
bool source_wanted(PhotoFormat format, const PhotoRules *rules);

/*
 * Reads the header of data in one of the wanted formats. 1; 0: findings say why it is not to be
 * decoded; -ENOMEM. *ret is valid in each case, must be released with source_done(), and points
 * into data.
 */
int source_open(const uint8_t *data, size_t size, PhotoFormat format, Source *ret,
                Findings *findings);

/* Decodes, as decode_jpeg() does; the colours are known afterwards. *ret_see_through: some of it was
 * not opaque, and was laid over white. 0 or -ENOMEM. */
int source_decode(Source *source, const PhotoRules *rules, uint32_t want_width,
                  uint32_t want_height, Decoded *ret, bool *ret_see_through, Findings *findings);

/* Decodes a part, as decode_jpeg_part() does. */
int source_decode_part(Source *source, const PhotoRules *rules, uint32_t want_width,
                       uint32_t want_height, const RasterWindow *window, uint64_t spare,
                       Decoded *ret);

void source_done(Source *source);

/* ---- for the formats ---- */

/*
 * open: fills in what is known before decoding. 0; -EBADMSG: damaged; -ENODATA: cut off;
 * -EOPNOTSUPP: of a kind that is not decoded, which detail names; -ENOMEM.
 * decode: puts all rows, and may learn the primaries. The same; rows that are missing count as
 * damage.
 */
typedef struct SourceFormat {
        ReasonCode reason; /* why it is rejected where it is not decoded */
        const char *name;
        int (*prepare)(void); /* NULL: nothing to do; as photo_prepare() */
        int (*open)(Source *source);
        int (*decode)(Source *source, Canvas *canvas);
} SourceFormat;

#if HAVE_SPNG
extern const SourceFormat source_png;
#endif
#if HAVE_WEBP
extern const SourceFormat source_webp;
#endif
#if HAVE_TIFF
extern const SourceFormat source_tiff;
#endif
#if HAVE_HEIC
extern const SourceFormat source_heic;
#endif
#if HAVE_AVIF
extern const SourceFormat source_avif;
#endif

/* Takes over orientation and time, and whether it is a screenshot, from EXIF data. */
void source_take_exif(Source *source, const uint8_t *exif, size_t size);

/* Copies the profile. One that is longer than any counts as damaged, and so gets a finding. 0 or
 * -ENOMEM. */
int source_take_profile(Source *source, const void *profile, size_t size);
