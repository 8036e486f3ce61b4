/* SPDX-License-Identifier: MIT */
#include "sheetcheck.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>

/* The parts are our own, so this needs no reader of any XML: in them, < and > are only at tags. */

#define SHEET_PART "xl/worksheets/sheet1.xml"

enum { NAME_BYTES = 4 }; /* as many of a tag as anybody asks for */

typedef struct Part {
        size_t tags;
        int depth; /* elements that are open */
        bool in_tag;
        char name[NAME_BYTES + 1]; /* of the tag, from behind its < */
        size_t name_size;
        char last; /* the character before */
        SheetContent content;
} Part;

static void begin_tag(Part *part)
{
        part->in_tag = true;
        part->name_size = 0;
        memset(part->name, 0, sizeof(part->name));
}

static void end_tag(Part *part)
{
        part->in_tag = false;
        if (part->name[0] == '?')
                return;
        part->tags++;
        if (part->name[0] == '/')
                part->depth--;
        else if (part->last != '/')
                part->depth++;
        part->content.rows += strcmp(part->name, "row ") == 0;
        part->content.cells += strncmp(part->name, "c ", 2) == 0;
}

static void read_character(Part *part, char c)
{
        if (c == '<')
                begin_tag(part);
        else if (c == '>')
                end_tag(part);
        else if (!part->in_tag)
                /* A line's end stands between the declaration and the first element. */
                part->content.text += part->depth > 0;
        else if (part->name_size < NAME_BYTES)
                part->name[part->name_size++] = c;
        part->last = c;
}

static int read_part(struct archive *archive, Part *part)
{
        const void *block;
        size_t n;
        int64_t offset;
        int r;

        while ((r = archive_read_data_block(archive, &block, &n, &offset)) == ARCHIVE_OK)
                for (size_t i = 0; i < n; i++)
                        read_character(part, ((const char *)block)[i]);
        return r == ARCHIVE_EOF ? 0 : -ENOSPC;
}

static bool is_whole(const Part *part)
{
        return part->tags > 0 && part->depth == 0 && !part->in_tag;
}

static bool same_content(const SheetContent *a, const SheetContent *b)
{
        return a->rows == b->rows && a->cells == b->cells && a->text == b->text;
}

static int check_parts(struct archive *archive, const SheetContent *content)
{
        struct archive_entry *entry;
        bool found = false;
        int r;

        while ((r = archive_read_next_header(archive, &entry)) == ARCHIVE_OK) {
                Part part = {};

                if (read_part(archive, &part) < 0 || !is_whole(&part))
                        return -ENOSPC;
                if (strcmp(archive_entry_pathname(entry), SHEET_PART) != 0)
                        continue;
                if (!same_content(&part.content, content))
                        return -ENOSPC;
                found = true;
        }
        return r == ARCHIVE_EOF && found ? 0 : -ENOSPC;
}

int sheet_check(const char *data, size_t size, const SheetContent *content)
{
        struct archive *archive = archive_read_new();
        int r = -ENOSPC;

        if (!archive)
                return -ENOMEM;
        if (archive_read_support_format_zip(archive) == ARCHIVE_OK &&
            archive_read_open_memory(archive, data, size) == ARCHIVE_OK)
                r = check_parts(archive, content);
        (void)archive_read_free(archive);
        return r;
}
