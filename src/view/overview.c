/* SPDX-License-Identifier: MIT */
#include "late.h"
#include "waiting.h"

#include <idphoto/batch.h>
#include <idphoto/message.h>
#include <idphoto/point.h>
#include <idphoto/standing.h>
#include <idphoto/student.h>
#include <idphoto/submission.h>

#include <inttypes.h>
#include <string.h>

/* From the catalog's rows to the models of the views. */

enum {
        EVENTS_SHOWN = 8,
        REASONS_SHOWN = 64,
        POINTS_SHOWN = 10000,
};

typedef struct Overview {
        Catalog *catalog;
        int64_t batch;
        Language language;
        StatusReason reasons[REASONS_SHOWN];
        StatusEvent events[EVENTS_SHOWN];
        StatusPoint *points;
        Late late;
        char deadline[DATE_TEXT_MAX];
        Waiting waiting;
        StatusModel model;
        bool with_names;
        bool with_points; /* tells of several points */
} Overview;

int overview_counts(Catalog *catalog, int64_t batch, int64_t point, StatusCounts *ret)
{
        PointCounts counts;
        StatusCounts status = {};
        int r;

        r = catalog_counts(catalog, (Where){batch, point}, &counts);
        if (r < 0)
                return r;
        for (int state = 0; state < _REVIEW_STATE_MAX; state++) {
                status.by_state[state] = counts.students[state];
                status.students += counts.students[state];
        }
        for (int state = SUBMISSION_OPEN; state <= SUBMISSION_FAILED; state++)
                status.checking += counts.submissions[state];
        status.rejected_files = counts.submissions[SUBMISSION_REJECTED];
        r = point != 0 ? catalog_point_has_roster(catalog, (Where){batch, point})
                       : catalog_batch_has_rosters(catalog, batch);
        if (r < 0)
                return r;
        status.has_roster = r > 0;
        *ret = status;
        return 0;
}

static int add_reason(ReasonCode code, uint64_t count, void *userdata)
{
        Overview *o = userdata;

        if (o->model.n_reasons == REASONS_SHOWN)
                return 1;
        o->reasons[o->model.n_reasons++] = (StatusReason){.code = code, .count = count};
        return 0;
}

const char *event_kind_text(EventKind kind, Language language)
{
        static const char *const texts[_EVENT_MAX][_LANGUAGE_MAX] = {
                [EVENT_ACCEPTED] = {"accepted", "合格"},
                [EVENT_REJECTED] = {"rejected", "驳回"},
                [EVENT_REPLACED] = {"accepted in place of an earlier photo",
                                    "合格，替换原来的照片"},
                [EVENT_UNCHANGED] = {"same photo again, nothing changed",
                                     "与已有照片相同，未作改变"},
                [EVENT_WITHDRAWN] = {"withdrawn", "撤回"},
                [EVENT_DISMISSED] = {"rejected file put aside", "移除驳回文件"},
                [EVENT_POINT_ADDED] = {"teaching point added", "新增教学点"},
                [EVENT_ROSTER_IMPORTED] = {"roster imported", "导入名册"},
                [EVENT_BATCH_CLOSED] = {"batch closed", "批次已关闭"},
                [EVENT_BATCH_REOPENED] = {"batch opened again", "批次重新开放"},
                [EVENT_APPROVED] = {"approved by the office", "审核通过"},
                [EVENT_DECIDED] = {"rejected by the office", "审核驳回"},
                [EVENT_REOPENED] = {"reopened by the office", "退回待审"},
                [EVENT_NOTED] = {"the office's note was changed", "审核说明已更改"},
                [EVENT_STAGE] = {"progress", "采集进度更新"},
                [EVENT_LOCKED] = {"final review passed", "终审通过"},
                [EVENT_PROGRESS_IMPORTED] = {"progress list imported", "导入进度表"},
                [EVENT_EXPORTED] = {"photos exported", "导出照片"},
                [EVENT_RECEIVED] = {"received", "收到"},
                [EVENT_PURGED] = {"old files purged", "清除过期文件"},
                [EVENT_BACKED_UP] = {"store backed up", "备份数据"},
                [EVENT_RESTORED] = {"store restored from a backup", "从备份恢复"},
                [EVENT_POINT_CHANGED] = {"owner or mode of the directory changed",
                                         "文件夹的属主或权限已更改"},
                [EVENT_CORRECTED] = {"ID number corrected", "更正证件号码"},
                [EVENT_MOVED] = {"student moved here", "学生转入"},
                [EVENT_STUDENT_REMOVED] = {"student removed", "移除学生"},
                [EVENT_POINT_RENAMED] = {"teaching point renamed", "教学点更名"},
                [EVENT_POINT_MERGED] = {"another teaching point merged into this one",
                                        "其他教学点并入"},
                [EVENT_POINT_REMOVED] = {"teaching point removed", "移除教学点"},
                [EVENT_UNPACKED] = {"unpacked", "已解压"},
        };

        return texts[kind][language];
}

static int add_event(const EventRow *row, void *userdata)
{
        Overview *o = userdata;
        StatusEvent *event = &o->events[o->model.n_events];
        const char *colon = MESSAGE(COLON, o->language);
        _cleanup_point_ PointRow point = {};
        char *text = NULL;
        int r;

        if (o->with_points) {
                r = catalog_get_point(o->catalog, row->point, &point);
                if (r < 0)
                        return r;
        }
        r = asprintf(&text, "%s%s%s%s%s", point.name ? point.name : "", point.name ? colon : "",
                     event_kind_text(row->kind, o->language),
                     o->with_names && row->name ? colon : "",
                     o->with_names && row->name ? row->name : "");
        if (r < 0)
                return -ENOMEM;
        *event = (StatusEvent){.wall_nsec = row->wall, .text = text};
        o->model.n_events++;
        return 0;
}

