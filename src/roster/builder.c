/* SPDX-License-Identifier: MIT */
#include "builder.h"

#include "idcell.h"

#include <idphoto/clientname.h>
#include <string.h>

/* One student's row, cleaned. */
typedef struct Entry {
        size_t row;
        char text[_FIELD_MAX][CELL_BYTES_MAX + 1];
        bool number[_FIELD_MAX];
        bool failed; /* has a problem that forbids it */
} Entry;

int builder_init(Builder *builder, Date today)
{
        int r;

        *builder = (Builder){.today = today};
        builder->roster = calloc(1, sizeof(*builder->roster));
        if (!builder->roster)
                return -ENOMEM;
        r = arena_new(&builder->roster->strings);
        if (r < 0)
                return r;
        r = index_new(&builder->ids);
        if (r < 0)
                return r;
        return index_new(&builder->student_nos);
}

void builder_done(Builder *builder)
{
        roster_free(builder->roster);
        index_free(builder->ids);
        index_free(builder->student_nos);
        *builder = (Builder){0};
}

/* ---- problems ---- */

static int add_problem(Builder *builder, RosterProblem problem, const char *value)
{
        Roster *roster = builder->roster;

        if (roster_code_level(problem.code) == ROSTER_ERROR)
                roster->n_errors++;
        else
                roster->n_warnings++;
        if (roster->n_problems >= ROSTER_PROBLEMS_KEPT)
                return 0;
        if (roster->n_problems == builder->allocated_problems) {
                size_t allocated = MAX(builder->allocated_problems * 2, (size_t)16);
                RosterProblem *problems =
                        reallocarray(roster->problems, allocated, sizeof(*problems));

                if (!problems)
                        return -ENOMEM;
                roster->problems = problems;
                builder->allocated_problems = allocated;
        }
        problem.value = arena_copy(roster->strings, value, text_prefix(value, 64));
        if (!problem.value)
                return -ENOMEM;
        roster->problems[roster->n_problems++] = problem;
        return 0;
}

int builder_problem(Builder *builder, RosterCode code, size_t row, unsigned column,
                    const char *value)
{
        return add_problem(builder, (RosterProblem){.code = code, .row = row, .column = column},
                           value);
}

static int entry_problem_twice(Builder *builder, Entry *entry, RosterCode code, Field field,
                               size_t other_row)
{
        entry->failed = entry->failed || roster_code_level(code) == ROSTER_ERROR;
        return add_problem(builder,
                           (RosterProblem){
                                   .code = code,
                                   .row = entry->row,
                                   .column = (unsigned)(builder->headings.column[field] + 1),
                                   .other_row = other_row,
                           },
                           entry->text[field]);
}

static int entry_problem(Builder *builder, Entry *entry, RosterCode code, Field field)
{
        return entry_problem_twice(builder, entry, code, field, 0);
}

/* ---- heading ---- */

static int look_for_headings(Builder *builder, size_t row, const Cell *cells, size_t n)
{
        Headings headings;

        if (row > ROSTER_HEADING_ROWS)
                return 1;
        if (headings_find(cells, n, &headings)) {
                builder->headings = headings;
                builder->heading_row = row;
                builder->have_headings = true;
                builder->roster->has_point_column = headings.column[FIELD_POINT] >= 0;
                if (headings.column[FIELD_NAME] < 0) {
                        int r = builder_problem(builder, ROSTER_NO_NAME_COLUMN, row, 0, "");

                        if (r < 0)
                                return r;
                }
                if (!builder->roster->has_point_column)
                        return builder_problem(builder, ROSTER_NO_POINT_COLUMN, row, 0, "");
                return 0;
        }
        if (headings.n_known > builder->nearest.n_known) {
                builder->nearest = headings;
                builder->nearest_row = row;
        }
        return 0;
}

/* ---- rows ---- */

static void take_fields(const Builder *builder, size_t row, const Cell *cells, size_t n,
                        Entry *entry)
{
        entry->row = row;
        entry->failed = false;
        for (int f = 0; f < _FIELD_MAX; f++) {
                int column = builder->headings.column[f];

                entry->text[f][0] = '\0';
                entry->number[f] = false;
                if (column < 0 || (size_t)column >= n)
                        continue;
                memcpy(entry->text[f], cells[column].text,
                       strnlen(cells[column].text, CELL_BYTES_MAX) + 1);
                entry->text[f][CELL_BYTES_MAX] = '\0';
                entry->number[f] = cells[column].number;
                (void)cell_clean(entry->text[f]);
        }
}

