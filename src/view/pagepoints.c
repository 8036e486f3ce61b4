/* SPDX-License-Identifier: MIT */
#include "html.h"
#include "pageparts.h"

#include <idphoto/fixedname.h>
#include <idphoto/overview.h>
#include <idphoto/point.h>

#include <inttypes.h>
#include <stdlib.h>

/* Tables of teaching points: counts and links, nobody's name [S4]. */

typedef struct Warned {
        int64_t point;
        uint64_t n;
} Warned;

typedef struct Table {
        const PageOptions *options;
        Catalog *catalog;
        int64_t batch;
        PagePoints kind;
        Text rows;
        bool any;
        uint64_t left_out; /* points where nothing waits */
        Warned *warned;    /* in the order of the points' ids, as the points come */
        size_t n_warned;
        size_t next_warned;
        uint64_t all_warned;
} Table;

static void table_done(Table *table)
{
        text_done(&table->rows);
        free(table->warned);
}

/* ---- the warned ---- */

static int add_warned(int64_t point, uint64_t count, void *userdata)
{
        Table *table = userdata;
        size_t n = table->n_warned;

        if ((n & (n - 1)) == 0) {
                Warned *more = realloc(table->warned, MAX(2 * n, (size_t)1) * sizeof(*more));

                if (!more)
                        return -ENOMEM;
                table->warned = more;
        }
        table->warned[table->n_warned++] = (Warned){point, count};
        table->all_warned += count;
        return 0;
}

static uint64_t warned_of(Table *table, int64_t point)
{
        while (table->next_warned < table->n_warned &&
               table->warned[table->next_warned].point < point)
                table->next_warned++;
        return table->next_warned < table->n_warned &&
                               table->warned[table->next_warned].point == point
                       ? table->warned[table->next_warned].n
                       : 0;
}

/* ---- a row ---- */

/* A bar of all students, by state. A drawing rather than a styled box: the policy lets nothing but
 * the style sheet style. Without a roster nobody knows how many there should be [S5]. */
static void append_bar(Text *text, const StatusCounts *counts)
{
        double x = 0;

        if (!counts->has_roster)
                return;
        text_append(text, "<svg class=\"bar\" viewBox=\"0 0 200 8\" preserveAspectRatio=\"none\" "
                          "aria-hidden=\"true\">");
        /* What is done stands on the left. */
        for (int i = _REVIEW_STATE_MAX - 1; i >= 0 && counts->students > 0; i--) {
                double width = 200.0 * (double)counts->by_state[i] / (double)counts->students;

                if (counts->by_state[i] > 0)
                        text_printf(text,
                                    "<rect class=\"%s\" x=\"%.2f\" width=\"%.2f\" "
                                    "height=\"8\"/>",
                                    review_state_to_string((ReviewState)i), x, width);
                x += width;
        }
        text_append(text, "</svg>");
}

static void append_cell(Text *text, const char *class_name, uint64_t n)
{
        text_printf(text, "<td class=\"%s\">%" PRIu64 "</td>", n > 0 ? class_name : "zero", n);
}

static void append_numbers(Text *text, const Table *table, const StatusCounts *counts,
                           uint64_t warned)
{
        if (table->kind == PAGE_POINTS_PENDING)
                append_cell(text, "pending", counts->by_state[REVIEW_PENDING]);
        else {
                text_append(text, "<td>");
                append_bar(text, counts);
                text_printf(text, "</td><td>%" PRIu64 "</td>", counts->students);
                for (ReviewState i = 0; i < _REVIEW_STATE_MAX; i++)
                        append_cell(text, review_state_to_string(i), counts->by_state[i]);
        }
        if (table->kind != PAGE_POINTS_ROOT)
                append_cell(text, "warned", warned);
}

