/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/page.h>
#include <idphoto/standing.h>

/* What the two kinds of page are made of. */

/* Texts of the page itself. */
typedef struct PageWords {
        const char *html_lang;
        const char *whole_batch; /* title of the batch's page */
        const char *batch;       /* before its name */
        const char *closed;
        const char *students[2]; /* behind a number: of one, of others */
        const char *changed;     /* before the time of the last change */
        const char *all;
        const char *stray; /* files of nobody: as a state */
        const char *search;
        const char *any_reason;
        const char *guides;
        const char *keys; /* what they do */
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
        const char *shown_first; /* a format: size_t shown, unsigned long long students */
        const char *no_points;
} PageWords;

const PageWords *page_words(Language language);

/* Everything up to the header's first line; title is both the page's and its heading. batch may be
 * NULL. with_script: whether the script will stand at its end. */
void page_append_head(Text *text, const char *title, const char *batch, const PageWords *words,
                      bool with_script);
void page_append_tail(Text *text, bool with_script);

/* The places where crown, eyes and cheeks belong, as a symbol that every picture shows. */
void page_append_symbols(Text *text);
/* Rows of the large view's table: what was measured of crown, eyes, width, centre and tilt. */
void page_append_geometry_rows(Text *text, const PageWords *words);

/* One card's data, whoever's it is. */
typedef struct PageCard {
        const StandingRow *row; /* NULL: a file of nobody */
        const char *file;       /* its name in rejected/, NULL: none there */
        const Findings *findings;
} PageCard;

/* 0, or what options->picture returned. */
int page_append_card(Text *text, const PageCard *card, const PageOptions *options);
