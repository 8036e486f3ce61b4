/* SPDX-License-Identifier: MIT */
#include "standingcolumns.h"

#include <idphoto/point.h>
#include <idphoto/statuscsv.h>

#include <inttypes.h>

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

typedef struct Table {
        Text text;
        StandingTable kind;
        Language language;
        Catalog *catalog;
        int64_t batch;
} Table;

/* ---- students ---- */

void standing_csv_append_head(Text *text, StandingTable table, Language language)
{
        const StandingColumn *column;

        if (table != STANDING_TABLE_LIST)
                text_append(text, BYTE_ORDER_MARK);
        for (size_t i = 0; (column = standing_column(table, i)); i++) {
                text_append(text, i > 0 ? "," : "");
                text_append(text, column->name[language]);
        }
        text_append(text, "\r\n");
}

static void append_cell(Text *text, StandingTable table, ColumnKind kind, const char *s)
{
        if (kind == COLUMN_WORD || kind == COLUMN_COUNT)
                text_append(text, s);
        else if (table == STANDING_TABLE_LIST)
                status_csv_append_plain(text, s);
        else if (kind == COLUMN_NUMBER)
                status_csv_append_number(text, s);
        else
                status_csv_append_text(text, s);
}

void standing_csv_append(Text *text, StandingTable table, const StandingRow *row, Language language)
{
        _cleanup_text_ Text cell = {};
        const StandingColumn *column;

        for (size_t i = 0; (column = standing_column(table, i)); i++) {
                cell.size = 0;
                column->append(&cell, row, language);
                text_append(text, i > 0 ? "," : "");
                if (cell.size > 0)
                        append_cell(text, table, column->kind, cell.data);
        }
        text_append(text, "\r\n");
        if (cell.error < 0)
                text->error = cell.error;
}

static int add_student(const StandingRow *row, void *userdata)
{
        Table *table = userdata;

        standing_csv_append(&table->text, table->kind, row, table->language);
        return table->text.error;
}

static int standings_csv(Catalog *catalog, StandingTable kind, Where where, Language language,
                         char **ret, size_t *ret_size)
{
        Table table = {.kind = kind, .language = language};
        int r;

        standing_csv_append_head(&table.text, kind, language);
        r = standings_each(catalog, kind, where, add_student, &table);
        if (r >= 0)
                r = text_take(&table.text, ret, ret_size);
        text_done(&table.text);
        return r;
}

int standings_table(Catalog *catalog, StandingTable table, Where where, Language language,
                    char **ret, size_t *ret_size)
{
        if (table != STANDING_TABLE_XLSX && table != STANDING_TABLE_OFFICE_XLSX)
                return standings_csv(catalog, table, where, language, ret, ret_size);
#if HAVE_XLSX
        return standings_xlsx(catalog, table, where, language, ret, ret_size);
#else
        return -EOPNOTSUPP;
#endif
}

/* ---- points ---- */

static int add_point(const PointRow *row, void *userdata)
{
        Table *table = userdata;
        PointCounts counts;
        uint64_t students = 0;
        int r = catalog_counts(table->catalog, (Where){table->batch, row->id}, &counts);

        if (r < 0)
                return r;
        for (ReviewState i = 0; i < _REVIEW_STATE_MAX; i++)
                students += counts.students[i];
        status_csv_append_text(&table->text, row->name);
        text_printf(&table->text, ",%" PRIu64, students);
        for (ReviewState i = 0; i < _REVIEW_STATE_MAX; i++)
                text_printf(&table->text, ",%" PRIu64, counts.students[i]);
        text_append(&table->text, "\r\n");
        return table->text.error;
}

int points_csv(Catalog *catalog, int64_t batch, Language language, char **ret, size_t *ret_size)
{
        static const char *const headings[_LANGUAGE_MAX] = {
                [LANGUAGE_EN] = "point,students,missing,rejected,pending,approved,final",
                [LANGUAGE_ZH] = "教学点,学生,未交,驳回,待审,通过,终审通过",
        };
        Table table = {.language = language, .catalog = catalog, .batch = batch};
        int r;

        text_append(&table.text, BYTE_ORDER_MARK);
        text_append(&table.text, headings[language]);
        text_append(&table.text, "\r\n");
        r = catalog_list_points(catalog, 0, add_point, &table);
        if (r >= 0)
                r = text_take(&table.text, ret, ret_size);
        text_done(&table.text);
        return r;
}
