/* SPDX-License-Identifier: MIT */
#include <idphoto/point.h>
#include <idphoto/standing.h>
#include <idphoto/standingcsv.h>
#include <idphoto/statuscsv.h>

#include <inttypes.h>

typedef struct Table {
        Text text;
        Language language;
        Catalog *catalog;
        int64_t batch;
} Table;

void standing_csv_append(Text *text, const StandingRow *row, Language language)
{
        StatusCsvRow csv = {
                .point = row->point,
                .id_number = row->id_number,
                .name = row->name,
                .student_no = row->student_no,
                .state = row->state,
                .findings = row->findings,
                .sent_as = row->sent_as,
                .changed_nsec = row->applied,
        };

        status_csv_append_row(text, &csv, language);
}

static int add_student(const StandingRow *row, void *userdata)
{
        Table *table = userdata;

        standing_csv_append(&table->text, row, table->language);
        return table->text.error;
}

int standings_csv(Catalog *catalog, int64_t batch, int64_t point, Language language, char **ret,
                  size_t *ret_size)
{
        Table table = {.language = language};
        int r;

        status_csv_append_head(&table.text, language);
        r = catalog_list_standings(catalog, (Where){batch, point}, add_student, &table);
        if (r >= 0)
                r = text_take(&table.text, ret, ret_size);
        text_done(&table.text);
        return r;
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

        text_append(&table.text, "\xef\xbb\xbf");
        text_append(&table.text, headings[language]);
        text_append(&table.text, "\r\n");
        r = catalog_list_points(catalog, 0, add_point, &table);
        if (r >= 0)
                r = text_take(&table.text, ret, ret_size);
        text_done(&table.text);
        return r;
}
