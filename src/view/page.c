/* SPDX-License-Identifier: MIT */
#include "html.h"
#include "pageparts.h"

#include <idphoto/batch.h>
#include <idphoto/clock.h>
#include <idphoto/io.h>
#include <idphoto/point.h>
#include <idphoto/standing.h>
#include <idphoto/statuscsv.h>
#include <idphoto/submission.h>

#include <inttypes.h>

/* The cards come first, since the heading tells what was counted while they were made. */

typedef struct Page {
        const PageOptions *options;
        Catalog *catalog;
        Text cards;
        uint64_t states[_REVIEW_STATE_MAX];
        uint64_t students;
        uint64_t strays;
        size_t cards_made;
        bool cut;
        int64_t changed;
        bool told[_REASON_MAX]; /* reasons of any card */
} Page;

static void note_reasons(Page *page, ReasonCode decision, const Findings *findings)
{
        if (decision >= 0 && decision < _REASON_MAX)
                page->told[decision] = true;
        for (size_t i = 0; i < findings->n; i++)
                page->told[findings->items[i].code] = true;
}

static int add_student(const StandingRow *row, void *userdata)
{
        Page *page = userdata;
        PageCard card = {.row = row, .findings = row->findings};

        if (page->options->max_cards > 0 && page->cards_made == page->options->max_cards) {
                page->cut = true;
                return 1;
        }
        page->cards_made++;
        /* Beside a photo that stands, the name of a file in rejected/ would be another one's. */
        if (!row->has_photo)
                card.file = row->shown_name;
        page->states[row->state]++;
        page->students++;
        page->changed = MAX(page->changed, row->applied);
        note_reasons(page, row->reason, row->findings);
        return page_append_card(&page->cards, &card, page->options);
}

/* When not all students were walked over, the catalog's counters tell how many there are. */
static int count_all(Page *page, int64_t batch, int64_t point)
{
        PointCounts counts;
        int r = catalog_counts(page->catalog, (Where){batch, point}, &counts);

        if (r < 0)
                return r;
        page->students = 0;
        for (int state = 0; state < _REVIEW_STATE_MAX; state++) {
                page->states[state] = counts.students[state];
                page->students += counts.students[state];
        }
        return 0;
}

static int add_stray(const SubmissionRow *row, void *userdata)
{
        Page *page = userdata;
        Findings all, shown = {};
        PageCard card = {.file = row->shown_name, .findings = &shown};
        int r;

        if (row->student != 0 || !row->shown_name)
                return 0;
        if (page->options->max_cards > 0 && page->strays == page->options->max_cards)
                return 1;
        r = catalog_get_findings(page->catalog, row->id, &all);
        if (r < 0)
                return r;
        for (size_t i = 0; i < all.n; i++)
                if (all.items[i].level != FINDING_FIXED)
                        shown.items[shown.n++] = all.items[i];
        page->strays++;
        page->changed = MAX(page->changed, row->applied);
        note_reasons(page, _REASON_INVALID, &shown);
        return page_append_card(&page->cards, &card, page->options);
}

/* ---- what stands around the cards ---- */

static void append_filter(Text *text, const char *state, const char *title, uint64_t n)
{
        text_printf(text,
                    "<button type=\"button\"%s data-state=\"%s\" aria-pressed=\"%s\">%s "
                    "<b>%" PRIu64 "</b></button>\n",
                    n == 0 ? " class=\"zero\"" : "", state, *state ? "false" : "true", title, n);
}

static void append_tools(Text *text, const Page *page, const PageWords *words)
{
        Language language = page->options->language;

        text_append(text, "<div class=\"states\">\n");
        append_filter(text, "", words->all, page->students + page->strays);
        for (ReviewState i = 0; i < _REVIEW_STATE_MAX; i++)
                append_filter(text, review_state_to_string(i), review_state_word(i, language),
                              page->states[i]);
        if (page->strays > 0)
                append_filter(text, "stray", words->stray, page->strays);
        /* The script shows these; without it they would do nothing. */
        text_printf(text,
                    "</div>\n<div class=\"tools\" hidden>\n"
                    "<input type=\"search\" id=\"search\" placeholder=\"%s\" aria-label=\"%s\" "
                    "autocomplete=\"off\" spellcheck=\"false\">\n"
                    "<select id=\"why\" aria-label=\"%s\"><option value=\"\">%s</option></select>\n"
                    "<button type=\"button\" id=\"guides\" aria-pressed=\"true\">%s</button>\n"
                    "<output id=\"shown\"></output>\n</div>\n",
                    words->search, words->search, words->any_reason, words->any_reason,
                    words->guides);
}

