/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/util.h>

/*
 * Reads the segments before the first scan of a JPEG in one pass. That is enough to refuse a photo
 * with the right reason before libjpeg sees it, and to find the metadata, which libjpeg would only
 * copy. The reader never goes beyond `size` and allocates nothing. All pointers point into the
 * data.
 */

enum {
        JPEG_BASELINE = 0xc0,
        JPEG_EXTENDED = 0xc1,
        JPEG_PROGRESSIVE = 0xc2,
        JPEG_ARITHMETIC = 0xc9,
        JPEG_ARITHMETIC_PROGRESSIVE = 0xca,
        JPEG_LS = 0xf7,

        JPEG_COMPONENTS_MAX = 4,
        JPEG_TABLES_MAX = 4,
        JPEG_BLOCK = 64,
        JPEG_ICC_CHUNKS_MAX = 255,
};

typedef struct JpegHeader {
        bool truncated;  /* the data ends before the first scan */
        size_t scans;    /* offset of the first scan; 0: there is none */
        uint8_t process; /* the SOF marker; 0: there is none */
        unsigned precision;
        uint32_t width; /* as stored */
        uint32_t height;
        unsigned n_components;
        uint8_t component_table[JPEG_COMPONENTS_MAX]; /* index of its quantisation table */

        bool table_seen[JPEG_TABLES_MAX];
        bool table_zero; /* a quantisation table holds a zero, which no encoder writes */
        uint16_t tables[JPEG_TABLES_MAX][JPEG_BLOCK]; /* in zigzag order */

        bool has_jfif;
        uint8_t density_unit; /* 1: dots per inch */
        uint16_t x_density;
        uint16_t y_density;

        bool has_metadata;   /* anything but Adobe and JFIF without a thumbnail */
        const uint8_t *exif; /* TIFF part of the first EXIF segment; NULL: there is none */
        size_t exif_size;

        /* The ICC profile, in chunks numbered from 1. It is complete when icc_seen equals
         * icc_total. */
        bool icc_bad; /* the chunk numbers contradict each other */
        unsigned icc_total;
        unsigned icc_seen;
        struct {
                const uint8_t *data;
                uint32_t size;
        } icc[JPEG_ICC_CHUNKS_MAX];
} JpegHeader;

/* Reads the header. Never fails: fields of missing parts stay zero. */
void jpeg_header_read(const uint8_t *data, size_t size, JpegHeader *ret);

/* Estimates the IJG quality of the luminance table, 1..100; 0: unknown. *ret_exact: the table is
 * exactly the one of that quality. */
unsigned jpeg_header_quality(const JpegHeader *header, bool *ret_exact);
