/* SPDX-License-Identifier: MIT */
#include <idphoto/zipwriter.h>

#include <zlib.h>

enum {
        CHUNK = 16384,
        /* A third of the time of the usual level. Tables, which are what is compressed here, get no
         * more than a third larger by it. */
        LEVEL = 2,
        MEMORY_LEVEL = 8,
};

static z_stream *stream_new(void)
{
        z_stream *stream = calloc(1, sizeof(*stream));

        /* The negative size of the window: bare, as a zip file has it. */
        if (stream && deflateInit2(stream, LEVEL, Z_DEFLATED, -MAX_WBITS, MEMORY_LEVEL,
                                   Z_DEFAULT_STRATEGY) != Z_OK) {
                free(stream);
                return NULL;
        }
        return stream;
}

static void stream_free(z_stream *stream)
{
        if (stream)
                (void)deflateEnd(stream);
        free(stream);
}

void zip_part_done(ZipPart *part)
{
        stream_free(TAKE_PTR(part->stream));
        text_done(&part->packed);
}

/* Compresses what the stream has been given, and at the end what it has kept. */
static void compress_input(ZipPart *part, int flush)
{
        Bytef out[CHUNK];

        do {
                part->stream->next_out = out;
                part->stream->avail_out = sizeof(out);
                (void)deflate(part->stream, flush);
                text_append_data(&part->packed, out, sizeof(out) - part->stream->avail_out);
        } while (part->stream->avail_out == 0);
        part->error = part->packed.error;
}

static bool begin(ZipPart *part)
{
        if (part->error == 0 && !part->stream) {
                part->stream = stream_new();
                part->error = part->stream ? 0 : -ENOMEM;
        }
        return part->error == 0;
}

void zip_part_append(ZipPart *part, const void *data, size_t size)
{
        const Bytef *bytes = data;

        if (!begin(part))
                return;
        part->checksum = (uint32_t)crc32_z(part->checksum, bytes, size);
        part->size += size;
        while (size > 0 && part->error == 0) {
                uInt n = (uInt)MIN(size, (size_t)CHUNK);

                part->stream->next_in = (z_const Bytef *)bytes;
                part->stream->avail_in = n;
                compress_input(part, Z_NO_FLUSH);
                bytes += n;
                size -= n;
        }
}

int zip_part_finish(ZipPart *part)
{
        if (!begin(part))
                return part->error;
        part->stream->avail_in = 0;
        compress_input(part, Z_FINISH);
        stream_free(TAKE_PTR(part->stream));
        return part->error;
}
