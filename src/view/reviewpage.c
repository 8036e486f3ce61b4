/* SPDX-License-Identifier: MIT */
#include "html.h"
#include "pageparts.h"

#include <idphoto/fixedname.h>
#include <idphoto/gravity.h>
#include <idphoto/point.h>
#include <idphoto/reviewpage.h>

#include <inttypes.h>
#include <stdlib.h>

/*
 * Cards are made in the order of the catalog, and put in the order of their gravity at the end. So
 * that a page stays bounded however many wait, no more than twice the wanted number is kept at any
 * time: then the lesser half goes, and from there on nothing is made that would go as well.
 */

/* Where a card is in the text of all. */
typedef struct Grave {
        Gravity gravity;
        size_t at;
        size_t size;
} Grave;

typedef struct ReviewPage {
        const PageOptions *options;
        Catalog *catalog;
        PagePlace place;
        Text cards;
        Grave *graves;
        size_t n;
        size_t allocated;
        bool cut;
        Grave least; /* of what was kept; when cut */
        uint64_t waiting;
        uint64_t warned;
        PageReasons reasons;
} ReviewPage;

static void review_page_done(ReviewPage *page)
{
        text_done(&page->cards);
        free(page->graves);
}

static int compare(const void *a, const void *b)
{
        return gravity_compare(&((const Grave *)a)->gravity, &((const Grave *)b)->gravity);
}

static void sort(ReviewPage *page)
{
        if (page->n > 0)
                qsort(page->graves, page->n, sizeof(*page->graves), compare);
}

/* Keeps the gravest. */
static void cut(ReviewPage *page)
{
        Text kept = {};

        sort(page);
        page->n = page->options->max_cards;
        for (size_t i = 0; i < page->n; i++) {
                Grave *grave = &page->graves[i];
                size_t at = kept.size;

                text_append_data(&kept, page->cards.data + grave->at, grave->size);
                grave->at = at;
        }
        text_done(&page->cards);
        page->cards = kept;
        page->cut = true;
        page->least = page->graves[page->n - 1];
}

static int add_grave(ReviewPage *page, const Grave *grave)
{
        if (page->n == page->allocated) {
                size_t more = MAX(2 * page->allocated, (size_t)64);
                Grave *graves = realloc(page->graves, more * sizeof(*graves));

                if (!graves)
                        return -ENOMEM;
                page->graves = graves;
                page->allocated = more;
        }
        page->graves[page->n++] = *grave;
        if (page->options->max_cards > 0 && page->n == 2 * page->options->max_cards)
                cut(page);
        return page->cards.error;
}

static int add_waiting(const StandingRow *row, void *userdata)
{
        ReviewPage *page = userdata;
        PageCard card = {.row = row, .findings = row->findings, .place = page->place};
        Grave grave = {.gravity = gravity_of(row)};
        int r;

        page->warned += grave.gravity.warnings > 0;
        if (page->cut && compare(&grave, &page->least) > 0)
                return 0;
        page_note_reasons(&page->reasons, _REASON_INVALID, row->findings);
        grave.at = page->cards.size;
        r = page_append_card(&page->cards, &card, page->options);
        if (r < 0)
                return r;
        grave.size = page->cards.size - grave.at;
        return add_grave(page, &grave);
}

static int add_clear(const StandingRow *row, void *userdata)
{
        ReviewPage *page = userdata;

        if (page->options->max_cards > 0 && page->n >= page->options->max_cards)
                return 1;
        return add_waiting(row, page);
}

/* All of the warned are looked at, of the others only as many as there is room for. */
static int collect(ReviewPage *page, Where where)
{
        PointCounts counts;
        int r = catalog_counts(page->catalog, where, &counts);

        if (r < 0)
                return r;
        page->waiting = counts.students[REVIEW_PENDING];
        r = catalog_list_waiting(page->catalog, where, true, add_waiting, page);
        if (r >= 0)
                r = catalog_list_waiting(page->catalog, where, false, add_clear, page);
        if (r < 0)
                return r;
        sort(page);
        if (page->options->max_cards > 0 && page->n > page->options->max_cards)
                page->n = page->options->max_cards;
        return page->cards.error;
}

/* ---- what stands around the cards ---- */

static void append_summary(Text *text, const ReviewPage *page, const PageBatch *batch)
{
        Language language = page->options->language;
        const ReviewWords *words = review_words(language);

        text_append(text, "<p class=\"about\">");
        page_append_batch(text, batch, page_words(language));
        text_printf(text, "%" PRIu64 " %s", page->waiting, words->waiting[page->waiting != 1]);
        text_printf(text, " · %" PRIu64 " %s%s", page->warned, words->with_warnings, words->order);
        if (page->waiting > page->n) {
                text_append(text, " ");
                text_printf(text, words->shown_first, page->n, (unsigned long long)page->waiting);
        }
        text_append(text, "</p>\n");
}

