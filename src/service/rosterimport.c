/* SPDX-License-Identifier: MIT */
#include "rosterlines.h"

#include <string.h>

/* ---- students ---- */

typedef struct Elsewhere {
        const Import *import;
        int64_t point;    /* of the line */
        StudentRow found; /* at a point where the files no longer list them */
} Elsewhere;

static int look_elsewhere(const StudentRow *row, void *userdata)
{
        Elsewhere *e = userdata;

        if (row->point == e->point || import_listed_at(e->import, row->id_number, row->point))
                return 0;
        e->found.id = row->id;
        e->found.point = row->point;
        return 1;
}

/* The student stays at the other point: here they were added a moment ago. */
static int undo_add(Import *import, Line *line)
{
        _cleanup_student_ StudentRow added = {};
        int r = catalog_find_student(import->catalog, import->options->batch,
                                     import->places[line->place].id, line->row->id_number, &added);

        if (r <= 0)
                return r < 0 ? r : -EUCLEAN;
        line->stays = true;
        return catalog_remove_student(import->catalog, added.id);
}

/* The line's student was added just now; they may stand at another point, too. 1: they do. */
static int move_here(Import *import, Line *line)
{
        Elsewhere elsewhere = {.import = import, .point = import->places[line->place].id};
        RosterImportNote moved = import_note_about(import, ROSTER_IMPORT_MOVED, line);
        _cleanup_point_ PointRow old = {};
        int r;

        r = catalog_list_same_number(import->catalog, import->options->batch, line->row->id_number,
                                     look_elsewhere, &elsewhere);
        if (r <= 0)
                return r;
        r = catalog_get_point(import->catalog, elsewhere.found.point, &old);
        if (r <= 0)
                return r < 0 ? r : -EUCLEAN;
        r = catalog_remove_student(import->catalog, elsewhere.found.id);
        if (r == -EPERM) {
                moved.kind = ROSTER_IMPORT_STAYS;
                r = undo_add(import, line);
        }
        if (r < 0)
                return r;
        moved.other_point = old.name;
        r = import_note(import, moved);
        return r < 0 ? r : 1;
}

static int put_line(Import *import, Line *line)
{
        const RosterRow *row = line->row;
        const RosterStudent student = {
                .id_number = row->id_number,
                .name = row->name,
                .student_no = row->student_no,
                .exam_no = row->exam_no,
                .sex = row->sex,
                .class_name = row->class_name,
                .level = row->level,
                .major = row->major,
        };
        Place *place = &import->places[line->place];
        int r = catalog_put_roster_student(import->catalog, import->options->batch, place->id,
                                           &student, import->options->now);

        if (r < 0)
                return r;
        if (r == 0) {
                import->report->unchanged++;
                return 0;
        }
        if (r == 2) {
                place->changed = true;
                import->report->changed++;
                return 0;
        }
        r = import->was_empty ? 0 : move_here(import, line);
        if (r < 0)
                return r;
        if (!line->stays)
                place->changed = true;
        /* Who moved, or stays elsewhere, is counted as such. */
        if (r == 0)
                import->report->added++;
        return 0;
}

static int put_lines(Import *import)
{
        for (size_t i = 0; i < import->n_lines; i++) {
                int r;

                if (import->lines[i].repeated)
                        continue;
                import->report->rows++;
                r = put_line(import, &import->lines[i]);
                if (r < 0)
                        return r;
        }
        return 0;
}

/* ---- those of whom the files say nothing ---- */

typedef struct Absent {
        int64_t id;
        bool on_roster;
        char *id_number;
        char *name;
        char *student_no;
} Absent;

typedef struct AbsentList {
        const Import *import;
        Absent *items;
        size_t n;
        size_t allocated;
} AbsentList;

static void absent_list_done(AbsentList *list)
{
        for (size_t i = 0; i < list->n; i++) {
                free(list->items[i].id_number);
                free(list->items[i].name);
                free(list->items[i].student_no);
        }
        free(list->items);
}

static int take_absent(const StudentRow *row, void *userdata)
{
        AbsentList *list = userdata;
        Absent *absent;

        if (import_listed_at(list->import, row->id_number, row->point) ||
            import_stays(list->import, row->id_number))
                return 0;
        if (list->n == list->allocated) {
                size_t n = MAX(2 * list->allocated, (size_t)16);
                Absent *items = reallocarray(list->items, n, sizeof(*items));

                if (!items)
                        return -ENOMEM;
                list->items = items;
                list->allocated = n;
        }
        absent = &list->items[list->n++];
        *absent = (Absent){
                .id = row->id,
                .on_roster = row->on_roster,
                .id_number = strdup(row->id_number),
                .name = strdup(row->name),
                .student_no = strdup(row->student_no),
        };
        return absent->id_number && absent->name && absent->student_no ? 0 : -ENOMEM;
}