static size_t count_digits(const char *s)
{
        size_t n = 0;

        for (; *s; s++)
                n += *s >= '0' && *s <= '9';
        return n;
}

static bool is_student(const Entry *entry, const Cell *cells, size_t n)
{
        Headings again;

        if (entry->text[FIELD_ID_NUMBER][0] == '\0' && entry->text[FIELD_NAME][0] == '\0' &&
            entry->text[FIELD_STUDENT_NO][0] == '\0')
                return false;
        if (count_digits(entry->text[FIELD_ID_NUMBER]) >= 6)
                return true;
        return !row_is_footer(cells, n) && !headings_find(cells, n, &again);
}

static int check_id(Builder *builder, Entry *entry)
{
        char raw[CELL_BYTES_MAX + 1];
        char *id = entry->text[FIELD_ID_NUMBER];
        RosterCode code;
        int r = 0;

        strcpy(raw, id);
        code = id_cell_normalise(id, sizeof(entry->text[0]), entry->number[FIELD_ID_NUMBER],
                                 builder->today);
        if (code >= 0) {
                char normalised[CELL_BYTES_MAX + 1];

                /* Shown as it stands in the file. */
                strcpy(normalised, id);
                strcpy(id, raw);
                r = entry_problem(builder, entry, code, FIELD_ID_NUMBER);
                strcpy(id, normalised);
        }
        return r;
}

static int check_student_no(Builder *builder, Entry *entry)
{
        const char *number = entry->text[FIELD_STUDENT_NO];
        bool damaged = entry->number[FIELD_STUDENT_NO] &&
                       (strlen(number) > 15 || number[strspn(number, "0123456789")] != '\0');

        if (!damaged && !cell_is_exponent(number))
                return 0;
        return entry_problem(builder, entry, ROSTER_STUDENT_NUMBER_DAMAGED, FIELD_STUDENT_NO);
}

static int check_texts(Builder *builder, Entry *entry)
{
        int r = 0;

        if (builder->headings.column[FIELD_NAME] >= 0 && entry->text[FIELD_NAME][0] == '\0')
                r = entry_problem(builder, entry, ROSTER_NAME_MISSING, FIELD_NAME);
        if (r == 0 && builder->roster->has_point_column) {
                const char *point = entry->text[FIELD_POINT];

                if (point[0] == '\0')
                        r = entry_problem(builder, entry, ROSTER_POINT_MISSING, FIELD_POINT);
                else if (point[0] == '.' || name_class_of_folder(point) != NAME_NORMAL)
                        r = entry_problem(builder, entry, ROSTER_POINT_NAME, FIELD_POINT);
        }
        for (int f = 0; r == 0 && f < FIELD_REMARK; f++)
                if (f != FIELD_POINT && f != FIELD_ID_NUMBER &&
                    strlen(entry->text[f]) > ROSTER_FIELD_BYTES_MAX)
                        r = entry_problem(builder, entry, ROSTER_CELL_TOO_LONG, (Field)f);
        return r;
}

/* 1 male, 0 female, -1 unknown. */
static int parse_sex(const char *text)
{
        if (text_starts_with(text, "男") || strcmp(text, "1") == 0 || strcasecmp(text, "M") == 0)
                return 1;
        if (text_starts_with(text, "女") || strcmp(text, "2") == 0 || strcasecmp(text, "F") == 0)
                return 0;
        return -1;
}

/* What the number says itself against what its neighbours say. */
static int compare_with_id(Builder *builder, Entry *entry)
{
        const char *id = entry->text[FIELD_ID_NUMBER];
        int sex = parse_sex(entry->text[FIELD_SEX]), r = 0;
        Date birth;
        char digits[16];

        if (strlen(id) != ID_NUMBER_LENGTH || !id_number_valid(id, builder->today, NULL))
                return 0;
        if (sex >= 0 && sex != (id[16] - '0') % 2)
                r = entry_problem(builder, entry, ROSTER_SEX_MISMATCH, FIELD_SEX);
        if (r < 0 || !cell_parse_date(entry->text[FIELD_BIRTH], entry->number[FIELD_BIRTH],
                                      builder->date1904, &birth))
                return r;
        (void)snprintf(digits, sizeof(digits), "%04d%02d%02d", birth.year % 10000,
                       birth.month % 100, birth.day % 100);
        if (memcmp(digits, id + 6, 8) != 0)
                r = entry_problem(builder, entry, ROSTER_BIRTH_MISMATCH, FIELD_BIRTH);
        return r;
}