static int add_point(const PointRow *row, void *userdata)
{
        Overview *o = userdata;
        size_t n = o->model.n_points;
        char *name;

        if (n == POINTS_SHOWN)
                return 1;
        if ((n & (n - 1)) == 0) {
                StatusPoint *points = realloc(o->points, MAX(2 * n, (size_t)1) * sizeof(*points));

                if (!points)
                        return -ENOMEM;
                o->points = points;
        }
        name = strdup(row->name);
        if (!name)
                return -ENOMEM;
        o->points[n] = (StatusPoint){.name = name};
        o->model.n_points++;
        return overview_counts(o->catalog, o->batch, row->id, &o->points[n].counts);
}

static int collect(Overview *o, int64_t point)
{
        int r;

        r = overview_counts(o->catalog, o->batch, point, &o->model.counts);
        if (r >= 0)
                r = catalog_list_reason_counts(o->catalog, (Where){o->batch, point}, add_reason, o);
        if (r >= 0)
                r = catalog_list_events(o->catalog, point, EVENTS_SHOWN, add_event, o);
        if (r >= 0 && point == 0)
                r = catalog_list_points(o->catalog, 0, add_point, o);
        o->model.reasons = o->reasons;
        o->model.events = o->events;
        o->model.points = o->points;
        return r;
}

static void count_days(Overview *o, const OverviewDays *days)
{
        if (days->deadline.year == 0)
                return;
        late_date_text(days->deadline, o->deadline);
        o->model.deadline = o->deadline;
        o->model.days_left = date_to_days(days->deadline) - date_to_days(days->today);
        o->model.workdays_left =
                o->model.days_left < 0
                        ? -1
                        : workdays_between(days->today, days->deadline, days->calendar);
        o->model.deadline_gap = calendar_first_gap(days->calendar, days->today, days->deadline);
}

static void overview_done(Overview *o)
{
        for (size_t i = 0; i < o->model.n_events; i++)
                free((char *)o->events[i].text);
        for (size_t i = 0; i < o->model.n_points; i++)
                free((char *)o->points[i].name);
        free(o->points);
        late_done(&o->late);
        waiting_done(&o->waiting);
}

static int read_batch(Overview *o, char **ret_name)
{
        int r = catalog_batch_name(o->catalog, o->batch, ret_name);

        if (r >= 0)
                r = catalog_batch_closed(o->catalog, o->batch);
        o->model.batch = *ret_name;
        o->model.closed = r > 0;
        o->model.disk_full = store_room(catalog_store(o->catalog)) != STORE_ROOM_ENOUGH;
        return MIN(r, 0);
}

static int read_status(Overview *o, int64_t point, const OverviewDays *days, char **ret_batch)
{
        int r = read_batch(o, ret_batch);

        if (r >= 0)
                r = collect(o, point);
        if (r >= 0 && days) {
                count_days(o, days);
                r = late_collect(o->catalog, (Where){o->batch, point}, days, o->with_names,
                                 &o->late);
                o->model.late = o->late.model;
        }
        return r;
}

static int status_text(Overview *o, int64_t point, const OverviewDays *days, char **ret,
                       size_t *ret_size)
{
        _cleanup_free_ char *batch_name = NULL;
        int r = read_status(o, point, days, &batch_name);

        return r < 0 ? r : view_status(&o->model, o->language, ret, ret_size);
}

void overview_expect(Catalog *catalog, int64_t batch, int64_t point, const OverviewDays *days)
{
        _cleanup_free_ char *batch_name = NULL;
        _cleanup_(overview_done) Overview o = {.catalog = catalog,
                                               .batch = batch,
                                               .with_names = point != 0,
                                               .with_points = point == 0};

        if (!catalog_look_ahead(catalog))
                return;
        (void)read_status(&o, point, days, &batch_name);
        catalog_look(catalog);
}

int overview_status_text(Catalog *catalog, int64_t batch, int64_t point, const OverviewDays *days,
                         Language language, char **ret, size_t *ret_size)
{
        _cleanup_point_ PointRow row = {};
        _cleanup_(overview_done) Overview o = {.catalog = catalog,
                                               .batch = batch,
                                               .language = language,
                                               .with_names = point != 0,
                                               .with_points = point == 0};

        if (point != 0) {
                int r = catalog_get_point(catalog, point, &row);

                if (r <= 0)
                        return r < 0 ? r : -ENOENT;
        }
        o.model.point = row.name;
        return status_text(&o, point, days, ret, ret_size);
}

int overview_office_text(Catalog *catalog, int64_t batch, const OverviewDays *days,
                         Language language, char **ret, size_t *ret_size)
{
        _cleanup_(overview_done) Overview o = {.catalog = catalog,
                                               .batch = batch,
                                               .language = language,
                                               .with_names = true,
                                               .with_points = true};
        int r = waiting_collect(catalog, batch, language, &o.waiting);

        if (r < 0)
                return r;
        o.model.waiting = o.waiting.points;
        o.model.n_waiting = o.waiting.n;
        return status_text(&o, 0, days, ret, ret_size);
}
