/* SPDX-License-Identifier: MIT */
#include "guarded.h"
#include "rostercorrect.h"
#include "rosterlines.h"

#include <idphoto/batch.h>
#include <idphoto/event.h>
#include <idphoto/point.h>
#include <idphoto/rosterload.h>
#include <idphoto/student.h>

#include <string.h>

/* ---- students ---- */

static int load_lines(Import *import)
{
        int r = catalog_roster_begin(import->catalog);

        for (size_t i = 0; i < import->n_lines && r >= 0; i++) {
                const Line *line = &import->lines[i];
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

                if (line->repeated)
                        continue;
                r = catalog_roster_add(import->catalog, import->places[line->place].id, &student);
        }
        return r;
}

/* What is known of points and students stays true from here on. */
static int lock_places(Import *import)
{
        int r = catalog_roster_lock(import->catalog, import->options->batch);

        for (size_t i = 0; i < import->n_places && r >= 0; i++) {
                _cleanup_point_ PointRow now = {};

                r = catalog_get_point(import->catalog, import->places[i].id, &now);
                import->places[i].version = now.version;
        }
        return MIN(r, 0);
}

static int put_lines(Import *import)
{
        RosterApplied applied;
        int r = catalog_roster_apply(import->catalog, import->options->batch, import->options->now,
                                     &applied);

        for (size_t i = 0; i < import->n_lines; i++)
                import->report->rows += !import->lines[i].repeated;
        if (r < 0)
                return r;
        import->report->added = applied.added;
        import->report->changed = applied.changed;
        import->report->unchanged = import->report->rows - applied.added - applied.changed;
        import->last_before = applied.last_before;
        return 0;
}

/* ---- who was at another point before ---- */

typedef struct Move {
        int64_t student;
        int64_t other;
        int64_t other_point;
        Line *line;
} Move;

typedef struct MoveList {
        const Import *import;
        Move *items;
        size_t n;
        size_t allocated;
} MoveList;

/* Who is listed at both points is enrolled at both. */
static int take_move(const RosterMove *move, void *userdata)
{
        MoveList *list = userdata;
        Line *line = import_find_line(list->import, move->id_number, move->point);

        if (!line || import_listed_at(list->import, move->id_number, move->other_point))
                return 0;
        if (list->n == list->allocated) {
                size_t n = MAX(2 * list->allocated, (size_t)16);
                Move *items = reallocarray(list->items, n, sizeof(*items));

                if (!items)
                        return -ENOMEM;
                list->items = items;
                list->allocated = n;
        }
        list->items[list->n++] = (Move){
                .student = move->student,
                .other = move->other,
                .other_point = move->other_point,
                .line = line,
        };
        return 0;
}

static int settle_move(Import *import, const Move *move)
{
        RosterImportNote moved = import_note_about(import, ROSTER_IMPORT_MOVED, move->line);
        _cleanup_point_ PointRow old = {};
        int r = catalog_get_point(import->catalog, move->other_point, &old);

        if (r <= 0)
                return r < 0 ? r : -EUCLEAN;
        r = catalog_remove_student(import->catalog, move->other);
        if (r == -EPERM) {
                moved.kind = ROSTER_IMPORT_STAYS;
                r = move->line->stays ? 0 : catalog_remove_student(import->catalog, move->student);
                move->line->stays = true;
        }
        if (r < 0)
                return r;
        /* Who was at two points before is one student now. */
        if (!move->line->moved)
                import->report->added--;
        move->line->moved = true;
        moved.other_point = old.name;
        return import_note(import, moved);
}

static int settle_moves(Import *import)
{
        MoveList list = {.import = import};
        int r = catalog_list_moves(import->catalog, import->options->batch, import->last_before,
                                   take_move, &list);

        for (size_t i = 0; i < list.n && r >= 0; i++)
                r = settle_move(import, &list.items[i]);
        free(list.items);
        return r;
}

/* ---- those of whom the files say nothing ---- */

