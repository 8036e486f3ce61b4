/* SPDX-License-Identifier: MIT */
#include "source.h"

#include <spng.h>
#include <string.h>

/* Chunks that the library keeps, in bytes: one, and all together. */
#define CHUNK_MAX  SOURCE_METADATA_MAX
#define CHUNKS_MAX (2 * SOURCE_METADATA_MAX)

/* What the library takes beside rows: its window, and what it reads of the file at once. */
#define LIBRARY_MEMORY (1u << 20)

static void context_freep(spng_ctx **context)
{
        spng_ctx_free(*context);
}

#define _cleanup_context_ _cleanup_(context_freep)

static int error_of(int spng)
{
        switch (spng) {
        case 0:
        case SPNG_EOI:
                return 0;
        case SPNG_EMEM:
                return -ENOMEM;
        case SPNG_IO_EOF:
                return -ENODATA;
        default:
                return -EBADMSG;
        }
}

static int begin(const Source *source, spng_ctx **ret, struct spng_ihdr *ret_header)
{
        _cleanup_context_ spng_ctx *context = spng_ctx_new(0);
        int r;

        if (!context)
                return -ENOMEM;
        (void)spng_set_chunk_limits(context, CHUNK_MAX, CHUNKS_MAX);
        /* What a viewer shows in spite of a wrong sum in a text is no damaged photo. */
        (void)spng_set_crc_action(context, SPNG_CRC_ERROR, SPNG_CRC_DISCARD);
        r = spng_set_png_buffer(context, source->data, source->size);
        if (r == 0)
                r = spng_get_ihdr(context, ret_header);
        if (r != 0)
                return error_of(r);
        *ret = TAKE_PTR(context);
        return 0;
}

/* Whether an APNG's chunk stands before the first pixels. */
static bool is_animation(const uint8_t *data, size_t size)
{
        size_t at = 8;

        while (size - at >= 12) {
                const uint32_t length = (uint32_t)data[at] << 24 | (uint32_t)data[at + 1] << 16 |
                                        (uint32_t)data[at + 2] << 8 | data[at + 3];

                if (memcmp(data + at + 4, "acTL", 4) == 0)
                        return true;
                if (memcmp(data + at + 4, "IDAT", 4) == 0 || length > size - at - 12)
                        return false;
                at += 12 + (size_t)length;
        }
        return false;
}

/* Telephones' screens, in pixels from side to side, all of them much taller than a photo. */
static bool has_size_of_screen(uint32_t width, uint32_t height)
{
        static const uint16_t widths[] = {640,  720,  750,  828,  1080, 1125, 1170,
                                          1179, 1206, 1242, 1284, 1290, 1320, 1440};

        if (height < 1.7 * width || height > 2.4 * width)
                return false;
        for (size_t i = 0; i < ELEMENTSOF(widths); i++)
                if (width == widths[i])
                        return true;
        return false;
}

static bool text_says_screenshot(spng_ctx *context)
{
        uint32_t n = 0;
        struct spng_text *texts;
        bool found = false;

        if (spng_get_text(context, NULL, &n) != 0 || n == 0)
                return false;
        texts = calloc(n, sizeof(*texts));
        if (!texts || spng_get_text(context, texts, &n) != 0)
                n = 0;
        for (uint32_t i = 0; i < n && !found; i++)
                found = texts[i].text && strcasestr(texts[i].text, "screenshot");
        free(texts);
        return found;
}

static int read_metadata(Source *source, spng_ctx *context)
{
        struct spng_iccp profile;
        struct spng_exif exif;
        uint32_t n_texts = 0;
        uint8_t intent;

        if (spng_get_exif(context, &exif) == 0)
                source_take_exif(source, (const uint8_t *)exif.data, exif.length);
        else if (has_size_of_screen(source->width, source->height))
                source->screenshot = true;
        if (spng_get_text(context, NULL, &n_texts) == 0 && n_texts > 0)
                source->has_metadata = true;
        source->screenshot |= text_says_screenshot(context);
        if (spng_get_srgb(context, &intent) == 0)
                return 0;
        if (spng_get_iccp(context, &profile) == 0)
                return source_take_profile(source, profile.profile, profile.profile_len);
        return 0;
}

static unsigned pixel_bytes(const struct spng_ihdr *header)
{
        return header->bit_depth == 16 ? 8 : 4;
}

static bool is_interlaced(const struct spng_ihdr *header)
{
        return header->interlace_method != SPNG_INTERLACE_NONE;
}

static int png_open(Source *source)
{
        _cleanup_context_ spng_ctx *context = NULL;
        struct spng_ihdr header;
        uint64_t row;
        int r = begin(source, &context, &header);

        if (r < 0)
                return r;
        source->width = header.width;
        source->height = header.height;
        source->several = is_animation(source->data, source->size);
        row = (uint64_t)header.width * pixel_bytes(&header);
        source->memory =
                LIBRARY_MEMORY + 3 * row + (is_interlaced(&header) ? row * header.height : 0);
        return read_metadata(source, context);
}

static void put(Canvas *canvas, const struct spng_ihdr *header, uint8_t *row)
{
        if (header->bit_depth == 16)
                canvas_put16(canvas, (uint16_t *)(void *)row);
        else
                canvas_put(canvas, row);
}

/* The passes of an interlaced picture come one after the other, so all of it is kept. */
static int decode_passes(spng_ctx *context, const struct spng_ihdr *header, int format,
                         Canvas *canvas)
{
        const size_t row = (size_t)header->width * pixel_bytes(header);
        const size_t size = row * header->height;
        _cleanup_free_ uint8_t *pixels = malloc(size);
        int r;

        if (!pixels)
                return -ENOMEM;
        r = error_of(spng_decode_image(context, pixels, size, format, SPNG_DECODE_TRNS));
        for (uint32_t y = 0; r == 0 && y < header->height; y++)
                put(canvas, header, pixels + y * row);
        return r;
}

static int decode_rows(spng_ctx *context, const struct spng_ihdr *header, int format,
                       Canvas *canvas)
{
        const size_t size = (size_t)header->width * pixel_bytes(header);
        _cleanup_free_ uint8_t *row = malloc(size);
        int r;

        if (!row)
                return -ENOMEM;
        r = spng_decode_image(context, NULL, 0, format, SPNG_DECODE_TRNS | SPNG_DECODE_PROGRESSIVE);
        while (r == 0) {
                r = spng_decode_row(context, row, size);
                if (r == 0 || r == SPNG_EOI)
                        put(canvas, header, row);
        }
        return error_of(r);
}

static int png_decode(Source *source, Canvas *canvas)
{
        _cleanup_context_ spng_ctx *context = NULL;
        struct spng_ihdr header;
        int format, r = begin(source, &context, &header);

        if (r < 0)
                return r;
        format = header.bit_depth == 16 ? SPNG_FMT_RGBA16 : SPNG_FMT_RGBA8;
        return is_interlaced(&header) ? decode_passes(context, &header, format, canvas)
                                      : decode_rows(context, &header, format, canvas);
}

const SourceFormat source_png = {
        .reason = REASON_FORMAT_PNG,
        .name = "PNG",
        .open = png_open,
        .decode = png_decode,
};
