/* SPDX-License-Identifier: MIT */
#include <idphoto/personname.h>

#include <string.h>
#include <utf8proc.h>

enum { NAME_DOT = 0x00b7 };

static bool is_name_dot(utf8proc_int32_t c)
{
        static const utf8proc_int32_t dots[] = {
                0x00b7, 0x2022, 0x2027, 0x2219, 0x22c5, 0x25cf,
                0x2e31, 0x2e33, 0x30fb, 0xff0e, 0xff65, 0x16eb,
        };

        for (size_t i = 0; i < ELEMENTSOF(dots); i++)
                if (dots[i] == c)
                        return true;
        return false;
}

static void append_character(Text *text, utf8proc_int32_t c)
{
        utf8proc_uint8_t bytes[4];
        utf8proc_ssize_t n = utf8proc_encode_char(c, bytes);

        text_append_data(text, bytes, (size_t)n);
}

/* Dots first: NFKC would make a plain full stop of some of them. */
static int unify_dots(const char *name, char **ret)
{
        _cleanup_text_ Text text = {};
        utf8proc_int32_t c;

        for (const char *p = name; *p;) {
                utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)p, -1, &c);

                if (n <= 0)
                        return -EILSEQ;
                if (is_name_dot(c))
                        append_character(&text, NAME_DOT);
                else
                        text_append_data(&text, p, (size_t)n);
                p += n;
        }
        return text_take(&text, ret, NULL);
}

static bool is_name_letter(utf8proc_int32_t c)
{
        switch (utf8proc_category(c)) {
        case UTF8PROC_CATEGORY_LU:
        case UTF8PROC_CATEGORY_LL:
        case UTF8PROC_CATEGORY_LT:
        case UTF8PROC_CATEGORY_LM:
        case UTF8PROC_CATEGORY_LO:
        case UTF8PROC_CATEGORY_MN:
        case UTF8PROC_CATEGORY_MC:
        case UTF8PROC_CATEGORY_NL: /* the hanzi for zero */
        case UTF8PROC_CATEGORY_CO: /* hanzi that no standard had when the roster was made */
        case UTF8PROC_CATEGORY_CN:
                return true;
        default:
                return c == NAME_DOT;
        }
}

int person_name_candidates(const char *stem, int (*callback)(const char *candidate, void *userdata),
                           void *userdata)
{
        _cleanup_free_ char *plain = NULL, *folded = NULL;
        size_t characters = 0;
        char *start = NULL;
        int r;

        r = unify_dots(stem, &plain);
        if (r >= 0)
                r = text_fold(plain, &folded);
        if (r < 0)
                return r;
        for (char *p = folded;;) {
                utf8proc_int32_t c = 0;
                utf8proc_ssize_t n = *p ? utf8proc_iterate((const utf8proc_uint8_t *)p, -1, &c) : 0;

                if (n > 0 && is_name_letter(c)) {
                        if (!start)
                                start = p;
                        characters++;
                } else {
                        if (start && characters >= 2) {
                                char saved = *p;

                                *p = '\0';
                                r = callback(start, userdata);
                                *p = saved;
                                if (r != 0)
                                        return r;
                        }
                        start = NULL;
                        characters = 0;
                }
                if (n <= 0)
                        return 0;
                p += n;
        }
}
