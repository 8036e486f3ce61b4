/* SPDX-License-Identifier: MIT */
#pragma once

/* page/page.css and page/page.js as they stand in an element of the page, and each's hash as a
 * content policy names it. Made by page/embed.py. */
extern const char page_css[];
extern const char page_css_hash[];
extern const char page_js[];
extern const char page_js_hash[];