static int settle_absent(Import *import, Place *place, const Absent *absent)
{
        const Line *line = absent->on_roster
                                   ? import_find_student_no(import, place, absent->student_no)
                                   : NULL;
        RosterImportNote found = {
                .kind = absent->on_roster ? ROSTER_IMPORT_GONE : ROSTER_IMPORT_UNLISTED,
                .point = place->name,
                .id_number = absent->id_number,
                .name = absent->name,
        };
        int r;

        if (line) {
                found = import_note_about(import, ROSTER_IMPORT_CORRECTED, line);
                found.other_number = absent->id_number;
                r = catalog_remove_student(import->catalog, absent->id);
                if (r == -EPERM) {
                        found.kind = ROSTER_IMPORT_CORRECTED_SENT;
                        r = catalog_unlist_student(import->catalog, absent->id);
                }
                place->changed = true;
        } else if (import->options->prune && absent->on_roster) {
                found.kind = ROSTER_IMPORT_PRUNED;
                r = catalog_remove_student(import->catalog, absent->id);
                if (r == -EPERM) {
                        found.kind = ROSTER_IMPORT_KEPT;
                        r = 0;
                } else
                        place->changed = true;
        } else
                r = 0;
        return r < 0 ? r : import_note(import, found);
}

static int settle_absents(Import *import, Place *place)
{
        _cleanup_(absent_list_done) AbsentList list = {.import = import};
        int r = catalog_list_students(import->catalog, import->options->batch, place->id, 0,
                                      take_absent, &list);

        if (r >= 0 && list.n > 0)
                r = import_sort_student_nos(import);
        for (size_t i = 0; i < list.n && r >= 0; i++)
                r = settle_absent(import, place, &list.items[i]);
        return r;
}

/* ---- the whole ---- */

static int finish_places(Import *import)
{
        for (size_t i = 0; i < import->n_places; i++) {
                Place *place = &import->places[i];
                EventRow event = {.wall = import->options->now,
                                  .kind = EVENT_ROSTER_IMPORTED,
                                  .point = place->id,
                                  .uid = import->options->actor};
                int r = settle_absents(import, place);

                if (r >= 0 && place->changed)
                        r = catalog_add_event(import->catalog, &event);
                if (r < 0)
                        return r;
        }
        return 0;
}

static int count_students(Import *import, uint64_t *ret)
{
        PointCounts counts;
        int r = catalog_counts(import->catalog, import->options->batch, 0, &counts);

        if (r < 0)
                return r;
        *ret = 0;
        for (int state = 0; state < _STUDENT_STATE_MAX; state++)
                *ret += counts.students[state];
        return 0;
}

static int run(Import *import, const Roster *const *files, size_t n)
{
        uint64_t known;
        int r;

        r = import_check_files(import, files, n);
        if (r < 0 || import->report->refused)
                return r;
        r = import_collect_lines(import, files, n);
        if (r >= 0)
                r = count_students(import, &known);
        if (r >= 0)
                r = import_find_places(import);
        if (r < 0 || import->report->refused)
                return r;
        import->was_empty = known == 0;
        r = import_find_repeated(import);
        if (r < 0 || import->report->refused)
                return r;
        r = put_lines(import);
        return r < 0 ? r : finish_places(import);
}

int roster_import(Catalog *catalog, const Roster *const *files, size_t n_files,
                  const RosterImportOptions *options, RosterImport *ret)
{
        _cleanup_roster_import_ RosterImport report = {};
        _cleanup_(import_done)
                Import import = {.catalog = catalog, .options = options, .report = &report};
        int r;

        r = catalog_batch_closed(catalog, options->batch);
        if (r != 0)
                return r < 0 ? r : -EROFS;
        r = catalog_savepoint(catalog);
        if (r < 0)
                return r;
        r = run(&import, files, n_files);
        if (r < 0 || report.refused || options->dry_run) {
                /* An I/O error may have ended the whole transaction. */
                int undone =
                        catalog_in_transaction(catalog) ? catalog_savepoint_rollback(catalog) : 0;

                if (r >= 0)
                        r = undone;
        } else
                r = catalog_savepoint_release(catalog);
        if (r < 0)
                return r;
        *ret = report;
        report = (RosterImport){};
        return 0;
}
