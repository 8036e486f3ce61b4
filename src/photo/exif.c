/* SPDX-License-Identifier: MIT */
#include "exif.h"

#include <string.h>

enum {
        TAG_ORIENTATION = 0x0112,
        TAG_DATE = 0x0132,
        TAG_EXIF_IFD = 0x8769,
        TAG_DATE_ORIGINAL = 0x9003,

        TYPE_ASCII = 2,
        TYPE_SHORT = 3,
        TYPE_LONG = 4,

        ENTRY_SIZE = 12,
        /* A directory of a real photo has some forty entries. */
        MAX_ENTRIES = 1024,
        DATE_SIZE = 19, /* "2026:05:31 12:00:00" */
};

typedef struct Tiff {
        const uint8_t *data;
        size_t size;
        bool big_endian;
} Tiff;

static uint16_t get16(const Tiff *t, size_t at)
{
        const uint8_t *p = t->data + at;

        return (uint16_t)(t->big_endian ? p[0] << 8 | p[1] : p[1] << 8 | p[0]);
}

static uint32_t get32(const Tiff *t, size_t at)
{
        uint32_t first = get16(t, at), second = get16(t, at + 2);

        return t->big_endian ? first << 16 | second : second << 16 | first;
}

/* Offset of the tag's 12-byte entry in the directory at `ifd`; 0: it is absent or out of bounds. */
static size_t find_entry(const Tiff *t, uint32_t ifd, uint16_t tag)
{
        size_t n, first;

        if (t->size < 2 || ifd < 8 || ifd > t->size - 2)
                return 0;
        n = MIN(get16(t, ifd), (uint16_t)MAX_ENTRIES);
        first = (size_t)ifd + 2;
        for (size_t i = 0; i < n; i++) {
                size_t at = first + i * ENTRY_SIZE;

                if (at + ENTRY_SIZE > t->size)
                        return 0;
                if (get16(t, at) == tag)
                        return at;
        }
        return 0;
}

/* Reads a single SHORT or LONG that is stored in its entry; 0 when it is something else. */
static uint32_t entry_number(const Tiff *t, size_t at)
{
        if (at == 0 || get32(t, at + 4) != 1)
                return 0;
        switch (get16(t, at + 2)) {
        case TYPE_SHORT:
                return get16(t, at + 8);
        case TYPE_LONG:
                return get32(t, at + 8);
        default:
                return 0;
        }
}

static bool two_digits(const uint8_t *p, int *ret)
{
        if (p[0] < '0' || p[0] > '9' || p[1] < '0' || p[1] > '9')
                return false;
        *ret = (p[0] - '0') * 10 + (p[1] - '0');
        return true;
}

/* Days since 1970-01-01 in the proleptic Gregorian calendar. Years start in March, so that the leap
 * day comes last. */
static int64_t days_since_epoch(int year, int month, int day)
{
        int64_t y = month <= 2 ? year - 1 : year;
        int64_t era = y / 400, of_era = y % 400;
        int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

        return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + day_of_year - 719468;
}

static int64_t parse_date(const uint8_t *p)
{
        int century, years, month, day, hour, minute, second;

        if (!two_digits(p, &century) || !two_digits(p + 2, &years) || !two_digits(p + 5, &month) ||
            !two_digits(p + 8, &day) || !two_digits(p + 11, &hour) ||
            !two_digits(p + 14, &minute) || !two_digits(p + 17, &second))
                return 0;
        if (century < 19 || month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 ||
            minute > 59 || second > 60)
                return 0;
        return days_since_epoch(century * 100 + years, month, day) * 86400 + hour * 3600 +
               minute * 60 + second;
}

static int64_t entry_date(const Tiff *t, size_t at)
{
        uint32_t offset;

        if (at == 0 || get16(t, at + 2) != TYPE_ASCII || get32(t, at + 4) < DATE_SIZE)
                return 0;
        offset = get32(t, at + 8);
        if (t->size < DATE_SIZE || offset > t->size - DATE_SIZE)
                return 0;
        return parse_date(t->data + offset);
}

void exif_read(const uint8_t *data, size_t size, Exif *ret)
{
        Exif exif = {.orientation = 1};
        Tiff t = {.data = data, .size = size};
        uint32_t ifd0, orientation, exif_ifd;

        *ret = exif;
        if (size < 8)
                return;
        if (memcmp(data, "MM\0*", 4) == 0)
                t.big_endian = true;
        else if (memcmp(data, "II*\0", 4) != 0)
                return;

        ifd0 = get32(&t, 4);
        orientation = entry_number(&t, find_entry(&t, ifd0, TAG_ORIENTATION));
        if (orientation >= 1 && orientation <= 8)
                exif.orientation = orientation;

        exif_ifd = entry_number(&t, find_entry(&t, ifd0, TAG_EXIF_IFD));
        exif.taken = entry_date(&t, find_entry(&t, exif_ifd, TAG_DATE_ORIGINAL));
        if (exif.taken == 0)
                exif.taken = entry_date(&t, find_entry(&t, ifd0, TAG_DATE));
        *ret = exif;
}
