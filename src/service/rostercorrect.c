/* SPDX-License-Identifier: MIT */
#include "rostercorrect.h"

#include "renumber.h"

#include <idphoto/correctrow.h>
#include <idphoto/matchkey.h>

#include <string.h>

/*
 * Whose number changed is found from the students: each one on a roster whose number the files do
 * not list, or list for somebody else. Two things tell who a student is now, the student number
 * and, where one of the two rows has none, name and class.
 */

/* Two numbers of one person differ in no more characters, where there is no class to tell by: one
 * wrong digit and the check digit, or two neighbours swapped and the check digit, and one more. */
enum { DIFFERENT_MAX = 4 };

typedef struct Candidate {
        StudentRow student; /* owned */
        const Line *line;   /* what the files say of the student now; NULL: dropped */
        bool by_name;
        bool listed; /* the number that was theirs is somebody else's now */
} Candidate;

/* A line by the name in it. */
typedef struct Named {
        char *key;
        const Line *line;
} Named;

typedef struct Corrections {
        Import *import;
        Place *place; /* in hand */
        Candidate *items;
        size_t n;
        size_t allocated;
        Named *named; /* sorted; made when first needed */
        size_t n_named;
} Corrections;

static void corrections_done(Corrections *c)
{
        for (size_t i = 0; i < c->n; i++)
                student_row_done(&c->items[i].student);
        for (size_t i = 0; i < c->n_named; i++)
                free(c->named[i].key);
        free(c->items);
        free(c->named);
}

/* ---- by name and class ---- */

static int compare_names(const void *a, const void *b)
{
        const Named *x = a, *y = b;
        int order = strcmp(x->key, y->key);

        return order != 0 ? order : (x->line > y->line) - (x->line < y->line);
}

static int sort_names(Corrections *c)
{
        const Import *import = c->import;

        if (c->named)
                return 0;
        c->named = calloc(MAX(import->n_lines, (size_t)1), sizeof(*c->named));
        if (!c->named)
                return -ENOMEM;
        for (size_t i = 0; i < import->n_lines; i++) {
                int r = match_key(import->lines[i].row->name, &c->named[i].key);

                if (r < 0)
                        return r;
                c->named[i].line = &import->lines[i];
                c->n_named++;
        }
        qsort(c->named, c->n_named, sizeof(*c->named), compare_names);
        return 0;
}

