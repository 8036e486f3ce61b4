/* SPDX-License-Identifier: MIT */
#include "sniff.h"

#include <idphoto/archivekind.h>

#include <ctype.h>
#include <string.h>

/* Fixed bytes at a fixed place. */
typedef struct Magic {
        size_t offset;
        const char *bytes;
        size_t size;
        ReasonCode reason;
        const char *detail;
} Magic;

#define MAGIC(offset, bytes, reason, detail) \
        { \
                offset, bytes, sizeof(bytes) - 1, REASON_##reason, detail \
        }

static const Magic magics[] = {
        MAGIC(0, "\x89PNG\r\n\x1a\n", FORMAT_PNG, ""),
        MAGIC(0, "\x8aMNG\r\n\x1a\n", FORMAT_PNG, "MNG"),
        MAGIC(0, "GIF87a", FORMAT_GIF, ""),
        MAGIC(0, "GIF89a", FORMAT_GIF, ""),
        MAGIC(0, "\0\0\0\x0cjP  \r\n\x87\n", FORMAT_JPEG2000, ""),
        MAGIC(0, "\xff\x4f\xff\x51", FORMAT_JPEG2000, ""),
        MAGIC(0, "\0\0\0\x0cJXL \r\n\x87\n", FORMAT_JPEGXL, ""),
        MAGIC(0, "\xff\x0a", FORMAT_JPEGXL, ""),
        MAGIC(0, "8BPS", FORMAT_PSD, ""),
        MAGIC(0, "gimp xcf", FORMAT_PSD, "GIMP"),
        MAGIC(0, "FUJIFILMCCD-RAW", FORMAT_RAW, "Fujifilm"),
        MAGIC(0, "FOVb", FORMAT_RAW, "Sigma"),
        MAGIC(0, "IIRO", FORMAT_RAW, "Olympus"),
        MAGIC(0, "IIRS", FORMAT_RAW, "Olympus"),
        MAGIC(0, "IIU\0", FORMAT_RAW, "Panasonic"),
        MAGIC(0, "\0MRM", FORMAT_RAW, "Minolta"),
        MAGIC(0, "II\x2b\0\x08\0\0\0", FORMAT_TIFF, "BigTIFF"),
        MAGIC(0, "MM\0\x2b\0\x08\0\0", FORMAT_TIFF, "BigTIFF"),
        MAGIC(0, "%!PS", FORMAT_PDF, "PostScript"),
        MAGIC(0, "\x1a\x45\xdf\xa3", FORMAT_VIDEO, "Matroska/WebM"),
        MAGIC(0, "FLV\x01", FORMAT_VIDEO, "FLV"),
        MAGIC(0, "\x30\x26\xb2\x75\x8e\x66\xcf\x11", FORMAT_VIDEO, "WMV"),
        MAGIC(0, "\0\0\x01\xba", FORMAT_VIDEO, "MPEG"),
        MAGIC(0, "\0\0\x01\xb3", FORMAT_VIDEO, "MPEG"),
        MAGIC(4, "moov", FORMAT_VIDEO, "QuickTime"),
        MAGIC(4, "mdat", FORMAT_VIDEO, "QuickTime"),
        MAGIC(0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", FORMAT_OFFICE, "OLE2"),
        MAGIC(0, "{\\rtf", FORMAT_OFFICE, "RTF"),
        MAGIC(0,
              "\x7f"
              "ELF",
              FORMAT_PROGRAM, "ELF"),
        MAGIC(0, "\xca\xfe\xba\xbe", FORMAT_PROGRAM, "Mach-O"),
        MAGIC(0, "\xcf\xfa\xed\xfe", FORMAT_PROGRAM, "Mach-O"),
        MAGIC(0, "\xce\xfa\xed\xfe", FORMAT_PROGRAM, "Mach-O"),
        MAGIC(0, "dex\n0", FORMAT_PROGRAM, "Android"),
        MAGIC(0, "#!", FORMAT_PROGRAM, "#!"),
        MAGIC(0, "\x4c\0\0\0\x01\x14\x02\0", NOT_A_PHOTO, "LNK"),
        MAGIC(0, "\0\x05\x16\x07", NOT_A_PHOTO, "AppleDouble"),
        MAGIC(0, "SQLite format 3", NOT_A_PHOTO, "SQLite"),
        MAGIC(0, "ID3", NOT_A_PHOTO, "MP3"),
        MAGIC(0, "OggS", NOT_A_PHOTO, "Ogg"),
        MAGIC(0, "fLaC", NOT_A_PHOTO, "FLAC"),
};

static bool has_at(const uint8_t *data, size_t size, size_t offset, const char *bytes, size_t n)
{
        return size >= offset && size - offset >= n && memcmp(data + offset, bytes, n) == 0;
}

/* Whether text occurs in the first `window` bytes. */
static bool has_within(const uint8_t *data, size_t size, size_t window, const char *text)
{
        return data && size > 0 && memmem(data, MIN(size, window), text, strlen(text)) != NULL;
}

static bool has_within_nocase(const uint8_t *data, size_t size, size_t window, const char *text)
{
        size_t n = strlen(text), end = MIN(size, window);

        for (size_t i = 0; i + n <= end; i++)
                if (strncasecmp((const char *)data + i, text, n) == 0)
                        return true;
        return false;
}

static uint16_t le16(const uint8_t *p)
{
        return (uint16_t)(p[0] | p[1] << 8);
}

static uint32_t le32(const uint8_t *p)
{
        return (uint32_t)le16(p) | (uint32_t)le16(p + 2) << 16;
}

static uint32_t be32(const uint8_t *p)
{
        return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* A detail stands for a kind of the format that no decoder takes. */
static PhotoFormat format_of(ReasonCode reason, const char *detail)
{
        if (*detail)
                return PHOTO_FORMAT_OTHER;
        switch (reason) {
        case REASON_FORMAT_HEIC:
                return PHOTO_FORMAT_HEIC;
        case REASON_FORMAT_AVIF:
                return PHOTO_FORMAT_AVIF;
        case REASON_FORMAT_PNG:
                return PHOTO_FORMAT_PNG;
        case REASON_FORMAT_WEBP:
                return PHOTO_FORMAT_WEBP;
        case REASON_FORMAT_TIFF:
                return PHOTO_FORMAT_TIFF;
        default:
                return PHOTO_FORMAT_OTHER;
        }
}

static bool set(Sniff *ret, ReasonCode reason, const char *detail)
{
        *ret = (Sniff){
                .format = format_of(reason, detail),
                .rejected = true,
                .reason = reason,
                .detail = detail,
        };
        return true;
}

static bool sniff_magic(const uint8_t *data, size_t size, Sniff *ret)
{
        for (size_t i = 0; i < ELEMENTSOF(magics); i++) {
                const Magic *m = &magics[i];

                if (has_at(data, size, m->offset, m->bytes, m->size))
                        return set(ret, m->reason, m->detail);
        }
        return false;
}

/* ISO base media: the brands tell photos from films. A file lists several brands; a still-image
 * brand anywhere among them decides, and AVIF before HEIC, because AVIF files also carry "mif1". */
static bool sniff_bmff(const uint8_t *data, size_t size, Sniff *ret)
{
        static const struct {
                char brand[5];
                ReasonCode reason;
                const char *detail;
        } brands[] = {
                {"avif", REASON_FORMAT_AVIF, ""},     {"avis", REASON_FORMAT_AVIF, ""},
                {"heic", REASON_FORMAT_HEIC, ""},     {"heix", REASON_FORMAT_HEIC, ""},
                {"heim", REASON_FORMAT_HEIC, ""},     {"heis", REASON_FORMAT_HEIC, ""},
                {"hevc", REASON_FORMAT_HEIC, ""},     {"hevx", REASON_FORMAT_HEIC, ""},
                {"crx ", REASON_FORMAT_RAW, "Canon"}, {"jp2 ", REASON_FORMAT_JPEG2000, ""},
                {"jxl ", REASON_FORMAT_JPEGXL, ""},   {"mif1", REASON_FORMAT_HEIC, ""},
                {"msf1", REASON_FORMAT_HEIC, ""},
        };
        size_t end;

        if (!has_at(data, size, 4, "ftyp", 4))
                return false;
        end = MIN(MIN((size_t)be32(data), size), (size_t)256);
        for (size_t b = 0; b < ELEMENTSOF(brands); b++)
                for (size_t i = 8; i + 4 <= end; i += 4)
                        if (i != 12 && memcmp(data + i, brands[b].brand, 4) == 0)
                                return set(ret, brands[b].reason, brands[b].detail);
        if (has_at(data, size, 8, "M4A ", 4))
                return set(ret, REASON_NOT_A_PHOTO, "M4A");
        return set(ret, REASON_FORMAT_VIDEO,
                   has_at(data, size, 8, "qt  ", 4) ? "QuickTime" : "MP4");
}

static bool sniff_riff(const uint8_t *data, size_t size, Sniff *ret)
{
        if (!has_at(data, size, 0, "RIFF", 4))
                return false;
        if (has_at(data, size, 8, "WEBP", 4))
                return set(ret, REASON_FORMAT_WEBP, "");
        if (has_at(data, size, 8, "AVI ", 4))
                return set(ret, REASON_FORMAT_VIDEO, "AVI");
        return set(ret, REASON_NOT_A_PHOTO, has_at(data, size, 8, "WAVE", 4) ? "WAV" : "RIFF");
}

/* Most raw formats are TIFF inside; the maker's name or DNG's version tag reveals them. */
static bool sniff_tiff(const uint8_t *data, size_t size, Sniff *ret)
{
        bool little = has_at(data, size, 0, "II*\0", 4);

        if (!little && !has_at(data, size, 0, "MM\0*", 4))
                return false;
        if (has_at(data, size, 8, "CR", 2))
                return set(ret, REASON_FORMAT_RAW, "Canon");
        if (has_within(data, size, 1024, little ? "\x12\xc6\x01" : "\xc6\x12"))
                return set(ret, REASON_FORMAT_RAW, "DNG");
        if (has_within(data, size, 1024, "NIKON CORPORATION"))
                return set(ret, REASON_FORMAT_RAW, "Nikon");
        if (has_within(data, size, 1024, "SONY"))
                return set(ret, REASON_FORMAT_RAW, "Sony");
        return set(ret, REASON_FORMAT_TIFF, "");
}

/* Whether a part of an office document is named there: folder/….xml. Photos may lie in a folder of
 * that name as well. */
static bool has_part(const uint8_t *data, size_t size, size_t window, const char *folder)
{
        enum { PART_NAME_MAX = 64 };
        size_t end = MIN(size, window), n = strlen(folder);

        for (size_t i = 0; i + n <= end; i++) {
                size_t length = n;

                if (memcmp(data + i, folder, n) != 0)
                        continue;
                while (length < PART_NAME_MAX && i + length < end &&
                       (isalnum(data[i + length]) || strchr("_./-", data[i + length])) &&
                       data[i + length])
                        length++;
                if (memmem(data + i, length, ".xml", 4) || memmem(data + i, length, ".rels", 5))
                        return true;
        }
        return false;
}

static bool sniff_archive(const uint8_t *data, size_t size, Sniff *ret)
{
        enum { WINDOW = 8192 };
        const char *kind = archive_kind(data, size);

        if (!kind)
                return false;
        if (strcmp(kind, "ZIP") != 0)
                return set(ret, REASON_FORMAT_ARCHIVE, kind);
        if (has_part(data, size, WINDOW, "word/"))
                return set(ret, REASON_FORMAT_OFFICE, "Word");
        if (has_part(data, size, WINDOW, "xl/"))
                return set(ret, REASON_FORMAT_OFFICE, "Excel");
        if (has_part(data, size, WINDOW, "ppt/"))
                return set(ret, REASON_FORMAT_OFFICE, "PowerPoint");
        if (has_within(data, size, WINDOW, "[Content_Types].xml") ||
            has_within(data, size, WINDOW, "vnd.oasis.opendocument") ||
            has_within(data, size, WINDOW, "application/epub+zip"))
                return set(ret, REASON_FORMAT_OFFICE, "");
        if (has_within(data, size, WINDOW, "AndroidManifest.xml"))
                return set(ret, REASON_FORMAT_PROGRAM, "Android");
        if (has_within(data, size, WINDOW, "META-INF/MANIFEST.MF"))
                return set(ret, REASON_FORMAT_PROGRAM, "Java");
        return set(ret, REASON_FORMAT_ARCHIVE, kind);
}

/* Formats whose first bytes prove too little, so that the rest of the header is checked. */
static bool sniff_weak(const uint8_t *data, size_t size, Sniff *ret)
{
        if (has_at(data, size, 0, "BM", 2) && size >= 26 && le32(data + 10) < size + 26 &&
            (le32(data + 14) == 12 || (le32(data + 14) >= 40 && le32(data + 14) <= 124)))
                return set(ret, REASON_FORMAT_BMP, "");
        if (has_at(data, size, 0, "MZ", 2) && size >= 64 && data[2] + data[3] != 0)
                return set(ret, REASON_FORMAT_PROGRAM, "Windows");
        if (size >= 22 && le16(data) == 0 && (le16(data + 2) == 1 || le16(data + 2) == 2) &&
            le16(data + 4) > 0 && le16(data + 4) <= 256 && data[9] == 0)
                return set(ret, REASON_FORMAT_ICON, "");
        if (size >= 3 && data[0] == 'P' && data[1] >= '1' && data[1] <= '7' &&
            (data[2] == '\n' || data[2] == ' ' || data[2] == '\t' || data[2] == '\r'))
                return set(ret, REASON_FORMAT_NETPBM, "");
        if (size >= 377 && data[0] == 0x47 && data[188] == 0x47 && data[376] == 0x47)
                return set(ret, REASON_FORMAT_VIDEO, "MPEG-TS");
        if (has_within(data, size, 1024, "%PDF-"))
                return set(ret, REASON_FORMAT_PDF, "");
        return false;
}

/* Old TGA files have no signature. Their header must make sense in every field. */
static bool sniff_tga(const uint8_t *data, size_t size, Sniff *ret)
{
        static const char footer[] = "TRUEVISION-XFILE.";
        uint8_t type, depth;

        if (size >= 18 && memcmp(data + size - 18, footer, 18) == 0)
                return set(ret, REASON_FORMAT_TGA, "");
        if (size < 18)
                return false;
        type = data[2];
        depth = data[16];
        if (data[1] > 1 || !(type == 1 || type == 2 || type == 3 || (type >= 9 && type <= 11)))
                return false;
        if (!(depth == 8 || depth == 15 || depth == 16 || depth == 24 || depth == 32))
                return false;
        if (le16(data + 12) == 0 || le16(data + 14) == 0 || (data[17] & 0xc0) != 0)
                return false;
        if (data[1] == 0 && (le16(data + 3) | le16(data + 5) | data[7]) != 0)
                return false;
        return set(ret, REASON_FORMAT_TGA, "");
}

static bool is_base64(const uint8_t *data, size_t size)
{
        if (size < 64)
                return false;
        for (size_t i = 0; i < MIN(size, (size_t)4096); i++) {
                uint8_t c = data[i];

                if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                      c == '+' || c == '/' || c == '=' || c == '\r' || c == '\n'))
                        return false;
        }
        return true;
}

