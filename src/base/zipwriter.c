/* SPDX-License-Identifier: MIT */
#include <idphoto/clock.h>
#include <idphoto/io.h>
#include <idphoto/zipwriter.h>

#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <zlib.h>

/* The format is PKWARE's APPNOTE 6.3; the field of times is Info-ZIP's. */

enum {
        SIGNATURE_LOCAL = 0x04034b50,
        SIGNATURE_CENTRAL = 0x02014b50,
        SIGNATURE_END = 0x06054b50,
        SIGNATURE_END64 = 0x06064b50,
        SIGNATURE_LOCATOR64 = 0x07064b50,
        VERSION_STORED = 10,
        VERSION_DEFLATED = 20,
        VERSION_ZIP64 = 45,
        MADE_BY_UNIX = 3 << 8,
        FLAG_UTF8 = 1 << 11,
        METHOD_STORED = 0,
        METHOD_DEFLATED = 8,
        EXTRA_ZIP64 = 0x0001,
        EXTRA_TIME = 0x5455,
        EXTRA_TIME_SIZE = 9,
        EXTRA_ZIP64_SIZE = 12,
        END64_REST = 44, /* of its bytes, behind the number that tells them */
};

/* What a shorter field holds when a longer one tells the value. */
#define ELSEWHERE16 0xffffu
#define ELSEWHERE32 0xffffffffu
/* 1980, before which a zip file knows no time, and 2038, when the field of seconds ends. */
#define TIME_MIN    INT64_C(315532800)
#define TIME_MAX    INT64_C(2145916799)

/* What both headers of an entry say of it. */
typedef struct Entry {
        const char *path;
        size_t path_size;
        uint16_t method;
        uint32_t packed; /* size */
        uint32_t size;
        uint32_t checksum;
        int64_t seconds;
} Entry;

/* ---- fields ---- */

static void append_little(Text *text, uint64_t value, size_t bytes)
{
        for (size_t i = 0; i < bytes; i++, value >>= 8)
                text_append_data(text, &(uint8_t){(uint8_t)value}, 1);
}

static void append16(Text *text, uint64_t value)
{
        append_little(text, value, 2);
}

static void append32(Text *text, uint64_t value)
{
        append_little(text, value, 4);
}

static void append64(Text *text, uint64_t value)
{
        append_little(text, value, 8);
}

/* In UTC, for readers that know nothing better than this local time. */
static void append_dos_time(Text *text, int64_t seconds)
{
        struct tm tm;

        (void)gmtime_r(&(time_t){(time_t)seconds}, &tm);
        append16(text, (unsigned)(tm.tm_hour << 11 | tm.tm_min << 5 | tm.tm_sec / 2));
        append16(text, (unsigned)((tm.tm_year - 80) << 9 | (tm.tm_mon + 1) << 5 | tm.tm_mday));
}

static void append_extra_time(Text *text, int64_t seconds)
{
        append16(text, EXTRA_TIME);
        append16(text, EXTRA_TIME_SIZE - 4);
        append_little(text, 1, 1);
        append32(text, (uint64_t)seconds);
}

static unsigned version_of(const Entry *entry)
{
        return entry->method == METHOD_STORED ? VERSION_STORED : VERSION_DEFLATED;
}

/* From the version to the size of the name, as both headers have it. */
static void append_description(Text *text, const Entry *entry, unsigned version)
{
        append16(text, version);
        append16(text, FLAG_UTF8);
        append16(text, entry->method);
        append_dos_time(text, entry->seconds);
        append32(text, entry->checksum);
        append32(text, entry->packed);
        append32(text, entry->size);
        append16(text, entry->path_size);
}

static void append_local(Text *text, const Entry *entry)
{
        append32(text, SIGNATURE_LOCAL);
        append_description(text, entry, version_of(entry));
        append16(text, EXTRA_TIME_SIZE);
        text_append_data(text, entry->path, entry->path_size);
        append_extra_time(text, entry->seconds);
}

static void append_central(Text *text, const Entry *entry, uint64_t offset)
{
        bool far = offset >= ELSEWHERE32;

        append32(text, SIGNATURE_CENTRAL);
        append16(text, MADE_BY_UNIX | VERSION_ZIP64);
        append_description(text, entry, far ? VERSION_ZIP64 : version_of(entry));
        append16(text, EXTRA_TIME_SIZE + (far ? EXTRA_ZIP64_SIZE : 0));
        append16(text, 0); /* comment */
        append16(text, 0); /* disk */
        append16(text, 0); /* internal attributes */
        append32(text, (uint32_t)(S_IFREG | 0644) << 16);
        append32(text, far ? ELSEWHERE32 : offset);
        text_append_data(text, entry->path, entry->path_size);
        append_extra_time(text, entry->seconds);
        if (far) {
                append16(text, EXTRA_ZIP64);
                append16(text, EXTRA_ZIP64_SIZE - 4);
                append64(text, offset);
        }
}

