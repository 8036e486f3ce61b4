/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/text.h>

/*
 * Writes a zip file whose entries are stored as they are. Size and checksum of an entry stand before
 * its bytes, so that programs which read from a pipe can read it. The same entries give the same
 * bytes, in any time zone and locale. Any number of entries, and any size of the whole.
 */

/* Initialise with {.fd = …}. */
typedef struct ZipWriter {
        int fd;          /* owned by the caller; written at its position */
        uint64_t offset; /* of that position in the file */
        uint64_t n;      /* entries so far */
        Text directory;  /* the list of them, for the end of the file */
} ZipWriter;

void zip_writer_done(ZipWriter *zip);
#define _cleanup_zip_ _cleanup_(zip_writer_done)

/* Adds a file. path: UTF-8, with '/'. mtime: wall time; the years 1980 to 2037 can be told. -EFBIG:
 * the file is too large for an entry, or its path too long. */
int zip_writer_add(ZipWriter *zip, const char *path, const char *data, size_t size, int64_t mtime);
/* Ends the file. Without this it is no zip file. */
int zip_writer_finish(ZipWriter *zip);
