/* SPDX-License-Identifier: MIT */
#include "source.h"

#include <string.h>
#include <tiffio.h>

/* Rows that are decoded at once, where strips and tiles are lower. */
#define BAND_ROWS 64u

/* What the library takes beside pixels: the directory, and the state of a codec. */
#define LIBRARY_MEMORY (4u << 20)

/* Of one allocation of the library. */
#define ALLOCATION_MAX (256 << 20)

/* Directories that are looked at: a picture, its thumbnail and its mask, and then some. */
#define DIRECTORIES_MAX 16

/* ---- the file in memory ---- */

typedef struct Memory {
        const uint8_t *data;
        size_t size;
        size_t at;
} Memory;

static tmsize_t memory_read(thandle_t handle, void *buffer, tmsize_t size)
{
        Memory *memory = handle;
        const size_t left = memory->at < memory->size ? memory->size - memory->at : 0;
        const size_t n = MIN((size_t)size, left);

        memcpy(buffer, memory->data + (left > 0 ? memory->at : 0), n);
        memory->at += n;
        return (tmsize_t)n;
}

static tmsize_t memory_write(thandle_t handle _unused_, void *buffer _unused_,
                             tmsize_t size _unused_)
{
        return -1;
}

static toff_t memory_seek(thandle_t handle, toff_t offset, int whence)
{
        Memory *memory = handle;
        const toff_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? memory->at : memory->size;

        memory->at = (size_t)(base + offset);
        return memory->at;
}

static int memory_close(thandle_t handle _unused_)
{
        return 0;
}

static toff_t memory_size(thandle_t handle)
{
        const Memory *memory = handle;

        return memory->size;
}

static int memory_map(thandle_t handle, void **ret, toff_t *ret_size)
{
        Memory *memory = handle;

        *ret = (void *)(uintptr_t)memory->data;
        *ret_size = memory->size;
        return 1;
}

static void memory_unmap(thandle_t handle _unused_, void *base _unused_, toff_t size _unused_)
{
}

/* What it complains about is said by its results. */
static int say_nothing(TIFF *tiff _unused_, void *userdata _unused_, const char *module _unused_,
                       const char *format _unused_, va_list arguments _unused_)
{
        return 1;
}

static void tiff_closep(TIFF **tiff)
{
        if (*tiff)
                TIFFClose(*tiff);
}

#define _cleanup_tiff_ _cleanup_(tiff_closep)

/* Programs write the directory behind the picture. */
static uint32_t directory_offset(const Memory *memory)
{
        const uint8_t *p = memory->data;

        if (memory->size < 8)
                return UINT32_MAX;
        return p[0] == 'I'
                       ? (uint32_t)p[7] << 24 | (uint32_t)p[6] << 16 | (uint32_t)p[5] << 8 | p[4]
                       : (uint32_t)p[4] << 24 | (uint32_t)p[5] << 16 | (uint32_t)p[6] << 8 | p[7];
}

static int begin(Memory *memory, TIFF **ret)
{
        TIFFOpenOptions *options = TIFFOpenOptionsAlloc();

        if (!options)
                return -ENOMEM;
        TIFFOpenOptionsSetMaxSingleMemAlloc(options, ALLOCATION_MAX);
        TIFFOpenOptionsSetErrorHandlerExtR(options, say_nothing, NULL);
        TIFFOpenOptionsSetWarningHandlerExtR(options, say_nothing, NULL);
        *ret = TIFFClientOpenExt("", "r", memory, memory_read, memory_write, memory_seek,
                                 memory_close, memory_size, memory_map, memory_unmap, options);
        TIFFOpenOptionsFree(options);
        if (*ret)
                return 0;
        return directory_offset(memory) >= memory->size ? -ENODATA : -EBADMSG;
}

/* ---- the header ---- */

