/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/page.h>
#include <idphoto/standing.h>
#include <idphoto/view.h>

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
        const char *stray_about;
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

typedef enum PageKind {
        PAGE_PLAIN,  /* a table, without a script */
        PAGE_CARDS,  /* cards with the script */
        PAGE_REVIEW, /* cards that can be marked */
} PageKind;

/* ---- what stands around the content ---- */

/* Appends everything up to the header's first line. title is the title and the heading of the page.
 * batch may be NULL. */
void page_append_head(Text *text, const char *title, const char *batch, const PageWords *words,
                      PageKind kind);
void page_append_tail(Text *text, PageKind kind);

/* What every page tells of the batch. */
typedef struct PageBatch {
        char *name; /* NULL: none */
        bool closed;
} PageBatch;

int page_read_batch(Catalog *catalog, int64_t batch, PageBatch *ret);
void page_batch_done(PageBatch *batch);
/* Appends name and state of the batch, and a mark behind them. */
void page_append_batch(Text *text, const PageBatch *batch, const PageWords *words);

/* ---- around cards ---- */

/* Appends the guide lines for crown, eyes and cheeks as a symbol that every picture uses. */
void page_append_symbols(Text *text);
/* Appends the rows for crown, eyes, width, centre and tilt to the table of the large view. */
void page_append_geometry_rows(Text *text, const PageWords *words);

/* Appends a button that shows only the cards in a state; "" shows all. */
void page_append_filter(Text *text, const char *state, const char *title, uint64_t n);
/* Appends the fields for searching. */
void page_append_search(Text *text, const PageWords *words);
/* Appends the dialog that shows one card large. */
void page_append_large_view(Text *text, const PageWords *words);

/* The reasons that any card tells. */
typedef struct PageReasons {
        bool told[_REASON_MAX];
} PageReasons;

/* decision: _REASON_INVALID for none. */
void page_note_reasons(PageReasons *reasons, ReasonCode decision, const Findings *findings);
/* Appends each of them once, with what to do about it, however many cards have it. */
void page_append_advice(Text *text, const PageReasons *reasons, const char *heading,
                        Language language);

/* ---- cards ---- */

/* Where the page lies, as seen from the photo. */
typedef enum PagePlace {
        PAGE_AT_POINT,
        PAGE_AT_SHELF,  /* in OFFICE/pending/POINT/ */
        PAGE_AT_OFFICE, /* in OFFICE/ */
} PagePlace;

/* The data of a card. */
typedef struct PageCard {
        const StandingRow *row; /* NULL: the file belongs to no student */
        const char *file;       /* its name in rejected/; NULL: none there */
        const Findings *findings;
        PagePlace place;
} PageCard;

/* Appends a card. 0, or the negative errno of options->picture. */
int page_append_card(Text *text, const PageCard *card, const PageOptions *options);

/* ---- tables of teaching points ---- */

typedef enum PagePoints {
        PAGE_POINTS_ROOT,    /* at the root: links to the points' pages */
        PAGE_POINTS_OFFICE,  /* in OFFICE/: links to the pages to review by, and the warned */
        PAGE_POINTS_PENDING, /* in OFFICE/pending/: only what waits */
} PagePoints;

/* Appends the table. *ret: the counts of all points. */
int page_append_points(Text *text, Catalog *catalog, int64_t batch, const PageOptions *options,
                       PagePoints kind, StatusCounts *ret);

/* ---- the reviewer's side ---- */

typedef struct ReviewWords {
        const char *to_review;     /* before the name of a point */
        const char *office;        /* title of OFFICE/index.html */
        const char *waiting[2];    /* after a number: singular, plural */
        const char *with_warnings; /* after a number */
        const char *warned;        /* filter, and heading of a column */
        const char *clear;
        const char *warnings[2];
        const char *order; /* behind it: what comes first */
        const char *how;   /* a printf() format: fixed names of approved/ and rejected/, and of the
                              page */
        const char *shown_first; /* a printf() format: size_t shown, unsigned long long waiting */
        const char *nothing;
        const char *rest; /* a printf() format: points where nothing waits */
        const char *keys;
        const char *meaning; /* heading of what the warnings mean */
        const char *gravest; /* heading of the cards of all points */
        const char *approve;
        const char *reject;
        const char *approve_shown;
        const char *which_reason;
        const char *to_approve; /* before a number of marked photos */
        const char *to_reject;
        const char *show_list;
        const char *clear_marks;
        const char *list_title;
        const char *list_about;
        const char *as_names;
        const char *as_moves;
        const char *as_commands;
        const char *copy;
        const char *copied;
        const char *in_office; /* the first line of the commands, a comment of the shell; a
                                  printf() format: fixed name of OFFICE/ */
} ReviewWords;

const ReviewWords *review_words(Language language);
