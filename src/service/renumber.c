/* SPDX-License-Identifier: MIT */
#include "renumber.h"

#include <idphoto/audit.h>
#include <idphoto/correctrow.h>
#include <idphoto/event.h>

#include <stdlib.h>

static int compare_ids(const void *a, const void *b)
{
        int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

        return (x > y) - (x < y);
}

/* Somebody else's row that has the right number now and keeps it. */
static int find_other(Catalog *catalog, const Renumbering *item, const int64_t *ids, size_t n,
                      StudentRow *ret)
{
        int r = catalog_find_student(catalog, (Where){item->student.batch, item->student.point},
                                     item->number, ret);

        if (r > 0 && bsearch(&ret->id, ids, n, sizeof(*ids), compare_ids)) {
                student_row_done(ret);
                return 0;
        }
        return r;
}

/* The row with the photo is kept, so that the photo stays where it is; else the one that is on the
 * roster. */
static bool keeps_other(const StudentRow *own, const StudentRow *other)
{
        if (own->photo != 0 || other->photo != 0)
                return own->photo == 0;
        return !own->on_roster && other->on_roster;
}

static int merge(Catalog *catalog, Renumbering *item, const StudentRow *other)
{
        bool other_stays = keeps_other(&item->student, other);
        StudentMerge rows = {
                .keep = other_stays ? other->id : item->student.id,
                .gone = other_stays ? item->student.id : other->id,
                /* What is said of the student whose number was wrong. */
                .listing_of_gone = other_stays,
        };

        item->merged = true;
        item->kept = rows.keep;
        return catalog_merge_students(catalog, &rows);
}

static int settle_other(Catalog *catalog, Renumbering *item, const int64_t *ids, size_t n)
{
        _cleanup_student_ StudentRow other = {};
        int r = find_other(catalog, item, ids, n, &other);

        item->kept = item->student.id;
        if (r <= 0)
                return r;
        if (item->student.photo != 0 && other.photo != 0) {
                item->two_photos = true;
                return 1;
        }
        return merge(catalog, item, &other);
}

static int record(const RenumberContext *context, const Renumbering *item)
{
        char mark[AUDIT_MARK_SIZE];
        EventRow event = {.wall = context->now,
                          .kind = EVENT_CORRECTED,
                          .point = item->student.point,
                          .student = item->kept,
                          .uid = context->actor,
                          .detail = mark};
        FormerRow former = {
                .student = item->kept,
                .batch = item->student.batch,
                .point = item->student.point,
                .id_number = item->student.id_number,
                .merged = item->kept != item->student.id ? item->student.id : 0,
        };
        int r = audit_person_mark(context->catalog, item->student.id_number, mark);

        if (r >= 0)
                r = catalog_add_event(context->catalog, &event);
        if (r >= 0)
                r = catalog_last_event(context->catalog, &former.event);
        return r < 0 ? r : catalog_add_former(context->catalog, &former);
}

static int change_numbers(const RenumberContext *context, const Renumbering *items, size_t n)
{
        _cleanup_free_ NumberChange *changes = calloc(n, sizeof(*changes));
        size_t n_changes = 0;

        if (!changes)
                return -ENOMEM;
        for (size_t i = 0; i < n; i++)
                if (items[i].kept == items[i].student.id)
                        changes[n_changes++] = (NumberChange){items[i].kept, items[i].number};
        return catalog_correct_numbers(context->catalog, changes, n_changes);
}

int renumber(const RenumberContext *context, Renumbering *items, size_t n)
{
        _cleanup_free_ int64_t *ids = calloc(MAX(n, (size_t)1), sizeof(*ids));
        bool refused = false;
        int r = 0;

        if (n == 0)
                return 0;
        if (!ids)
                return -ENOMEM;
        for (size_t i = 0; i < n; i++)
                ids[i] = items[i].student.id;
        qsort(ids, n, sizeof(*ids), compare_ids);
        for (size_t i = 0; i < n && r >= 0; i++) {
                r = settle_other(context->catalog, &items[i], ids, n);
                refused = refused || r > 0;
        }
        if (r < 0 || refused)
                return r < 0 ? r : 1;
        r = change_numbers(context, items, n);
        for (size_t i = 0; i < n && r >= 0; i++)
                r = record(context, &items[i]);
        return MIN(r, 0);
}