/* Text in any encoding that students' machines write: UTF-8, GB18030 (pairs of high bytes) or
 * UTF-16 with its byte order mark. */
static bool sniff_text(const uint8_t *data, size_t size, Sniff *ret)
{
        size_t end = MIN(size, (size_t)4096);
        size_t high = 0;

        if (has_at(data, size, 0, "\xff\xfe", 2) || has_at(data, size, 0, "\xfe\xff", 2))
                return set(ret, REASON_FORMAT_TEXT, "UTF-16");
        for (size_t i = 0; i < end; i++) {
                uint8_t c = data[i];

                if (c == 0x7f || (c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f'))
                        return false;
                if (c >= 0x80)
                        high++;
        }
        /* Random bytes hold a control character long before 64 bytes; a shorter file proves
         * nothing. */
        if (end < 8 && high > 0)
                return false;
        if (has_within_nocase(data, size, 64, "data:image"))
                return set(ret, REASON_FORMAT_TEXT, "base64");
        if (has_within_nocase(data, size, 1024, "<svg"))
                return set(ret, REASON_FORMAT_TEXT, "SVG");
        if (has_within_nocase(data, size, 1024, "<!doctype html") ||
            has_within_nocase(data, size, 1024, "<html"))
                return set(ret, REASON_FORMAT_TEXT, "HTML");
        if (is_base64(data, size))
                return set(ret, REASON_FORMAT_TEXT, "base64");
        return set(ret, REASON_FORMAT_TEXT, "");
}

/* A failed copy leaves a file of the right length that holds one value. */
static bool is_blank(const uint8_t *data, size_t size)
{
        return (data[0] == 0x00 || data[0] == 0xff) && memcmp(data, data + 1, size - 1) == 0;
}

/* Whether a JPEG starts a little further in, behind bytes that were put before it. */
static bool has_late_jpeg(const uint8_t *data, size_t size)
{
        for (size_t i = 1; i + 4 <= MIN(size, (size_t)64); i++)
                if (data[i] == 0xff && data[i + 1] == 0xd8 && data[i + 2] == 0xff &&
                    data[i + 3] >= 0xc0 && data[i + 3] != 0xff)
                        return true;
        return false;
}

void sniff_data(const uint8_t *data, size_t size, Sniff *ret)
{
        Sniff sniff = {.detail = ""};

        if (size == 0) {
                (void)set(&sniff, REASON_EMPTY_FILE, "");
                sniff.format = PHOTO_FORMAT_EMPTY;
        } else if (has_at(data, size, 0, "\xff\xd8", 2)) {
                sniff.format = PHOTO_FORMAT_JPEG;
        } else if (size > 1 && is_blank(data, size)) {
                (void)set(&sniff, REASON_BLANK_FILE, data[0] ? "0xFF" : "0x00");
        } else if (sniff_magic(data, size, &sniff) || sniff_bmff(data, size, &sniff) ||
                   sniff_riff(data, size, &sniff) || sniff_tiff(data, size, &sniff) ||
                   sniff_archive(data, size, &sniff) || sniff_weak(data, size, &sniff)) {
                /* sniff is filled in */
        } else if (has_late_jpeg(data, size)) {
                (void)set(&sniff, REASON_CORRUPT, "");
                sniff.format = PHOTO_FORMAT_JPEG;
        } else if (!sniff_text(data, size, &sniff) && !sniff_tga(data, size, &sniff)) {
                (void)set(&sniff, REASON_NOT_A_PHOTO, "");
                sniff.format = PHOTO_FORMAT_UNKNOWN;
        }
        *ret = sniff;
}

bool photo_is_archive(const void *data, size_t size)
{
        Sniff sniff;

        sniff_data(data, size, &sniff);
        return sniff.rejected && sniff.reason == REASON_FORMAT_ARCHIVE;
}
