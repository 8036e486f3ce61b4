/* SPDX-License-Identifier: MIT */
#include "rosterlines.h"

#include <idphoto/event.h>
#include <idphoto/point.h>

#include "rosternote.h"

#include <idphoto/fixedname.h>
#include <string.h>

void import_done(Import *import)
{
        for (size_t i = 0; i < import->n_places; i++)
                free(import->places[i].name);
        free(import->places);
        free(import->by_number);
        free(import->by_student_no);
        free(import->lines);
}

int import_note(Import *import, RosterImportNote note)
{
        return roster_import_add_note(import->report, &note);
}

RosterImportNote import_note_about(const Import *import, RosterImportNoteKind kind,
                                   const Line *line)
{
        return (RosterImportNote){
                .kind = kind,
                .file = line->file,
                .row = line->row->row,
                .sheet = (char *)line->row->sheet,
                .point = line->place < import->n_places ? import->places[line->place].name
                                                        : (char *)line->point_name,
                .id_number = (char *)line->row->id_number,
                .name = (char *)line->row->name,
        };
}

/* ---- the files ---- */

int import_check_files(Import *import, const Roster *const *files, size_t n)
{
        const char *point = import->options->point;
        int r = 0;

        for (size_t i = 0; i < n && r >= 0; i++) {
                if (files[i]->n_errors > 0)
                        r = import_note(import, (RosterImportNote){.kind = ROSTER_IMPORT_BAD_FILE,
                                                                   .file = i});
                else if (!files[i]->has_point_column && !files[i]->has_sheet_points && !point)
                        r = import_note(import, (RosterImportNote){.kind = ROSTER_IMPORT_NO_POINT,
                                                                   .file = i});
                else if (files[i]->has_point_column && point)
                        r = import_note(import,
                                        (RosterImportNote){.kind = ROSTER_IMPORT_POINT_GIVEN,
                                                           .file = i,
                                                           .point = (char *)point});
        }
        return r;
}

/* A point that whoever imports names wins over the name of a sheet. */
static const char *point_of(const Roster *roster, const RosterRow *row, const char *named)
{
        return roster->has_point_column || !named ? row->point : named;
}

int import_collect_lines(Import *import, const Roster *const *files, size_t n)
{
        size_t total = 0;

        for (size_t i = 0; i < n; i++)
                total += files[i]->n_rows;
        import->lines = calloc(MAX(total, (size_t)1), sizeof(*import->lines));
        import->by_number = calloc(MAX(total, (size_t)1), sizeof(*import->by_number));
        if (!import->lines || !import->by_number)
                return -ENOMEM;
        for (size_t i = 0; i < n; i++)
                for (size_t j = 0; j < files[i]->n_rows; j++) {
                        Line *line = &import->lines[import->n_lines];

                        *line = (Line){
                                .row = &files[i]->rows[j],
                                .file = i,
                                .point_name = point_of(files[i], &files[i]->rows[j],
                                                       import->options->point),
                                .place = SIZE_MAX,
                        };
                        import->by_number[import->n_lines++] = line;
                }
        return 0;
}

/* ---- points ---- */

static int compare_point_names(const void *a, const void *b)
{
        const Line *x = *(Line *const *)a, *y = *(Line *const *)b;

        return strcmp(x->point_name, y->point_name);
}

static int create_point(Import *import, const Line *line, PointRow *ret)
{
        const RosterImportOptions *options = import->options;
        PointRow row = {.name = (char *)line->point_name,
                        .uid = options->uid,
                        .gid = options->gid,
                        .mode = options->mode,
                        .created = options->now};
        EventRow event = {.wall = options->now, .kind = EVENT_POINT_ADDED, .uid = options->actor};
        RosterImportNote created = import_note_about(import, ROSTER_IMPORT_POINT_CREATED, line);
        int r;

        r = catalog_add_point(import->catalog, &row, &event.point);
        if (r >= 0)
                r = catalog_add_event(import->catalog, &event);
        if (r < 0)
                return r;
        created.id_number = created.name = NULL;
        r = import_note(import, created);
        if (r >= 0)
                r = catalog_get_point(import->catalog, event.point, ret);
        return r == 0 ? -EUCLEAN : MIN(r, 0);
}

/* The index of the point in places, which stays as it is for a name that no point is to have. Two
 * spellings of a name may be one point. */
static int find_place(Import *import, const Line *line, size_t *ret)
{
        _cleanup_point_ PointRow row = {};
        int r;

        r = catalog_find_point(import->catalog, line->point_name, &row);
        if (r == 0 && !point_name_valid(line->point_name))
                return import_note(import,
                                   import_note_about(import, ROSTER_IMPORT_POINT_NAME, line));
        if (r == 0)
                r = create_point(import, line, &row);
        if (r < 0)
                return r;
        for (size_t i = 0; i < import->n_places; i++)
                if (import->places[i].id == row.id) {
                        *ret = i;
                        return 0;
                }
        import->places[import->n_places] =
                (Place){.id = row.id, .name = TAKE_PTR(row.name), .version = row.version};
        *ret = import->n_places++;
        return 0;
}