static void append_tools(Text *text, const ReviewPage *page)
{
        Language language = page->options->language;
        const ReviewWords *words = review_words(language);

        text_append(text, "<div class=\"states\">\n");
        page_append_filter(text, "", page_words(language)->all, page->waiting);
        page_append_filter(text, "warned", words->warned, page->warned);
        page_append_filter(text, "clear", words->clear, page->waiting - page->warned);
        text_printf(text, "<button type=\"button\" id=\"all\" data-all hidden>%s</button></div>\n",
                    words->approve_shown);
        page_append_search(text, page_words(language));
}

static void append_cards(Text *text, const ReviewPage *page)
{
        Language language = page->options->language;

        text_append(text, "<ul class=\"cards review\">\n");
        for (size_t i = 0; i < page->n; i++)
                text_append_data(text, page->cards.data + page->graves[i].at, page->graves[i].size);
        text_printf(text, "</ul>\n<p id=\"none\"%s>%s</p>\n", page->n > 0 ? " hidden" : "",
                    page->n > 0 ? page_words(language)->nobody_found
                                : review_words(language)->nothing);
}

/* How a photo is decided about; the script adds the marks. */
static void append_footer(Text *text, const ReviewPage *page)
{
        const ReviewWords *words = review_words(page->options->language);
        Language names = page->options->names;

        text_append(text, "<footer><p>");
        text_printf(text, words->how, fixed_name(FIXED_APPROVED, names),
                    fixed_name(FIXED_REJECTED, names), fixed_name(FIXED_INDEX_HTML, names));
        text_printf(text, "</p><p class=\"keys\" hidden>%s</p></footer>\n", words->keys);
}

/* ---- marks: what the script needs for them ---- */

static void append_reason_choice(Text *text, const ReviewPage *page)
{
        const ReviewWords *words = review_words(page->options->language);
        ReasonCode reason;

        text_printf(text,
                    "<dialog id=\"reasons\">\n<form method=\"dialog\">\n<h2>%s</h2>\n"
                    "<select size=\"12\" aria-label=\"%s\">\n",
                    words->which_reason, words->which_reason);
        for (size_t i = 0; (reason = reason_decision(i)) >= 0; i++) {
                text_printf(text, "<option value=\"%s\" data-folder=\"", reason_to_string(reason));
                html_append(text, reason_folder(reason, page->options->names));
                text_append(text, "\">");
                html_append(text, reason_title(reason, page->options->language));
                text_append(text, "</option>\n");
        }
        text_printf(text,
                    "</select>\n<p class=\"row\"><button type=\"button\" data-choose>%s</button>"
                    "<button type=\"button\" data-close>%s</button></p>\n</form>\n</dialog>\n",
                    words->reject, page_words(page->options->language)->close);
}

static void append_list(Text *text, const ReviewPage *page)
{
        const ReviewWords *words = review_words(page->options->language);

        text_printf(text, "<dialog id=\"list\">\n<h2>%s</h2>\n<p>%s</p>\n", words->list_title,
                    words->list_about);
        text_printf(text,
                    "<select aria-label=\"%s\"><option value=\"names\">%s</option>"
                    "<option value=\"moves\">%s</option><option value=\"commands\">%s</option>"
                    "</select>\n<textarea readonly rows=\"12\" aria-label=\"%s\"></textarea>\n",
                    words->list_title, words->as_names, words->as_moves, words->as_commands,
                    words->list_title);
        text_printf(
                text,
                "<p class=\"row\"><button type=\"button\" data-copy data-done=\"%s\">%s</button>"
                "<button type=\"button\" data-close>%s</button></p>\n</dialog>\n",
                words->copied, words->copy, page_words(page->options->language)->close);
}

/* The bar at the lower edge, and the buttons that each card gets a copy of. */
static void append_marks(Text *text, const ReviewPage *page, const char *point)
{
        const ReviewWords *words = review_words(page->options->language);
        Language names = page->options->names;

        text_append(text, "<div id=\"marks\" hidden");
        text_printf(text, " data-pending=\"%s\" data-approved=\"%s\" data-rejected=\"%s\"",
                    fixed_name(FIXED_PENDING, names), fixed_name(FIXED_APPROVED, names),
                    fixed_name(FIXED_REJECTED, names));
        text_append(text, " data-point=\"");
        html_append(text, point);
        text_append(text, "\" data-comment=\"");
        text_printf(text, words->in_office, fixed_name(FIXED_OFFICE, names));
        text_append(text, "\">\n");
        text_printf(text,
                    "<button type=\"button\" data-show=\"approve\">%s <b>0</b></button>"
                    "<button type=\"button\" data-show=\"reject\">%s <b>0</b></button>"
                    "<button type=\"button\" data-list>%s</button>"
                    "<button type=\"button\" data-clear>%s</button>\n",
                    words->to_approve, words->to_reject, words->show_list, words->clear_marks);
        text_printf(
                text,
                "</div>\n<p id=\"mark\" class=\"mark\" hidden>"
                "<button type=\"button\" data-mark=\"approve\" aria-pressed=\"false\">%s</button>"
                "<button type=\"button\" data-mark=\"reject\" aria-pressed=\"false\">%s</button>"
                "<span></span></p>\n",
                words->approve, words->reject);
}