static void append_link(Text *text, const Table *table, const char *point)
{
        text_append(text, "<a href=\"");
        if (table->kind == PAGE_POINTS_OFFICE) {
                html_append_segment(text, fixed_name(FIXED_PENDING, table->options->names));
                text_append(text, "/");
        }
        html_append_segment(text, point);
        text_append(text, "/");
        html_append_segment(text, fixed_name(FIXED_INDEX_HTML, table->options->names));
        text_append(text, "\">");
        html_append(text, point);
        text_append(text, "</a>");
}

static int add_point(const PointRow *row, void *userdata)
{
        Table *table = userdata;
        Text *text = &table->rows;
        StatusCounts counts;
        int r = overview_counts(table->catalog, table->batch, row->id, &counts);

        if (r < 0)
                return r;
        if (table->kind == PAGE_POINTS_PENDING && counts.by_state[REVIEW_PENDING] == 0) {
                table->left_out++;
                return 0;
        }
        table->any = true;
        text_append(text, "<tr><th scope=\"row\">");
        append_link(text, table, row->name);
        text_append(text, "</th>");
        append_numbers(text, table, &counts, warned_of(table, row->id));
        text_append(text, "</tr>\n");
        return text->error;
}

/* ---- the table ---- */

static void append_headings(Text *text, const Table *table)
{
        Language language = table->options->language;
        const PageWords *words = page_words(language);

        text_printf(text, "<tr><th>%s</th>", words->point);
        if (table->kind == PAGE_POINTS_PENDING)
                text_printf(text, "<th>%s</th>", review_state_word(REVIEW_PENDING, language));
        else {
                text_printf(text, "<th>%s</th><th>%s</th>", words->done, words->all);
                for (ReviewState i = 0; i < _REVIEW_STATE_MAX; i++)
                        text_printf(text, "<th>%s</th>", review_state_word(i, language));
        }
        if (table->kind != PAGE_POINTS_ROOT)
                text_printf(text, "<th>%s</th>", review_words(language)->warned);
        text_append(text, "</tr>");
}

static void append_table(Text *text, const Table *table, const StatusCounts *all)
{
        const PageWords *words = page_words(table->options->language);

        text_printf(text, "<div class=\"wide\"><table class=\"points%s\">\n<thead>",
                    table->kind == PAGE_POINTS_PENDING ? " few" : "");
        append_headings(text, table);
        text_append(text, "</thead>\n<tbody>\n");
        text_append_data(text, table->rows.data, table->rows.size);
        text_printf(text, "</tbody>\n<tfoot><tr><th scope=\"row\">%s</th>", words->whole_batch);
        append_numbers(text, table, all, table->all_warned);
        text_append(text, "</tr></tfoot>\n</table></div>\n");
}

static void append_left_out(Text *text, const Table *table)
{
        const ReviewWords *words = review_words(table->options->language);

        if (table->left_out == 0)
                return;
        text_append(text, "<p class=\"about\">");
        text_printf(text, words->rest, (unsigned long long)table->left_out);
        text_append(text, "</p>\n");
}

int page_append_points(Text *text, Catalog *catalog, int64_t batch, const PageOptions *options,
                       PagePoints kind, StatusCounts *ret)
{
        _cleanup_(table_done) Table table = {
                .options = options, .catalog = catalog, .batch = batch, .kind = kind};
        int r = overview_counts(catalog, batch, 0, ret);

        if (r >= 0 && kind != PAGE_POINTS_ROOT)
                r = catalog_list_warned_counts(catalog, batch, add_warned, &table);
        if (r >= 0)
                r = catalog_list_points(catalog, 0, add_point, &table);
        if (r >= 0)
                r = table.rows.error;
        if (r < 0)
                return r;
        if (table.any)
                append_table(text, &table, ret);
        else if (kind == PAGE_POINTS_PENDING)
                text_printf(text, "<p>%s</p>\n", review_words(options->language)->nothing);
        else
                text_printf(text, "<p>%s</p>\n", page_words(options->language)->no_points);
        append_left_out(text, &table);
        return 0;
}
