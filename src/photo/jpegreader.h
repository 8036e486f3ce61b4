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
        bool starved;           /* pixels were made up for want of data */
        bool damaged;           /* a warning that means wrong pixels */
        bool missing_end;       /* ran out, but of nothing except the end marker */
        unsigned strays;        /* bytes skipped before the end marker */
        bool strays_other;      /* bytes skipped before another marker */
} JpegReader;

/* Creates the decompressor over data and reads the header. Inside the jump. */
void jpeg_reader_open(JpegReader *reader, const uint8_t *data, size_t size,
                      const PhotoRules *rules);

/* Keeps what reading all scans takes within the memory of the rules, beside `spare` bytes of the
 * caller: where libjpeg's way is too large, coefficients are packed, and where even that is, the
 * jump is taken. Inside the jump, after the caller's settings. */
void jpeg_reader_bound_memory(JpegReader *reader, uint64_t spare);

/* Where the JPEG ends in data, after jpeg_finish_decompress(). */
size_t jpeg_reader_end(const JpegReader *reader);

/* The findings about damage. 0, or -ENOMEM when it was the machine that failed. Outside the jump.
 */
int jpeg_reader_judge(JpegReader *reader, Findings *findings);

void jpeg_reader_done(JpegReader *reader);
