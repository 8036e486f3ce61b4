/* SPDX-License-Identifier: MIT */
#include <idphoto/matchkey.h>

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

/* ---- escapes ---- */

static int hex_value(char c)
{
        if (c >= '0' && c <= '9')
                return c - '0';
        c = (char)(c | 0x20);
        return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* n hexadecimal digits; -1: there are fewer. */
static utf8proc_int32_t hex_number(const char *s, size_t n)
{
        utf8proc_int32_t value = 0;

        for (size_t i = 0; i < n; i++) {
                int digit = hex_value(s[i]);

                if (digit < 0)
                        return -1;
                value = value * 16 + digit;
        }
        return value;
}

static void append_codepoint(Text *text, utf8proc_int32_t c)
{
        utf8proc_uint8_t bytes[4];
        utf8proc_ssize_t n = utf8proc_encode_char(c, bytes);

        text_append_data(text, bytes, (size_t)MAX(n, 0));
}

/* A run of %XX that is text. Returns how much of s it takes, 0: none. */
static size_t decode_percent(const char *s, Text *text)
{
        _cleanup_text_ Text bytes = {};
        size_t n = 0;

        while (s[n] == '%' && hex_number(s + n + 1, 2) > 0) {
                char byte = (char)hex_number(s + n + 1, 2);

                text_append_data(&bytes, &byte, 1);
                n += 3;
        }
        if (n == 0 || bytes.error < 0 || !utf8_valid(bytes.data) || text_has_control(bytes.data))
                return 0;
        text_append(text, bytes.data);
        return n;
}

/* "#U5f20" and "#L01f600" of unzip, "\u5f20" of JSON. */
static size_t decode_codepoint(const char *s, Text *text)
{
        size_t digits = s[0] == '#' && s[1] == 'L' ? 6 : 4, n = digits + 2;
        utf8proc_int32_t c, low;
        char bytes[5] = {};

        if (!(s[0] == '#' && (s[1] == 'U' || s[1] == 'L')) && !(s[0] == '\\' && s[1] == 'u'))
                return 0;
        c = hex_number(s + 2, digits);
        /* Beyond the first plane JSON writes a pair. */
        if (c >= 0xd800 && c < 0xdc00 && s[n] == s[0] && s[n + 1] == s[1]) {
                low = hex_number(s + n + 2, 4);
                if (low < 0xdc00 || low > 0xdfff)
                        return 0;
                c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
                n += 6;
        }
        if (c <= 0 || !utf8proc_codepoint_valid(c))
                return 0;
        (void)utf8proc_encode_char(c, (utf8proc_uint8_t *)bytes);
        if (text_has_control(bytes))
                return 0;
        text_append(text, bytes);
        return n;
}

int name_decode(const char *name, char **ret)
{
        _cleanup_text_ Text text = {};

        if (!utf8_valid(name))
                return -EILSEQ;
        for (const char *p = name; *p;) {
                size_t n = 0;

                if (*p == '%')
                        n = decode_percent(p, &text);
                else if (*p == '#' || *p == '\\')
                        n = decode_codepoint(p, &text);
                if (n == 0)
                        text_append_data(&text, p, n = 1);
                p += n;
        }
        return text_take(&text, ret, NULL);
}

/* ---- folding ---- */

/* Numbers drawn as one sign, by their first code point; -1: no such sign. */
static int drawn_number(utf8proc_int32_t c)
{
        static const struct {
                utf8proc_int32_t first, last;
                int value; /* of the first one */
        } runs[] = {
                {0x00b2, 0x00b3, 2},  {0x00b9, 0x00b9, 1},  {0x2070, 0x2070, 0},
                {0x2074, 0x2079, 4},  {0x2080, 0x2089, 0},  {0x2460, 0x2473, 1},
                {0x2474, 0x2487, 1},  {0x2488, 0x249b, 1},  {0x24ea, 0x24ea, 0},
                {0x24eb, 0x24f4, 11}, {0x24f5, 0x24fe, 1},  {0x24ff, 0x24ff, 0},
                {0x2776, 0x277f, 1},  {0x2780, 0x2789, 1},  {0x278a, 0x2793, 1},
                {0x3251, 0x325f, 21}, {0x32b1, 0x32bf, 36},
        };

        for (size_t i = 0; i < ELEMENTSOF(runs); i++)
                if (c >= runs[i].first && c <= runs[i].last)
                        return runs[i].value + (int)(c - runs[i].first);
        return -1;
}

static utf8proc_int32_t unify(utf8proc_int32_t c)
{
        switch (c) {
        case 0x25cb: /* white circle */
        case 0x25ef: /* large circle */
                return 0x3007;
        case 0x00d7: /* multiplication sign */
        case 0x03a7: /* Greek */
        case 0x03c7:
        case 0x0425: /* Cyrillic */
        case 0x0445:
                return 'x';
        default:
                return c;
        }
}

int match_fold(const char *text, char **ret)
{
        const utf8proc_option_t options = UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_COMPOSE |
                                          UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE;
        _cleanup_free_ char *decoded = NULL;
        _cleanup_text_ Text unified = {};
        utf8proc_uint8_t *folded = NULL;
        utf8proc_ssize_t n;
        int r = name_decode(text, &decoded);

        if (r < 0)
                return r;
        /* An empty one has no data. */
        text_append(&unified, "");
        for (const char *p = decoded; *p; p += n) {
                utf8proc_int32_t c;
                int number;

                n = utf8proc_iterate((const utf8proc_uint8_t *)p, -1, &c);
                number = drawn_number(c);
                if (number >= 0)
                        text_printf(&unified, "#%d", number);
                else
                        append_codepoint(&unified, unify(c));
        }
        if (unified.error < 0)
                return unified.error;
        n = utf8proc_map((const utf8proc_uint8_t *)unified.data, 0, &folded, options);
        if (n < 0)
                return n == UTF8PROC_ERROR_NOMEM ? -ENOMEM : -EILSEQ;
        *ret = (char *)folded;
        return 0;
}

static bool is_filler(utf8proc_int32_t c)
{
        if (c == '?' || c == '*' || c == '#' || c == 0xfffd)
                return false;
        switch (utf8proc_category(c)) {
        case UTF8PROC_CATEGORY_ZS:
        case UTF8PROC_CATEGORY_ZL:
        case UTF8PROC_CATEGORY_ZP:
        case UTF8PROC_CATEGORY_CC:
        case UTF8PROC_CATEGORY_CF:
        case UTF8PROC_CATEGORY_PC:
        case UTF8PROC_CATEGORY_PD:
        case UTF8PROC_CATEGORY_PS:
        case UTF8PROC_CATEGORY_PE:
        case UTF8PROC_CATEGORY_PI:
        case UTF8PROC_CATEGORY_PF:
        case UTF8PROC_CATEGORY_PO:
        case UTF8PROC_CATEGORY_SM:
        case UTF8PROC_CATEGORY_SC:
        case UTF8PROC_CATEGORY_SK:
        case UTF8PROC_CATEGORY_SO:
                return true;
        default:
                return false;
        }
}

/* Most numbers are plain: what the whole way makes of them, in one step. */
static bool key_of_plain(const char *text, char *key)
{
        for (; *text; text++) {
                if (!isalnum((unsigned char)*text) || (unsigned char)*text >= 0x80)
                        return false;
                *key++ = (char)tolower((unsigned char)*text);
        }
        *key = '\0';
        return true;
}

int match_key(const char *text, char **ret)
{
        _cleanup_free_ char *folded = NULL, *plain = malloc(strlen(text) + 1);
        utf8proc_ssize_t n;
        char *end;
        int r;

        if (!plain)
                return -ENOMEM;
        if (key_of_plain(text, plain)) {
                *ret = TAKE_PTR(plain);
                return 0;
        }
        r = match_fold(text, &folded);
        if (r < 0)
                return r;
        end = folded;
        for (const char *p = folded; *p; p += n) {
                utf8proc_int32_t c;

                n = utf8proc_iterate((const utf8proc_uint8_t *)p, -1, &c);
                if (is_filler(c))
                        continue;
                memmove(end, p, (size_t)n);
                end += n;
        }
        *end = '\0';
        *ret = TAKE_PTR(folded);
        return 0;
}

void match_key_upper(char *key)
{
        for (; *key; key++)
                if (*key >= 'a' && *key <= 'z')
                        *key = (char)(*key - 'a' + 'A');
}

int match_key_stored(const char *text, char **ret)
{
        _cleanup_free_ char *key = NULL, *upper = NULL;
        int r = match_key(text, &key);

        if (r < 0)
                return r;
        upper = strdup(key);
        if (!upper)
                return -ENOMEM;
        match_key_upper(upper);
        if (strcmp(upper, text) == 0)
                key[0] = '\0';
        *ret = TAKE_PTR(key);
        return 0;
}
