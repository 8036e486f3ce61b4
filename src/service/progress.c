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

/* A row that is certainly about a student. */
typedef struct Claim {
        int64_t student;
        Moment moment; /* year 0: none that can be believed */
        size_t file;
        size_t row; /* index in the file */
} Claim;

typedef struct Run {
        Catalog *catalog;
        const ProgressOptions *options;
        ProgressImport *report;
        Date today;
        const ProgressList *const *files;
        size_t n_files;
        size_t file;   /* the one in hand */
        Claim *claims; /* in the order of the files and their rows */
        size_t n_claims;
        size_t n_allocated;
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

/* As find_by_id(). */
static int find_student(Run *run, const ProgressRow *row, int64_t *ret)
{
        if (*row->id_number)
                return find_by_id(run, row, ret);
        if (*row->student_no) {
                Match match;
                int r = find_by_student_no(run, row->student_no, &match);

                if (r >= 0 && match.n != 1)
                        return refuse_kind(run, row,
                                           match.n == 0 ? PROGRESS_UNKNOWN_STUDENT
                                                        : PROGRESS_AMBIGUOUS);
                *ret = match.first;
                return r < 0 ? r : 1;
        }
        if (row->id_problem >= 0 && row->id_problem != ROSTER_ID_MISSING)
                return refuse_row(run, row,
                                  (ProgressNote){.kind = PROGRESS_DAMAGED_NUMBER,
                                                 .problem = row->id_problem});
        return refuse_kind(run, row, PROGRESS_NO_NUMBER);
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

/* What the list says of the reason: beside the status, behind it, or both. */
static int reason_words(const ProgressRow *row, const CentreStatus *status, char **ret)
{
        const char *words = *row->reason ? row->reason : status->words;

        /* "Other" says nothing, so the list's own word has to. */
        if (!*words && status->reason == REASON_OTHER)
                words = row->status;
        if (*row->reason && *status->words && !strstr(row->reason, status->words))
                return asprintf(ret, "%s; %s", status->words, row->reason) < 0 ? -ENOMEM : 0;
        *ret = strdup(words);
        return *ret ? 0 : -ENOMEM;
}

static int reject(Run *run, const ProgressRow *row, const StudentRow *student,
                  const CentreStatus *status)
{
        _cleanup_free_ char *note = NULL;
        ReviewDecision decision = {
                .event = status->stage == STAGE_REFUSED ? REVIEW_REJECT : REVIEW_REGISTRY_FAILURE,
                .reason = status->reason,
                .actor = run->options->actor,
                .now = run->options->now};
        int r = reason_words(row, status, &note);

        if (r < 0)
                return r;
        decision.note = *note ? note : NULL;

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
                     const CentreStatus *status, Date dated)
{
        Step step = step_of(student, status->stage, dated);
        int r = 0;

        if (step == STEP_OLDER) {
                run->report->not_taken++;
                return note_student(run, row, PROGRESS_OLDER, student);
        }
        if (step == STEP_FORWARD)
                r = record_stage(run, student, status->stage, dated);
        if (r >= 0 && rank(status->stage) >= rank(STAGE_DONE))
                r = lock(run, row, student);
        else if (r >= 0 && is_failure(status->stage) && step == STEP_FORWARD)
                r = reject(run, row, student, status);
        if (r < 0)
                return r;
        if (step == STEP_FORWARD || r > 0) {
                run->report->changed++;
                run->report->stages[status->stage]++;
        } else
                run->report->unchanged++;
        return 0;
}

/* The row that holds for its student. */
static int take_claim(Run *run, const Claim *claim)
{
        const ProgressRow *row = &run->files[claim->file]->rows[claim->row];
        _cleanup_centre_status_ CentreStatus status = {};
        _cleanup_student_ StudentRow student = {};
        int r = centre_status_parse(row->status, row->reason, &status);

        if (r < 0)
                return r;
        if (status.stage == STAGE_NONE) {
                run->report->waiting++;
                return 0;
        }
        run->file = claim->file;
        r = catalog_get_student(run->catalog, claim->student, &student);
        return r > 0 ? take_step(run, row, &student, &status, claim->moment.date) : r;
}

/* ---- which row of a student holds ---- */

/* When the row was written, as its column or else its status says. What cannot be read, or is still
 * to come, counts for nothing and is told. */
static int moment_of(Run *run, const ProgressRow *row, const CentreStatus *status, int64_t student,
                     Moment *ret)
{
        _cleanup_student_ StudentRow who = {};
        bool in_column = *row->date_text != '\0';
        Moment moment = in_column ? row->moment : status->moment;
        int r;

        *ret = moment;
        if (moment.date.year > 0 && date_compare(moment.date, run->today) <= 0)
                return 0;
        *ret = (Moment){};
        if ((!in_column && moment.date.year == 0) || status->stage == STAGE_NONE)
                return 0;
        r = catalog_get_student(run->catalog, student, &who);
        if (r <= 0)
                return r;
        return note(run, row,
                    (ProgressNote){.kind = PROGRESS_BAD_DATE,
                                   .problem = _ROSTER_CODE_INVALID,
                                   .id_number = who.id_number,
                                   .name = who.name,
                                   .status = (char *)(in_column ? row->date_text : row->status)});
}

static int add_claim(Run *run, const Claim *claim)
{
        if (run->n_claims == run->n_allocated) {
                size_t allocated = MAX(run->n_allocated * 2, (size_t)256);
                Claim *claims = reallocarray(run->claims, allocated, sizeof(*claims));

                if (!claims)
                        return -ENOMEM;
                run->claims = claims;
                run->n_allocated = allocated;
        }
        run->claims[run->n_claims++] = *claim;
        return 0;
}

static int collect_row(Run *run, size_t index)
{
        const ProgressRow *row = &run->files[run->file]->rows[index];
        _cleanup_centre_status_ CentreStatus status = {};
        Claim claim = {.file = run->file, .row = index};
        int r;

        run->report->rows++;
        r = centre_status_parse(row->status, row->reason, &status);
        if (r == -ENOMEM)
                return r;
        if (r <= 0)
                return refuse_kind(run, row, PROGRESS_UNKNOWN_STATUS);
        r = find_student(run, row, &claim.student);
        if (r <= 0)
                return r;
        r = moment_of(run, row, &status, claim.student, &claim.moment);
        return r < 0 ? r : add_claim(run, &claim);
}

static int by_student(const void *a, const void *b)
{
        const Claim *const *x = a, *const *y = b;

        if ((*x)->student != (*y)->student)
                return (*x)->student < (*y)->student ? -1 : 1;
        return (*x > *y) - (*x < *y);
}

/* Of the rows of one student, in their order. The time decides if all of them have one, then the
 * order. */
static const Claim *latest(const Claim *const *claims, size_t n)
{
        const Claim *last = claims[n - 1];

        for (size_t i = 0; i < n; i++)
                if (claims[i]->moment.date.year == 0)
                        return last;
        for (size_t i = n; i-- > 0;)
                if (moment_compare(claims[i]->moment, last->moment) > 0)
                        last = claims[i];
        return last;
}

/* Leaves one claim of each student, in the order of the rows. */
static int drop_superseded(Run *run)
{
        _cleanup_free_ const Claim **sorted = calloc(run->n_claims + 1, sizeof(*sorted));
        _cleanup_free_ bool *holds = calloc(run->n_claims + 1, sizeof(*holds));
        size_t n_left = 0;

        if (!sorted || !holds)
                return -ENOMEM;
        for (size_t i = 0; i < run->n_claims; i++)
                sorted[i] = &run->claims[i];
        qsort(sorted, run->n_claims, sizeof(*sorted), by_student);
        for (size_t from = 0, to; from < run->n_claims; from = to) {
                for (to = from + 1;
                     to < run->n_claims && sorted[to]->student == sorted[from]->student;)
                        to++;
                holds[latest(sorted + from, to - from) - run->claims] = true;
        }
        for (size_t i = 0; i < run->n_claims; i++)
                if (holds[i])
                        run->claims[n_left++] = run->claims[i];
        run->report->superseded += run->n_claims - n_left;
        run->n_claims = n_left;
        return 0;
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

/* Those of rows that were taken came after the others. */
static int by_row(const void *a, const void *b)
{
        const ProgressNote *x = a, *y = b;

        if (x->file != y->file)
                return x->file < y->file ? -1 : 1;
        if (x->row != y->row)
                return x->row < y->row ? -1 : 1;
        return (x->kind > y->kind) - (x->kind < y->kind);
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
                        r = collect_row(run, i);
                        if (r < 0)
                                return r;
                }
        r = drop_superseded(run);
        for (size_t i = 0; r >= 0 && i < run->n_claims; i++)
                r = take_claim(run, &run->claims[i]);
        if (r < 0)
                return r;
        if (run->report->n_notes > 0)
                qsort(run->report->notes, run->report->n_notes, sizeof(ProgressNote), by_row);
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

        free(run.claims);
        if (r < 0)
                return r;
        *ret = report;
        report = (ProgressImport){};
        return 0;
}
