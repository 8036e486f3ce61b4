/* SPDX-License-Identifier: MIT */
#include "collectioncode.h"

#include "finderpattern.h"

#include <string.h>
#include <zbar.h>

/* Uses only the scanner of the library: no window, no camera, no message bus. BINARY keeps it from
 * guessing character sets, which is slow and, for Chinese, wrong. */
static int scan(zbar_image_scanner_t *scanner, uint8_t *luma, uint32_t width, uint32_t height)
{
        zbar_image_t *image = zbar_image_create();
        int n;

        if (!image)
                return -ENOMEM;
        zbar_image_set_format(image, zbar_fourcc('Y', '8', '0', '0'));
        zbar_image_set_size(image, width, height);
        zbar_image_set_data(image, luma, (unsigned long)width * height, NULL);
        n = zbar_scan_image(scanner, image);
        zbar_image_destroy(image);
        return n > 0;
}

/* The time of a scan grows with the pixels, and codes are read from screenshots of a tenth of them
 * up to all. */
enum {
        PIXELS_MAX = 1000 * 1000,
        /* Every second row, since the core of a finder is three modules high. All columns are
         * needed, or torn codes are lost. */
        LINE_STEP = 2,
        /* A light code stands on a dark page. */
        DARK_PAGE = 118,
};

/* Makes a copy in which every `step` x `step` pixels are one. */
static uint8_t *shrunk_copy(const uint8_t *luma, uint32_t width, uint32_t step, uint32_t out_width,
                            uint32_t out_height)
{
        uint8_t *copy = malloc((size_t)out_width * out_height), *out = copy;

        if (copy && step == 1)
                memcpy(copy, luma, (size_t)width * out_height);
        for (uint32_t y = 0; copy && step > 1 && y < out_height; y++) {
                for (uint32_t x = 0; x < out_width; x++) {
                        const uint8_t *p = luma + (size_t)y * step * width + (size_t)x * step;
                        uint32_t sum = 0;

                        for (uint32_t j = 0; j < step; j++, p += width)
                                for (uint32_t i = 0; i < step; i++)
                                        sum += p[i];
                        *out++ = (uint8_t)(sum / (step * step));
                }
        }
        return copy;
}

/* Looks for a code that can be read. May invert the picture. */
static int find_readable(uint8_t *luma, uint32_t w, uint32_t h, bool dark_page)
{
        zbar_image_scanner_t *scanner = zbar_image_scanner_create();
        int r;

        if (!scanner)
                return -ENOMEM;
        (void)zbar_image_scanner_set_config(scanner, ZBAR_NONE, ZBAR_CFG_ENABLE, 0);
        (void)zbar_image_scanner_set_config(scanner, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1);
        (void)zbar_image_scanner_set_config(scanner, ZBAR_QRCODE, ZBAR_CFG_BINARY, 1);
        (void)zbar_image_scanner_set_config(scanner, ZBAR_NONE, ZBAR_CFG_Y_DENSITY, LINE_STEP);
        r = scan(scanner, luma, w, h);
        if (r == 0 && dark_page) {
                /* The scanner only reads the picture. */
                for (size_t i = 0; i < (size_t)w * h; i++)
                        luma[i] = (uint8_t)(255 - luma[i]);
                r = scan(scanner, luma, w, h);
        }
        zbar_image_scanner_destroy(scanner);
        return r;
}

int collection_code_find(const uint8_t *luma, uint32_t width, uint32_t height)
{
        uint32_t step = 1, w, h;
        _cleanup_free_ uint8_t *copy = NULL;
        size_t size, sum = 0;
        int r;

        while ((uint64_t)(width / step) * (height / step) > PIXELS_MAX)
                step++;
        w = width / step;
        h = height / step;
        if (w == 0 || h == 0)
                return 0;
        size = (size_t)w * h;
        copy = shrunk_copy(luma, width, step, w, h);
        if (!copy)
                return -ENOMEM;
        for (size_t i = 0; i < size; i++)
                sum += copy[i];
        r = finder_patterns_find(copy, w, h, false);
        if (r == 0)
                r = finder_patterns_find(copy, w, h, true);
        return r != 0 ? r : find_readable(copy, w, h, sum < size * DARK_PAGE);
}
