/* SPDX-License-Identifier: MIT */
#include "late.h"

#include <idphoto/point.h>
#include <idphoto/student.h>

#include <string.h>

/*
 * "More than twenty working days" asks for the calendar; the catalog can only compare times. So the
 * calendar is asked once, for the last day on which somebody could have begun who is in time today,
 * and the catalog counts who began before that in its index.
 */

void late_date_text(Date date, char buf[static DATE_TEXT_MAX])
{
        (void)snprintf(buf, DATE_TEXT_MAX, "%04d-%02d-%02d", date.year % 10000, date.month % 100,
                       date.day % 100);
}

/* The time before which lies whoever's n working days end at `end` or before it. */
static int bound(Date end, unsigned n, const Calendar *calendar, int64_t *ret)
{
        Date start;
        int r = workdays_latest_start(end, (int)n, calendar, &start);

        if (r < 0)
                return r;
        *ret = date_to_wall(date_from_days(date_to_days(start) + 1));
        return 0;
}

static int add_student(const StudentRow *row, void *userdata)
{
        Late *late = userdata;
        StatusStudent *student = &late->students[late->model.n_students++];
        char since[DATE_TEXT_MAX];
        char *point = late->point ? strdup(late->point) : NULL;

        late_date_text(date_from_wall(row->stage_since), since);
        *student = (StatusStudent){.id_number = strdup(row->id_number),
                                   .name = strdup(row->name),
                                   .since = strdup(since),
                                   .point = point};
        return student->id_number && student->name && student->since && (point || !late->point)
                       ? 0
                       : -ENOMEM;
}

/* The photo is final, and did not come. */
static int count_paper(Catalog *catalog, Where where, int64_t before, Late *late)
{
        static const Stage under_way[] = {STAGE_DONE, STAGE_SHIPPED};

        for (size_t i = 0; i < ELEMENTSOF(under_way); i++) {
                StageQuery query = {where, under_way[i], before};
                uint64_t n;
                int r = catalog_count_stage(catalog, &query, &n);

                if (r < 0)
                        return r;
                late->model.paper += n;
        }
        return 0;
}

static int name_students(int64_t point, Late *late)
{
        StageQuery query = {{late->where.batch, point}, STAGE_PAPER_RECEIVED, late->before};
        size_t room = ELEMENTSOF(late->students) - late->model.n_students;

        return catalog_list_stage(late->catalog, &query,
                                  (unsigned)MIN(room, (size_t)STATUS_NAMES_SHOWN), add_student,
                                  late);
}

static int name_students_of(const PointRow *row, void *userdata)
{
        Late *late = userdata;
        int r;

        late->point = row->name;
        r = name_students(row->id, late);
        return r < 0 ? r : late->model.n_students == ELEMENTSOF(late->students);
}

static int name_all(Late *late)
{
        return late->where.point != 0
                       ? name_students(late->where.point, late)
                       : catalog_list_points(late->catalog, 0, name_students_of, late);
}

int late_collect(Catalog *catalog, Where where, const OverviewDays *days, bool named, Late *ret)
{
        Date yesterday = date_from_days(date_to_days(days->today) - 1), soon;
        StageQuery unchecked = {where, STAGE_PAPER_RECEIVED, 0}, near = unchecked;
        int64_t paper = 0;
        int r = workdays_add(days->today, STATUS_NEARING_DAYS, days->calendar, &soon);

        ret->catalog = catalog;
        ret->where = where;
        ret->model.check_days = days->check_days;
        ret->model.paper_days = days->paper_days;
        if (r >= 0)
                r = bound(yesterday, days->check_days, days->calendar, &unchecked.before);
        if (r >= 0)
                ret->before = unchecked.before;
        if (r >= 0)
                r = bound(soon, days->check_days, days->calendar, &near.before);
        if (r >= 0)
                r = bound(yesterday, days->paper_days, days->calendar, &paper);
        if (r >= 0)
                r = catalog_count_stage(catalog, &unchecked, &ret->model.unchecked);
        if (r >= 0)
                r = catalog_count_stage(catalog, &near, &ret->model.nearing);
        if (r >= 0)
                r = count_paper(catalog, where, paper, ret);
        if (r >= 0 && named && ret->model.unchecked > 0)
                r = name_all(ret);
        if (r >= 0)
                ret->model.gap = calendar_first_gap(
                        days->calendar, date_from_wall(MIN(unchecked.before, paper)), soon);
        ret->model.nearing -= MIN(ret->model.nearing, ret->model.unchecked);
        ret->model.students = ret->students;
        return r;
}

void late_done(Late *late)
{
        for (size_t i = 0; i < late->model.n_students; i++) {
                free((char *)late->students[i].id_number);
                free((char *)late->students[i].name);
                free((char *)late->students[i].since);
                free((char *)late->students[i].point);
        }
        *late = (Late){};
}
