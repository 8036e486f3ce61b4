/* SPDX-License-Identifier: MIT */
#include "guarded.h"
#include "renumber.h"

#include <idphoto/clientname.h>
#include <idphoto/correction.h>
#include <idphoto/correctrow.h>
#include <idphoto/event.h>
#include <idphoto/judge.h>
#include <idphoto/matchkey.h>
#include <idphoto/point.h>
#include <idphoto/submission.h>
#include <idphoto/withdraw.h>

#include <ctype.h>
#include <string.h>

void correction_report_done(CorrectionReport *report)
{
        student_row_done(&report->student);
        *report = (CorrectionReport){.refusal = _CORRECTION_REFUSAL_INVALID};
}

/* ---- a number that somebody typed ---- */

enum { NUMBER_LENGTH_MIN = 5 };

static bool looks_like_id_number(const char *text)
{
        size_t digits = strspn(text, "0123456789");

        return strlen(text) == ID_NUMBER_LENGTH &&
               (digits == ID_NUMBER_LENGTH ||
                (digits == ID_NUMBER_LENGTH - 1 && text[ID_NUMBER_LENGTH - 1] == 'X'));
}

int correction_number(const char *typed, Date today, DocumentNumber *ret)
{
        _cleanup_free_ char *folded = NULL;
        DocumentNumber number;
        PhotoName name;
        size_t n = 0;
        int r = text_fold(typed, &folded);

        if (r < 0)
                return r == -EILSEQ ? -EINVAL : r;
        for (const char *p = folded; *p; p++)
                if (*p != ' ' && *p != '-')
                        folded[n++] = (char)toupper((unsigned char)*p);
        folded[n] = '\0';
        if (n < NUMBER_LENGTH_MIN || strpbrk(folded, "/\\:*?\"<>|.") ||
            document_number(folded, &number) < 0 || photo_name(number.text, &name) < 0 ||
            name_class_of_file(name.text) != NAME_NORMAL)
                return -EINVAL;
        if (looks_like_id_number(number.text) && !id_number_valid(number.text, today, NULL))
                return -EINVAL;
        *ret = number;
        return 0;
}

/* ---- who is meant ---- */

typedef struct Change {
        Catalog *catalog;
        const CorrectionOptions *options;
        const char *number;              /* as it was typed */
        const DocumentNumber *corrected; /* the new one */
        int64_t point;                   /* the new one */
        const MetadataChange *owner;     /* the new one, of a point */
        CorrectionReport *report;
} Change;

typedef struct Search {
        int64_t point; /* 0: any */
        int64_t found;
        bool several;
} Search;

static int take_found(const StudentRow *row, void *userdata)
{
        Search *search = userdata;

        if (!row->shown || (search->point != 0 && search->point != row->point))
                return 0;
        search->several = search->several || search->found != 0;
        search->found = row->id;
        return 0;
}

/* 1: found; 0: it was refused. */
static int find_student(const Change *change)
{
        const CorrectionOptions *options = change->options;
        Search search = {.point = options->point};
        int r = catalog_list_students_of_id(change->catalog, options->batch, change->number,
                                            take_found, &search);

        if (r >= 0 && search.found == 0)
                r = catalog_list_students_of_no(change->catalog, options->batch, change->number,
                                                take_found, &search);
        if (r < 0)
                return r;
        if (search.found == 0 || search.several) {
                change->report->refusal =
                        search.several ? CORRECTION_SEVERAL : CORRECTION_NO_STUDENT;
                return 0;
        }
        r = catalog_get_student(change->catalog, search.found, &change->report->student);
        if (r <= 0)
                return r < 0 ? r : -EUCLEAN;
        change->report->photos = change->report->student.photo != 0;
        return 1;
}

static int refuse(const Change *change, CorrectionRefusal refusal)
{
        change->report->refusal = refusal;
        return 1;
}

