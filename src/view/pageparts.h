/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/page.h>
#include <idphoto/standing.h>

/* Parts of the two kinds of page. */

/* The texts of the pages. */
typedef struct PageWords {
        const char *html_lang;
        const char *whole_batch; /* title of the batch's page */
        const char *batch;       /* before the name of the batch */
        const char *closed;
        const char *students[2]; /* after a number: singular, plural */
        const char *changed;     /* before the time of the last change */
        const char *all;
        const char *stray; /* the state of files that belong to no student */
        const char *search;
        const char *any_reason;
        const char *guides;
        const char *keys; /* explains the keys */
        const char *nobody_found;
        const char *photo_of;
        const char *file_in; /* before the name of a file in rejected/ */
        const char *rejections[2];
        const char *advice;
        const char *no_name;
        const char *close;
        const char *previous;
        const char *next;
        const char *measured;
        const char *allowed;
        const char *crown;
        const char *eyes;
        const char *width;
        const char *centre;
        const char *tilt;
        const char *point;
        const char *done; /* heading of the bar */
        const char *colon;
        const char *shown_first; /* a printf() format: size_t shown, unsigned long long students */
        const char *no_points;
} PageWords;

const PageWords *page_words(Language language);

/* Appends everything up to the header's first line. title is the title and the heading of the page.
 * batch may be NULL. with_script: the page will end with the script. */
void page_append_head(Text *text, const char *title, const char *batch, const PageWords *words,
                      bool with_script);
void page_append_tail(Text *text, bool with_script);

/* Appends the guide lines for crown, eyes and cheeks as a symbol that every picture uses. */
void page_append_symbols(Text *text);
/* Appends the rows for crown, eyes, width, centre and tilt to the table of the large view. */
void page_append_geometry_rows(Text *text, const PageWords *words);

/* The data of a card. */
typedef struct PageCard {
        const StandingRow *row; /* NULL: the file belongs to no student */
        const char *file;       /* its name in rejected/; NULL: none there */
        const Findings *findings;
} PageCard;

/* Appends a card. 0, or the negative errno of options->picture. */
int page_append_card(Text *text, const PageCard *card, const PageOptions *options);
