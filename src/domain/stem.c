/* SPDX-License-Identifier: MIT */
#include <idphoto/matchkey.h>
#include <idphoto/stem.h>

#include <string.h>
#include <utf8proc.h>

static bool is_digit(char c)
{
        return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
        return c >= 'a' && c <= 'z';
}

static bool is_separator(utf8proc_int32_t c)
{
        if (c < 0x80)
                return c == ' ' || c == '\t' || strchr("_-+.,;:=~&@#|/\\()[]{}<>", (int)c) != NULL;
        switch (utf8proc_category(c)) {
        case UTF8PROC_CATEGORY_ZS:
        case UTF8PROC_CATEGORY_PC:
        case UTF8PROC_CATEGORY_PD:
        case UTF8PROC_CATEGORY_PS:
        case UTF8PROC_CATEGORY_PE:
                return true;
        default:
                return c == 0x3001 /* ideographic comma */ || c == 0x3002 /* ideographic stop */;
        }
}

/* The character that ends before end; 0 at the start. */
static utf8proc_int32_t last_character(const char *start, const char *end, size_t *ret_size)
{
        const char *p = end;
        utf8proc_int32_t c = 0;

        *ret_size = 0;
        if (p == start)
                return 0;
        do
                p--;
        while (p > start && ((unsigned char)*p & 0xc0) == 0x80);
        if (utf8proc_iterate((const utf8proc_uint8_t *)p, end - p, &c) <= 0)
                return 0;
        *ret_size = (size_t)(end - p);
        return c;
}

/* How long the text is without the separators at its end. */
static size_t trimmed(const char *text, size_t n)
{
        size_t size;

        while (n > 0 && is_separator(last_character(text, text + n, &size)))
                n -= size;
        return n;
}

static size_t leading_separators(const char *text)
{
        utf8proc_int32_t c;
        utf8proc_ssize_t n;
        size_t skip = 0;

        while ((n = utf8proc_iterate((const utf8proc_uint8_t *)text + skip, -1, &c)) > 0 &&
               c != 0 && is_separator(c))
                skip += (size_t)n;
        return skip;
}

/* ---- suffixes ---- */

/* What stands between a name and its suffix: a point, or what is typed or made of one. */
static bool is_point(utf8proc_int32_t c)
{
        return c == '.' || c == ',' || c == '_' || c == ' ' || c == 0x3002;
}

static bool strip_suffix(char *stem)
{
        static const char *const suffixes[] = {
                "jpg", "jpeg", "jpe",  "jfif", "png", "heic", "heif", "webp", "bmp",    "gif",
                "tif", "tiff", "avif", "jp2",  "jxl", "dng",  "psd",  "txt",  "jpgjpg",
        };
        size_t n = trimmed(stem, strlen(stem)), size;

        for (size_t i = 0; i < ELEMENTSOF(suffixes); i++) {
                size_t suffix = strlen(suffixes[i]);

                if (n <= suffix || memcmp(stem + n - suffix, suffixes[i], suffix) != 0)
                        continue;
                n -= suffix;
                if (!is_point(last_character(stem, stem + n, &size)) || n == size)
                        return false;
                stem[n - size] = '\0';
                return true;
        }
        return false;
}

int stem_fold(const char *name, char **ret)
{
        char *stem;
        int r = match_fold(name, &stem);

        if (r < 0)
                return r;
        while (strip_suffix(stem))
                ;
        *ret = stem;
        return 0;
}

/* ---- marks of copies ---- */

/* Where "(1)", "#1", "_1", " 12" or "-2" begins at the end of the stem; n: there is none. */
static size_t number_mark(const char *stem, size_t n)
{
        enum { BRACKETED_MAX = 3, PLAIN_MAX = 2 };
        bool bracket = n > 0 && (stem[n - 1] == ')' || stem[n - 1] == ']');
        size_t end = bracket ? n - 1 : n, start = end, size;
        utf8proc_int32_t before;

        while (start > 0 && is_digit(stem[start - 1]))
                start--;
        if (start == end || end - start > (bracket ? BRACKETED_MAX : PLAIN_MAX))
                return n;
        before = last_character(stem, stem + start, &size);
        if (bracket ? before != '(' && before != '[' : !is_separator(before))
                return n;
        return start - size;
}