static int add_event(const Change *change, EventKind kind, int64_t point, int64_t student,
                     const char *detail, int64_t *ret)
{
        EventRow event = {.wall = change->options->now,
                          .kind = kind,
                          .point = point,
                          .student = student,
                          .uid = change->options->actor,
                          .detail = detail};
        int r = catalog_add_event(change->catalog, &event);

        return r < 0 ? r : catalog_last_event(change->catalog, ret);
}

/* ---- files in rejected/ ---- */

typedef struct IdArray {
        int64_t *ids;
        size_t n;
        size_t allocated;
} IdArray;

static void id_array_done(IdArray *array)
{
        free(array->ids);
}
#define _cleanup_id_array_ _cleanup_(id_array_done)

static int take_id(int64_t id, void *userdata)
{
        IdArray *array = userdata;

        if (array->n == array->allocated) {
                size_t n = MAX(2 * array->allocated, (size_t)16);
                int64_t *ids = reallocarray(array->ids, n, sizeof(*ids));

                if (!ids)
                        return -ENOMEM;
                array->ids = ids;
                array->allocated = n;
        }
        array->ids[array->n++] = id;
        return 0;
}

/* A name in rejected/ that is taken at the other point gives way to a free one. */
static int move_rejected(Catalog *catalog, int64_t submission, int64_t point)
{
        _cleanup_submission_ SubmissionRow row = {};
        _cleanup_free_ char *name = NULL;
        int r = catalog_get_submission(catalog, submission, &row);

        if (r <= 0)
                return r < 0 ? r : -EUCLEAN;
        if (row.point == point)
                return 0;
        row.point = point;
        r = judge_free_rejected_name(catalog, &row, &name);
        return r < 0 ? r : catalog_move_rejected(catalog, submission, point, name);
}

static int move_belongings(const Change *change, const Belongings *whose)
{
        _cleanup_id_array_ IdArray rejected = {};
        int r = catalog_list_rejected_of(change->catalog, whose, take_id, &rejected);

        /* Names first: what hides one looks at what is still at the old point. */
        for (size_t i = 0; i < rejected.n && r >= 0; i++)
                r = move_rejected(change->catalog, rejected.ids[i], change->point);
        change->report->files = rejected.n;
        return r < 0 ? r : catalog_move_belongings(change->catalog, whose, change->point);
}

/* ---- another number ---- */

/* The roster tells two people apart by their student numbers, else by their names. */
static int other_people(const StudentRow *a, const StudentRow *b)
{
        _cleanup_free_ char *x = NULL, *y = NULL;
        int r;

        if (!a->on_roster || !b->on_roster)
                return 0;
        if (*a->student_no && *b->student_no && strcmp(a->student_no, b->student_no) != 0)
                return 1;
        r = match_key(a->name, &x);
        if (r >= 0)
                r = match_key(b->name, &y);
        return r < 0 ? r : strcmp(x, y) != 0;
}

static int is_others_number(const Change *change, const StudentRow *student)
{
        _cleanup_student_ StudentRow other = {};
        int r = catalog_find_student(change->catalog, (Where){student->batch, student->point},
                                     change->corrected->text, &other);

        return r <= 0 ? r : other_people(student, &other);
}

/* As GuardedRun, like the following. */
static int change_number(void *userdata)
{
        const Change *change = userdata;
        StudentRow *student = &change->report->student;
        Renumbering item = {.number = change->corrected->text};
        RenumberContext context = {change->catalog, change->options->actor, change->options->now};
        int r = find_student(change);

        if (r <= 0)
                return r < 0 ? r : 1;
        if (strcmp(student->id_number, change->corrected->text) == 0)
                return refuse(change, CORRECTION_SAME);
        r = is_others_number(change, student);
        if (r != 0)
                return r < 0 ? r : refuse(change, CORRECTION_OTHERS_NUMBER);
        item.student = *student;
        r = renumber(&context, &item, 1);
        change->report->merged = item.merged;
        return r > 0 ? refuse(change, CORRECTION_TWO_PHOTOS) : r;
}

/* ---- another point ---- */

