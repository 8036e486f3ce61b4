/* SPDX-License-Identifier: MIT */
#include <idphoto/photo.h>

#include <photo/exif.h>
#include <photo/jpegheader.h>

#include <string.h>

static void check_centre(const uint8_t *data, size_t size, const PhotoRules *rules)
{
        _cleanup_free_ uint8_t *jpeg = NULL;
        size_t jpeg_size = 0;
        JpegHeader header;
        int r = photo_render_centre(data, size, rules, NULL, &jpeg, &jpeg_size);

        if (r == -ERANGE || r == -ENODATA)
                return;
        if (r < 0)
                __builtin_trap();
        jpeg_header_read(jpeg, jpeg_size, &header);
        if (header.process != JPEG_BASELINE || header.width != PHOTO_WIDTH ||
            header.height != PHOTO_HEIGHT || header.has_metadata ||
            jpeg_size < PHOTO_CENTRE_BYTES_MIN || jpeg_size > PHOTO_CENTRE_BYTES_MAX)
                __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * The bytes of a dropped photo, of which nothing may be believed. Seeds: any folder of small JPEGs.
 * Limits are lowered so that the fuzzer spends its time on parsing instead of on pixels; every
 * verdict must be whole.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        PhotoRules rules;
        PhotoResult result;
        Exif exif;

        photo_rules_default(&rules);
        rules.max_pixels = 1000000;
        rules.max_scans = 12;
        rules.max_memory_bytes = 16 * 1024 * 1024;
        if (photo_examine(data, size, &rules, &result) < 0)
                __builtin_trap();
        /* Either a photo or a reason, never both and never neither. */
        if ((result.jpeg != NULL) == findings_reject(&result.findings))
                __builtin_trap();
        if (result.findings.n > FINDINGS_MAX || result.info.orientation > 8)
                __builtin_trap();
        for (size_t i = 0; i < result.findings.n; i++)
                if (!memchr(result.findings.items[i].detail, 0, FINDING_DETAIL_SIZE))
                        __builtin_trap();
        if (result.jpeg) {
                JpegHeader header;

                jpeg_header_read(result.jpeg, result.jpeg_size, &header);
                if (header.process != JPEG_BASELINE || header.width != PHOTO_WIDTH ||
                    header.height != PHOTO_HEIGHT || header.has_metadata ||
                    result.jpeg_size < rules.output_bytes_min ||
                    result.jpeg_size > rules.output_bytes_max)
                        __builtin_trap();
        }
        if (!photo_geometry_valid(&result.info.geometry))
                __builtin_trap();
        check_centre(data, size, &rules);
        photo_result_done(&result);
        exif_read(data, size, &exif);
        if (exif.orientation < 1 || exif.orientation > 8)
                __builtin_trap();
        return 0;
}
