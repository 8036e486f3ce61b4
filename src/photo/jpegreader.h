/* SPDX-License-Identifier: MIT */
#pragma once

#include "coefstore.h"
#include <idphoto/photo.h>

#include <jpeglib.h>
#include <setjmp.h>

/*
 * Runs libjpeg on hostile bytes. Errors of libjpeg jump, warnings are classified, the source is a
 * bounded memory, and scans are counted during decoding. Use:
 *
 *         if (setjmp(reader->jump))
 *                 reader->failed = true;
 *         else
 *                 { jpeg_reader_open(...); jpeg calls on &reader->cinfo }
 *         ...
 *         jpeg_reader_judge(reader, findings);
 *         jpeg_reader_done(reader);
 *
 * Everything that must survive the jump belongs in the reader or in a structure of the caller's
 * caller, because the jump may clobber local variables.
 */
typedef struct JpegReader {
        CoefStore *store; /* must be the first member, for coefstore_install() */
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
        bool too_many_scans; /* the limit of scans caused the jump */
        bool too_much_memory;
        uint64_t memory_needed; /* bytes, without a CoefStore and with the caller's `spare` */
        bool ran_out;           /* libjpeg needed more data than there are */
        bool starved;           /* libjpeg made up pixels because data were missing */
        bool header_read;
        bool odd;          /* something was wrong, but no pixel is [D13] */
        bool damaged;      /* a warning meant wrong pixels */
        bool missing_end;  /* the data ran out, but only the end marker is missing */
        unsigned strays;   /* bytes skipped before the end marker */
        bool strays_other; /* bytes skipped before another marker */
} JpegReader;

/* Creates the decompressor for data and reads the header. Call with the jump set. */
void jpeg_reader_open(JpegReader *reader, const uint8_t *data, size_t size,
                      const PhotoRules *rules);

/* Limits the memory for reading all scans to that of the rules, less `spare` bytes for the caller.
 * Where libjpeg needs more, a CoefStore packs the coefficients; where that needs more too, it
 * jumps. Call with the jump set, after the caller's settings. */
void jpeg_reader_bound_memory(JpegReader *reader, uint64_t spare);

/* The offset in data at which the JPEG ends. Call after jpeg_finish_decompress(). */
size_t jpeg_reader_end(const JpegReader *reader);

/* Adds the findings about damage. 0; -ENOMEM: the machine ran out of memory. Call when the jump is
 * no longer set. */
int jpeg_reader_judge(JpegReader *reader, Findings *findings);

void jpeg_reader_done(JpegReader *reader);