/* Everything behind the heading. point NULL: of all. */
static void append_body(Text *text, const ReviewPage *page, const char *point)
{
        Language language = page->options->language;

        page_append_symbols(text);
        append_cards(text, page);
        text_append(text, "</main>\n");
        page_append_advice(text, &page->reasons, review_words(language)->meaning, language);
        append_footer(text, page);
        page_append_large_view(text, page_words(language));
        append_reason_choice(text, page);
        append_list(text, page);
        append_marks(text, page, point);
        page_append_tail(text, PAGE_REVIEW);
}

/* ---- the pages ---- */

int review_page_of_point(Catalog *catalog, int64_t batch, int64_t point, const PageOptions *options,
                         char **ret, size_t *ret_size)
{
        _cleanup_(page_batch_done) PageBatch about = {};
        _cleanup_(review_page_done)
                ReviewPage page = {.options = options, .catalog = catalog, .place = PAGE_AT_SHELF};
        const PageWords *words = page_words(options->language);
        _cleanup_text_ Text text = {}, title = {};
        _cleanup_point_ PointRow row = {};
        int r = catalog_get_point(catalog, point, &row);

        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        r = page_read_batch(catalog, batch, &about);
        if (r >= 0)
                r = collect(&page, (Where){batch, point});
        if (r < 0)
                return r;
        text_printf(&title, "%s%s%s", review_words(options->language)->to_review, words->colon,
                    row.name);
        if (title.error < 0)
                return title.error;
        page_append_head(&text, title.data, about.name, words, PAGE_REVIEW);
        append_summary(&text, &page, &about);
        append_tools(&text, &page);
        text_append(&text, "</header>\n<main>\n");
        append_body(&text, &page, row.name);
        return text_take(&text, ret, ret_size);
}

int review_page_of_points(Catalog *catalog, int64_t batch, const PageOptions *options, char **ret,
                          size_t *ret_size)
{
        _cleanup_(page_batch_done) PageBatch about = {};
        const ReviewWords *review = review_words(options->language);
        const PageWords *words = page_words(options->language);
        _cleanup_text_ Text text = {}, table = {};
        StatusCounts all;
        uint64_t waiting;
        int r = page_read_batch(catalog, batch, &about);

        if (r >= 0)
                r = page_append_points(&table, catalog, batch, options, PAGE_POINTS_PENDING, &all);
        if (r >= 0)
                r = table.error;
        if (r < 0)
                return r;
        waiting = all.by_state[REVIEW_PENDING];
        page_append_head(&text, review->to_review, about.name, words, PAGE_PLAIN);
        text_append(&text, "<p class=\"about\">");
        page_append_batch(&text, &about, words);
        text_printf(&text, "%" PRIu64 " %s</p>\n</header>\n<main>\n", waiting,
                    review->waiting[waiting != 1]);
        text_append_data(&text, table.data, table.size);
        text_append(&text, "</main>\n");
        page_append_tail(&text, PAGE_PLAIN);
        return text_take(&text, ret, ret_size);
}

int review_page_of_batch(Catalog *catalog, int64_t batch, const PageOptions *options, char **ret,
                         size_t *ret_size)
{
        _cleanup_(page_batch_done) PageBatch about = {};
        _cleanup_(review_page_done)
                ReviewPage page = {.options = options, .catalog = catalog, .place = PAGE_AT_OFFICE};
        const ReviewWords *review = review_words(options->language);
        _cleanup_text_ Text text = {}, table = {};
        StatusCounts all;
        int r = page_read_batch(catalog, batch, &about);

        if (r >= 0)
                r = page_append_points(&table, catalog, batch, options, PAGE_POINTS_OFFICE, &all);
        if (r >= 0)
                r = table.error;
        if (r >= 0)
                r = collect(&page, (Where){batch, 0});
        if (r < 0)
                return r;
        page_append_head(&text, review->office, about.name, page_words(options->language),
                         PAGE_REVIEW);
        append_summary(&text, &page, &about);
        text_append(&text, "</header>\n<main>\n");
        text_append_data(&text, table.data, table.size);
        text_printf(&text, "<h2>%s</h2>\n", review->gravest);
        append_tools(&text, &page);
        append_body(&text, &page, NULL);
        return text_take(&text, ret, ret_size);
}