/* Where a word for a copy begins at the end of the stem, with a number behind it or none. */
static size_t word_mark(const char *stem, size_t n)
{
        static const char *const words[] = {"副本", "复件", "拷贝", "复制",  "複本",
                                            "拷貝", "複製", "copy", "copie", "kopie"};
        size_t end = n, size;

        while (end > 0 && n - end < 2 && is_digit(stem[end - 1]))
                end--;
        for (size_t i = 0; i < ELEMENTSOF(words); i++) {
                size_t word = strlen(words[i]);

                if (end <= word || memcmp(stem + end - word, words[i], word) != 0)
                        continue;
                /* "photocopy" is a word of its own. */
                if (is_letter(words[i][0]) &&
                    !is_separator(last_character(stem, stem + end - word, &size)))
                        continue;
                return end - word;
        }
        return n;
}

/* How long the mark at the beginning is: "副本", "复件 (2)", "copy of", "copy (2) of". */
static size_t leading_mark(const char *stem)
{
        static const char *const words[] = {"副本", "复件", "复制", "拷贝", "複本", "copy"};

        for (size_t i = 0; i < ELEMENTSOF(words); i++) {
                size_t n = strlen(words[i]), number;

                if (strncmp(stem, words[i], n) != 0)
                        continue;
                n += leading_separators(stem + n);
                number = strspn(stem + n, "0123456789");
                if (number > 0 && number <= 2 &&
                    (stem[n + number] == ')' || stem[n + number] == ' '))
                        n += number + leading_separators(stem + n + number);
                if (words[i][0] == 'c') {
                        if (strncmp(stem + n, "of ", 3) != 0)
                                continue;
                        n += 3;
                }
                return n;
        }
        return 0;
}

static CopyMark strip_mark(char *stem)
{
        size_t n = trimmed(stem, strlen(stem)), all = strlen(stem), mark;

        /* The bracket that closes a mark is a separator as well. */
        mark = number_mark(stem, all);
        if (mark == all)
                mark = number_mark(stem, n) < n ? number_mark(stem, n) : all;
        if (mark < all) {
                mark = trimmed(stem, mark);
                if (mark == 0)
                        return COPY_MARK_NONE;
                stem[mark] = '\0';
                return COPY_MARK_NUMBER;
        }
        mark = word_mark(stem, n);
        if (mark < n && trimmed(stem, mark) > 0) {
                stem[trimmed(stem, mark)] = '\0';
                return COPY_MARK_WORD;
        }
        return COPY_MARK_NONE;
}

CopyMark stem_strip_copy_mark(char *stem)
{
        CopyMark mark = strip_mark(stem);

        /* "NAME.jpg - 副本" */
        while (mark != COPY_MARK_NONE && strip_suffix(stem))
                ;
        return mark;
}

bool stem_strip_leading_copy_mark(char *stem)
{
        size_t mark = leading_mark(stem);

        if (mark == 0 || stem[mark] == '\0')
                return false;
        memmove(stem, stem + mark, strlen(stem + mark) + 1);
        return true;
}

/* ---- parts ---- */

size_t stem_split(const char *stem, StemPart *parts, size_t max)
{
        size_t n_parts = 0;
        const char *p = stem;

        while (n_parts < max) {
                utf8proc_int32_t c;
                utf8proc_ssize_t n;
                const char *start;

                p += leading_separators(p);
                start = p;
                while ((n = utf8proc_iterate((const utf8proc_uint8_t *)p, -1, &c)) > 0 && c != 0 &&
                       !is_separator(c))
                        p += n;
                if (p == start)
                        break;
                parts[n_parts++] = (StemPart){start, (size_t)(p - start)};
        }
        return n_parts;
}
