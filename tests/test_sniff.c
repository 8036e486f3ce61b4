/* SPDX-License-Identifier: MIT */
#include "photofixture.h"

#include <photo/sniff.h>

typedef struct Case {
        const char *bytes;
        size_t size;
        PhotoFormat format;
        ReasonCode reason;
        const char *detail;
} Case;

#define OTHER(bytes, reason, detail) \
        { \
                bytes, sizeof(bytes) - 1, PHOTO_FORMAT_OTHER, REASON_##reason, detail \
        }

/* Of a format that may be decoded; the reason is for a build that does not. */
#define DECODED(bytes, format) \
        { \
                bytes, sizeof(bytes) - 1, PHOTO_FORMAT_##format, REASON_FORMAT_##format, "" \
        }

static const Case cases[] = {
        DECODED("\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR", PNG),
        OTHER("GIF89a\x01\0\x01\0", FORMAT_GIF, ""),
        DECODED("\0\0\0\x18"
                "ftypheic\0\0\0\0mif1heic",
                HEIC),
        DECODED("\0\0\0\x18"
                "ftypmif1\0\0\0\0heicmif1",
                HEIC),
        DECODED("\0\0\0\x1c"
                "ftypmif1\0\0\0\0mif1avifmiaf",
                AVIF),
        OTHER("\0\0\0\x18"
              "ftypisom\0\0\0\0isommp41",
              FORMAT_VIDEO, "MP4"),
        OTHER("\0\0\0\x14"
              "ftypqt  \0\0\0\0qt  ",
              FORMAT_VIDEO, "QuickTime"),
        OTHER("\0\0\0\x14"
              "ftypcrx \0\0\0\0crx ",
              FORMAT_RAW, "Canon"),
        DECODED("RIFF\x10\0\0\0WEBPVP8 ", WEBP),
        OTHER("RIFF\x10\0\0\0AVI LIST", FORMAT_VIDEO, "AVI"),
        OTHER("\x1a\x45\xdf\xa3\x01", FORMAT_VIDEO, "Matroska/WebM"),
        OTHER("BM\x46\0\0\0\0\0\0\0\x1a\0\0\0\x28\0\0\0\x01\0\0\0\x01\0\0\0", FORMAT_BMP, ""),
        DECODED("II*\0\x08\0\0\0\0\0", TIFF),
        DECODED("MM\0*\0\0\0\x08\0\0", TIFF),
        OTHER("II*\0\x10\0\0\0CR\x02\0", FORMAT_RAW, "Canon"),
        OTHER("MM\0*\0\0\0\x08\0\x02\0\0NIKON CORPORATION", FORMAT_RAW, "Nikon"),
        OTHER("\0\0\0\x0cjP  \r\n\x87\n\0\0\0\x14", FORMAT_JPEG2000, ""),
        OTHER("\xff\x4f\xff\x51\0\x2f", FORMAT_JPEG2000, ""),
        OTHER("\0\0\0\x0cJXL \r\n\x87\n", FORMAT_JPEGXL, ""),
        OTHER("\xff\x0a\xfa\x1f", FORMAT_JPEGXL, ""),
        OTHER("\0\0\x01\0\x01\0\x20\x20\0\0\x01\0\x20\0\xa8\x10\0\0\x16\0\0\0", FORMAT_ICON, ""),
        OTHER("P6\n3 2\n255\nabcdef", FORMAT_NETPBM, ""),
        OTHER("\0\0\x02\0\0\0\0\0\0\0\0\0\x10\0\x10\0\x18\0", FORMAT_TGA, ""),
        OTHER("8BPS\0\x01", FORMAT_PSD, ""),
        OTHER("%PDF-1.4\n", FORMAT_PDF, ""),
        OTHER("\n\n%PDF-1.7\n", FORMAT_PDF, ""),
        OTHER("PK\x03\x04\x14\0photo.jpg", FORMAT_ARCHIVE, "ZIP"),
        OTHER("PK\x03\x04\x14\0word/document.xml", FORMAT_OFFICE, "Word"),
        OTHER("PK\x03\x04\x14\0xl/workbook.xml", FORMAT_OFFICE, "Excel"),
        OTHER("PK\x03\x04\x14\0ppt/_rels/presentation.xml.rels", FORMAT_OFFICE, "PowerPoint"),
        OTHER("PK\x03\x04\x14\0mimetypeapplication/epub+zip", FORMAT_OFFICE, ""),
        OTHER("PK\x03\x04\x14\0META-INF/MANIFEST.MF", FORMAT_PROGRAM, "Java"),
        /* photos in folders of such names */
        OTHER("PK\x03\x04\x14\0word/photo.jpg", FORMAT_ARCHIVE, "ZIP"),
        OTHER("PK\x03\x04\x14\0xl/IMG_0001.jpg", FORMAT_ARCHIVE, "ZIP"),
        OTHER("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", FORMAT_OFFICE, "OLE2"),
        OTHER("\x1f\x8b\x08\0", FORMAT_ARCHIVE, "gzip"),
        OTHER("Rar!\x1a\x07\0", FORMAT_ARCHIVE, "RAR"),
        OTHER("7z\xbc\xaf\x27\x1c", FORMAT_ARCHIVE, "7z"),
        OTHER("\x7f"
              "ELF\x02\x01",
              FORMAT_PROGRAM, "ELF"),
        OTHER("#!/bin/sh\n", FORMAT_PROGRAM, "#!"),
        OTHER("\xef\xbb\xbfplain words", FORMAT_TEXT, ""),
        OTHER("\xff\xfeh\0i\0", FORMAT_TEXT, "UTF-16"),
        OTHER("\xd5\xd5\xc6\xac\xb2\xbb\xba\xcf\xb8\xf1\xa3\xac", FORMAT_TEXT, ""),
        OTHER("<!DOCTYPE HTML><title>404</title>", FORMAT_TEXT, "HTML"),
        OTHER("<?xml version='1.0'?><svg/>", FORMAT_TEXT, "SVG"),
        OTHER("data:image/jpeg;base64,/9j/4AAQ", FORMAT_TEXT, "base64"),
        OTHER("/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAgGBgcGBQgHBwcJCQgKDBQNDAsLDBkSEw8UHRof",
              FORMAT_TEXT, "base64"),
        OTHER("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", BLANK_FILE, "0x00"),
        OTHER("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", BLANK_FILE, "0xFF"),
        {"", 0, PHOTO_FORMAT_EMPTY, REASON_EMPTY_FILE, ""},
        {"\x05", 1, PHOTO_FORMAT_UNKNOWN, REASON_NOT_A_PHOTO, ""},
        {"\x05\x91\x02\xfe\x99\x01\x00\x7f", 8, PHOTO_FORMAT_UNKNOWN, REASON_NOT_A_PHOTO, ""},
        {"\xef\xbb\xbf\xff\xd8\xff\xe0\0\x10JFIF", 13, PHOTO_FORMAT_JPEG, REASON_CORRUPT, ""},
};

