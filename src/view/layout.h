/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/text.h>

/* Sets text in lines and columns; Chinese characters take two columns. */

enum { LAYOUT_WIDTH = 78 };

/* One character of s: its length in bytes; *ret: '?' for what must not be shown as it is, 0 for
 * what is left out because it is invisible, and may turn the text about that follows. */
size_t layout_next_clean(const char *s, int32_t *ret);
/* Appends s, with each control character and each byte that is no UTF-8 shown as '?', and without
 * invisible characters. */
void layout_append_clean(Text *text, const char *s);

/* Columns that s takes once clean. */
size_t layout_clean_columns(const char *s);

/*
 * Appends s in lines of at most LAYOUT_WIDTH columns. Breaks lines at blanks and between Chinese
 * characters, but never before a closing or after an opening mark. A word longer than a line is not
 * broken. The first line begins at column `used`; the others begin with `indent` blanks. Ends with
 * LF.
 */
void layout_append_wrapped(Text *text, const char *s, size_t used, size_t indent);

/* Like layout_append_wrapped(), for a text under construction. Takes over the error of `built`. */
void layout_append_built(Text *text, const Text *built, size_t used, size_t indent);

/* Appends a size as people say it: "141 KB". */
void layout_append_size(Text *text, uint64_t bytes, Language language);

/* Hands the text over as text_take() does, with CRLF for every LF: old editors of Windows show a
 * text with LF as one line. */
int layout_take_crlf(Text *text, char **ret, size_t *ret_size);

/* Appends n right-aligned in `columns`. */
void layout_append_count(Text *text, uint64_t n, size_t columns);

/* Appends s, right-aligned in `columns`. */
void layout_append_right(Text *text, const char *s, size_t columns);

/* Appends "… and 7 more." as a line below a shortened list; nothing for 0. */
void layout_append_more(Text *text, size_t n, Language language);