/* The only line of the place with that name and class; NULL: none, or several. */
static const Line *find_name(const Corrections *c, const char *key, const char *class_name)
{
        const Line *found = NULL;
        size_t low = 0, high = c->n_named;

        while (low < high) {
                size_t middle = low + (high - low) / 2;

                if (strcmp(c->named[middle].key, key) < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        for (; low < c->n_named && strcmp(c->named[low].key, key) == 0; low++) {
                const Line *line = c->named[low].line;

                if (&c->import->places[line->place] != c->place || line->repeated ||
                    strcmp(line->row->class_name, class_name) != 0)
                        continue;
                if (found)
                        return NULL;
                found = line;
        }
        return found;
}

static bool numbers_alike(const char *a, const char *b)
{
        size_t n = strlen(a), different = 0;

        if (strlen(b) != n)
                return false;
        for (size_t i = 0; i < n; i++)
                different += a[i] != b[i];
        return different <= DIFFERENT_MAX;
}

/* listed: the files have the student's number, for somebody else. */
static int find_by_name(Corrections *c, const StudentRow *student, bool listed, const Line **ret)
{
        Where where = {student->batch, student->point};
        _cleanup_free_ char *key = NULL;
        const Line *line;
        uint64_t n;
        int r = match_key(student->name, &key);

        *ret = NULL;
        if (r < 0 || !*key)
                return r == -EILSEQ ? 0 : r;
        r = sort_names(c);
        if (r < 0)
                return r;
        line = find_name(c, key, student->class_name);
        if (!line || (*line->row->student_no && *student->student_no))
                return 0;
        if (!*student->class_name && !listed &&
            !numbers_alike(line->row->id_number, student->id_number))
                return 0;
        r = catalog_count_namesakes(c->import->catalog, where, student->name, student->class_name,
                                    &n);
        if (r >= 0 && n == 1)
                *ret = line;
        return MIN(r, 0);
}

/* ---- who is a candidate ---- */

static int same_name(const char *a, const char *b)
{
        _cleanup_free_ char *x = NULL, *y = NULL;
        int r = match_key(a, &x);

        if (r >= 0)
                r = match_key(b, &y);
        return r < 0 ? r : strcmp(x, y) == 0;
}

/* What the files say of the student, under another number; line NULL: nothing. */
static int find_line(Corrections *c, const StudentRow *student, Candidate *ret)
{
        const Line *own = import_find_line(c->import, student->id_number, student->point), *line;
        int same;

        *ret = (Candidate){.listed = own};
        if (own) {
                same = same_name(own->row->name, student->name);
                /* The number is this student's still, whatever became of the student number. */
                if (same != 0)
                        return MIN(same, 0);
        }
        line = import_find_student_no(c->import, c->place, student->student_no);
        if (!line) {
                ret->by_name = true;
                return find_by_name(c, student, own, &ret->line);
        }
        if (line == own)
                return 0;
        if (own) {
                /* Two students exchange their numbers, or only their student numbers: the names
                 * tell. */
                same = same_name(line->row->name, student->name);
                if (same <= 0)
                        return same;
        }
        ret->line = line;
        return 0;
}

static int add_candidate(Corrections *c, int64_t student, Candidate *candidate)
{
        if (c->n == c->allocated) {
                size_t n = MAX(2 * c->allocated, (size_t)16);
                Candidate *items = reallocarray(c->items, n, sizeof(*items));

                if (!items)
                        return -ENOMEM;
                c->items = items;
                c->allocated = n;
        }
        c->items[c->n++] = *candidate;
        /* The row at hand belongs to the listing. */
        return catalog_get_student(c->import->catalog, student, &c->items[c->n - 1].student);
}

static int take_student(const StudentRow *row, void *userdata)
{
        Corrections *c = userdata;
        Candidate candidate;
        int r = row->on_roster ? find_line(c, row, &candidate) : 0;

        if (!row->on_roster || r < 0 || !candidate.line)
                return r;
        r = add_candidate(c, row->id, &candidate);
        return MIN(r, 0);
}

/* ---- which of them hold ---- */

static int compare_lines(const void *a, const void *b)
{
        const Candidate *x = a, *y = b;

        return (x->line > y->line) - (x->line < y->line);
}

static void drop(Candidate *candidate)
{
        candidate->line = NULL;
}

/* A line that would be two students' now says nothing. */
static void drop_shared_lines(Corrections *c)
{
        qsort(c->items, c->n, sizeof(*c->items), compare_lines);
        for (size_t i = 0, j; i < c->n; i = j) {
                for (j = i + 1; j < c->n && c->items[j].line == c->items[i].line; j++)
                        drop(&c->items[j]);
                if (j > i + 1)
                        drop(&c->items[i]);
        }
}

static bool is_candidate(const Corrections *c, int64_t student)
{
        for (size_t i = 0; i < c->n; i++)
                if (c->items[i].line && c->items[i].student.id == student)
                        return true;
        return false;
}

/*
 * A name alone does not make one person of two students of the roster. Where the number is listed
 * for somebody else, the names may have been corrected instead; only if the new number becomes free
 * in the same way did the numbers go round. Whoever is dropped may leave a number to nobody, so it
 * is looked at again until nothing changes.
 */
static int drop_taken_by_name(Corrections *c)
{
        bool changed = true;

        while (changed) {
                changed = false;
                for (size_t i = 0; i < c->n; i++) {
                        Candidate *item = &c->items[i];
                        _cleanup_student_ StudentRow other = {};
                        int r;

                        if (!item->line || !item->by_name)
                                continue;
                        r = catalog_find_student(c->import->catalog,
                                                 (Where){item->student.batch, item->student.point},
                                                 item->line->row->id_number, &other);
                        if (r < 0)
                                return r;
                        if (r == 0 || !other.on_roster ? !item->listed : is_candidate(c, other.id))
                                continue;
                        drop(item);
                        changed = true;
                }
        }
        return 0;
}

/* ---- the change ---- */

static int note_item(Import *import, const Candidate *candidate, RosterImportNoteKind kind)
{
        RosterImportNote note = import_note_about(import, kind, candidate->line);

        note.other_number = candidate->student.id_number;
        return import_note(import, note);
}

static int apply(Corrections *c, Renumbering *items)
{
        Import *import = c->import;
        RenumberContext context = {import->catalog, import->options->actor, import->options->now};
        size_t n = 0;
        int r;

        for (size_t i = 0; i < c->n; i++)
                if (c->items[i].line)
                        items[n++] = (Renumbering){
                                .student = c->items[i].student,
                                .number = c->items[i].line->row->id_number,
                        };
        r = renumber(&context, items, n);
        if (r < 0)
                return r;
        n = 0;
        for (size_t i = 0; i < c->n; i++) {
                if (!c->items[i].line)
                        continue;
                r = note_item(import, &c->items[i],
                              items[n].two_photos ? ROSTER_IMPORT_TWO_PHOTOS
                                                  : ROSTER_IMPORT_CORRECTED);
                if (r < 0)
                        return r;
                n++;
        }
        return 0;
}

static int correct_place(Corrections *c)
{
        _cleanup_free_ Renumbering *items = NULL;
        Where where = {c->import->options->batch, c->place->id};
        int r = catalog_list_students(c->import->catalog, where, 0, take_student, c);

        if (r < 0 || c->n == 0)
                return r;
        drop_shared_lines(c);
        r = drop_taken_by_name(c);
        if (r < 0)
                return r;
        items = calloc(c->n, sizeof(*items));
        return items ? apply(c, items) : -ENOMEM;
}

int import_correct(Import *import)
{
        int r = import_sort_student_nos(import);

        for (size_t i = 0; i < import->n_places && r >= 0; i++) {
                _cleanup_(corrections_done)
                        Corrections c = {.import = import, .place = &import->places[i]};

                r = correct_place(&c);
        }
        return r;
}
