/* SPDX-License-Identifier: MIT */
#include "transcode.h"
#include "jpegreader.h"

typedef struct Copy {
        int thin_from; /* zigzag index; 0: every coefficient is kept */
        JpegReader reader;
        struct jpeg_compress_struct out;
        bool created;
        bool unfit;
        unsigned char *data;
        unsigned long size;
} Copy;

/* 4:2:0, 4:2:2 or 4:4:4, which every reader of baseline JPEG knows. */
static bool usual_sampling(const struct jpeg_decompress_struct *cinfo)
{
        const jpeg_component_info *c = cinfo->comp_info;

        if (cinfo->num_components != 3 || cinfo->jpeg_color_space != JCS_YCbCr)
                return false;
        if (c[1].h_samp_factor != 1 || c[1].v_samp_factor != 1 || c[2].h_samp_factor != 1 ||
            c[2].v_samp_factor != 1)
                return false;
        return (c[0].h_samp_factor == 1 || c[0].h_samp_factor == 2) &&
               (c[0].v_samp_factor == 1 || c[0].v_samp_factor == 2) &&
               c[0].h_samp_factor >= c[0].v_samp_factor;
}

static bool baseline_tables(const struct jpeg_decompress_struct *cinfo)
{
        for (int i = 0; i < cinfo->num_components; i++) {
                const JQUANT_TBL *table = cinfo->comp_info[i].quant_table;

                if (!table)
                        table = cinfo->quant_tbl_ptrs[cinfo->comp_info[i].quant_tbl_no];
                if (!table)
                        return false;
                for (int k = 0; k < DCTSIZE2; k++)
                        if (table->quantval[k] == 0 || table->quantval[k] > 255)
                                return false;
        }
        return true;
}

/* Clears the coefficients of one quantisation step from that index on: the faintest grain, which
 * costs the most bytes and is seen least. Inside the jump. */
static void thin(struct jpeg_decompress_struct *in, jvirt_barray_ptr *coefficients, int from)
{
        static const uint8_t zigzag[DCTSIZE2] = {
                0,  1,  8,  16, 9,  2,  3,  10, 17, 24, 32, 25, 18, 11, 4,  5,
                12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6,  7,  14, 21, 28,
                35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
                58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
        };

        for (int i = 0; i < in->num_components; i++)
                for (JDIMENSION y = 0; y < in->comp_info[i].height_in_blocks; y++) {
                        JBLOCKARRAY row = (*in->mem->access_virt_barray)(
                                (j_common_ptr)in, coefficients[i], y, 1, TRUE);

                        for (JDIMENSION x = 0; x < in->comp_info[i].width_in_blocks; x++)
                                for (int k = from; k < DCTSIZE2; k++)
                                        if (abs(row[0][x][zigzag[k]]) == 1)
                                                row[0][x][zigzag[k]] = 0;
                }
}

/* Inside the jump. */
static void copy(Copy *work, const uint8_t *data, size_t size, const PhotoRules *rules)
{
        struct jpeg_decompress_struct *in = &work->reader.cinfo;
        struct jpeg_compress_struct *out = &work->out;
        jvirt_barray_ptr *coefficients;

        jpeg_reader_open(&work->reader, data, size, rules);
        if (!usual_sampling(in)) {
                work->unfit = true;
                return;
        }
        coefficients = jpeg_read_coefficients(in);
        if (!baseline_tables(in)) {
                work->unfit = true;
                return;
        }
        if (work->thin_from > 0)
                thin(in, coefficients, work->thin_from);

        out->err = &work->reader.error;
        out->client_data = &work->reader;
        jpeg_create_compress(out);
        work->created = true;
        out->client_data = &work->reader;
        jpeg_mem_dest(out, &work->data, &work->size);
        jpeg_copy_critical_parameters(in, out);
        out->optimize_coding = TRUE;
        out->arith_code = FALSE;
        out->restart_interval = 0;
        out->restart_in_rows = 0;
        out->num_scans = 0;
        out->scan_info = NULL;
        out->write_JFIF_header = TRUE;
        out->write_Adobe_marker = FALSE;
        out->JFIF_major_version = 1;
        out->JFIF_minor_version = 1;
        out->density_unit = 1;
        out->X_density = PHOTO_DPI;
        out->Y_density = PHOTO_DPI;
        jpeg_write_coefficients(out, coefficients);
        jpeg_finish_compress(out);
        (void)jpeg_finish_decompress(in);
}

static int transcode(const uint8_t *data, size_t size, const PhotoRules *rules, int thin_from,
                     Encoded *ret)
{
        Copy *work = calloc(1, sizeof(*work));
        int r = 0;

        if (!work)
                return -ENOMEM;
        work->thin_from = thin_from;
        if (setjmp(work->reader.jump) != 0)
                /* Either a coefficient that baseline cannot hold, or no memory: encoding will
                 * tell. */
                work->reader.failed = true;
        else
                copy(work, data, size, rules);
        if (work->created)
                jpeg_destroy_compress(&work->out);
        jpeg_reader_done(&work->reader);
        if (!work->reader.failed && !work->unfit && work->size >= rules->output_bytes_min &&
            work->size <= rules->output_bytes_max) {
                *ret = (Encoded){.data = TAKE_PTR(work->data), .size = work->size};
                r = 1;
        }
        free(work->data);
        free(work);
        return r;
}

int transcode_jpeg(const uint8_t *data, size_t size, const PhotoRules *rules, Encoded *ret)
{
        return transcode(data, size, rules, 0, ret);
}

int transcode_thinned(const Encoded *from, const PhotoRules *rules, Encoded *ret)
{
        enum { FIRST = 56, LAST = 20, STEP = 6 };
        int r = 0;

        for (int k = FIRST; k >= LAST && r == 0; k -= STEP)
                r = transcode(from->data, from->size, rules, k, ret);
        if (r > 0)
                ret->quality = from->quality;
        return r;
}
