/* SPDX-License-Identifier: MIT */
#include "builder.h"

#include "cellword.h"
#include "idcell.h"

#include <idphoto/clientname.h>
#include <string.h>

/* One student's row, cleaned. */
typedef struct Entry {
        size_t row;
        char text[_FIELD_MAX][CELL_BYTES_KEPT + 1];
        bool number[_FIELD_MAX];
        bool fault[_FIELD_MAX]; /* holds an error instead of a value */
        bool cut[_FIELD_MAX];   /* may be longer in the file */
        bool failed;            /* has a problem that forbids it */
        bool spoilt;            /* has an error that only real data have */
} Entry;

int builder_init(Builder *builder, Date today)
{
        int r;

        *builder = (Builder){.today = today, .sheet = ""};
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

/* Longer than a cell's are the headings that were seen. */
static size_t shown_bytes(RosterCode code)
{
        return code == ROSTER_NO_HEADING || code == ROSTER_NO_ID_COLUMN ||
                               code == ROSTER_NO_NAME_COLUMN
                       ? ROSTER_HEADINGS_SHOWN
                       : 64;
}

static int add_problem(Builder *builder, RosterProblem problem, const char *value)
{
        Roster *roster = builder->roster;

        problem.sheet = builder->sheet;
        if (!problem.other_sheet)
                problem.other_sheet = "";
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
        problem.value =
                arena_copy(roster->strings, value, text_prefix(value, shown_bytes(problem.code)));
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

/* Whether the cells are a student's that were spoilt, and not just words of an example. */
static bool is_spoilt(RosterCode code)
{
        switch (code) {
        case ROSTER_ID_EXPONENT:
        case ROSTER_ID_ZEROS:
        case ROSTER_ID_NUMBER_CELL:
        case ROSTER_ID_WITH_MORE:
        case ROSTER_ID_TWICE:
        case ROSTER_STUDENT_NUMBER_DAMAGED:
        case ROSTER_STUDENT_NUMBER_TWICE:
        case ROSTER_CELL_FAULT:
                return true;
        default:
                return false;
        }
}

/* other: the earlier row, when something stands twice; else NULL. */
static int entry_problem_shown(Builder *builder, Entry *entry, RosterCode code, Field field,
                               const RosterRow *other, const char *value)
{
        entry->failed = entry->failed || roster_code_level(code) == ROSTER_ERROR;
        entry->spoilt = entry->spoilt || is_spoilt(code);
        return add_problem(builder,
                           (RosterProblem){
                                   .code = code,
                                   .row = entry->row,
                                   .column = (unsigned)(builder->headings.column[field] + 1),
                                   .other_row = other ? other->row : 0,
                                   .other_sheet = other ? other->sheet : "",
                           },
                           value);
}

static int entry_problem_twice(Builder *builder, Entry *entry, RosterCode code, Field field,
                               const RosterRow *other)
{
        return entry_problem_shown(builder, entry, code, field, other, entry->text[field]);
}

static int entry_problem(Builder *builder, Entry *entry, RosterCode code, Field field)
{
        return entry_problem_twice(builder, entry, code, field, NULL);
}

void builder_cut_problems(Builder *builder, size_t first, size_t end, size_t n_errors,
                          size_t n_warnings)
{
        Roster *roster = builder->roster;

        if (end < roster->n_problems)
                memmove(roster->problems + first, roster->problems + end,
                        (roster->n_problems - end) * sizeof(*roster->problems));
        roster->n_problems -= end - first;
        roster->n_errors -= n_errors;
        roster->n_warnings -= n_warnings;
}

/* ---- heading ---- */

/* Writes the texts of a row one after the other, as many as fit. Returns how many there are;
 * quantities do not count, because no heading is one. */
static size_t show_cells(const Cell *cells, size_t n, char text[static ROSTER_HEADINGS_SHOWN + 1])
{
        size_t used = 0, n_cells = 0;
        bool more = true;

        text[0] = '\0';
        for (size_t i = 0; i < n; i++) {
                char cell[CELL_BYTES_KEPT + 1];
                size_t size;

                (void)snprintf(cell, sizeof(cell), "%s", cells[i].text);
                size = cell_clean(cell);
                if (size == 0 || cells[i].number)
                        continue;
                n_cells++;
                more = more && used + size + strlen(" | ") <= ROSTER_HEADINGS_SHOWN;
                if (more)
                        used += (size_t)snprintf(text + used, ROSTER_HEADINGS_SHOWN + 1 - used,
                                                 "%s%s", used > 0 ? " | " : "", cell);
        }
        return n_cells;
}

static int look_for_headings(Builder *builder, size_t row, const Cell *cells, size_t n)
{
        char text[ROSTER_HEADINGS_SHOWN + 1];
        Headings headings;
        size_t n_cells;

        if (row > ROSTER_HEADING_ROWS)
                return 1;
        if (headings_find(cells, n, &headings)) {
                builder->headings = headings;
                builder->heading_row = row;
                builder->have_headings = true;
                if (headings.column[FIELD_NAME] < 0) {
                        (void)show_cells(cells, n, text);
                        return builder_problem(builder, ROSTER_NO_NAME_COLUMN, row, 0, text);
                }
                return 0;
        }
        n_cells = show_cells(cells, n, text);
        if (n_cells == 0)
                return 0;
        if (builder->nearest_row == 0 || headings.n_known > builder->nearest.n_known ||
            (headings.n_known == builder->nearest.n_known && n_cells > builder->nearest_cells)) {
                builder->nearest = headings;
                builder->nearest_row = row;
                builder->nearest_cells = n_cells;
                strcpy(builder->nearest_text, text);
        }
        return 0;
}

/* ---- rows ---- */

/* Whether the catalog keeps the field, so that what stands there must be right. */
static bool is_kept(Field field)
{
        static const bool kept[_FIELD_MAX] = {
                [FIELD_ID_NUMBER] = true, [FIELD_STUDENT_NO] = true, [FIELD_EXAM_NO] = true,
                [FIELD_NAME] = true,      [FIELD_SEX] = true,        [FIELD_LEVEL] = true,
                [FIELD_MAJOR] = true,     [FIELD_POINT] = true,      [FIELD_CLASS] = true,
        };

        return kept[field];
}

static void take_field(Entry *entry, Field field, const Cell *cell)
{
        char *text = entry->text[field];

        entry->cut[field] = strnlen(cell->text, CELL_BYTES_KEPT) > CELL_BYTES_MAX;
        (void)snprintf(text, sizeof(entry->text[field]), "%s", cell->text);
        entry->number[field] = cell->number;
        /* Of what is kept nothing is a date, but some numbers look like one. */
        entry->fault[field] = cell->fault || (cell->date && is_kept(field));
        if (cell_clean(text) == 0)
                return;
        switch (cell_sense(text)) {
        case CELL_NOTHING:
                text[0] = '\0';
                break;
        case CELL_FAULT:
                entry->fault[field] = true;
                break;
        case CELL_VALUE:
                /* What a formula gives that refers to an empty cell. */
                if (strcmp(text, "0") == 0 && (field == FIELD_NAME || field == FIELD_STUDENT_NO))
                        text[0] = '\0';
                break;
        }
}

static void take_fields(const Builder *builder, size_t row, const Cell *cells, size_t n,
                        Entry *entry)
{
        entry->row = row;
        entry->failed = entry->spoilt = false;
        for (int f = 0; f < _FIELD_MAX; f++) {
                int column = builder->headings.column[f];

                entry->text[f][0] = '\0';
                entry->number[f] = entry->fault[f] = entry->cut[f] = false;
                if (column >= 0 && (size_t)column < n)
                        take_field(entry, (Field)f, &cells[column]);
                /* What is not kept is read where it can be, and else is as good as nothing. */
                if (!is_kept((Field)f) && entry->fault[f])
                        entry->text[f][0] = '\0';
        }
}

bool roster_point_possible(const char *name)
{
        return name[0] != '\0' && name[0] != '.' && name_class_of_folder(name) == NAME_NORMAL;
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

/* An ID number and a letter or more, where an earlier row gives the bare number to somebody else:
 * that is how offices tell apart two people who were given one number. */
static bool is_told_apart(const Builder *builder, const Entry *entry)
{
        const char *id = entry->text[FIELD_ID_NUMBER];
        char bare[ID_NUMBER_SIZE];
        DocumentNumber number;
        size_t known;

        if (strlen(id) <= ID_NUMBER_LENGTH || id[ID_NUMBER_LENGTH] < 'A' ||
            id[strspn(id, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")] != '\0' ||
            document_number(id, &number) < 0)
                return false;
        memcpy(bare, id, ID_NUMBER_LENGTH);
        bare[ID_NUMBER_LENGTH] = '\0';
        return index_find(builder->ids, bare, &known) &&
               strcmp(builder->roster->rows[known].name, entry->text[FIELD_NAME]) != 0;
}

static int check_id(Builder *builder, Entry *entry)
{
        _cleanup_text_ Text shown = {};
        char raw[CELL_BYTES_KEPT + 1];
        char *id = entry->text[FIELD_ID_NUMBER];
        RosterCode code;

        if (entry->fault[FIELD_ID_NUMBER] || entry->cut[FIELD_ID_NUMBER])
                return 0;
        strcpy(raw, id);
        code = id_cell_normalise(id, sizeof(entry->text[0]), entry->number[FIELD_ID_NUMBER],
                                 builder->today);
        if (code < 0)
                return 0;
        if (code == ROSTER_ID_WITH_MORE && is_told_apart(builder, entry))
                code = ROSTER_ID_OTHER_DOCUMENT;
        /* Shown as it stands in the file. */
        if (code == ROSTER_ID_WITH_MORE && id_cell_show(raw, &shown) < 0)
                return -ENOMEM;
        return entry_problem_shown(builder, entry, code, FIELD_ID_NUMBER, NULL,
                                   shown.data ? shown.data : raw);
}

/* Whole numbers that went through a program as fractions become what they were. */
static int check_whole(Builder *builder, Entry *entry, Field field, RosterCode damaged)
{
        char *number = entry->text[field];
        bool spoilt;

        if (number[0] == '\0' || entry->fault[field] || entry->cut[field])
                return 0;
        if (number[strspn(number, "0123456789")] == '\0')
                spoilt = entry->number[field] && strlen(number) > 15;
        else if (cell_is_exponent(number) || cell_is_fraction(number))
                spoilt = !cell_whole_number(number, sizeof(entry->text[field]));
        else
                spoilt = entry->number[field];
        if (!spoilt)
                return 0;
        return entry_problem(builder, entry, damaged, field);
}

/* Of codes and class numbers, which may also be words. */
static void make_whole(Entry *entry)
{
        static const Field fields[] = {FIELD_CLASS, FIELD_POINT, FIELD_MAJOR, FIELD_LEVEL};

        for (size_t i = 0; i < ELEMENTSOF(fields); i++) {
                char *text = entry->text[fields[i]];

                if (cell_is_fraction(text))
                        (void)cell_whole_number(text, sizeof(entry->text[0]));
        }
}

/* Errors of the spreadsheet program, and what was cut off or is too long. */
static int check_cells(Builder *builder, Entry *entry)
{
        int r = 0;

        for (int f = 0; f < _FIELD_MAX && r == 0; f++) {
                /* The ID number and the point have limits of their own. */
                bool own_limit = f == FIELD_POINT || f == FIELD_ID_NUMBER;

                if (!is_kept((Field)f) || builder->headings.column[f] < 0)
                        continue;
                if (entry->fault[f] ||
                    (f == FIELD_NAME && entry->number[f] && entry->text[f][0] != '\0'))
                        r = entry_problem(builder, entry, ROSTER_CELL_FAULT, (Field)f);
                else if (entry->cut[f] ||
                         (!own_limit && strlen(entry->text[f]) > ROSTER_FIELD_BYTES_MAX))
                        r = entry_problem(builder, entry, ROSTER_CELL_TOO_LONG, (Field)f);
        }
        return r;
}

static int check_texts(Builder *builder, Entry *entry)
{
        const char *point = entry->text[FIELD_POINT];
        int r = 0;

        if (builder->headings.column[FIELD_NAME] >= 0 && entry->text[FIELD_NAME][0] == '\0' &&
            !entry->fault[FIELD_NAME])
                r = entry_problem(builder, entry, ROSTER_NAME_MISSING, FIELD_NAME);
        if (r < 0 || builder->headings.column[FIELD_POINT] < 0 || entry->fault[FIELD_POINT] ||
            entry->cut[FIELD_POINT])
                return r;
        if (point[0] == '\0')
                return entry_problem(builder, entry, ROSTER_POINT_MISSING, FIELD_POINT);
        return roster_point_possible(point)
                       ? 0
                       : entry_problem(builder, entry, ROSTER_POINT_NAME, FIELD_POINT);
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

static const char *entry_point(const Builder *builder, const Entry *entry)
{
        return builder->headings.column[FIELD_POINT] < 0 && builder->sheet_point
                       ? builder->sheet_point
                       : entry->text[FIELD_POINT];
}

/* A number that stands in an earlier row. Somebody may be enrolled at two teaching points, and even
 * twice at one. */
static int check_id_twice(Builder *builder, Entry *entry, const RosterRow *other)
{
        const char *number = entry->text[FIELD_STUDENT_NO];
        bool other_point = strcmp(other->point, entry_point(builder, entry)) != 0;

        if (other->student_no[0] == '\0' || number[0] == '\0' ||
            strcmp(other->student_no, number) == 0)
                return entry_problem_twice(builder, entry, ROSTER_ID_TWICE, FIELD_ID_NUMBER, other);
        return other_point ? entry_problem_twice(builder, entry, ROSTER_ID_TWO_POINTS, FIELD_POINT,
                                                 other)
                           : entry_problem_twice(builder, entry, ROSTER_ID_TWO_STUDENT_NUMBERS,
                                                 FIELD_STUDENT_NO, other);
}

/* Against the rows kept so far: what failed is no rival. */
static int check_twice(Builder *builder, Entry *entry)
{
        const char *number = entry->text[FIELD_STUDENT_NO];
        size_t known;
        int r = 0;

        if (index_find(builder->ids, entry->text[FIELD_ID_NUMBER], &known))
                r = check_id_twice(builder, entry, &builder->roster->rows[known]);
        if (r == 0 && !entry->failed && number[0] != '\0' &&
            index_find(builder->student_nos, number, &known))
                r = entry_problem_twice(builder, entry, ROSTER_STUDENT_NUMBER_TWICE,
                                        FIELD_STUDENT_NO, &builder->roster->rows[known]);
        return r;
}

static int index_row(Builder *builder, size_t i)
{
        const RosterRow *row = &builder->roster->rows[i];
        int r = index_add(builder->ids, row->id_number, i);

        return r == 0 && row->student_no[0] != '\0'
                       ? index_add(builder->student_nos, row->student_no, i)
                       : r;
}

static int keep_row(Builder *builder, const Entry *entry)
{
        Roster *roster = builder->roster;
        RosterRow row = {.row = entry->row, .sheet = builder->sheet};
        const struct {
                const char **to;
                Field field;
        } fields[] = {
                {&row.id_number, FIELD_ID_NUMBER},
                {&row.name, FIELD_NAME},
                {&row.student_no, FIELD_STUDENT_NO},
                {&row.exam_no, FIELD_EXAM_NO},
                {&row.sex, FIELD_SEX},
                {&row.class_name, FIELD_CLASS},
                {&row.level, FIELD_LEVEL},
                {&row.major, FIELD_MAJOR},
        };

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
        row.point = arena_copy(roster->strings, entry_point(builder, entry),
                               strlen(entry_point(builder, entry)));
        if (!row.point)
                return -ENOMEM;
        roster->rows[roster->n_rows++] = row;
        return index_row(builder, roster->n_rows - 1);
}

int builder_cut_rows(Builder *builder, size_t n_rows)
{
        Roster *roster = builder->roster;
        int r;

        if (roster->n_rows == n_rows)
                return 0;
        roster->n_rows = n_rows;
        index_free(TAKE_PTR(builder->ids));
        index_free(TAKE_PTR(builder->student_nos));
        r = index_new(&builder->ids);
        if (r == 0)
                r = index_new(&builder->student_nos);
        for (size_t i = 0; i < n_rows && r == 0; i++)
                r = index_row(builder, i);
        return r;
}

void builder_begin_sheet(Builder *builder, const char *name)
{
        builder->sheet = name;
        builder->sheet_point = NULL;
        builder->counts = (SheetCounts){};
        builder->have_headings = false;
        builder->nearest = (Headings){};
        builder->nearest_row = builder->nearest_cells = 0;
        builder->nearest_text[0] = '\0';
}

static int take_student(Builder *builder, Entry *entry)
{
        int r = check_cells(builder, entry);

        if (r == 0)
                r = check_id(builder, entry);
        if (r == 0)
                r = check_whole(builder, entry, FIELD_STUDENT_NO, ROSTER_STUDENT_NUMBER_DAMAGED);
        if (r == 0)
                r = check_whole(builder, entry, FIELD_EXAM_NO, ROSTER_STUDENT_NUMBER_DAMAGED);
        make_whole(entry);
        if (r == 0)
                r = check_texts(builder, entry);
        if (r == 0 && !entry->failed)
                r = compare_with_id(builder, entry);
        if (r == 0 && !entry->failed)
                r = check_twice(builder, entry);
        if (r < 0)
                return r;
        builder->counts.students++;
        builder->counts.bad += entry->failed;
        builder->counts.spoilt += entry->spoilt;
        return entry->failed ? 0 : keep_row(builder, entry);
}

int builder_row(size_t row, const Cell *cells, size_t n, void *userdata)
{
        Builder *builder = userdata;
        Entry entry;

        for (size_t i = 0; i < n && builder->counts.cells == 0; i++)
                builder->counts.cells += cells[i].text[strspn(cells[i].text, " \t\r\n")] != '\0';
        if (!builder->have_headings)
                return look_for_headings(builder, row, cells, n);
        take_fields(builder, row, cells, n, &entry);
        if (!is_student(&entry, cells, n))
                return 0;
        if (row_is_example(cells, n)) {
                builder->counts.examples++;
                return builder_problem(builder, ROSTER_EXAMPLE_ROW, row, 0, "");
        }
        return take_student(builder, &entry);
}

RosterCode builder_missing_heading(const Builder *builder)
{
        if (builder->nearest.n_known < 2)
                return ROSTER_NO_HEADING;
        return builder->nearest.column[FIELD_ID_NUMBER] < 0 ? ROSTER_NO_ID_COLUMN
                                                            : ROSTER_NO_NAME_COLUMN;
}

int builder_finish(Builder *builder)
{
        if (!builder->have_headings)
                return builder_problem(builder, builder_missing_heading(builder),
                                       builder->nearest_row, 0, builder->nearest_text);
        builder->roster->has_point_column = builder->headings.column[FIELD_POINT] >= 0;
        if (builder->counts.students == 0 && builder->roster->n_errors == 0)
                return builder_problem(builder, ROSTER_NO_ROWS, builder->heading_row, 0, "");
        return builder->roster->has_point_column ? 0
                                                 : builder_problem(builder, ROSTER_NO_POINT_COLUMN,
                                                                   builder->heading_row, 0, "");
}
