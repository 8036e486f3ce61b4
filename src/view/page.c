/* SPDX-License-Identifier: MIT */
#include "html.h"
#include "pageparts.h"

#include <idphoto/clock.h>
#include <idphoto/io.h>
#include <idphoto/point.h>
#include <idphoto/standing.h>
#include <idphoto/submission.h>

#include <inttypes.h>

/* The cards come first, since the heading tells what was counted while they were made. */

typedef struct Page {
        const PageOptions *options;
        Catalog *catalog;
        Text cards;
        Text stray_cards;
        uint64_t states[_REVIEW_STATE_MAX];
        uint64_t students;
        uint64_t strays;
        size_t cards_made;
        bool cut;
        int64_t changed;
        PageReasons reasons;
} Page;

static void page_done(Page *page)
{
        text_done(&page->cards);
        text_done(&page->stray_cards);
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
        page_note_reasons(&page->reasons, row->reason, row->findings);
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
        page_note_reasons(&page->reasons, _REASON_INVALID, &shown);
        return page_append_card(&page->stray_cards, &card, page->options);
}

/* ---- what stands around the cards ---- */

static void append_tools(Text *text, const Page *page, const PageWords *words)
{
        Language language = page->options->language;

        text_append(text, "<div class=\"states\">\n");
        page_append_filter(text, "", words->all, page->students);
        for (ReviewState i = 0; i < _REVIEW_STATE_MAX; i++)
                page_append_filter(text, review_state_to_string(i), review_state_word(i, language),
                                   page->states[i]);
        if (page->strays > 0)
                page_append_filter(text, "stray", words->stray, page->strays);
        text_append(text, "</div>\n");
        page_append_search(text, words);
}

static void append_summary(Text *text, const Page *page, const PageBatch *batch,
                           const PageWords *words)
{
        char when[WALL_TEXT_MAX];

        text_append(text, "<p class=\"about\">");
        page_append_batch(text, batch, words);
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

static void append_cards(Text *text, const Text *cards)
{
        text_append(text, "<ul class=\"cards\">\n");
        if (cards->size > 0)
                text_append_data(text, cards->data, cards->size);
        text_append(text, "</ul>\n");
}

static void append_page(Text *text, const Page *page, const char *title, const PageBatch *batch)
{
        const PageWords *words = page_words(page->options->language);

        page_append_head(text, title, batch->name, words, PAGE_CARDS);
        append_summary(text, page, batch, words);
        append_tools(text, page, words);
        text_append(text, "</header>\n");
        page_append_symbols(text);
        text_append(text, "<main>\n");
        append_cards(text, &page->cards);
        if (page->strays > 0) {
                text_printf(text, "<section class=\"strays\">\n<h2>%s</h2>\n<p>%s</p>\n",
                            words->stray, words->stray_about);
                append_cards(text, &page->stray_cards);
                text_append(text, "</section>\n");
        }
        text_printf(text, "<p id=\"none\" hidden>%s</p>\n</main>\n", words->nobody_found);
        page_append_advice(text, &page->reasons, words->advice, page->options->language);
        text_printf(text, "<footer><p class=\"keys\" hidden>%s</p></footer>\n", words->keys);
        page_append_large_view(text, words);
        page_append_tail(text, PAGE_CARDS);
}

static int collect(Page *page, int64_t batch, int64_t point)
{
        const Where where = {batch, point};
        int r = catalog_list_standings(page->catalog, where, add_student, page);

        if (r >= 0 && page->cut)
                r = count_all(page, batch, point);
        if (r >= 0)
                r = catalog_list_rejected(page->catalog, where, 0, add_stray, page);
        if (r < 0)
                return r;
        return page->cards.error < 0 ? page->cards.error : page->stray_cards.error;
}

int page_of_point(Catalog *catalog, int64_t batch, int64_t point, const PageOptions *options,
                  char **ret, size_t *ret_size)
{
        _cleanup_(page_batch_done) PageBatch about = {};
        _cleanup_point_ PointRow row = {};
        _cleanup_text_ Text text = {};
        _cleanup_(page_done) Page page = {.options = options, .catalog = catalog};
        int r;

        r = catalog_get_point(catalog, point, &row);
        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        r = page_read_batch(catalog, batch, &about);
        if (r >= 0)
                r = collect(&page, batch, point);
        if (r < 0)
                return r;
        append_page(&text, &page, row.name, &about);
        return text_take(&text, ret, ret_size);
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
