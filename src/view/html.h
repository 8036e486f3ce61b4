/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/text.h>

/*
 * Writing HTML of what others wrote. Whatever s holds, it stays a text: in an element's content, in
 * an attribute inside double quotes, as one segment of a relative address.
 */

/* Markup characters become references; control characters, overrides of the direction of writing
 * and bytes that are no UTF-8 become '?', as in every text of the mount. NULL: nothing. */
void html_append(Text *text, const char *s);

/* s as one segment of a path: all but unreserved characters are percent-encoded, so no name is
 * taken for a scheme, a query or a way upwards. "." and ".." are no segments: nothing. */
void html_append_segment(Text *text, const char *s);

/* data in base64, as a data: address takes it. */
void html_append_base64(Text *text, const void *data, size_t size);