static void append_summary(Text *text, const Page *page, const char *batch, bool closed,
                           const PageWords *words)
{
        char when[WALL_TEXT_MAX];

        text_append(text, "<p class=\"about\">");
        if (batch) {
                text_printf(text, "%s ", words->batch);
                html_append(text, batch);
                text_append(text, closed ? " (" : "");
                text_append(text, closed ? words->closed : "");
                text_append(text, closed ? ")" : "");
                text_append(text, " · ");
        }
        text_printf(text, "%" PRIu64 " %s", page->students, words->students[page->students != 1]);
        if (page->changed != 0)
                text_printf(text, " · %s %s", words->changed, wall_to_text(page->changed, when));
        text_append(text, "</p>\n");
        if (page->cut) {
                text_append(text, "<p class=\"about\">");
                text_printf(text, words->shown_first, page->cards_made,
                            (unsigned long long)page->students);
                text_append(text, "</p>\n");
        }
}

/* Each reason once, however many cards have it. */
static void append_advice(Text *text, const Page *page, const PageWords *words)
{
        Language language = page->options->language;
        bool open = false;

        for (int code = 0; code < _REASON_MAX; code++) {
                if (!page->told[code])
                        continue;
                if (!open)
                        text_printf(text, "<section class=\"advice\">\n<h2>%s</h2>\n<dl>\n",
                                    words->advice);
                open = true;
                text_printf(text, "<dt id=\"why-%s\">", reason_to_string((ReasonCode)code));
                html_append(text, reason_title((ReasonCode)code, language));
                text_append(text, "</dt><dd>");
                html_append(text, reason_advice((ReasonCode)code, language));
                text_append(text, "</dd>\n");
        }
        if (open)
                text_append(text, "</dl>\n</section>\n");
}

static void append_large_view(Text *text, const PageWords *words)
{
        text_printf(
                text,
                "<dialog id=\"large\">\n<div class=\"view\" tabindex=\"-1\" autofocus></div>\n<div class=\"side\">\n"
                "<div class=\"turn\"><button type=\"button\" data-turn=\"-1\" "
                "aria-label=\"%s\">&#8592;</button>"
                "<button type=\"button\" data-turn=\"1\" aria-label=\"%s\">&#8594;</button>"
                "<button type=\"button\" data-close aria-label=\"%s\">&#215;</button></div>\n"
                "<div class=\"words\"></div>\n<table class=\"geometry\">\n"
                "<tr><td></td><th>%s</th><th>%s</th></tr>\n",
                words->previous, words->next, words->close, words->measured, words->allowed);
        page_append_geometry_rows(text, words);
        text_append(text, "</table>\n</div>\n</dialog>\n");
}

static void append_page(Text *text, const Page *page, const char *title, const char *batch,
                        bool closed)
{
        const PageWords *words = page_words(page->options->language);

        page_append_head(text, title, batch, words, true);
        append_summary(text, page, batch, closed, words);
        append_tools(text, page, words);
        text_append(text, "</header>\n");
        page_append_symbols(text);
        text_append(text, "<main>\n<ul class=\"cards\">\n");
        if (page->cards.size > 0)
                text_append_data(text, page->cards.data, page->cards.size);
        text_printf(text, "</ul>\n<p id=\"none\" hidden>%s</p>\n</main>\n", words->nobody_found);
        append_advice(text, page, words);
        text_printf(text, "<footer hidden><p>%s</p></footer>\n", words->keys);
        append_large_view(text, words);
        page_append_tail(text, true);
}

int page_of_point(Catalog *catalog, int64_t batch, int64_t point, const PageOptions *options,
                  char **ret, size_t *ret_size)
{
        _cleanup_free_ char *batch_name = NULL;
        _cleanup_point_ PointRow row = {};
        _cleanup_text_ Text text = {};
        Page page = {.options = options, .catalog = catalog};
        int r, closed;

        r = catalog_get_point(catalog, point, &row);
        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        r = catalog_batch_name(catalog, batch, &batch_name);
        closed = r < 0 ? r : catalog_batch_closed(catalog, batch);
        if (closed < 0)
                return closed;
        r = catalog_list_standings(catalog, (Where){batch, point}, add_student, &page);
        if (r >= 0 && page.cut)
                r = count_all(&page, batch, point);
        if (r >= 0)
                r = catalog_list_rejected(catalog, (Where){batch, point}, 0, add_stray, &page);
        if (r >= 0)
                r = page.cards.error;
        if (r >= 0) {
                append_page(&text, &page, row.name, batch_name, closed > 0);
                r = text_take(&text, ret, ret_size);
        }
        text_done(&page.cards);
        return r;
}

int page_embed_picture(const Sha256 *blob, Text *text, void *userdata)
{
        _cleanup_close_ int fd = blob_open(userdata, blob);
        _cleanup_free_ char *data = NULL;
        size_t size;
        int r;

        if (fd < 0)
                return fd;
        /* Finished photos are small; anything else is not one. */
        r = read_whole_fd(fd, (size_t)1024 * 1024, &data, &size);
        if (r < 0)
                return r;
        text_append(text, "data:image/jpeg;base64,");
        html_append_base64(text, data, size);
        return text->error;
}
