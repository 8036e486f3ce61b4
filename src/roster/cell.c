/* SPDX-License-Identifier: MIT */
#include "cell.h"

#include <string.h>
#include <uchar.h>
#include <utf8proc.h>

size_t cell_decode(const char *p, int32_t *ret)
{
        utf8proc_ssize_t n;

        if ((unsigned char)*p < 0x80) {
                *ret = (unsigned char)*p;
                return 1;
        }
        n = utf8proc_iterate((const utf8proc_uint8_t *)p, -1, ret);
        if (n <= 0) {
                *ret = 0xfffd;
                return 1;
        }
        return (size_t)n;
}

static bool is_blank(int32_t c)
{
        /* Control characters too, those beyond ASCII among them. */
        return c <= ' ' || (c >= 0x7f && c <= 0xa0) || (c >= 0x2000 && c <= 0x200a) ||
               c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000;
}

static bool is_invisible(int32_t c)
{
        return c == 0xad || (c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) ||
               (c >= 0x2060 && c <= 0x2069) || c == 0xfeff;
}

static void take_off_guards(char *text, size_t *n)
{
        if (*n >= 3 && text[0] == '=' && text[1] == '"' && text[*n - 1] == '"') {
                *n -= 3;
                memmove(text, text + 2, *n);
        } else if (*n >= 1 && text[0] == '\'') {
                *n -= 1;
                memmove(text, text + 1, *n);
        }
        text[*n] = '\0';
}

/* Blanks at the ends go, each run inside becomes as it is but for line breaks and tabs. */
static size_t squeeze(char *text)
{
        size_t out = 0, solid = 0;

        for (const char *p = text; *p;) {
                int32_t c;
                size_t n = cell_decode(p, &c);

                if (is_blank(c)) {
                        if (out > 0)
                                text[out++] = ' ';
                } else if (!is_invisible(c)) {
                        memmove(text + out, p, n);
                        out += n;
                        solid = out;
                }
                p += n;
        }
        text[solid] = '\0';
        return solid;
}

size_t cell_clean(char *text)
{
        size_t n = squeeze(text);
        int32_t first;
        size_t width = cell_decode(text, &first);

        /* An apostrophe as an input method writes it. */
        if (first == 0x2018 || first == 0x2019 || first == 0xff07) {
                n -= width;
                memmove(text, text + width, n + 1);
                n = squeeze(text);
        } else if (first == '=' || first == '\'') {
                take_off_guards(text, &n);
                n = squeeze(text);
        }
        return n;
}

int32_t cell_fold_width(int32_t c)
{
        return c >= 0xff01 && c <= 0xff5e ? c - 0xff01 + 0x21 : c;
}

