/* SPDX-License-Identifier: MIT */
#include "layout.h"

#include <idphoto/message.h>

#include <inttypes.h>
#include <string.h>
#include <utf8proc.h>

size_t layout_next_clean(const char *s, int32_t *ret)
{
        utf8proc_ssize_t n;
        char one[5] = {0};

        /* Most of it is; a listing of rejected/ writes every text for its length. */
        if (*s >= 0x20 && *s < 0x7f) {
                *ret = *s;
                return 1;
        }
        n = utf8proc_iterate((const utf8proc_uint8_t *)s, -1, ret);
        if (n <= 0) {
                *ret = '?';
                return 1;
        }
        memcpy(one, s, (size_t)n);
        if (text_is_invisible(*ret))
                *ret = 0;
        else if (text_has_control(one))
                *ret = '?';
        return (size_t)n;
}

static size_t width_of(utf8proc_int32_t c)
{
        if (c == 0)
                return 0;
        return c >= 0x20 && c < 0x7f ? 1 : (size_t)utf8proc_charwidth(c);
}

/* The character c, which are the n bytes at s. */
static void append_one(Text *text, utf8proc_int32_t c, const char *s, size_t n)
{
        if (c == '?')
                text_append(text, "?");
        else if (c != 0)
                text_append_data(text, s, n);
}

void layout_append_clean(Text *text, const char *s)
{
        while (*s) {
                utf8proc_int32_t c;
                size_t n = layout_next_clean(s, &c);

                append_one(text, c, s, n);
                s += n;
        }
}

size_t layout_clean_columns(const char *s)
{
        size_t columns = 0;

        while (*s) {
                utf8proc_int32_t c;

                s += layout_next_clean(s, &c);
                columns += width_of(c);
        }
        return columns;
}

static bool closes(utf8proc_int32_t c)
{
        return c == 0x3001 || c == 0x3002 || c == 0xff0c || c == 0xff1a || c == 0xff1b ||
               c == 0xff01 || c == 0xff1f || c == 0xff09 || c == 0x201d || c == 0x2019 ||
               c == 0x300b || c == 0x3011 || c == 0xff5e;
}

static bool opens(utf8proc_int32_t c)
{
        return c == 0xff08 || c == 0x201c || c == 0x2018 || c == 0x300a || c == 0x3010;
}

/* Length in bytes of the piece at s that must stay in one line, its columns, and whether it can be
 * shown as it is. A piece is a word of narrow characters or one wide character, with the marks that
 * cling to it. */
static size_t next_piece(const char *s, size_t *ret_columns, bool *ret_clean)
{
        size_t length = 0, columns = 0;
        bool clings = true; /* the next character to what is before it */
        bool wide_before = false;

        *ret_clean = true;
        while (s[length] && s[length] != ' ') {
                utf8proc_int32_t c;
                size_t n = layout_next_clean(s + length, &c);
                size_t width = width_of(c);
                bool wide = width == 2;

                if (!clings && !closes(c) && (wide || wide_before || opens(c)))
                        break;
                *ret_clean &= c != '?' && c != 0;
                length += n;
                columns += width;
                clings = opens(c);
                wide_before = wide || closes(c);
        }
        *ret_columns = columns;
        return length;
}

void layout_append_wrapped(Text *text, const char *s, size_t used, size_t indent)
{
        bool start = true;

        while (*s) {
                size_t blanks = strspn(s, " ");
                bool clean;
                size_t columns, n = next_piece(s + blanks, &columns, &clean);

                if (n == 0)
                        break;
                if (!start && used + blanks + columns > LAYOUT_WIDTH) {
                        text_append(text, "\n");
                        text_append_padded(text, "", indent);
                        used = indent;
                } else if (!start) {
                        text_append_padded(text, "", blanks);
                        used += blanks;
                }
                s += blanks;
                if (clean) {
                        text_append_data(text, s, n);
                        s += n;
                        n = 0;
                }
                while (n > 0) {
                        utf8proc_int32_t c;
                        size_t m = layout_next_clean(s, &c);

                        append_one(text, c, s, m);
                        s += m;
                        n -= m;
                }
                used += columns;
                start = false;
        }
        text_append(text, "\n");
}

void layout_append_built(Text *text, const Text *built, size_t used, size_t indent)
{
        if (built->error < 0)
                text->error = built->error;
        else
                layout_append_wrapped(text, built->data, used, indent);
}

void layout_append_right(Text *text, const char *s, size_t columns)
{
        size_t width = text_columns(s);

        text_append_padded(text, "", columns > width ? columns - width : 0);
        text_append(text, s);
}

void layout_append_count(Text *text, uint64_t n, size_t columns)
{
        char digits[24];

        (void)snprintf(digits, sizeof(digits), "%" PRIu64, n);
        layout_append_right(text, digits, columns);
}

void layout_append_more(Text *text, size_t n, Language language)
{
        if (n > 0)
                text_printf(text, MESSAGE(LIST_MORE, language), n);
}

void layout_append_size(Text *text, uint64_t bytes, Language language)
{
        const uint64_t kilobyte = 1024, megabyte = 1024 * 1024;

        if (bytes < kilobyte)
                text_printf(text, MESSAGE(SIZE_BYTES, language), bytes);
        else if (bytes < megabyte)
                text_printf(text, MESSAGE(SIZE_KILOBYTES, language),
                            (bytes + kilobyte / 2) / kilobyte);
        else
                text_printf(text, MESSAGE(SIZE_MEGABYTES, language),
                            (double)bytes / (double)megabyte);
}

int layout_take_crlf(Text *text, char **ret, size_t *ret_size)
{
        _cleanup_text_ Text lines = {.error = text->error};
        const char *p = text->data;

        while (p && *p) {
                size_t n = strcspn(p, "\n");

                text_append_data(&lines, p, n);
                p += n;
                if (*p)
                        text_append(&lines, "\r\n");
                p += *p != '\0';
        }
        return text_take(&lines, ret, ret_size);
}
