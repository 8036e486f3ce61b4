/* SPDX-License-Identifier: MIT */
#include "textcode.h"

#include <iconv.h>
#include <idphoto/text.h>
#include <string.h>

#define GB18030  "GB18030"
#define UTF_16LE "UTF-16LE"
#define UTF_16BE "UTF-16BE"

void textcode_prepare(void)
{
        static const char *const encodings[] = {GB18030, UTF_16LE, UTF_16BE};

        /* They stay open: a converter that nobody uses is unloaded. */
        for (size_t i = 0; i < ELEMENTSOF(encodings); i++)
                (void)iconv_open("UTF-8", encodings[i]);
}

static void iconv_closep(iconv_t *cd)
{
        if (*cd != (iconv_t)-1)
                (void)iconv_close(*cd);
}

static size_t count_lines(const char *text, size_t size)
{
        size_t n = 1;

        for (const char *p = text; (p = memchr(p, '\n', size - (size_t)(p - text))) != NULL; p++)
                n++;
        return n;
}

static int convert(const char *encoding, const char *data, size_t size, char **ret,
                   size_t *ret_size, size_t *ret_line)
{
        _cleanup_(iconv_closep) iconv_t cd = iconv_open("UTF-8", encoding);
        /* Two bytes of either encoding make at most three of UTF-8, four at most four; a lone ASCII
         * byte of GB18030 stays one. */
        size_t room = size + size / 2 + 4, left = room;
        _cleanup_free_ char *text = NULL;
        char *in = (char *)data, *out;
        size_t in_left = size;

        if (cd == (iconv_t)-1)
                return errno == ENOMEM ? -ENOMEM : -EILSEQ;
        text = malloc(room + 1);
        if (!text)
                return -ENOMEM;
        out = text;
        if (iconv(cd, &in, &in_left, &out, &left) == (size_t)-1) {
                if (errno == E2BIG)
                        return -ENOMEM;
                *ret_line = count_lines(text, room - left);
                return -EILSEQ;
        }
        *ret_size = room - left;
        text[*ret_size] = '\0';
        *ret = TAKE_PTR(text);
        return 0;
}

static int keep(const char *data, size_t size, char **ret, size_t *ret_size)
{
        char *text = malloc(size + 1);

        if (!text)
                return -ENOMEM;
        if (size > 0)
                memcpy(text, data, size);
        text[size] = '\0';
        *ret = text;
        *ret_size = size;
        return 0;
}

/* UTF-16 without a mark: in what offices write, every line end and delimiter has a zero byte,
 * always on the same side of a printable one. Returns NULL when it is not. */
static const char *utf16_kind(const uint8_t *data, size_t size)
{
        size_t n = MIN(size & ~(size_t)1, (size_t)4096), even = 0, odd = 0;
        bool separator = false;

        for (size_t i = 0; i + 1 < n; i += 2) {
                uint8_t other = data[i] | data[i + 1];

                if (data[i] != 0 && data[i + 1] != 0)
                        continue;
                if (other < ' ' && other != '\t' && other != '\n' && other != '\r')
                        return NULL;
                separator = separator || other == '\n' || other == '\t' || other == ',' ||
                            other == ';' || other == '|';
                even += data[i] == 0;
                odd += data[i + 1] == 0;
        }
        if (!separator)
                return NULL;
        if (odd > 0 && even == 0 && odd >= n / 64)
                return UTF_16LE;
        if (even > 0 && odd == 0 && even >= n / 64)
                return UTF_16BE;
        return NULL;
}

static int decode(const char *data, size_t size, char **ret, size_t *ret_size, size_t *ret_line)
{
        const uint8_t *bytes = (const uint8_t *)data;
        const char *utf16 = NULL;
        int r;

        if (size >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0)
                return keep(data + 3, size - 3, ret, ret_size);
        if (size >= 2 && bytes[0] == 0xff && bytes[1] == 0xfe)
                return convert(UTF_16LE, data + 2, (size - 2) & ~(size_t)1, ret, ret_size,
                               ret_line);
        if (size >= 2 && bytes[0] == 0xfe && bytes[1] == 0xff)
                return convert(UTF_16BE, data + 2, (size - 2) & ~(size_t)1, ret, ret_size,
                               ret_line);
        utf16 = utf16_kind(bytes, size);
        if (utf16)
                return convert(utf16, data, size & ~(size_t)1, ret, ret_size, ret_line);
        if (memchr(data, '\0', size))
                return -EBADMSG;
        r = keep(data, size, ret, ret_size);
        if (r < 0 || utf8_valid(*ret))
                return r;
        free(TAKE_PTR(*ret));
        return convert(GB18030, data, size, ret, ret_size, ret_line);
}

int textcode_decode(const void *data, size_t size, char **ret, size_t *ret_size, size_t *ret_line)
{
        _cleanup_free_ char *text = NULL;
        size_t text_size = 0, line = 1;
        int r;

        r = decode(size > 0 ? data : "", size, &text, &text_size, &line);
        if (r == 0 && memchr(text, '\0', text_size))
                r = -EBADMSG;
        if (r == 0 && !utf8_valid(text)) {
                /* Only behind a mark, as everything else was converted or looked at. */
                size_t good = 0;

                while (good < text_size) {
                        size_t end = good + strcspn(text + good, "\n");
                        char saved = text[end];

                        text[end] = '\0';
                        if (!utf8_valid(text + good))
                                break;
                        text[end] = saved;
                        line++;
                        good = end + 1;
                }
                r = -EILSEQ;
        }
        if (r < 0) {
                if (r == -EILSEQ)
                        *ret_line = line;
                return r;
        }
        *ret = TAKE_PTR(text);
        *ret_size = text_size;
        return 0;
}
