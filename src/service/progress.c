/* SPDX-License-Identifier: MIT */
#include "guarded.h"
#include "progressnote.h"

#include <idphoto/batch.h>
#include <idphoto/centrestatus.h>
#include <idphoto/clock.h>
#include <idphoto/event.h>
#include <idphoto/review.h>
#include <idphoto/student.h>

#include <string.h>

typedef struct Run {
        Catalog *catalog;
        const ProgressOptions *options;
        ProgressImport *report;
        Date today;
        const ProgressList *const *files;
        size_t n_files;
        size_t file; /* the one in hand */
} Run;

static int note(Run *run, const ProgressRow *row, ProgressNote note)
{
        note.file = run->file;
        note.row = row->row;
        if (!note.id_number)
                note.id_number = (char *)row->id_number;
        if (!note.student_no)
                note.student_no = (char *)row->student_no;
        if (!note.status)
                note.status = (char *)row->status;
        return progress_add_note(run->report, &note);
}

static int refuse_row(Run *run, const ProgressRow *row, ProgressNote why)
{
        run->report->not_taken++;
        return note(run, row, why);
}

static int refuse_kind(Run *run, const ProgressRow *row, ProgressNoteKind kind)
{
        return refuse_row(run, row, (ProgressNote){.kind = kind, .problem = _ROSTER_CODE_INVALID});
}

static int note_student(Run *run, const ProgressRow *row, ProgressNoteKind kind,
                        const StudentRow *student)
{
        return note(run, row,
                    (ProgressNote){.kind = kind,
                                   .problem = _ROSTER_CODE_INVALID,
                                   .had = student->stage,
                                   .id_number = student->id_number,
                                   .name = student->name});
}

/* ---- whose row it is ---- */

/* Students with one number: how many there are, and who of them has the other number too. */
typedef struct Match {
        const char *student_no; /* "" for any */
        size_t n;
        int64_t first;
        size_t n_exact;
        int64_t exact;
} Match;

static int take_match(const StudentRow *row, void *userdata)
{
        Match *match = userdata;

        if (match->n++ == 0)
                match->first = row->id;
        if (*match->student_no && strcmp(row->student_no, match->student_no) == 0 &&
            match->n_exact++ == 0)
                match->exact = row->id;
        return 0;
}

static int find_by_student_no(Run *run, const char *student_no, Match *ret)
{
        *ret = (Match){.student_no = ""};
        return catalog_list_students_of_no(run->catalog, run->options->batch, student_no,
                                           take_match, ret);
}

/* 1 with *ret, 0 when that is not certain and was said. */
static int find_by_id(Run *run, const ProgressRow *row, int64_t *ret)
{
        Match match = {.student_no = row->student_no}, other;
        int r = catalog_list_students_of_id(run->catalog, run->options->batch, row->id_number,
                                            take_match, &match);

        if (r < 0)
                return r;
        if (match.n_exact == 1) {
                *ret = match.exact;
                return 1;
        }
        if (match.n != 1)
                return refuse_kind(run, row,
                                   match.n == 0 ? PROGRESS_UNKNOWN_STUDENT : PROGRESS_AMBIGUOUS);
        /* Another number of the same person is no contradiction, somebody else's is. */
        if (*row->student_no) {
                r = find_by_student_no(run, row->student_no, &other);
                if (r < 0)
                        return r;
                if (other.n > 0)
                        return refuse_kind(run, row, PROGRESS_DISAGREE);
        }
        *ret = match.first;
        return 1;
}

static int find_student(Run *run, const ProgressRow *row, StudentRow *ret)
{
        int64_t id = 0;
        int r;

        if (*row->id_number)
                r = find_by_id(run, row, &id);
        else if (*row->student_no) {
                Match match;

                r = find_by_student_no(run, row->student_no, &match);
                if (r >= 0 && match.n != 1)
                        return refuse_kind(run, row,
                                           match.n == 0 ? PROGRESS_UNKNOWN_STUDENT
                                                        : PROGRESS_AMBIGUOUS);
                id = match.first;
                r = r < 0 ? r : 1;
        } else if (row->id_problem >= 0 && row->id_problem != ROSTER_ID_MISSING)
                return refuse_row(run, row,
                                  (ProgressNote){.kind = PROGRESS_DAMAGED_NUMBER,
                                                 .problem = row->id_problem});
        else
                return refuse_kind(run, row, PROGRESS_NO_NUMBER);
        return r > 0 ? catalog_get_student(run->catalog, id, ret) : r;
}

