/* SPDX-License-Identifier: MIT */
#include "source.h"

#include <string.h>
#include <webp/decode.h>
#include <webp/demux.h>

/* What the library takes beside pixels: tables of codes and the state of its filters. */
#define LIBRARY_MEMORY (2u << 20)

/* The rows that a decoder of lossy pictures keeps, in bytes a column: those around the one in hand,
 * and what is known of the blocks above. */
#define LOSSY_BYTES_A_COLUMN 256u

static int error_of(VP8StatusCode status)
{
        switch (status) {
        case VP8_STATUS_OK:
                return 0;
        case VP8_STATUS_OUT_OF_MEMORY:
                return -ENOMEM;
        case VP8_STATUS_NOT_ENOUGH_DATA:
        case VP8_STATUS_SUSPENDED:
                return -ENODATA;
        default:
                return -EBADMSG;
        }
}

/* The chunks around the picture. A file that is cut off has them in front of it too. */
static int read_chunks(Source *source)
{
        const WebPData data = {source->data, source->size};
        WebPDemuxState state;
        WebPDemuxer *demuxer = WebPDemuxPartial(&data, &state);
        WebPChunkIterator chunk;
        int r = 0;

        if (!demuxer)
                return state == WEBP_DEMUX_PARSE_ERROR ? -EBADMSG : -ENODATA;
        source->several = WebPDemuxGetI(demuxer, WEBP_FF_FRAME_COUNT) > 1;
        if (WebPDemuxGetChunk(demuxer, "EXIF", 1, &chunk)) {
                if (chunk.chunk.size <= SOURCE_METADATA_MAX)
                        source_take_exif(source, chunk.chunk.bytes, chunk.chunk.size);
                WebPDemuxReleaseChunkIterator(&chunk);
        }
        if (WebPDemuxGetChunk(demuxer, "XMP ", 1, &chunk)) {
                source->has_metadata = true;
                WebPDemuxReleaseChunkIterator(&chunk);
        }
        if (WebPDemuxGetChunk(demuxer, "ICCP", 1, &chunk)) {
                r = source_take_profile(source, chunk.chunk.bytes, chunk.chunk.size);
                WebPDemuxReleaseChunkIterator(&chunk);
        }
        WebPDemuxDelete(demuxer);
        return r;
}

/* Pixels of lossless pictures, and the opacity of the others, stand in memory whole. */
static uint64_t memory_needed(const WebPBitstreamFeatures *features)
{
        const uint64_t width = (uint64_t)features->width, height = (uint64_t)features->height;

        if (features->format != 1)
                return LIBRARY_MEMORY + width * height * 4 + width * 64;
        return LIBRARY_MEMORY + width * LOSSY_BYTES_A_COLUMN +
               (features->has_alpha ? width * height * 2 : 0);
}

static int webp_open(Source *source)
{
        WebPBitstreamFeatures features;
        int r = error_of(WebPGetFeatures(source->data, source->size, &features));

        if (r < 0)
                return r;
        source->width = (uint32_t)features.width;
        source->height = (uint32_t)features.height;
        source->memory = memory_needed(&features);
        source->memory_a_pixel = 4;
        r = read_chunks(source);
        source->several |= features.has_animation != 0;
        return r;
}

/* The library cuts first and scales then. */
static void set_options(const Canvas *canvas, WebPDecoderOptions *options)
{
        const uint32_t left = canvas->x * canvas->shrink, top = canvas->y * canvas->shrink;
        const uint32_t width = canvas->raster.width * canvas->shrink;
        const uint32_t height = canvas->raster.height * canvas->shrink;

        options->use_cropping = 1;
        options->crop_left = (int)left;
        options->crop_top = (int)top;
        options->crop_width = (int)MIN(width, canvas->width - left);
        options->crop_height = (int)MIN(height, canvas->height - top);
        options->use_scaling = canvas->shrink > 1;
        options->scaled_width = (int)canvas->raster.width;
        options->scaled_height = (int)canvas->raster.height;
}

static int webp_decode(Source *source, Canvas *canvas)
{
        const uint32_t width = canvas->raster.width, height = canvas->raster.height;
        const size_t row = (size_t)width * 4;
        _cleanup_free_ uint8_t *pixels = malloc(row * height);
        WebPDecoderConfig config;
        int r;

        if (!pixels)
                return -ENOMEM;
        if (!WebPInitDecoderConfig(&config))
                return -EOPNOTSUPP; /* the library is not the one of the headers */
        set_options(canvas, &config.options);
        config.output.colorspace = MODE_RGBA;
        config.output.is_external_memory = 1;
        config.output.u.RGBA.rgba = pixels;
        config.output.u.RGBA.stride = (int)row;
        config.output.u.RGBA.size = row * height;
        r = error_of(WebPDecode(source->data, source->size, &config));
        if (r < 0)
                return r;
        canvas_expect_raster(canvas);
        for (uint32_t y = 0; y < height; y++)
                canvas_put(canvas, pixels + y * row);
        return 0;
}

const SourceFormat source_webp = {
        .reason = REASON_FORMAT_WEBP,
        .name = "WebP",
        .open = webp_open,
        .decode = webp_decode,
};
