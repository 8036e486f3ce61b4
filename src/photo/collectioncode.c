/* SPDX-License-Identifier: MIT */
#include "collectioncode.h"

#include <string.h>
#include <zbar.h>

/* The library's scanner alone: no window, no camera, no message bus. BINARY keeps it from guessing
 * character sets, which is slow and, for Chinese, wrong. */
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

int collection_code_find(const uint8_t *luma, uint32_t width, uint32_t height)
{
        size_t size = (size_t)width * height;
        _cleanup_free_ uint8_t *copy = malloc(size);
        zbar_image_scanner_t *scanner;
        int r;

        if (!copy)
                return -ENOMEM;
        scanner = zbar_image_scanner_create();
        if (!scanner)
                return -ENOMEM;
        (void)zbar_image_scanner_set_config(scanner, ZBAR_NONE, ZBAR_CFG_ENABLE, 0);
        (void)zbar_image_scanner_set_config(scanner, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1);
        (void)zbar_image_scanner_set_config(scanner, ZBAR_QRCODE, ZBAR_CFG_BINARY, 1);
        memcpy(copy, luma, size);
        r = scan(scanner, copy, width, height);
        if (r == 0) {
                for (size_t i = 0; i < size; i++)
                        copy[i] = (uint8_t)(255 - luma[i]);
                r = scan(scanner, copy, width, height);
        }
        zbar_image_scanner_destroy(scanner);
        return r;
}