static int merge_there(const Change *change, const StudentRow *own, const StudentRow *there,
                       int64_t *ret_kept)
{
        /* What the other point's roster says counts there. */
        bool there_stays = own->photo == 0;
        StudentMerge merge = {
                .keep = there_stays ? there->id : own->id,
                .gone = there_stays ? own->id : there->id,
                .listing_of_gone = !there_stays,
        };

        *ret_kept = merge.keep;
        return catalog_merge_students(change->catalog, &merge);
}

static int change_point_of(const Change *change, const StudentRow *student)
{
        Where there = {student->batch, change->point};
        Belongings whose = {.student = student->id, .point = student->point};
        _cleanup_student_ StudentRow other = {};
        int64_t kept = student->id;
        int r = catalog_find_student(change->catalog, there, student->id_number, &other);

        if (r < 0)
                return r;
        if (r > 0 && student->photo != 0 && other.photo != 0)
                return refuse(change, CORRECTION_TWO_PHOTOS);
        change->report->merged = r > 0;
        r = move_belongings(change, &whose);
        if (r >= 0 && other.id != 0)
                r = merge_there(change, student, &other, &kept);
        if (r >= 0 && kept == student->id)
                r = catalog_move_students(change->catalog, &whose, change->point);
        return r;
}

static int change_point(void *userdata)
{
        const Change *change = userdata;
        const StudentRow *student = &change->report->student;
        _cleanup_student_ StudentRow moved = {};
        _cleanup_point_ PointRow old = {};
        FormerRow former = {};
        int r = find_student(change);

        if (r <= 0)
                return r < 0 ? r : 1;
        if (student->point == change->point)
                return refuse(change, CORRECTION_SAME);
        r = catalog_student_busy(change->catalog, student->id);
        if (r != 0)
                return r < 0 ? r : refuse(change, CORRECTION_UNDER_WAY);
        r = catalog_get_point(change->catalog, student->point, &old);
        if (r > 0)
                r = change_point_of(change, student);
        if (r != 0)
                return r;
        r = catalog_find_student(change->catalog, (Where){student->batch, change->point},
                                 student->id_number, &moved);
        if (r <= 0)
                return r < 0 ? r : -EUCLEAN;
        former = (FormerRow){
                .student = moved.id,
                .batch = student->batch,
                .point = student->point,
                .id_number = student->id_number,
                .merged = moved.id != student->id ? student->id : 0,
        };
        r = add_event(change, EVENT_MOVED, change->point, moved.id, old.name, &former.event);
        return r < 0 ? r : catalog_add_former(change->catalog, &former);
}

/* ---- no student at all ---- */

static int take_away(const Change *change, const StudentRow *student)
{
        const Belongings whose = {.student = student->id, .point = student->point};
        const CorrectionOptions *options = change->options;
        _cleanup_id_array_ IdArray rejected = {};
        int r = student->photo == 0 ? 0
                                    : withdraw_photo(change->catalog, student->photo,
                                                     options->actor, options->now);

        if (r >= 0)
                r = catalog_list_rejected_of(change->catalog, &whose, take_id, &rejected);
        for (size_t i = 0; i < rejected.n && r >= 0; i++)
                r = withdraw_rejected(change->catalog, rejected.ids[i], options->actor,
                                      options->now);
        change->report->files = rejected.n;
        return r;
}

static int remove_student(void *userdata)
{
        const Change *change = userdata;
        const StudentRow *student = &change->report->student;
        int64_t event;
        int r = find_student(change);

        if (r <= 0)
                return r < 0 ? r : 1;
        if (review_state_approved(student->state))
                return refuse(change, CORRECTION_APPROVED);
        r = catalog_student_busy(change->catalog, student->id);
        if (r != 0)
                return r < 0 ? r : refuse(change, CORRECTION_UNDER_WAY);
        r = take_away(change, student);
        if (r >= 0)
                r = add_event(change, EVENT_STUDENT_REMOVED, student->point, student->id, NULL,
                              &event);
        if (r >= 0)
                r = catalog_remove_student(change->catalog, student->id);
        /* What was sent hangs on the row. */
        return r == -EPERM ? catalog_unlist_student(change->catalog, student->id) : r;
}

