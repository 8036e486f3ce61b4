/* SPDX-License-Identifier: MIT */
#include "html.h"
#include "pageparts.h"

#include <idphoto/batch.h>
#include <idphoto/fixedname.h>
#include <idphoto/point.h>
#include <idphoto/standing.h>
#include <idphoto/statuscsv.h>
#include <idphoto/view.h>

#include <inttypes.h>

/* The page of the whole batch: counts and links, nobody's name [S4]. */

typedef struct BatchPage {
        const PageOptions *options;
        Catalog *catalog;
        int64_t batch;
        Text rows;
        bool any;
} BatchPage;

static uint64_t students_of(const PointCounts *counts)
{
        uint64_t n = 0;

        for (ReviewState i = 0; i < _REVIEW_STATE_MAX; i++)
                n += counts->students[i];
        return n;
}

/* A bar of all students, by state. A drawing rather than a styled box: the policy lets nothing but
 * the style sheet style. */
static void append_bar(Text *text, const PointCounts *counts)
{
        uint64_t all = students_of(counts);
        double x = 0;

        text_append(text, "<svg class=\"bar\" viewBox=\"0 0 200 8\" preserveAspectRatio=\"none\" "
                          "aria-hidden=\"true\">");
        /* What is done stands on the left. */
        for (int i = _REVIEW_STATE_MAX - 1; i >= 0 && all > 0; i--) {
                double width = 200.0 * (double)counts->students[i] / (double)all;

                if (counts->students[i] > 0)
                        text_printf(text,
                                    "<rect class=\"%s\" x=\"%.2f\" width=\"%.2f\" "
                                    "height=\"8\"/>",
                                    review_state_to_string((ReviewState)i), x, width);
                x += width;
        }
        text_append(text, "</svg>");
}

static void append_numbers(Text *text, const PointCounts *counts)
{
        text_append(text, "<td>");
        append_bar(text, counts);
        text_printf(text, "</td><td>%" PRIu64 "</td>", students_of(counts));
        for (ReviewState i = 0; i < _REVIEW_STATE_MAX; i++) {
                uint64_t n = counts->students[i];

                text_printf(text, "<td class=\"%s\">%" PRIu64 "</td>",
                            n > 0 ? review_state_to_string(i) : "zero", n);
        }
}

static int add_point(const PointRow *row, void *userdata)
{
        BatchPage *page = userdata;
        Text *text = &page->rows;
        PointCounts counts;
        int r = catalog_counts(page->catalog, (Where){page->batch, row->id}, &counts);

        if (r < 0)
                return r;
        page->any = true;
        text_append(text, "<tr><th scope=\"row\"><a href=\"");
        html_append_segment(text, row->name);
        text_append(text, "/");
        html_append_segment(text, fixed_name(FIXED_INDEX_HTML, page->options->names));
        text_append(text, "\">");
        html_append(text, row->name);
        text_append(text, "</a></th>");
        append_numbers(text, &counts);
        text_append(text, "</tr>\n");
        return text->error;
}

static void append_page(Text *text, const BatchPage *page, const PointCounts *all,
                        const char *batch, bool closed)
{
        const PageWords *words = page_words(page->options->language);
        Language language = page->options->language;
        uint64_t students = students_of(all);

        page_append_head(text, words->whole_batch, batch, words, false);
        text_append(text, "<p class=\"about\">");
        if (batch) {
                text_printf(text, "%s ", words->batch);
                html_append(text, batch);
                if (closed)
                        text_printf(text, " (%s)", words->closed);
                text_append(text, " · ");
        }
        text_printf(text, "%" PRIu64 " %s</p>\n</header>\n<main>\n", students,
                    words->students[students != 1]);
        if (page->any) {
                text_printf(
                        text,
                        "<table class=\"points\">\n<thead><tr><th>%s</th><th>%s</th><th>%s</th>",
                        words->point, words->done, words->all);
                for (ReviewState i = 0; i < _REVIEW_STATE_MAX; i++)
                        text_printf(text, "<th>%s</th>", review_state_word(i, language));
                text_append(text, "</tr></thead>\n<tbody>\n");
                text_append_data(text, page->rows.data, page->rows.size);
                text_printf(text, "</tbody>\n<tfoot><tr><th scope=\"row\">%s</th>",
                            words->whole_batch);
                append_numbers(text, all);
                text_append(text, "</tr></tfoot>\n</table>\n");
        } else
                text_printf(text, "<p>%s</p>\n", words->no_points);
        text_append(text, "</main>\n");
        page_append_tail(text, false);
}

int page_of_batch(Catalog *catalog, int64_t batch, const PageOptions *options, char **ret,
                  size_t *ret_size)
{
        _cleanup_free_ char *batch_name = NULL;
        _cleanup_text_ Text text = {};
        BatchPage page = {.options = options, .catalog = catalog, .batch = batch};
        PointCounts all;
        int r, closed;

        r = catalog_batch_name(catalog, batch, &batch_name);
        closed = r < 0 ? r : catalog_batch_closed(catalog, batch);
        if (closed < 0)
                return closed;
        r = catalog_counts(catalog, (Where){batch, 0}, &all);
        if (r >= 0)
                r = catalog_list_points(catalog, 0, add_point, &page);
        if (r >= 0)
                r = page.rows.error;
        if (r >= 0) {
                append_page(&text, &page, &all, batch_name, closed > 0);
                r = text_take(&text, ret, ret_size);
        }
        text_done(&page.rows);
        return r;
}
