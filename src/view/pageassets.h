/* SPDX-License-Identifier: MIT */
#pragma once

/* The content of page/page.css, page/page.js and page/review.js for an element of the page, and the hash of each
 * for the content security policy. page/embed.py makes them. */
extern const char page_css[];
extern const char page_css_hash[];
extern const char page_js[];
extern const char page_js_hash[];
extern const char review_js[];
extern const char review_js_hash[];
