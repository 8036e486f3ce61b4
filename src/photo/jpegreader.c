/* SPDX-License-Identifier: MIT */
#include "jpegreader.h"

#include <jerror.h>
#include <math.h>
#include <string.h>

static JpegReader *reader_of(j_common_ptr cinfo)
{
        return cinfo->client_data;
}

/* ---- errors and warnings ---- */

static void error_exit(j_common_ptr cinfo)
{
        JpegReader *reader = reader_of(cinfo);

        reader->fault = cinfo->err->msg_code;
        longjmp(reader->jump, 1);
}

/*
 * Decides which warnings mean wrong pixels. Libjpeg carries on after all of them, and delivers a
 * photo with a grey lower half "successfully". Harmless are odd version numbers, parameters that a
 * sequential scan does not use (some phones write zeros), stray bytes between the segments of the
 * header, and stray bytes before the end marker, which some phones write as padding. The last are
 * judged once the end is known.
 */
static void emit_message(j_common_ptr cinfo, int level)
{
        JpegReader *reader = reader_of(cinfo);

        if (level >= 0)
                return;
        switch (cinfo->err->msg_code) {
        case JWRN_JFIF_MAJOR:
        case JWRN_ADOBE_XFORM:
        case JWRN_JPEG_EOF:
                break;
        case JWRN_NOT_SEQUENTIAL:
                reader->odd = true;
                break;
        case JWRN_HIT_MARKER:
                reader->starved = true;
                break;
        case JWRN_EXTRANEOUS_DATA:
                if (!reader->header_read)
                        reader->odd = true;
                else if (cinfo->err->msg_parm.i[1] == 0xd9)
                        reader->strays += (unsigned)cinfo->err->msg_parm.i[0];
                else
                        reader->strays_other = true;
                break;
        default:
                reader->damaged = true;
                break;
        }
}

static void no_output(j_common_ptr cinfo)
{
        (void)cinfo;
}

/* Each scan of a progressive file costs a pass over the whole picture, and takes only a few bytes
 * of the file. */
static void progress_monitor(j_common_ptr cinfo)
{
        JpegReader *reader = reader_of(cinfo);
        uint64_t pixels = (uint64_t)reader->cinfo.image_width * reader->cinfo.image_height;
        uint64_t scans = (uint64_t)MAX(reader->cinfo.input_scan_number, 0);

        if (scans > reader->rules->max_scans ||
            (scans > 1 && scans * pixels > reader->rules->max_scan_pixels)) {
                reader->too_many_scans = true;
                longjmp(reader->jump, 1);
        }
}

/* ---- a source that ends ---- */

static const JOCTET fake_end[2] = {0xff, JPEG_EOI};

static void source_init(j_decompress_ptr cinfo)
{
        (void)cinfo;
}

static boolean source_fill(j_decompress_ptr cinfo)
{
        JpegReader *reader = reader_of((j_common_ptr)cinfo);

        reader->ran_out = true;
        cinfo->src->next_input_byte = fake_end;
        cinfo->src->bytes_in_buffer = sizeof(fake_end);
        return TRUE;
}

static void source_skip(j_decompress_ptr cinfo, long n)
{
        if (n <= 0)
                return;
        if ((size_t)n > cinfo->src->bytes_in_buffer) {
                (void)source_fill(cinfo);
                return;
        }
        cinfo->src->next_input_byte += n;
        cinfo->src->bytes_in_buffer -= (size_t)n;
}

/* ---- the reader ---- */

void jpeg_reader_open(JpegReader *reader, const uint8_t *data, size_t size, const PhotoRules *rules)
{
        struct jpeg_decompress_struct *cinfo = &reader->cinfo;

        reader->rules = rules;
        reader->data = data;
        reader->size = size;
        cinfo->err = jpeg_std_error(&reader->error);
        reader->error.error_exit = error_exit;
        reader->error.emit_message = emit_message;
        reader->error.output_message = no_output;
        cinfo->client_data = reader;
        jpeg_create_decompress(cinfo);
        reader->created = true;
        cinfo->client_data = reader;

        reader->progress.progress_monitor = progress_monitor;
        cinfo->progress = &reader->progress;
        reader->source = (struct jpeg_source_mgr){
                .next_input_byte = data,
                .bytes_in_buffer = size,
                .init_source = source_init,
                .fill_input_buffer = source_fill,
                .skip_input_data = source_skip,
                .resync_to_restart = jpeg_resync_to_restart,
                .term_source = source_init,
        };
        cinfo->src = &reader->source;
        (void)jpeg_read_header(cinfo, TRUE);
        reader->header_read = true;
        reader->many_scans = jpeg_has_multiple_scans(cinfo);
}

static void exceed_memory(j_decompress_ptr cinfo)
{
        JpegReader *reader = reader_of((j_common_ptr)cinfo);

        reader->too_much_memory = true;
        longjmp(reader->jump, 1);
}

