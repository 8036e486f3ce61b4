/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/text.h>

/*
 * Writes untrusted strings into HTML. Whatever s holds, it stays text: in the content of an
 * element, in an attribute inside double quotes, or as one segment of a relative address.
 */

/* Appends s with references for markup characters. Control characters, bidirectional overrides and
 * bytes that are not UTF-8 become '?', as in every text of the mount. NULL: appends nothing. */
void html_append(Text *text, const char *s);

/* Appends s as one segment of a path. Percent-encodes all but unreserved characters, so a name is
 * never taken for a scheme, a query or a parent directory. Appends nothing for "." and "..". */
void html_append_segment(Text *text, const char *s);

/* Appends data in base64, for a data: address. */
void html_append_base64(Text *text, const void *data, size_t size);