/* ---- points ---- */

static bool owned_apart(const PointRow *row)
{
        return row->submitted_uid != row->uid || row->submitted_gid != row->gid ||
               row->submitted_mode != row->mode;
}

static int own_point(void *userdata)
{
        const Change *change = userdata;
        _cleanup_point_ PointRow before = {}, after = {};
        int64_t point = change->options->point, now = change->options->now;
        int r = catalog_get_point(change->catalog, point, &before);

        if (r > 0)
                r = metadata_set_point(change->catalog, point, false, change->owner, now);
        if (r >= 0 && owned_apart(&before))
                r = metadata_set_point(change->catalog, point, true, change->owner, now);
        if (r >= 0)
                r = catalog_get_point(change->catalog, point, &after);
        if (r <= 0)
                return r < 0 ? r : -EUCLEAN;
        return before.uid == after.uid && before.gid == after.gid && before.mode == after.mode &&
                               before.submitted_gid == after.submitted_gid &&
                               before.submitted_uid == after.submitted_uid &&
                               before.submitted_mode == after.submitted_mode
                       ? refuse(change, CORRECTION_SAME)
                       : 0;
}

static int rename_point(void *userdata)
{
        const Change *change = userdata;
        _cleanup_point_ PointRow row = {};
        int64_t event;
        int r = catalog_get_point(change->catalog, change->options->point, &row);

        if (r <= 0)
                return r < 0 ? r : -EUCLEAN;
        if (strcmp(row.name, change->number) == 0)
                return refuse(change, CORRECTION_SAME);
        r = catalog_rename_point(change->catalog, row.id, change->number);
        if (r == -EEXIST)
                return refuse(change, CORRECTION_POINT_EXISTS);
        return r < 0 ? r : add_event(change, EVENT_POINT_RENAMED, row.id, 0, row.name, &event);
}

static int use_point(const Change *change, PointUse *ret)
{
        int r = catalog_point_use(change->catalog, change->options->point, ret);

        if (r < 0)
                return r;
        change->report->students = ret->listed;
        change->report->photos = ret->photos;
        change->report->files = ret->files;
        return 0;
}

typedef struct SharedArray {
        SharedStudent *items;
        size_t n;
        size_t allocated;
        uint64_t two_photos;
} SharedArray;

static void shared_array_done(SharedArray *array)
{
        free(array->items);
}

static int take_shared(const SharedStudent *shared, void *userdata)
{
        SharedArray *array = userdata;

        if (array->n == array->allocated) {
                size_t n = MAX(2 * array->allocated, (size_t)16);
                SharedStudent *items = reallocarray(array->items, n, sizeof(*items));

                if (!items)
                        return -ENOMEM;
                array->items = items;
                array->allocated = n;
        }
        array->items[array->n++] = *shared;
        array->two_photos += shared->both_photos;
        return 0;
}

static int merge_shared(const Change *change, const SharedStudent *shared)
{
        _cleanup_student_ StudentRow from = {}, into = {};
        int64_t kept;
        int r = catalog_get_student(change->catalog, shared->from, &from);

        if (r > 0)
                r = catalog_get_student(change->catalog, shared->into, &into);
        if (r <= 0)
                return r < 0 ? r : -EUCLEAN;
        return merge_there(change, &from, &into, &kept);
}

