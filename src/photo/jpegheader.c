/* SPDX-License-Identifier: MIT */
#include "jpegheader.h"

#include <string.h>

enum {
        MARKER_SOI = 0xd8,
        MARKER_EOI = 0xd9,
        MARKER_SOS = 0xda,
        MARKER_DQT = 0xdb,
        MARKER_APP0 = 0xe0,
        MARKER_APP1 = 0xe1,
        MARKER_APP2 = 0xe2,
        MARKER_APP14 = 0xee,
        MARKER_APP15 = 0xef,
        MARKER_COM = 0xfe,
        MARKER_TEM = 0x01,
};

static uint16_t be16(const uint8_t *p)
{
        return (uint16_t)(p[0] << 8 | p[1]);
}

static bool is_frame(uint8_t marker)
{
        /* DHT, JPG and DAC share the range of the frame headers. */
        return (marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 &&
                marker != 0xcc) ||
               marker == JPEG_LS;
}

static void read_frame(uint8_t marker, const uint8_t *p, size_t n, JpegHeader *h)
{
        if (h->process != 0 || n < 6)
                return;
        h->process = marker;
        h->precision = p[0];
        h->height = be16(p + 1);
        h->width = be16(p + 3);
        h->n_components = p[5];
        for (size_t i = 0; i < MIN(h->n_components, (unsigned)JPEG_COMPONENTS_MAX); i++)
                if (6 + 3 * i + 3 <= n)
                        h->component_table[i] = p[6 + 3 * i + 2];
}

static void read_tables(const uint8_t *p, size_t n, JpegHeader *h)
{
        while (n > 0) {
                bool wide = p[0] >> 4;
                size_t index = p[0] & 15, bytes = wide ? 2 * JPEG_BLOCK : JPEG_BLOCK;

                if (n < 1 + bytes || index >= JPEG_TABLES_MAX)
                        return;
                for (size_t i = 0; i < JPEG_BLOCK; i++) {
                        uint16_t q = wide ? be16(p + 1 + 2 * i) : p[1 + i];

                        h->tables[index][i] = q;
                        if (q == 0)
                                h->table_zero = true;
                }
                h->table_seen[index] = true;
                p += 1 + bytes;
                n -= 1 + bytes;
        }
}

static void read_icc_chunk(const uint8_t *p, size_t n, JpegHeader *h)
{
        unsigned number = p[0], total = p[1];

        if (number == 0 || total == 0 || number > total ||
            (h->icc_total != 0 && h->icc_total != total) || h->icc[number - 1].data) {
                h->icc_bad = true;
                return;
        }
        h->icc_total = total;
        h->icc_seen++;
        h->icc[number - 1].data = p + 2;
        h->icc[number - 1].size = (uint32_t)(n - 2);
}

static bool starts(const uint8_t *p, size_t n, const char *magic, size_t magic_size)
{
        return n >= magic_size && memcmp(p, magic, magic_size) == 0;
}

static void read_application(uint8_t marker, const uint8_t *p, size_t n, JpegHeader *h)
{
        if (marker == MARKER_APP0 && n >= 12 && starts(p, n, "JFIF", 5)) {
                if (!h->has_jfif) {
                        h->density_unit = p[7];
                        h->x_density = be16(p + 8);
                        h->y_density = be16(p + 10);
                }
                h->has_jfif = true;
                /* A thumbnail, announced or present, may show anybody. */
                if (n > 14)
                        h->has_metadata = true;
                return;
        }
        if (marker == MARKER_APP14 && starts(p, n, "Adobe", 5))
                return;
        h->has_metadata = true;
        if (marker == MARKER_APP1 && !h->exif && starts(p, n, "Exif\0", 6)) {
                h->exif = p + 6;
                h->exif_size = n - 6;
        } else if (marker == MARKER_APP2 && n >= 14 && starts(p, n, "ICC_PROFILE", 12)) {
                read_icc_chunk(p + 12, n - 12, h);
        }
}

void jpeg_header_read(const uint8_t *data, size_t size, JpegHeader *ret)
{
        size_t at = 2;

        memset(ret, 0, sizeof(*ret));
        ret->truncated = true;
        if (size < 2)
                return;
        for (;;) {
                uint8_t marker;
                size_t length;

                /* Bytes between segments are skipped, as libjpeg does. */
                while (at < size && data[at] != 0xff)
                        at++;
                while (at < size && data[at] == 0xff)
                        at++;
                if (at >= size)
                        return;
                marker = data[at++];
                if (marker == 0 || marker == MARKER_TEM || marker == MARKER_SOI ||
                    (marker >= 0xd0 && marker <= 0xd7))
                        continue;
                if (marker == MARKER_EOI || marker == MARKER_SOS) {
                        ret->truncated = false;
                        ret->scans = marker == MARKER_SOS ? at : 0;
                        return;
                }
                if (size - at < 2)
                        return;
                length = be16(data + at);
                if (length < 2) {
                        ret->truncated = false;
                        return;
                }
                if (length > size - at)
                        return;
                if (is_frame(marker))
                        read_frame(marker, data + at + 2, length - 2, ret);
                else if (marker == MARKER_DQT)
                        read_tables(data + at + 2, length - 2, ret);
                else if (marker >= MARKER_APP0 && marker <= MARKER_APP15)
                        read_application(marker, data + at + 2, length - 2, ret);
                else if (marker == MARKER_COM)
                        ret->has_metadata = true;
                at += length;
        }
}

/* The luminance table of JPEG Annex K in zigzag order. IJG's quality scales it. */
static const uint8_t annex_k[JPEG_BLOCK] = {
        16, 11, 12,  14,  12,  10, 16, 14,  13,  14,  18,  17,  16, 19,  24,  40,
        26, 24, 22,  22,  24,  49, 35, 37,  29,  40,  58,  51,  61, 60,  57,  51,
        56, 55, 64,  72,  92,  78, 64, 68,  87,  69,  55,  56,  80, 109, 81,  87,
        95, 98, 103, 104, 103, 62, 77, 113, 121, 112, 100, 120, 92, 101, 103, 99,
};

static unsigned table_distance(const uint16_t *table, unsigned quality, unsigned cap)
{
        unsigned scale = quality < 50 ? 5000 / quality : 200 - 2 * quality, sum = 0;

        for (size_t i = 0; i < JPEG_BLOCK && sum < cap; i++) {
                unsigned q = CLAMP((annex_k[i] * scale + 50) / 100, 1u, 32767u);

                sum += q > table[i] ? q - table[i] : table[i] - q;
        }
        return sum;
}

unsigned jpeg_header_quality(const JpegHeader *header, bool *ret_exact)
{
        unsigned best = 0, best_distance = UINT32_MAX;
        unsigned index = header->component_table[0];

        *ret_exact = false;
        if (index >= JPEG_TABLES_MAX || !header->table_seen[index])
                return 0;
        for (unsigned quality = 1; quality <= 100; quality++) {
                unsigned d = table_distance(header->tables[index], quality, best_distance);

                if (d < best_distance) {
                        best_distance = d;
                        best = quality;
                }
        }
        *ret_exact = best_distance == 0;
        return best;
}
