/* SPDX-License-Identifier: MIT */
#include "json.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <utf8proc.h>

void json_done(JsonWriter *json)
{
        text_done(&json->text);
}

static void begin_value(JsonWriter *json)
{
        if (json->in_list)
                text_append(&json->text, ", ");
        json->in_list = true;
}

void json_open(JsonWriter *json, char bracket)
{
        begin_value(json);
        text_append_data(&json->text, &bracket, 1);
        json->in_list = false;
}

void json_close(JsonWriter *json, char bracket)
{
        text_append_data(&json->text, &bracket, 1);
        json->in_list = true;
}

void json_key(JsonWriter *json, const char *key)
{
        begin_value(json);
        text_printf(&json->text, "\"%s\": ", key);
        json->in_list = false;
}

static void append_ascii(Text *text, char c)
{
        switch (c) {
        case '"':
        case '\\':
                text_printf(text, "\\%c", c);
                break;
        case '\n':
                text_append(text, "\\n");
                break;
        case '\t':
                text_append(text, "\\t");
                break;
        default:
                if ((unsigned char)c < 0x20 || c == 0x7f)
                        text_printf(text, "\\u%04x", (unsigned)c);
                else
                        text_append_data(text, &c, 1);
        }
}

/* What moves the cursor, or turns lines about, of a terminal that shows it. */
static void append_other(Text *text, utf8proc_int32_t c, const char *s, size_t n)
{
        char character[8] = "";

        memcpy(character, s, n);
        if (!text_is_plain(character))
                text_printf(text, "\\u%04x", (unsigned)c);
        else
                text_append_data(text, s, n);
}

void json_string(JsonWriter *json, const char *value)
{
        Text *text = &json->text;
        utf8proc_int32_t c;

        if (!value) {
                json_null(json);
                return;
        }
        begin_value(json);
        text_append(text, "\"");
        for (const char *p = value; *p;) {
                utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)p, -1, &c);

                if (n <= 0) {
                        text_append(text, "\xef\xbf\xbd");
                        p++;
                        continue;
                }
                if (n == 1)
                        append_ascii(text, *p);
                else
                        append_other(text, c, p, (size_t)n);
                p += n;
        }
        text_append(text, "\"");
}

/* The shorter of two forms that read back as the same number. */
void json_number(JsonWriter *json, double value)
{
        char digits[32];

        if (!isfinite(value)) {
                json_null(json);
                return;
        }
        (void)snprintf(digits, sizeof(digits), "%.15g", value);
        if (strtod(digits, NULL) != value)
                (void)snprintf(digits, sizeof(digits), "%.17g", value);
        begin_value(json);
        text_append(&json->text, digits);
}

void json_integer(JsonWriter *json, int64_t value)
{
        begin_value(json);
        text_printf(&json->text, "%" PRId64, value);
}

void json_bool(JsonWriter *json, bool value)
{
        begin_value(json);
        text_append(&json->text, value ? "true" : "false");
}

void json_null(JsonWriter *json)
{
        begin_value(json);
        text_append(&json->text, "null");
}
