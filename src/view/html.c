/* SPDX-License-Identifier: MIT */
#include "html.h"

#include "layout.h"

#include <stdint.h>
#include <string.h>

static const char *reference(char c)
{
        switch (c) {
        case '&':
                return "&amp;";
        case '<':
                return "&lt;";
        case '>':
                return "&gt;";
        case '"':
                return "&quot;";
        case '\'':
                return "&#39;";
        default:
                return NULL;
        }
}

static void append_plain(Text *text, const char *s)
{
        for (;;) {
                size_t n = strcspn(s, "&<>\"'");

                text_append_data(text, s, n);
                s += n;
                if (*s == '\0')
                        return;
                text_append(text, reference(*s++));
        }
}

void html_append(Text *text, const char *s)
{
        _cleanup_text_ Text clean = {};

        if (!s || *s == '\0')
                return;
        if (text_is_plain(s)) {
                append_plain(text, s);
                return;
        }
        layout_append_clean(&clean, s);
        if (clean.error < 0)
                text->error = clean.error;
        else
                append_plain(text, clean.data);
}

static bool is_unreserved(unsigned char c)
{
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
               c == '-' || c == '.' || c == '_' || c == '~';
}

void html_append_segment(Text *text, const char *s)
{
        if (strcmp(s, ".") == 0 || strcmp(s, "..") == 0)
                return;
        for (; *s; s++) {
                unsigned char c = (unsigned char)*s;

                if (is_unreserved(c))
                        text_append_data(text, s, 1);
                else
                        text_printf(text, "%%%02X", c);
        }
}

void html_append_base64(Text *text, const void *data, size_t size)
{
        static const char digits[] =
                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        const uint8_t *p = data;

        for (size_t i = 0; i < size; i += 3) {
                size_t n = MIN(size - i, (size_t)3);
                uint32_t bits = (uint32_t)p[i] << 16;
                char out[4];

                if (n > 1)
                        bits |= (uint32_t)p[i + 1] << 8;
                if (n > 2)
                        bits |= p[i + 2];
                for (int k = 0; k < 4; k++)
                        out[k] = digits[bits >> (18 - 6 * k) & 63];
                if (n < 3)
                        out[3] = '=';
                if (n < 2)
                        out[2] = '=';
                text_append_data(text, out, sizeof(out));
        }
}
