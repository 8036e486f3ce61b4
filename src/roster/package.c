/* SPDX-License-Identifier: MIT */
#include "package.h"

#include <archive.h>
#include <archive_entry.h>
#include <ctype.h>

/* A small document may pack well; only what is large as well is suspicious. */
enum { RATIO_FREE_BYTES = 8 * 1024 * 1024 };

static void archive_closep(struct archive **archive)
{
        if (*archive)
                (void)archive_read_free(*archive);
}

static int archive_fault(struct archive *archive)
{
        return archive_errno(archive) == ENOMEM ? -ENOMEM : -EBADMSG;
}

static int read_entry(struct archive *archive, size_t archive_size, const XmlHandler *handler,
                      void *userdata)
{
        _cleanup_(xml_reader_freep) XmlReader *reader = NULL;
        const uint64_t ratio_limit =
                MAX((uint64_t)archive_size * PACKAGE_RATIO_MAX, (uint64_t)RATIO_FREE_BYTES);
        const uint64_t limit = MIN(ratio_limit, (uint64_t)PACKAGE_PART_MAX);
        uint64_t total = 0;
        int r;

        r = xml_reader_new(handler, userdata, &reader);
        if (r < 0)
                return r;
        for (;;) {
                const void *block;
                size_t n;
                la_int64_t offset;

                r = archive_read_data_block(archive, &block, &n, &offset);
                if (r == ARCHIVE_EOF)
                        return xml_reader_feed(reader, "", 0, true);
                if (r != ARCHIVE_OK)
                        return archive_fault(archive);
                /* A hole would be zeros, which XML does not have. */
                if (offset < 0 || (uint64_t)offset != total)
                        return -EBADMSG;
                total += n;
                if (total > limit)
                        return -EFBIG;
                r = xml_reader_feed(reader, block, n, false);
                if (r != 0)
                        return r;
        }
}

/* Whether an entry is that part. Some programs begin the names of entries with a slash, or write
 * backslashes. */
static bool is_part(const char *path, const char *name)
{
        while (*path == '/' || *path == '\\' || (*path == '.' && path[1] == '/'))
                path++;
        for (; *path && *name; path++, name++) {
                char c = *path == '\\' ? '/' : *path;

                if (tolower((unsigned char)c) != tolower((unsigned char)*name))
                        return false;
        }
        return *path == *name;
}

int package_read_part(const void *data, size_t size, const char *name, const XmlHandler *handler,
                      void *userdata)
{
        _cleanup_(archive_closep) struct archive *archive = archive_read_new();

        if (!archive)
                return -ENOMEM;
        if (archive_read_support_format_zip(archive) != ARCHIVE_OK ||
            archive_read_open_memory(archive, data, size) != ARCHIVE_OK)
                return archive_fault(archive);
        for (unsigned n = 0; n < PACKAGE_ENTRIES_MAX; n++) {
                struct archive_entry *entry;
                const char *path;
                int r = archive_read_next_header(archive, &entry);

                if (r == ARCHIVE_EOF)
                        return -ENOENT;
                if (r != ARCHIVE_OK && r != ARCHIVE_WARN)
                        return archive_fault(archive);
                path = archive_entry_pathname_utf8(entry);
                if (!path)
                        path = archive_entry_pathname(entry);
                if (path && is_part(path, name))
                        return read_entry(archive, size, handler, userdata);
        }
        return -EFBIG;
}