void jpeg_reader_bound_memory(JpegReader *reader, uint64_t spare)
{
        struct jpeg_decompress_struct *cinfo = &reader->cinfo;
        uint64_t max = reader->rules->max_memory_bytes;

        reader->memory_needed = spare;
        if (reader->many_scans) {
                for (int i = 0; i < cinfo->num_components; i++) {
                        const jpeg_component_info *c = &cinfo->comp_info[i];
                        /* Whole MCUs are kept: round up by the largest factor. */
                        uint64_t across = (uint64_t)c->width_in_blocks + (uint64_t)c->h_samp_factor;
                        uint64_t down = (uint64_t)c->height_in_blocks + (uint64_t)c->v_samp_factor;

                        reader->memory_needed += across * down * sizeof(JBLOCK);
                }
        }
        if (reader->memory_needed <= max)
                return;
        if (!reader->many_scans || spare >= max)
                exceed_memory(cinfo);
        if (coefstore_install(cinfo, max - spare, exceed_memory) < 0)
                ERREXIT1(cinfo, JERR_OUT_OF_MEMORY, 0);
}

size_t jpeg_reader_end(const JpegReader *reader)
{
        if (reader->ran_out)
                return reader->size;
        return reader->size - reader->source.bytes_in_buffer;
}

/* Whether the bytes skipped before the end marker are padding: all zero or all FF. */
static bool strays_are_padding(const JpegReader *reader)
{
        size_t end = jpeg_reader_end(reader);

        if (reader->ran_out || end < (size_t)reader->strays + 2)
                return false;
        for (size_t i = end - 2 - reader->strays; i < end - 2; i++)
                if (reader->data[i] != 0x00 && reader->data[i] != 0xff)
                        return false;
        return true;
}

static void add_detail(Findings *findings, ReasonCode code, const char *detail)
{
        Finding *f = findings_add(findings, code, FINDING_REJECT);

        (void)snprintf(f->detail, sizeof(f->detail), "%s", detail);
}

static int judge_fault(JpegReader *reader, Findings *findings)
{
        if (reader->too_many_scans) {
                (void)findings_add_value(findings, REASON_TOO_MANY_SCANS, FINDING_REJECT,
                                         reader->cinfo.input_scan_number, NAN,
                                         reader->rules->max_scans);
                return 0;
        }
        if (reader->too_much_memory) {
                (void)findings_add_value(findings, REASON_EXAMINER_MEMORY, FINDING_REJECT,
                                         (double)reader->memory_needed, NAN,
                                         (double)reader->rules->max_memory_bytes);
                return 0;
        }
        switch (reader->fault) {
        case JERR_OUT_OF_MEMORY:
                return -ENOMEM;
        case JERR_BAD_PRECISION:
                add_detail(findings, REASON_TWELVE_BIT, "");
                return 0;
        case JERR_SOF_UNSUPPORTED:
        case JERR_CONVERSION_NOTIMPL:
        case JERR_COMPONENT_COUNT:
        case JERR_FRACT_SAMPLE_NOTIMPL:
        case JERR_CCIR601_NOTIMPL:
                add_detail(findings, REASON_UNSUPPORTED_JPEG, "");
                return 0;
        case JERR_IMAGE_TOO_BIG:
        case JERR_WIDTH_OVERFLOW:
                (void)findings_add(findings, REASON_TOO_MANY_PIXELS, FINDING_REJECT);
                return 0;
        default:
                add_detail(findings, reader->ran_out ? REASON_TRUNCATED : REASON_CORRUPT, "");
                return 0;
        }
}

int jpeg_reader_judge(JpegReader *reader, Findings *findings)
{
        if (reader->failed)
                return judge_fault(reader, findings);
        if (reader->ran_out) {
                /*
                 * In a single scan, a decoder that never lacked data has seen every pixel, so only
                 * the end marker is missing. Of several scans the last ones may be missing
                 * entirely.
                 */
                if (!reader->starved && !reader->damaged && !reader->strays_other &&
                    !reader->many_scans) {
                        Finding *f = findings_add(findings, REASON_TRUNCATED, FINDING_WARN);

                        (void)snprintf(f->detail, sizeof(f->detail), "EOI");
                        reader->missing_end = true;
                } else {
                        add_detail(findings, REASON_TRUNCATED, "");
                }
        } else if (reader->damaged || reader->starved || reader->strays_other ||
                   (reader->strays > 0 && !strays_are_padding(reader))) {
                add_detail(findings, REASON_CORRUPT, "");
        } else if (reader->odd) {
                (void)findings_add(findings, REASON_ODDITIES_IGNORED, FINDING_FIXED);
        }
        return 0;
}

void jpeg_reader_done(JpegReader *reader)
{
        if (reader->created)
                jpeg_destroy_decompress(&reader->cinfo);
        reader->created = false;
        coefstore_free(reader->store);
        reader->store = NULL;
}