/* ---- what follows what ---- */

static bool is_failure(Stage stage)
{
        return stage == STAGE_REFUSED || stage == STAGE_REGISTRY_FAILED;
}

/* The way of a photo that is never refused. */
static int rank(Stage stage)
{
        static const Stage way[] = {
                STAGE_NONE, STAGE_FIRST_PASSED, STAGE_TO_PAY,         STAGE_FINAL_REVIEW,
                STAGE_DONE, STAGE_SHIPPED,      STAGE_PAPER_RECEIVED, STAGE_REGISTRY_VERIFIED};

        for (size_t i = 0; i < ELEMENTSOF(way); i++)
                if (way[i] == stage)
                        return (int)i;
        return -1;
}

typedef enum Step { STEP_SAME, STEP_FORWARD, STEP_OLDER } Step;

/* dated: what the list says of the day, {} for nothing. */
static Step step_of(const StudentRow *student, Stage next, Date dated)
{
        bool has_date = dated.year > 0 && student->stage_since > 0;
        int days = has_date ? date_compare(dated, date_from_wall(student->stage_since)) : 0;

        if (next == student->stage)
                return is_failure(next) && days > 0 ? STEP_FORWARD : STEP_SAME;
        if (student->stage == STAGE_NONE || is_failure(student->stage))
                return STEP_FORWARD;
        if (!is_failure(next))
                return rank(next) > rank(student->stage) ? STEP_FORWARD : STEP_OLDER;
        if (days < 0 || (student->stage == STAGE_REGISTRY_VERIFIED && !has_date))
                return STEP_OLDER;
        return STEP_FORWARD;
}

/* ---- what it does here ---- */

/* 1 when the photo was locked, 0 when it was so already or cannot be, which was said. */
static int lock(Run *run, const ProgressRow *row, const StudentRow *student)
{
        const ReviewDecision decision = {.event = REVIEW_FINAL_PASS,
                                         .reason = _REASON_INVALID,
                                         .actor = run->options->actor,
                                         .now = run->options->now};
        int r;

        if (student->state == REVIEW_LOCKED)
                return 0;
        if (student->state != REVIEW_APPROVED || student->photo == 0)
                return note_student(run, row, PROGRESS_NOT_APPROVED, student);
        r = review_decide(run->catalog, student->photo, &decision);
        if (r > 0)
                run->report->locked++;
        return r;
}

static int reject(Run *run, const ProgressRow *row, const StudentRow *student, CentreStatus status)
{
        const ReviewDecision decision = {
                .event = status.stage == STAGE_REFUSED ? REVIEW_REJECT : REVIEW_REGISTRY_FAILURE,
                .reason = status.reason,
                /* "Other" says nothing, so the list's own word has to. */
                .note = *row->reason                    ? row->reason
                        : status.reason == REASON_OTHER ? row->status
                                                        : NULL,
                .actor = run->options->actor,
                .now = run->options->now};
        int r;

        if (student->photo == 0)
                return note_student(run, row, PROGRESS_NO_PHOTO, student);
        r = review_decide(run->catalog, student->photo, &decision);
        if (r > 0)
                run->report->rejected++;
        return r;
}

static int record_stage(Run *run, const StudentRow *student, Stage stage, Date dated)
{
        const EventRow event = {.wall = run->options->now,
                                .kind = EVENT_STAGE,
                                .point = student->point,
                                .student = student->id,
                                .uid = run->options->actor,
                                .detail = stage_to_string(stage)};
        int r = catalog_set_student_stage(run->catalog, student->id, stage,
                                          dated.year > 0 ? date_to_wall(dated) : run->options->now);

        return r < 0 ? r : catalog_add_event(run->catalog, &event);
}

