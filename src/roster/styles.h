/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/util.h>

/*
 * Which formats of an XLSX workbook show a quantity as a date or a time. A cell of such a format in
 * a column of numbers was text once, such as "2022-1-2", and has become a count of days.
 */

enum { STYLES_MAX = 64 * 1024 };

typedef struct Styles {
        bool *dates; /* by the index that cells name */
        size_t n;
} Styles;

void styles_done(Styles *styles);

/* Reads the part of that name. 0, also when there is none; -EBADMSG, -EFBIG, -ENOMEM as
 * package_read_part(). ret is to be released in every case. */
int styles_read(const void *data, size_t size, const char *part, Styles *ret);

/* Whether a format code shows a date or a time: "yyyy\-mm\-dd", "[$-804]e年m月d日". */
bool format_is_date(const char *code);