static uint32_t get_number(TIFF *tiff, uint32_t tag)
{
        uint32_t value = 0;

        (void)TIFFGetFieldDefaulted(tiff, tag, &value);
        return value;
}

static unsigned get_short(TIFF *tiff, uint32_t tag)
{
        uint16_t value = 0;

        (void)TIFFGetFieldDefaulted(tiff, tag, &value);
        return value;
}

/* Codecs that cameras, scanners and picture programs use. The others are for faxes and maps, or
 * have had the most faults. */
static bool is_usual_codec(unsigned compression)
{
        return compression == COMPRESSION_NONE || compression == COMPRESSION_LZW ||
               compression == COMPRESSION_JPEG || compression == COMPRESSION_PACKBITS ||
               compression == COMPRESSION_DEFLATE || compression == COMPRESSION_ADOBE_DEFLATE;
}

/* Thumbnails and masks say that they are. Ends in another directory. */
static bool has_second_picture(TIFF *tiff)
{
        for (int i = 1; i < DIRECTORIES_MAX && TIFFReadDirectory(tiff); i++)
                if ((get_number(tiff, TIFFTAG_SUBFILETYPE) &
                     (FILETYPE_REDUCEDIMAGE | FILETYPE_MASK)) == 0)
                        return true;
        return false;
}

/* Whole strips or tiles: they are decoded from their beginning each time. */
static uint32_t band_rows(TIFF *tiff, uint32_t height)
{
        const uint32_t unit =
                MIN(get_number(tiff, TIFFIsTiled(tiff) ? TIFFTAG_TILELENGTH : TIFFTAG_ROWSPERSTRIP),
                    height);

        return unit == 0 ? height : MIN((BAND_ROWS + unit - 1) / unit * unit, height);
}

static uint64_t memory_needed(const Source *source, TIFF *tiff)
{
        const uint64_t unit = TIFFIsTiled(tiff) ? TIFFTileSize64(tiff) : TIFFStripSize64(tiff);
        const uint64_t planes = get_short(tiff, TIFFTAG_PLANARCONFIG) == PLANARCONFIG_SEPARATE
                                        ? get_short(tiff, TIFFTAG_SAMPLESPERPIXEL)
                                        : 1;

        return LIBRARY_MEMORY + unit * planes +
               (uint64_t)source->width * band_rows(tiff, source->height) * sizeof(uint32_t);
}

/* Whether a part of the picture lies behind the end of the file. */
static bool is_cut_off(const Memory *memory, TIFF *tiff)
{
        const uint32_t n = TIFFIsTiled(tiff) ? TIFFNumberOfTiles(tiff) : TIFFNumberOfStrips(tiff);

        for (uint32_t i = 0; i < n; i++) {
                const uint64_t offset = TIFFGetStrileOffset(tiff, i);

                if (offset > memory->size ||
                    TIFFGetStrileByteCount(tiff, i) > memory->size - offset)
                        return true;
        }
        return false;
}

static bool has_field(TIFF *tiff, uint32_t tag)
{
        /* A text, an offset, or a length and a pointer. */
        uint64_t first = 0;
        void *second = NULL;

        return TIFFGetField(tiff, tag, &first, &second) == 1;
}

static int read_metadata(Source *source, TIFF *tiff)
{
        uint32_t size = 0;
        void *profile = NULL;
        Exif exif;

        exif_read(source->data, source->size, &exif);
        source->orientation = exif.orientation;
        source->taken = exif.taken;
        source->has_metadata = exif.taken != 0 || has_field(tiff, TIFFTAG_EXIFIFD) ||
                               has_field(tiff, TIFFTAG_XMLPACKET) ||
                               has_field(tiff, TIFFTAG_MAKE) || has_field(tiff, TIFFTAG_SOFTWARE);
        if (TIFFGetField(tiff, TIFFTAG_ICCPROFILE, &size, &profile) == 1)
                return source_take_profile(source, profile, size);
        return 0;
}