static int take_step(Run *run, const ProgressRow *row, const StudentRow *student,
                     CentreStatus status, Date dated)
{
        Step step = step_of(student, status.stage, dated);
        int r = 0;

        if (step == STEP_OLDER) {
                run->report->not_taken++;
                return note_student(run, row, PROGRESS_OLDER, student);
        }
        if (step == STEP_FORWARD)
                r = record_stage(run, student, status.stage, dated);
        if (r >= 0 && rank(status.stage) >= rank(STAGE_DONE))
                r = lock(run, row, student);
        else if (r >= 0 && is_failure(status.stage) && step == STEP_FORWARD)
                r = reject(run, row, student, status);
        if (r < 0)
                return r;
        if (step == STEP_FORWARD || r > 0) {
                run->report->changed++;
                run->report->stages[status.stage]++;
        } else
                run->report->unchanged++;
        return 0;
}

static int take_row(Run *run, const ProgressRow *row)
{
        _cleanup_student_ StudentRow student = {};
        Date dated = row->date;
        CentreStatus status;
        int r;

        run->report->rows++;
        r = centre_status_parse(row->status, row->reason, &status);
        if (r == -ENOMEM)
                return r;
        if (r <= 0)
                return refuse_kind(run, row, PROGRESS_UNKNOWN_STATUS);
        r = find_student(run, row, &student);
        if (r <= 0)
                return r;
        if (status.stage == STAGE_NONE) {
                run->report->waiting++;
                return 0;
        }
        if (*row->date_text && (dated.year == 0 || date_compare(dated, run->today) > 0)) {
                dated = (Date){};
                r = note(run, row,
                         (ProgressNote){.kind = PROGRESS_BAD_DATE,
                                        .problem = _ROSTER_CODE_INVALID,
                                        .id_number = student.id_number,
                                        .name = student.name,
                                        .status = (char *)row->date_text});
                if (r < 0)
                        return r;
        }
        return take_step(run, row, &student, status, dated);
}

/* ---- the whole ---- */

/* Why files cannot be used, all of them. */
static int check_files(Run *run)
{
        for (size_t i = 0; i < run->n_files; i++) {
                const ProgressList *file = run->files[i];
                ProgressNote about = {.file = i, .problem = file->problem};
                int r = 0;

                if (file->problem >= 0) {
                        about.kind = PROGRESS_BAD_FILE;
                        about.row = file->problem_row;
                        run->report->refused = true;
                        r = progress_add_note(run->report, &about);
                } else if (file->other_sheet) {
                        about.kind = PROGRESS_OTHER_SHEET;
                        r = progress_add_note(run->report, &about);
                }
                if (r < 0)
                        return r;
        }
        return 0;
}

/* As GuardedRun. */
static int take_files(void *userdata)
{
        Run *run = userdata;
        const EventRow event = {.wall = run->options->now,
                                .kind = EVENT_PROGRESS_IMPORTED,
                                .uid = run->options->actor};
        int r = check_files(run);

        if (r < 0 || run->report->refused)
                return r < 0 ? r : 1;
        for (run->file = 0; run->file < run->n_files; run->file++)
                for (size_t i = 0; i < run->files[run->file]->n_rows; i++) {
                        r = take_row(run, &run->files[run->file]->rows[i]);
                        if (r < 0)
                                return r;
                }
        return run->report->changed > 0 ? catalog_add_event(run->catalog, &event) : 0;
}

int progress_import(Catalog *catalog, const ProgressList *const *files, size_t n_files,
                    const ProgressOptions *options, ProgressImport *ret)
{
        _cleanup_progress_import_ ProgressImport report = {};
        Run run = {.catalog = catalog,
                   .options = options,
                   .report = &report,
                   .today = date_from_wall(catalog_now(catalog, options->now)),
                   .files = files,
                   .n_files = n_files};
        int r = import_guarded(catalog, options->batch, options->dry_run, take_files, &run);

        if (r < 0)
                return r;
        *ret = report;
        report = (ProgressImport){};
        return 0;
}