bool cell_is_hyphen(int32_t c)
{
        return c == '-' || (c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0xfe58 ||
               c == 0xfe63;
}

/* Behind the `out` bytes that are done: c as a capital, or, beyond ASCII, the n bytes at p that it
 * was read from. */
static void put_folded(char *text, size_t *out, int32_t c, const char *p, size_t n)
{
        if (c >= 'a' && c <= 'z')
                c -= 'a' - 'A';
        if (c < 0x80)
                text[(*out)++] = (char)c;
        else {
                memmove(text + *out, p, n);
                *out += n;
        }
}

static void fold(char *text, bool number)
{
        size_t out = 0;

        for (const char *p = text; *p;) {
                int32_t c;
                size_t n = cell_decode(p, &c);

                c = cell_fold_width(c);
                if (c == 0xd7 || c == 0x3c7 || c == 0x3a7 || c == 0x425 || c == 0x445 ||
                    c == 0x2169 || c == 0x2179)
                        c = 'X';
                if (!is_invisible(c) &&
                    !(number && (is_blank(c) || cell_is_hyphen(c) || c == '(' || c == ')')))
                        put_folded(text, &out, c, p, n);
                p += n;
        }
        text[out] = '\0';
}

void cell_fold_letters(char *text)
{
        fold(text, false);
}

void cell_fold_number(char *text)
{
        fold(text, true);
}

/* Traditional characters that occur in names of columns, each before its simplified form. */
static int32_t fold_traditional(int32_t c)
{
        static const struct {
                char16_t traditional, simplified;
        } pairs[] = {
                {u'學', u'学'}, {u'號', u'号'}, {u'證', u'证'}, {u'碼', u'码'}, {u'點', u'点'},
                {u'稱', u'称'}, {u'級', u'级'}, {u'專', u'专'}, {u'業', u'业'}, {u'層', u'层'},
                {u'備', u'备'}, {u'註', u'注'}, {u'狀', u'状'}, {u'態', u'态'}, {u'進', u'进'},
                {u'審', u'审'}, {u'結', u'结'}, {u'訂', u'订'}, {u'單', u'单'}, {u'採', u'采'},
                {u'駁', u'驳'}, {u'時', u'时'}, {u'間', u'间'}, {u'類', u'类'}, {u'習', u'习'},
                {u'歷', u'历'}, {u'預', u'预'}, {u'計', u'计'}, {u'畢', u'毕'}, {u'屬', u'属'},
                {u'員', u'员'}, {u'別', u'别'}, {u'係', u'系'}, {u'編', u'编'}, {u'過', u'过'},
                {u'現', u'现'}, {u'養', u'养'}, {u'讀', u'读'}, {u'內', u'内'}, {u'國', u'国'},
                {u'戶', u'户'}, {u'隸', u'隶'}, {u'發', u'发'},
        };

        for (size_t i = 0; c >= 0x4e00 && i < ELEMENTSOF(pairs); i++)
                if (pairs[i].traditional == c)
                        return pairs[i].simplified;
        return c;
}

/* "學號:", "Student No.", "student_no" and "*学号" say the same. */
static bool is_heading_mark(int32_t c)
{
        return is_blank(c) || is_invisible(c) || cell_is_hyphen(c) ||
               (c < 0x80 && strchr("*:\"'_.,/\\|#", (int)c)) || c == 0x3001 || c == 0x2605 ||
               c == 0x25cf;
}

void cell_fold_heading(char *text)
{
        size_t out = 0;
        unsigned depth = 0;

        for (const char *p = text; *p;) {
                int32_t c;
                size_t n = cell_decode(p, &c);

                c = cell_fold_width(c);
                if (c == '(' || c == '[' || c == 0x3010)
                        depth++;
                else if (c == ')' || c == ']' || c == 0x3011)
                        depth -= depth > 0;
                else if (depth == 0 && !is_heading_mark(c)) {
                        int32_t simplified = fold_traditional(c);

                        if (simplified != c)
                                out += (size_t)utf8proc_encode_char(simplified,
                                                                    (utf8proc_uint8_t *)text + out);
                        else
                                put_folded(text, &out, c, p, n);
                }
                p += n;
        }
        text[out] = '\0';
}

static bool is_digit(char c)
{
        return c >= '0' && c <= '9';
}

bool cell_whole_number(char *text, size_t size)
{
        size_t mantissa = strspn(text, "0123456789");
        const char *exponent;

        if (mantissa == 0)
                return false;
        if (text[mantissa] == '.')
                mantissa += 1 + strspn(text + mantissa + 1, "0123456789");
        exponent = text + mantissa;
        if (*exponent == '\0')
                return strchr(text, '.') && cell_plain_digits(text, size);
        /* Zeros that the exponent would add may be digits that were lost. */
        return (*exponent == 'E' || *exponent == 'e') &&
               strtol(exponent + 1, NULL, 10) < (long)mantissa - !!memchr(text, '.', mantissa) &&
               cell_plain_digits(text, size);
}

bool cell_plain_digits(char *text, size_t size)
{
        char digits[24];
        size_t n = 0, n_whole = 0;
        int exponent = 0;
        bool point = false;
        const char *p = text;

        for (; is_digit(*p) || (*p == '.' && !point); p++) {
                if (*p == '.') {
                        point = true;
                        continue;
                }
                if (n == sizeof(digits) - 1)
                        return false;
                digits[n++] = *p;
                n_whole += !point;
        }
        if (n == 0)
                return false;
        if (*p == 'E' || *p == 'e') {
                bool minus = p[1] == '-';

                p += 1 + (p[1] == '+' || p[1] == '-');
                if (!is_digit(*p))
                        return false;
                for (; is_digit(*p); p++) {
                        if (exponent > 99)
                                return false;
                        exponent = exponent * 10 + (*p - '0');
                }
                if (minus)
                        exponent = -exponent;
        }
        if (*p != '\0')
                return false;
        /* Behind the point of the plain number only zeros may stand. */
        exponent += (int)n_whole;
        if (exponent < 1 || exponent > 15 || (size_t)exponent >= size)
                return false;
        for (size_t i = (size_t)exponent; i < n; i++)
                if (digits[i] != '0')
                        return false;
        for (size_t i = 0; i < (size_t)exponent; i++)
                text[i] = i < n ? digits[i] : '0';
        text[exponent] = '\0';
        return true;
}