static void append_end64(Text *text, const ZipWriter *zip)
{
        append32(text, SIGNATURE_END64);
        append64(text, END64_REST);
        append16(text, MADE_BY_UNIX | VERSION_ZIP64);
        append16(text, VERSION_ZIP64);
        append32(text, 0); /* disks */
        append32(text, 0);
        append64(text, zip->n);
        append64(text, zip->n);
        append64(text, zip->directory.size);
        append64(text, zip->offset);
        append32(text, SIGNATURE_LOCATOR64);
        append32(text, 0);
        append64(text, zip->offset + zip->directory.size);
        append32(text, 1);
}

static void append_end(Text *text, const ZipWriter *zip)
{
        append32(text, SIGNATURE_END);
        append16(text, 0); /* disks */
        append16(text, 0);
        append16(text, MIN(zip->n, ELSEWHERE16));
        append16(text, MIN(zip->n, ELSEWHERE16));
        append32(text, MIN(zip->directory.size, ELSEWHERE32));
        append32(text, MIN(zip->offset, ELSEWHERE32));
        append16(text, 0); /* comment */
}

/* ---- the file ---- */

void zip_writer_done(ZipWriter *zip)
{
        text_done(&zip->directory);
}

static int write_out(ZipWriter *zip, const void *data, size_t size)
{
        int r;

        if (zip->text) {
                text_append_data(zip->text, data, size);
                r = zip->text->error;
        } else
                r = write_full(zip->fd, data, size);
        if (r >= 0)
                zip->offset += size;
        return r;
}

static int add_entry(ZipWriter *zip, const Entry *entry, const void *data)
{
        _cleanup_text_ Text header = {};
        uint64_t offset = zip->offset;
        int r;

        append_local(&header, entry);
        if (header.error < 0)
                return header.error;
        r = write_out(zip, header.data, header.size);
        if (r >= 0)
                r = write_out(zip, data, entry->packed);
        if (r < 0)
                return r;
        append_central(&zip->directory, entry, offset);
        zip->n++;
        return zip->directory.error;
}

static int entry_begin(const char *path, uint64_t size, int64_t mtime, Entry *ret)
{
        size_t path_size = strlen(path);

        if (size >= ELSEWHERE32 || path_size >= ELSEWHERE16)
                return -EFBIG;
        *ret = (Entry){
                .path = path,
                .path_size = path_size,
                .size = (uint32_t)size,
                .seconds = MIN(MAX(mtime / NSEC_PER_SEC, TIME_MIN), TIME_MAX),
        };
        return 0;
}

int zip_writer_add(ZipWriter *zip, const char *path, const char *data, size_t size, int64_t mtime)
{
        Entry entry;
        int r = entry_begin(path, size, mtime, &entry);

        if (r < 0)
                return r;
        entry.packed = entry.size;
        entry.checksum = (uint32_t)crc32_z(0, (const Bytef *)data, size);
        return add_entry(zip, &entry, data);
}

int zip_writer_add_part(ZipWriter *zip, const char *path, ZipPart *part, int64_t mtime)
{
        Entry entry;
        int r = zip_part_finish(part);

        if (r >= 0)
                r = entry_begin(path, part->size, mtime, &entry);
        if (r < 0)
                return r;
        if (part->packed.size >= ELSEWHERE32)
                return -EFBIG;
        entry.method = METHOD_DEFLATED;
        entry.packed = (uint32_t)part->packed.size;
        entry.checksum = part->checksum;
        return add_entry(zip, &entry, part->packed.data);
}

int zip_writer_finish(ZipWriter *zip)
{
        _cleanup_text_ Text end = {};
        int r;

        if (zip->n >= ELSEWHERE16 || zip->offset >= ELSEWHERE32 ||
            zip->directory.size >= ELSEWHERE32)
                append_end64(&end, zip);
        append_end(&end, zip);
        if (end.error < 0)
                return end.error;
        r = zip->n > 0 ? write_out(zip, zip->directory.data, zip->directory.size) : 0;
        return r < 0 ? r : write_out(zip, end.data, end.size);
}