static int merge_point(void *userdata)
{
        const Change *change = userdata;
        const Belongings whose = {.point = change->options->point};
        _cleanup_(shared_array_done) SharedArray shared = {};
        _cleanup_point_ PointRow row = {};
        uint64_t files;
        PointUse use;
        int64_t event;
        int r;

        if (change->point == change->options->point)
                return refuse(change, CORRECTION_SAME);
        r = use_point(change, &use);
        if (r >= 0 && use.unfinished > 0)
                return refuse(change, CORRECTION_UNDER_WAY);
        if (r >= 0)
                r = catalog_list_shared(change->catalog, whose.point, change->point, take_shared,
                                        &shared);
        if (r >= 0 && shared.two_photos > 0) {
                change->report->students = shared.two_photos;
                return refuse(change, CORRECTION_TWO_PHOTOS);
        }
        if (r >= 0)
                r = catalog_get_point(change->catalog, whose.point, &row);
        if (r >= 0)
                r = add_event(change, EVENT_POINT_MERGED, change->point, 0, row.name, &event);
        if (r >= 0)
                r = catalog_add_former_point(change->catalog, event, whose.point);
        files = change->report->files;
        if (r >= 0)
                r = move_belongings(change, &whose);
        change->report->files = files;
        for (size_t i = 0; i < shared.n && r >= 0; i++)
                r = merge_shared(change, &shared.items[i]);
        change->report->merged = shared.n > 0;
        if (r >= 0)
                r = catalog_move_students(change->catalog, &whose, change->point);
        if (r >= 0)
                r = add_event(change, EVENT_POINT_REMOVED, whose.point, 0, NULL, &event);
        return r < 0 ? r : catalog_remove_point(change->catalog, whose.point);
}

static int remove_point(void *userdata)
{
        const Change *change = userdata;
        int64_t event;
        PointUse use;
        int r = use_point(change, &use);

        if (r >= 0 && use.unfinished > 0)
                return refuse(change, CORRECTION_UNDER_WAY);
        if (r >= 0 && (use.files > 0 || use.photos > 0))
                return refuse(change, CORRECTION_POINT_OCCUPIED);
        if (r >= 0)
                r = add_event(change, EVENT_POINT_REMOVED, change->options->point, 0, NULL, &event);
        return r < 0 ? r : catalog_remove_point(change->catalog, change->options->point);
}

/* ---- each in a part of a transaction that can be undone ---- */

static int run(Change change, GuardedRun what, CorrectionReport *ret)
{
        CorrectionReport report = {.refusal = _CORRECTION_REFUSAL_INVALID};
        int r;

        change.report = &report;
        r = import_guarded(change.catalog, change.options->batch, change.options->dry_run, what,
                           &change);
        if (r < 0) {
                correction_report_done(&report);
                return r;
        }
        *ret = report;
        return 0;
}

int correct_student(Catalog *catalog, const CorrectionOptions *options, const char *number,
                    const DocumentNumber *corrected, CorrectionReport *ret)
{
        return run((Change){.catalog = catalog,
                            .options = options,
                            .number = number,
                            .corrected = corrected},
                   change_number, ret);
}

int correct_point_of_student(Catalog *catalog, const CorrectionOptions *options, const char *number,
                             int64_t point, CorrectionReport *ret)
{
        return run(
                (Change){.catalog = catalog, .options = options, .number = number, .point = point},
                change_point, ret);
}

int correct_student_away(Catalog *catalog, const CorrectionOptions *options, const char *number,
                         CorrectionReport *ret)
{
        return run((Change){.catalog = catalog, .options = options, .number = number},
                   remove_student, ret);
}

int correct_point_owner(Catalog *catalog, const CorrectionOptions *options,
                        const MetadataChange *owner, CorrectionReport *ret)
{
        return run((Change){.catalog = catalog, .options = options, .owner = owner}, own_point,
                   ret);
}

int correct_point_name(Catalog *catalog, const CorrectionOptions *options, const char *name,
                       CorrectionReport *ret)
{
        return run((Change){.catalog = catalog, .options = options, .number = name}, rename_point,
                   ret);
}

int correct_point_into(Catalog *catalog, const CorrectionOptions *options, int64_t into,
                       CorrectionReport *ret)
{
        return run((Change){.catalog = catalog, .options = options, .point = into}, merge_point,
                   ret);
}

int correct_point_away(Catalog *catalog, const CorrectionOptions *options, CorrectionReport *ret)
{
        return run((Change){.catalog = catalog, .options = options}, remove_point, ret);
}