int import_find_places(Import *import)
{
        _cleanup_free_ Line **sorted = calloc(MAX(import->n_lines, (size_t)1), sizeof(*sorted));
        size_t n_names = 0;
        int r;

        import->places = calloc(ROSTER_IMPORT_POINTS_MAX, sizeof(*import->places));
        if (!sorted || !import->places)
                return -ENOMEM;
        for (size_t i = 0; i < import->n_lines; i++)
                sorted[i] = &import->lines[i];
        qsort(sorted, import->n_lines, sizeof(*sorted), compare_point_names);
        for (size_t i = 0; i < import->n_lines; i++) {
                if (i > 0 && compare_point_names(&sorted[i - 1], &sorted[i]) == 0) {
                        sorted[i]->place = sorted[i - 1]->place;
                        continue;
                }
                if (++n_names > ROSTER_IMPORT_POINTS_MAX)
                        return import_note(import,
                                           (RosterImportNote){.kind = ROSTER_IMPORT_TOO_MANY_POINTS,
                                                              .file = sorted[i]->file});
                r = find_place(import, sorted[i], &sorted[i]->place);
                if (r < 0)
                        return r;
        }
        return 0;
}

/* ---- numbers ---- */

static int compare_numbers(const void *a, const void *b)
{
        const Line *x = *(Line *const *)a, *y = *(Line *const *)b;
        int order = strcmp(x->row->id_number, y->row->id_number);

        /* The lines lie in one array. */
        return order != 0 ? order : (x > y) - (x < y);
}

static bool same_person(const Line *a, const Line *b)
{
        return a->place == b->place && strcmp(a->row->name, b->row->name) == 0 &&
               strcmp(a->row->student_no, b->row->student_no) == 0;
}

/* What one file says of a number twice was judged when it was read; here the files are compared. */
int import_find_repeated(Import *import)
{
        qsort(import->by_number, import->n_lines, sizeof(*import->by_number), compare_numbers);
        for (size_t i = 0, first = 0; i < import->n_lines; i++) {
                Line *line = import->by_number[i];
                const Line *earlier = NULL;
                int r = 0;

                if (strcmp(import->by_number[first]->row->id_number, line->row->id_number) != 0)
                        first = i;
                for (size_t j = first; j < i && !earlier; j++)
                        if (import->by_number[j]->place == line->place ||
                            import->by_number[j]->file != line->file)
                                earlier = import->by_number[j];
                if (!earlier)
                        continue;
                line->repeated = true;
                if (earlier->file == line->file || !same_person(earlier, line)) {
                        RosterImportNote twice =
                                import_note_about(import,
                                                  earlier->file == line->file ? ROSTER_IMPORT_MERGED
                                                                              : ROSTER_IMPORT_TWICE,
                                                  line);

                        twice.other_file = earlier->file;
                        twice.other_row = earlier->row->row;
                        twice.other_sheet = (char *)earlier->row->sheet;
                        r = import_note(import, twice);
                }
                if (r < 0)
                        return r;
        }
        return 0;
}

/* First line of that number in by_number, or n_lines. */
static size_t find_number(const Import *import, const char *number)
{
        size_t low = 0, high = import->n_lines;

        while (low < high) {
                size_t middle = low + (high - low) / 2;

                if (strcmp(import->by_number[middle]->row->id_number, number) < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

Line *import_find_line(const Import *import, const char *number, int64_t point)
{
        for (size_t i = find_number(import, number);
             i < import->n_lines && strcmp(import->by_number[i]->row->id_number, number) == 0; i++)
                if (import->places[import->by_number[i]->place].id == point)
                        return import->by_number[i];
        return NULL;
}

bool import_listed_at(const Import *import, const char *number, int64_t point)
{
        return import_find_line(import, number, point);
}

/* ---- who is listed ---- */

/* Listed elsewhere, and told of already. */
bool import_stays(const Import *import, const char *number)
{
        for (size_t i = find_number(import, number);
             i < import->n_lines && strcmp(import->by_number[i]->row->id_number, number) == 0; i++)
                if (import->by_number[i]->stays)
                        return true;
        return false;
}

static int compare_student_nos(const void *a, const void *b)
{
        const Line *x = *(Line *const *)a, *y = *(Line *const *)b;
        int order = strcmp(x->row->student_no, y->row->student_no);

        return order != 0 ? order : (x > y) - (x < y);
}

int import_sort_student_nos(Import *import)
{
        if (import->by_student_no)
                return 0;
        import->by_student_no = calloc(MAX(import->n_lines, (size_t)1), sizeof(Line *));
        if (!import->by_student_no)
                return -ENOMEM;
        memcpy(import->by_student_no, import->by_number, import->n_lines * sizeof(Line *));
        qsort(import->by_student_no, import->n_lines, sizeof(Line *), compare_student_nos);
        return 0;
}

/* The line that has that student number at the place; NULL: none. */
const Line *import_find_student_no(const Import *import, const Place *place, const char *student_no)
{
        size_t low = 0, high = import->n_lines;

        if (!*student_no)
                return NULL;
        while (low < high) {
                size_t middle = low + (high - low) / 2;

                if (strcmp(import->by_student_no[middle]->row->student_no, student_no) < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        for (; low < import->n_lines; low++) {
                const Line *line = import->by_student_no[low];

                if (strcmp(line->row->student_no, student_no) != 0)
                        break;
                if (&import->places[line->place] == place && !line->repeated && !line->stays)
                        return line;
        }
        return NULL;
}
