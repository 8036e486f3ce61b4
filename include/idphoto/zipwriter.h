/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/text.h>

/*
 * Writes a zip file. Size and checksum of an entry stand before its bytes, so that programs which
 * read from a pipe can read it. The same entries give the same bytes, in any time zone and locale.
 * Any number of entries, and any size of the whole.
 */

/* Initialise with {.fd = …} or {.text = …}. */
typedef struct ZipWriter {
        int fd;          /* owned by the caller; written at its position */
        Text *text;      /* where it is not NULL, appended to instead */
        uint64_t offset; /* of the position in the file */
        uint64_t n;      /* entries so far */
        Text directory;  /* the list of them, for the end of the file */
} ZipWriter;

void zip_writer_done(ZipWriter *zip);
#define _cleanup_zip_ _cleanup_(zip_writer_done)

/* Adds a file as it is. path: UTF-8, with '/'. mtime: wall time; the years 1980 to 2037 can be told.
 * -EFBIG: the file is too large for an entry, or its path too long. */
int zip_writer_add(ZipWriter *zip, const char *path, const char *data, size_t size, int64_t mtime);

/* ---- compressed files, of which only the compressed bytes are held ---- */

/* Initialise with {}. */
typedef struct ZipPart {
        struct z_stream_s *stream; /* NULL: not begun, or finished */
        Text packed;
        uint64_t size; /* of what was appended */
        uint32_t checksum;
        int error; /* as that of Text */
} ZipPart;

void zip_part_done(ZipPart *part);
#define _cleanup_zip_part_ _cleanup_(zip_part_done)

/* A failed allocation sets `error`, and later calls do nothing. */
void zip_part_append(ZipPart *part, const void *data, size_t size);
/* Nothing can be appended after this. 0 or part->error. */
int zip_part_finish(ZipPart *part);

/* Finishes the part and adds it; else as zip_writer_add(). */
int zip_writer_add_part(ZipWriter *zip, const char *path, ZipPart *part, int64_t mtime);

/* Ends the file. Without this it is no zip file. */
int zip_writer_finish(ZipWriter *zip);
