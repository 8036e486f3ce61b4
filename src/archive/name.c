/* SPDX-License-Identifier: MIT */
#include "path.h"

#include <idphoto/text.h>

#include <iconv.h>
#include <string.h>

/*
 * A zip tells of each name whether it is UTF-8; programs of Chinese systems do not tell, and write
 * what the system uses, which GB18030 contains. A name that happens to be both is UTF-8: two bytes
 * of GB18030 hardly ever are.
 */

#define GB18030 "GB18030"

void path_prepare(void)
{
        static const char *const encodings[] = {GB18030, "UTF-16LE", "UTF-16BE", "UTF-8"};

        /* They stay open: a converter that nobody uses is unloaded. */
        for (size_t i = 0; i < ELEMENTSOF(encodings); i++)
                (void)iconv_open("UTF-8", encodings[i]);
}

static int decode(const char *name, char **ret)
{
        size_t in_left = strlen(name), room = 2 * in_left, left = room;
        char *in = (char *)name, *out;
        _cleanup_free_ char *text = NULL;
        iconv_t cd;
        size_t n;

        if (utf8_valid(name)) {
                *ret = strdup(name);
                return *ret ? 0 : -ENOMEM;
        }
        text = malloc(room + 1);
        if (!text)
                return -ENOMEM;
        cd = iconv_open("UTF-8", GB18030);
        if (cd == (iconv_t)-1)
                return errno == ENOMEM ? -ENOMEM : -EILSEQ;
        out = text;
        n = iconv(cd, &in, &in_left, &out, &left);
        (void)iconv_close(cd);
        if (n == (size_t)-1)
                return -EILSEQ;
        *out = '\0';
        *ret = TAKE_PTR(text);
        return 0;
}

/* A part that leads nowhere, out of the archive, or to a drive. */
static bool is_no_folder(const char *part, size_t n)
{
        return n == 0 || (n == 1 && part[0] == '.') ||
               (n == 2 && part[0] == '.' && part[1] == '.') || (n == 2 && part[1] == ':');
}

int path_of_name(const char *name, char **ret)
{
        _cleanup_free_ char *text = NULL;
        char *to;
        int r = decode(name, &text);

        if (r < 0)
                return r;
        /* Only now: the second byte of a letter may be one as well. */
        for (char *p = text; (p = strchr(p, '\\'));)
                *p = '/';
        to = text;
        for (const char *from = text; *from;) {
                size_t n = strcspn(from, "/");
                bool more = from[n] == '/';

                if (!is_no_folder(from, n)) {
                        if (to != text)
                                *to++ = '/';
                        memmove(to, from, n);
                        to += n;
                }
                from += n + more;
        }
        *to = '\0';
        *ret = TAKE_PTR(text);
        return 0;
}
