/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/text.h>

/* Setting text in lines and columns, where Chinese characters take two cells. */

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
 * Appends s broken into lines of at most LAYOUT_WIDTH columns: at blanks, and between Chinese
 * characters, but never before a closing or behind an opening mark. The first line goes on from
 * `used` columns, the others start with `indent` blanks. A longer word is not broken. Ends with LF.
 */
void layout_append_wrapped(Text *text, const char *s, size_t used, size_t indent);

/* The same with a text that was built; what it failed with goes over to `text`. */
void layout_append_built(Text *text, const Text *built, size_t used, size_t indent);

/* Appends n right-aligned in `columns`. */
void layout_append_count(Text *text, uint64_t n, size_t columns);

/* Appends s, right-aligned in `columns`. */
void layout_append_right(Text *text, const char *s, size_t columns);

/* "… and 7 more." on a line of its own below a list that was cut; nothing for 0. */
void layout_append_more(Text *text, size_t n, Language language);