/* Against the rows kept so far: what failed is no rival. */
static int check_twice(Builder *builder, Entry *entry)
{
        const char *id = entry->text[FIELD_ID_NUMBER], *number = entry->text[FIELD_STUDENT_NO];
        size_t known;
        int r = 0;

        if (index_find(builder->ids, id, &known)) {
                const RosterRow *other = &builder->roster->rows[known];
                bool two = other->student_no[0] != '\0' && number[0] != '\0' &&
                           strcmp(other->student_no, number) != 0;

                r = entry_problem_twice(builder, entry,
                                        two ? ROSTER_ID_TWO_STUDENT_NUMBERS : ROSTER_ID_TWICE,
                                        FIELD_ID_NUMBER, other->row);
        }
        if (r == 0 && !entry->failed && number[0] != '\0' &&
            index_find(builder->student_nos, number, &known))
                r = entry_problem_twice(builder, entry, ROSTER_STUDENT_NUMBER_TWICE,
                                        FIELD_STUDENT_NO, builder->roster->rows[known].row);
        return r;
}

static int keep_row(Builder *builder, const Entry *entry)
{
        Roster *roster = builder->roster;
        RosterRow row = {.row = entry->row};
        const struct {
                const char **to;
                Field field;
        } fields[] = {
                {&row.id_number, FIELD_ID_NUMBER},   {&row.name, FIELD_NAME},
                {&row.student_no, FIELD_STUDENT_NO}, {&row.exam_no, FIELD_EXAM_NO},
                {&row.point, FIELD_POINT},           {&row.sex, FIELD_SEX},
                {&row.class_name, FIELD_CLASS},      {&row.level, FIELD_LEVEL},
                {&row.major, FIELD_MAJOR},
        };
        int r;

        if (roster->n_rows >= ROSTER_ROWS_MAX)
                return -EFBIG;
        if (roster->n_rows == builder->allocated_rows) {
                size_t allocated = MAX(builder->allocated_rows * 2, (size_t)256);
                RosterRow *rows = reallocarray(roster->rows, allocated, sizeof(*rows));

                if (!rows)
                        return -ENOMEM;
                roster->rows = rows;
                builder->allocated_rows = allocated;
        }
        for (size_t i = 0; i < ELEMENTSOF(fields); i++) {
                const char *text = entry->text[fields[i].field];

                *fields[i].to = arena_copy(roster->strings, text, strlen(text));
                if (!*fields[i].to)
                        return -ENOMEM;
        }
        r = index_add(builder->ids, row.id_number, roster->n_rows);
        if (r == 0 && row.student_no[0] != '\0')
                r = index_add(builder->student_nos, row.student_no, roster->n_rows);
        if (r < 0)
                return r;
        roster->rows[roster->n_rows++] = row;
        return 0;
}

int builder_row(size_t row, const Cell *cells, size_t n, void *userdata)
{
        Builder *builder = userdata;
        Entry entry;
        int r;

        if (!builder->have_headings)
                return look_for_headings(builder, row, cells, n);
        take_fields(builder, row, cells, n, &entry);
        if (!is_student(&entry, cells, n))
                return 0;
        r = check_id(builder, &entry);
        if (r == 0)
                r = check_student_no(builder, &entry);
        if (r == 0)
                r = check_texts(builder, &entry);
        if (r == 0 && !entry.failed)
                r = compare_with_id(builder, &entry);
        if (r == 0 && !entry.failed)
                r = check_twice(builder, &entry);
        if (r < 0 || entry.failed)
                return r;
        return keep_row(builder, &entry);
}

int builder_finish(Builder *builder)
{
        if (builder->have_headings)
                return builder->roster->n_rows == 0 && builder->roster->n_errors == 0
                               ? builder_problem(builder, ROSTER_NO_ROWS, builder->heading_row, 0,
                                                 "")
                               : 0;
        if (builder->nearest.n_known >= 2 && builder->nearest.column[FIELD_ID_NUMBER] < 0)
                return builder_problem(builder, ROSTER_NO_ID_COLUMN, builder->nearest_row, 0, "");
        if (builder->nearest.n_known >= 2)
                return builder_problem(builder, ROSTER_NO_NAME_COLUMN, builder->nearest_row, 0, "");
        return builder_problem(builder, ROSTER_NO_HEADING, 0, 0, "");
}