static int refuse(Source *source, const char *detail)
{
        (void)snprintf(source->detail, sizeof(source->detail), "%s", detail);
        return -EOPNOTSUPP;
}

static int tiff_open(Source *source)
{
        Memory memory = {.data = source->data, .size = source->size};
        _cleanup_tiff_ TIFF *tiff = NULL;
        char why[1024];
        unsigned compression;
        int r = begin(&memory, &tiff);

        if (r < 0)
                return r;
        source->width = get_number(tiff, TIFFTAG_IMAGEWIDTH);
        source->height = get_number(tiff, TIFFTAG_IMAGELENGTH);
        if (source->width == 0 || source->height == 0)
                return -EBADMSG;
        source->cmyk = get_short(tiff, TIFFTAG_PHOTOMETRIC) == PHOTOMETRIC_SEPARATED;
        compression = get_short(tiff, TIFFTAG_COMPRESSION);
        if (!is_usual_codec(compression)) {
                const TIFFCodec *codec = TIFFFindCODEC((uint16_t)compression);

                return refuse(source, codec ? codec->name : "");
        }
        if (!source->cmyk && !TIFFRGBAImageOK(tiff, why))
                return refuse(source, "");
        if (is_cut_off(&memory, tiff))
                return -ENODATA;
        source->memory = memory_needed(source, tiff);
        r = read_metadata(source, tiff);
        source->several = has_second_picture(tiff);
        return r;
}

/* ---- the pixels ---- */

/* The library multiplies colours by the opacity; here they are wanted as they were. */
static void put_row(Canvas *canvas, uint32_t *pixels)
{
        uint8_t *row = (uint8_t *)pixels;

        for (uint32_t x = 0; x < canvas->width; x++) {
                const uint32_t pixel = pixels[x];
                const unsigned opaque = TIFFGetA(pixel);
                const unsigned colours[3] = {TIFFGetR(pixel), TIFFGetG(pixel), TIFFGetB(pixel)};

                for (unsigned c = 0; c < 3; c++)
                        row[x * 4 + c] =
                                (uint8_t)(opaque == 0 ? 0 : MIN(colours[c] * 255 / opaque, 255u));
                row[x * 4 + 3] = (uint8_t)opaque;
        }
        canvas_put(canvas, row);
}

static int decode_bands(TIFFRGBAImage *image, uint32_t band, Canvas *canvas)
{
        _cleanup_free_ uint32_t *pixels = malloc((size_t)image->width * band * sizeof(*pixels));

        if (!pixels)
                return -ENOMEM;
        for (uint32_t y = 0; y < image->height; y += band) {
                const uint32_t rows = MIN(band, image->height - y);

                image->row_offset = (int)y;
                if (!TIFFRGBAImageGet(image, pixels, image->width, rows))
                        return -EBADMSG;
                for (uint32_t i = 0; i < rows; i++)
                        put_row(canvas, pixels + (size_t)i * image->width);
        }
        return 0;
}

static int tiff_decode(Source *source, Canvas *canvas)
{
        Memory memory = {.data = source->data, .size = source->size};
        _cleanup_tiff_ TIFF *tiff = NULL;
        TIFFRGBAImage image;
        char why[1024];
        int r = begin(&memory, &tiff);

        if (r < 0)
                return r;
        if (!TIFFRGBAImageBegin(&image, tiff, 1, why))
                return -EBADMSG;
        /* As stored: it is turned afterwards, like every photo. */
        image.req_orientation = image.orientation;
        r = image.width == source->width && image.height == source->height
                    ? decode_bands(&image, band_rows(tiff, source->height), canvas)
                    : -EBADMSG;
        TIFFRGBAImageEnd(&image);
        return r;
}

const SourceFormat source_tiff = {
        .reason = REASON_FORMAT_TIFF,
        .name = "TIFF",
        .open = tiff_open,
        .decode = tiff_decode,
};
