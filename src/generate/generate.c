/* SPDX-License-Identifier: MIT */
#include "tables.h"

#include <string.h>

/*
 * A program of the build: prints a template of a completion script or a manual page with its lines
 * "@NAME@" replaced by tables of the programs. What completes, and what is documented, is thus what
 * the programs take.
 */

static const Table *find_table(const Table *tables, const char *name, size_t length)
{
        for (const Table *t = tables; t->name; t++)
                if (strlen(t->name) == length && memcmp(t->name, name, length) == 0)
                        return t;
        return NULL;
}

static int print_line(Text *text, const char *line, size_t length)
{
        const Table *table;

        if (length < 3 || line[0] != '@' || line[length - 1] != '@') {
                text_append_data(text, line, length);
                text_append(text, "\n");
                return 0;
        }
        table = find_table(shell_tables, line + 1, length - 2);
        if (!table)
                table = find_table(man_tables, line + 1, length - 2);
        if (!table) {
                (void)fprintf(stderr, "no table '%.*s'\n", (int)length, line);
                return -ENOENT;
        }
        table->append(text);
        return 0;
}

int main(int argc, char **argv)
{
        _cleanup_fclose_ FILE *file = argc == 2 ? fopen(argv[1], "re") : NULL;
        _cleanup_free_ char *line = NULL;
        _cleanup_text_ Text text = {};
        size_t allocated = 0;
        ssize_t n;

        if (!file) {
                (void)fprintf(stderr, "usage: idphoto-generate TEMPLATE\n");
                return EXIT_FAILURE;
        }
        while ((n = getline(&line, &allocated, file)) > 0) {
                if (line[n - 1] == '\n')
                        n--;
                if (print_line(&text, line, (size_t)n) < 0)
                        return EXIT_FAILURE;
        }
        if (text.error < 0 || !text.data || ferror(file))
                return EXIT_FAILURE;
        (void)fwrite(text.data, 1, text.size, stdout);
        return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