typedef struct Absent {
        int64_t id;
        bool on_roster;
        bool seen; /* has a photo, or a file in rejected/ */
        char *id_number;
        char *name;
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
                .seen = row->photo != 0 || row->files != 0,
                .id_number = strdup(row->id_number),
                .name = strdup(row->name),
        };
        return absent->id_number && absent->name ? 0 : -ENOMEM;
}

/* The row goes or, when something that was sent hangs on it, only leaves the roster. */
static int prune(Import *import, const Absent *absent)
{
        int r = catalog_remove_student(import->catalog, absent->id);

        if (r == -EPERM)
                r = absent->on_roster ? catalog_unlist_student(import->catalog, absent->id) : 0;
        return r;
}

static int settle_absent(Import *import, const Place *place, const Absent *absent)
{
        RosterImportNote found = {
                .kind = absent->on_roster ? ROSTER_IMPORT_GONE : ROSTER_IMPORT_UNLISTED,
                .point = place->name,
                .id_number = absent->id_number,
                .name = absent->name,
        };
        int r = 0;

        if (import->options->prune && !absent->seen) {
                found.kind = ROSTER_IMPORT_PRUNED;
                r = prune(import, absent);
        } else if (import->options->prune && absent->on_roster)
                found.kind = ROSTER_IMPORT_KEPT;
        /* Who does not count is not told of. */
        if (r < 0 || (!absent->on_roster && !absent->seen))
                return r;
        return import_note(import, found);
}

static int settle_absents(Import *import, Place *place)
{
        _cleanup_(absent_list_done) AbsentList list = {.import = import};
        int r = catalog_list_students(import->catalog, (Where){import->options->batch, place->id},
                                      0, take_absent, &list);

        for (size_t i = 0; i < list.n && r >= 0; i++)
                r = settle_absent(import, place, &list.items[i]);
        return r;
}

/* ---- the whole ---- */

/* One event for each point that is not as it was. */
static int record(Import *import, const Place *place)
{
        EventRow event = {.wall = import->options->now,
                          .kind = EVENT_ROSTER_IMPORTED,
                          .point = place->id,
                          .uid = import->options->actor};
        _cleanup_point_ PointRow now = {};
        int r = catalog_get_point(import->catalog, place->id, &now);

        if (r <= 0)
                return r < 0 ? r : -EUCLEAN;
        return now.version != place->version ? catalog_add_event(import->catalog, &event) : 0;
}

static int finish_places(Import *import)
{
        for (size_t i = 0; i < import->n_places; i++) {
                int r = settle_absents(import, &import->places[i]);

                if (r >= 0)
                        r = record(import, &import->places[i]);
                if (r < 0)
                        return r;
        }
        return 0;
}

typedef struct Files {
        Import *import;
        const Roster *const *rosters;
        size_t n;
} Files;

/* As GuardedRun. */
static int take_files(void *userdata)
{
        const Files *files = userdata;
        Import *import = files->import;
        int r;

        r = import_check_files(import, files->rosters, files->n);
        if (r < 0 || import->report->refused)
                return r < 0 ? r : 1;
        r = import_collect_lines(import, files->rosters, files->n);
        if (r >= 0)
                r = import_find_places(import);
        if (r < 0 || import->report->refused)
                return r < 0 ? r : 1;
        r = import_find_repeated(import);
        if (r < 0 || import->report->refused)
                return r < 0 ? r : 1;
        r = load_lines(import);
        if (r >= 0)
                r = lock_places(import);
        if (r >= 0)
                r = import_correct(import);
        if (r < 0 || import->report->refused)
                return r < 0 ? r : 1;
        r = put_lines(import);
        if (r >= 0)
                r = settle_moves(import);
        return r < 0 ? r : finish_places(import);
}

int roster_import(Catalog *catalog, const Roster *const *files, size_t n_files,
                  const RosterImportOptions *options, RosterImport *ret)
{
        _cleanup_roster_import_ RosterImport report = {};
        _cleanup_(import_done)
                Import import = {.catalog = catalog, .options = options, .report = &report};
        Files taken = {.import = &import, .rosters = files, .n = n_files};
        int r = import_guarded(catalog, options->batch, options->dry_run, take_files, &taken);

        if (r < 0)
                return r;
        *ret = report;
        report = (RosterImport){};
        return 0;
}
