/* SPDX-License-Identifier: MIT */
#include "transcode.h"
#include "jpegreader.h"

typedef struct Copy {
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

int transcode_jpeg(const uint8_t *data, size_t size, const PhotoRules *rules, Encoded *ret)
{
        Copy *work = calloc(1, sizeof(*work));
        int r = 0;

        if (!work)
                return -ENOMEM;
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
