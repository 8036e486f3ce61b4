/* SPDX-License-Identifier: MIT */
#include "html.h"
#include "pageparts.h"

#include <inttypes.h>

/* The page of the whole batch: counts and links, nobody's name [S4]. */

static void append_page(Text *text, const PageOptions *options, const PageBatch *batch,
                        const StatusCounts *all, const Text *table)
{
        const PageWords *words = page_words(options->language);

        page_append_head(text, words->whole_batch, batch->name, words, PAGE_PLAIN);
        text_append(text, "<p class=\"about\">");
        page_append_batch(text, batch, words);
        text_printf(text, "%" PRIu64 " %s</p>\n</header>\n<main>\n", all->students,
                    words->students[all->students != 1]);
        text_append_data(text, table->data, table->size);
        text_append(text, "</main>\n");
        page_append_tail(text, PAGE_PLAIN);
}

int page_of_batch(Catalog *catalog, int64_t batch, const PageOptions *options, char **ret,
                  size_t *ret_size)
{
        _cleanup_(page_batch_done) PageBatch about = {};
        _cleanup_text_ Text text = {}, table = {};
        StatusCounts all;
        int r = page_read_batch(catalog, batch, &about);

        if (r >= 0)
                r = page_append_points(&table, catalog, batch, options, PAGE_POINTS_ROOT, &all);
        if (r >= 0)
                r = table.error;
        if (r < 0)
                return r;
        append_page(&text, options, &about, &all, &table);
        return text_take(&text, ret, ret_size);
}
