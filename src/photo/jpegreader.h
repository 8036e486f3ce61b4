/* SPDX-License-Identifier: MIT */
#pragma once

#include "coefstore.h"
#include <idphoto/photo.h>

#include <jpeglib.h>
#include <setjmp.h>

/*
 * libjpeg fed with hostile bytes. Its errors jump, its warnings are counted and sorted, its source
 * is memory that ends, its scans are counted while it runs. Used so:
 *
 *         if (setjmp(reader->jump))
 *                 reader->failed = true;
 *         else
 *                 { jpeg_reader_open(...); jpeg calls on &reader->cinfo }
 *         ...
 *         jpeg_reader_judge(reader, findings);
 *         jpeg_reader_done(reader);
 *
 * Everything that lives across the jump stands in the reader or in a structure of the caller's
 * caller, so that no local variable is clobbered.
 */
typedef struct JpegReader {
        CoefStore *store; /* first: coefstore_install() */
        struct jpeg_decompress_struct cinfo;
        struct jpeg_error_mgr error;
        struct jpeg_progress_mgr progress;
        struct jpeg_source_mgr source;
        jmp_buf jump;
        const PhotoRules *rules;
        const uint8_t *data;
        size_t size;

        bool created;
        bool many_scans;     /* progressive, or a scan for each component */
        bool failed;         /* a jump happened */
        int fault;           /* libjpeg's message code of the jump */
        bool too_many_scans; /* the guard jumped */
        bool too_much_memory;
        uint64_t memory_needed; /* libjpeg's way */
        bool ran_out;           /* more data were wanted than there are */
        bool starved;           /* pixels were made up because data were missing */
        bool damaged;           /* a warning that means wrong pixels */
        bool missing_end;       /* the data ran out, but only the end marker is missing */
        unsigned strays;        /* bytes skipped before the end marker */
        bool strays_other;      /* bytes skipped before another marker */
} JpegReader;

/* Creates the decompressor for data and reads the header. Call inside the jump. */
void jpeg_reader_open(JpegReader *reader, const uint8_t *data, size_t size,
                      const PhotoRules *rules);

/* Keeps the memory for reading all scans within that of the rules, beside `spare` bytes of the
 * caller. Where libjpeg needs too much, coefficients are packed; where that is too much as well, it
 * jumps. Call inside the jump, after the caller's settings. */
void jpeg_reader_bound_memory(JpegReader *reader, uint64_t spare);

/* Where the JPEG ends in data, after jpeg_finish_decompress(). */
size_t jpeg_reader_end(const JpegReader *reader);

/* Adds the findings about damage. 0; -ENOMEM: the machine ran out of memory. Call outside the
 * jump. */
int jpeg_reader_judge(JpegReader *reader, Findings *findings);

void jpeg_reader_done(JpegReader *reader);