static void test_every_kind_of_file_is_known_by_its_content(void **state)
{
        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                Sniff sniff;

                sniff_data((const uint8_t *)cases[i].bytes, cases[i].size, &sniff);
                if (!sniff.rejected || sniff.format != cases[i].format ||
                    sniff.reason != cases[i].reason || strcmp(sniff.detail, cases[i].detail) != 0)
                        fail_msg("case %zu: '%s' (%s), expected '%s' (%s)", i,
                                 sniff.rejected ? reason_to_string(sniff.reason) : "accepted",
                                 sniff.detail, reason_to_string(cases[i].reason), cases[i].detail);
                /* A name that every language shares, no sentence. */
                if (strchr(sniff.detail, ' '))
                        fail_msg("case %zu: '%s'", i, sniff.detail);
        }
}

static void test_a_jpeg_is_taken_from_its_first_byte(void **state)
{
        Sniff sniff;

        (void)state;
        sniff_data((const uint8_t *)"\xff\xd8\xff\xe0\0\x10JFIF", 10, &sniff);
        assert_int_equal(sniff.format, PHOTO_FORMAT_JPEG);
        assert_false(sniff.rejected);
}

static void test_no_prefix_of_any_kind_is_read_beyond_its_end(void **state)
{
        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                for (size_t n = 0; n <= cases[i].size; n++) {
                        /* An allocation of its own lets the sanitizer see a byte too many. */
                        _cleanup_free_ uint8_t *copy = malloc(n > 0 ? n : 1);
                        Sniff sniff;

                        assert_non_null(copy);
                        memcpy(copy, cases[i].bytes, n);
                        sniff_data(copy, n, &sniff);
                        assert_true(sniff.format < _PHOTO_FORMAT_MAX);
                }
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_every_kind_of_file_is_known_by_its_content),
                cmocka_unit_test(test_a_jpeg_is_taken_from_its_first_byte),
                cmocka_unit_test(test_no_prefix_of_any_kind_is_read_beyond_its_end),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
