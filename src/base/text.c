/* SPDX-License-Identifier: MIT */
#include <idphoto/text.h>

#include <stdarg.h>
#include <string.h>
#include <strings.h>
#include <utf8proc.h>

bool utf8_valid(const char *text)
{
        utf8proc_int32_t codepoint;

        for (const char *p = text; *p;) {
                utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)p, -1, &codepoint);

                if (n <= 0)
                        return false;
                p += n;
        }
        return true;
}

int32_t text_next(const char *text, size_t *ret_bytes)
{
        utf8proc_int32_t c;
        utf8proc_ssize_t n = 1;

        if ((unsigned char)*text < 0x80)
                c = (unsigned char)*text;
        else {
                n = utf8proc_iterate((const utf8proc_uint8_t *)text, -1, &c);
                if (n <= 0) {
                        c = 0xfffd;
                        n = 1;
                }
        }
        *ret_bytes = (size_t)n;
        return c;
}

int32_t text_usual_width(int32_t c)
{
        if (c == 0x3000)
                return ' ';
        return c >= 0xff01 && c <= 0xff5e ? c - 0xff01 + 0x21 : c;
}

bool text_has_control(const char *text)
{
        utf8proc_int32_t c;

        for (const char *p = text; *p;) {
                utf8proc_ssize_t n;

                if (*p >= 0x20 && *p < 0x7f) {
                        p++;
                        continue;
                }
                n = utf8proc_iterate((const utf8proc_uint8_t *)p, -1, &c);
                if (n <= 0)
                        return true;
                if (c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x202a && c <= 0x202e) ||
                    (c >= 0x2066 && c <= 0x2069) || c == 0x2028 || c == 0x2029)
                        return true;
                p += n;
        }
        return false;
}

bool text_is_invisible(int32_t c)
{
        return c == 0xad || c == 0x61c || c == 0x200b || c == 0x200e || c == 0x200f ||
               (c >= 0x202a && c <= 0x202e) || (c >= 0x2060 && c <= 0x2069) || c == 0xfeff;
}

static bool is_ascii(const char *text)
{
        for (; *text; text++)
                if ((unsigned char)*text >= 0x80)
                        return false;
        return true;
}

void text_drop_invisible(char *text)
{
        size_t out = 0, n;

        if (is_ascii(text))
                return;
        for (const char *p = text; *p; p += n)
                if (!text_is_invisible(text_next(p, &n))) {
                        memmove(text + out, p, n);
                        out += n;
                }
        text[out] = '\0';
}

bool text_is_plain(const char *text)
{
        size_t n;

        if (text_has_control(text))
                return false;
        for (const char *p = text; *p; p += n)
                if (text_is_invisible(text_next(p, &n)))
                        return false;
        return true;
}

int text_fold(const char *text, char **ret)
{
        utf8proc_uint8_t *folded = NULL;
        utf8proc_ssize_t n = utf8proc_map((const utf8proc_uint8_t *)text, 0, &folded,
                                          UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_COMPOSE |
                                                  UTF8PROC_COMPAT);

        if (n < 0)
                return n == UTF8PROC_ERROR_NOMEM ? -ENOMEM : -EILSEQ;
        *ret = (char *)folded;
        return 0;
}

size_t text_columns(const char *text)
{
        utf8proc_int32_t c;
        size_t columns = 0;

        for (const char *p = text; *p;) {
                utf8proc_ssize_t n;

                if (*p >= 0x20 && *p < 0x7f) {
                        columns++;
                        p++;
                        continue;
                }
                n = utf8proc_iterate((const utf8proc_uint8_t *)p, -1, &c);
                if (n <= 0) {
                        columns++;
                        p++;
                        continue;
                }
                columns += (size_t)utf8proc_charwidth(c);
                p += n;
        }
        return columns;
}

size_t text_prefix(const char *text, size_t max_bytes)
{
        size_t n = strnlen(text, max_bytes + 1);

        if (n <= max_bytes)
                return n;
        n = max_bytes;
        while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
                n--;
        return n;
}

bool text_starts_with(const char *text, const char *prefix)
{
        return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool text_ends_with(const char *text, const char *suffix)
{
        size_t n = strlen(text), m = strlen(suffix);

        return n >= m && strcmp(text + n - m, suffix) == 0;
}

bool text_ends_with_nocase(const char *text, const char *suffix)
{
        size_t n = strlen(text), m = strlen(suffix);

        return n >= m && strcasecmp(text + n - m, suffix) == 0;
}

int text_find(const char *const *texts, size_t n, const char *text)
{
        for (size_t i = 0; i < n; i++)
                if (strcmp(texts[i], text) == 0)
                        return (int)i;
        return -EINVAL;
}

void text_done(Text *text)
{
        free(text->data);
        *text = (Text){};
}

static bool text_reserve(Text *text, size_t more)
{
        size_t needed;
        char *data;

        if (text->error < 0)
                return false;
        if (__builtin_add_overflow(text->size, more + 1, &needed)) {
                text->error = -ENOMEM;
                return false;
        }
        if (needed <= text->allocated)
                return true;
        needed = MAX(needed, MAX(text->allocated * 2, (size_t)256));
        data = realloc(text->data, needed);
        if (!data) {
                text->error = -ENOMEM;
                return false;
        }
        text->data = data;
        text->allocated = needed;
        return true;
}

void text_append_data(Text *text, const void *data, size_t size)
{
        if (!text_reserve(text, size))
                return;
        if (size > 0)
                memcpy(text->data + text->size, data, size);
        text->size += size;
        text->data[text->size] = '\0';
}

void text_append(Text *text, const char *s)
{
        text_append_data(text, s, strlen(s));
}

void text_printf(Text *text, const char *fmt, ...)
{
        va_list ap, again;
        int n;

        va_start(ap, fmt);
        va_copy(again, ap);
        n = vsnprintf(NULL, 0, fmt, ap);
        va_end(ap);
        if (n < 0)
                text->error = -ENOMEM;
        else if (text_reserve(text, (size_t)n)) {
                (void)vsnprintf(text->data + text->size, (size_t)n + 1, fmt, again);
                text->size += (size_t)n;
        }
        va_end(again);
}

void text_append_padded(Text *text, const char *s, size_t columns)
{
        text_append(text, s);
        for (size_t n = text_columns(s); n < columns; n++)
                text_append_data(text, " ", 1);
}

int text_take(Text *text, char **ret, size_t *ret_size)
{
        text_append_data(text, "", 0);
        if (text->error < 0)
                return text->error;
        if (ret_size)
                *ret_size = text->size;
        *ret = TAKE_PTR(text->data);
        *text = (Text){};
        return 0;
}

static const char *const language_names[_LANGUAGE_MAX] = {
        [LANGUAGE_EN] = "en", [LANGUAGE_ZH] = "zh"};

const char *language_to_string(Language language)
{
        return language >= 0 && language < _LANGUAGE_MAX ? language_names[language] : NULL;
}

Language language_from_string(const char *s)
{
        return (Language)text_find(language_names, _LANGUAGE_MAX, s);
}

Language language_from_environment(void)
{
        static const char *const variables[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

        for (size_t i = 0; i < ELEMENTSOF(variables); i++) {
                const char *value = getenv(variables[i]);

                if (value && *value)
                        return text_starts_with(value, "zh") ? LANGUAGE_ZH : LANGUAGE_EN;
        }
        return LANGUAGE_EN;
}
