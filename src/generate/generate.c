/* SPDX-License-Identifier: MIT */
#include "tables.h"

#include <string.h>

/*
 * A program of the build: prints a template of a completion script or a manual page with its lines
 * "@NAME@" replaced by tables of the programs. What completes, and what is documented, is thus what
 * the programs take. Of a manual page in Chinese it marks as well where lines may end.
 */

static const Table *find_table(const Table *tables, const char *name, size_t length)
{
        for (const Table *t = tables; t->name; t++)
                if (strlen(t->name) == length && memcmp(t->name, name, length) == 0)
                        return t;
        return NULL;
}

typedef struct Page {
        Text text;
        bool chinese; /* running text gets places where its lines may end */
        bool literal; /* inside of a display */
        bool open;    /* running text, whose line has no end yet */
} Page;

static void page_done(Page *page)
{
        text_done(&page->text);
}

static bool begins(const char *line, size_t length, const char *word)
{
        return length >= strlen(word) && memcmp(line, word, strlen(word)) == 0;
}

/* Between two lines of English stands a blank, between two of Chinese nothing. */
static void end_line(Page *page, bool goes_on)
{
        if (page->open)
                text_append(&page->text, goes_on ? "\\c\n\\:" : "\n");
        page->open = false;
}

/* Displays are shown as they stand, and so are the lines of macros. */
static bool is_running(Page *page, const char *line, size_t length)
{
        if (begins(line, length, ".Bd"))
                page->literal = true;
        else if (begins(line, length, ".Ed"))
                page->literal = false;
        return page->chinese && !page->literal && length > 0 && line[0] != '.';
}

/* A line of the template. */
static void copy_line(Page *page, const char *line, size_t length)
{
        const bool running = is_running(page, line, length);

        end_line(page, running);
        page->open = running;
        if (running) {
                man_append_breakable(&page->text, line, length);
                return;
        }
        text_append_data(&page->text, line, length);
        text_append(&page->text, "\n");
}

static int print_line(Page *page, const char *line, size_t length)
{
        const Table *table;

        if (length < 3 || line[0] != '@' || line[length - 1] != '@') {
                copy_line(page, line, length);
                return 0;
        }
        table = find_table(shell_tables, line + 1, length - 2);
        if (!table)
                table = find_table(man_tables, line + 1, length - 2);
        if (!table) {
                (void)fprintf(stderr, "no table '%.*s'\n", (int)length, line);
                return -ENOENT;
        }
        end_line(page, false);
        table->append(&page->text);
        return 0;
}

int main(int argc, char **argv)
{
        const bool chinese = argc == 3 && strcmp(argv[1], "--chinese") == 0;
        _cleanup_fclose_ FILE *file = argc == 2 || chinese ? fopen(argv[argc - 1], "re") : NULL;
        _cleanup_(page_done) Page page = {.chinese = chinese};
        _cleanup_free_ char *line = NULL;
        size_t allocated = 0;
        ssize_t n;

        if (!file) {
                (void)fprintf(stderr, "usage: idphoto-generate [--chinese] TEMPLATE\n");
                return EXIT_FAILURE;
        }
        while ((n = getline(&line, &allocated, file)) > 0) {
                if (line[n - 1] == '\n')
                        n--;
                if (print_line(&page, line, (size_t)n) < 0)
                        return EXIT_FAILURE;
        }
        end_line(&page, false);
        if (page.text.error < 0 || !page.text.data || ferror(file))
                return EXIT_FAILURE;
        (void)fwrite(page.text.data, 1, page.text.size, stdout);
        return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
