/* SPDX-License-Identifier: MIT */
#include "complain.h"
#include "opened.h"

#include <idphoto/clock.h>
#include <idphoto/message.h>
#include <idphoto/photorow.h>
#include <idphoto/point.h>
#include <idphoto/review.h>
#include <idphoto/student.h>

#include <string.h>

/* `idphotoctl review approve|reject|reopen`: the same decisions as by moving in OFFICE/. */

typedef struct Search {
        const Opened *opened;
        const char *wanted; /* an ID number or a student number */
        int64_t point;      /* 0: any */
        int64_t photo;
        int64_t photo_point;
        bool several;
} Search;

static int take_photo(const PhotoRow *row, void *userdata)
{
        Search *search = userdata;

        if (search->point != 0 && search->point != row->point)
                return 0;
        search->several = search->several || (search->photo != 0 && search->photo != row->id);
        search->photo = row->id;
        search->photo_point = row->point;
        return 0;
}

static int look_by_student_no(const PointRow *row, void *userdata)
{
        Search *search = userdata;
        _cleanup_student_ StudentRow student = {};
        int r;

        if (search->point != 0 && search->point != row->id)
                return 0;
        r = catalog_find_student_by_no(search->opened->catalog,
                                       (Where){search->opened->batch, row->id}, search->wanted,
                                       &student);
        if (r <= 0)
                return r;
        return catalog_list_photos_of_number(search->opened->catalog, search->opened->batch,
                                             student.id_number, take_photo, search);
}

/* The photo to decide about: 0 with search->photo, COMMAND_NO when it was said that there is none.
 */
static int find(Search *search)
{
        int r = catalog_list_photos_of_number(search->opened->catalog, search->opened->batch,
                                              search->wanted, take_photo, search);

        if (r >= 0 && search->photo == 0)
                r = catalog_list_points(search->opened->catalog, 0, look_by_student_no, search);
        if (r < 0)
                return r;
        if (search->photo == 0)
                command_error(MESSAGE(ERROR_NO_PHOTO, search->opened->language), search->wanted);
        else if (search->several)
                command_error(MESSAGE(ERROR_SEVERAL_PHOTOS, search->opened->language),
                              search->wanted);
        return search->photo == 0 || search->several ? COMMAND_NO : 0;
}

/* Photos of one point, which are decided about in one transaction. Between two of them others may drop
 * and decide. */
typedef struct Group {
        const Opened *opened;
        const ReviewDecision *decision;
        int64_t point;
        size_t n;
        struct {
                const char *wanted;
                int64_t photo;
                bool failed; /* it cannot be decided about in this way */
        } items[100];
        bool some_failed; /* of this or an earlier group */
} Group;

static int decide_once(Catalog *catalog, Group *group)
{
        ReviewDecision decision = *group->decision;
        int r = catalog_begin_at(catalog, true, group->point);

        decision.point = group->point;
        if (r < 0)
                return r;
        for (size_t i = 0; i < group->n && r >= 0; i++) {
                r = review_decide(catalog, group->items[i].photo, &decision);
                group->items[i].failed = r == -EPERM || r == -ENOENT;
                if (group->items[i].failed)
                        r = 0;
        }
        if (r >= 0)
                r = catalog_commit(catalog);
        if (r < 0)
                catalog_rollback(catalog);
        return r;
}

static int decide_group(Group *group)
{
        Catalog *catalog = group->opened->catalog;
        unsigned tries = 0;
        int r = 0;

        if (group->n == 0)
                return 0;
        do
                r = decide_once(catalog, group);
        while (r < 0 && catalog_run_again(catalog, ++tries));
        /* One of them was moved to another point meanwhile. Nobody moves any while all are locked. */
        if (r == -EXDEV) {
                group->point = 0;
                r = decide_once(catalog, group);
        }
        for (size_t i = 0; i < group->n && r >= 0; i++)
                if (group->items[i].failed) {
                        command_error(MESSAGE(ERROR_PHOTO_STATE, group->opened->language),
                                      group->items[i].wanted);
                        group->some_failed = true;
                }
        group->n = 0;
        return r;
}

static int decide_one(Group *group, const char *wanted, int64_t point)
{
        Search search = {.opened = group->opened, .wanted = wanted, .point = point};
        int r = find(&search);

        if (r != 0) {
                group->some_failed = true;
                return MIN(r, 0);
        }
        if (group->n == ELEMENTSOF(group->items) || group->point != search.photo_point)
                r = decide_group(group);
        group->point = search.photo_point;
        group->items[group->n].wanted = wanted;
        group->items[group->n++].photo = search.photo;
        return r;
}

static int decide_all(CommandContext *context, int argc, char **argv, ReviewDecision decision)
{
        _cleanup_opened_ Opened opened = {};
        Group group = {.opened = &opened, .decision = &decision};
        int64_t point;
        int r = opened_open_batch(context, command_option(context, "batch"), &opened);

        if (r != COMMAND_OK)
                return r;
        point = opened_find_point(&opened, command_option(context, "point"));
        if (point < 0)
                return COMMAND_WRONG;
        decision.actor = getuid();
        decision.now = clock_wall_nsec(clock_system());
        for (int i = 0; i < argc && r >= 0; i++)
                r = decide_one(&group, argv[i], point);
        if (r >= 0)
                r = decide_group(&group);
        if (r == -EROFS)
                command_error(MESSAGE(ERROR_BATCH_CLOSED, context->language));
        else if (r < 0)
                command_error(MESSAGE(ERROR_CHANGE_STORE, context->language),
                              message_errno(-r, context->language));
        if (r < 0)
                return COMMAND_WRONG;
        return group.some_failed ? COMMAND_NO : COMMAND_OK;
}

int command_review_approve(CommandContext *context, int argc, char **argv)
{
        return decide_all(context, argc, argv,
                          (ReviewDecision){.event = REVIEW_APPROVE, .reason = _REASON_INVALID});
}

int command_review_reopen(CommandContext *context, int argc, char **argv)
{
        return decide_all(context, argc, argv,
                          (ReviewDecision){.event = REVIEW_REOPEN, .reason = _REASON_INVALID});
}

int command_review_reject(CommandContext *context, int argc, char **argv)
{
        const char *name = command_option(context, "reason");
        const char *note = command_option(context, "note");
        ReasonCode reason;

        if (!name)
                return command_usage_error(context, MESSAGE(ERROR_NO_REASON, context->language));
        reason = reason_from_folder(name);
        if (reason < 0)
                return command_usage_error(context, MESSAGE(ERROR_REVIEW_REASON, context->language),
                                           name);
        if (note && (strlen(note) > REVIEW_NOTE_MAX || !utf8_valid(note)))
                return command_usage_error(context, MESSAGE(ERROR_NOTE, context->language));
        return decide_all(context, argc, argv,
                          (ReviewDecision){.event = REVIEW_REJECT, .reason = reason, .note = note});
}

int command_review_reasons(CommandContext *context, int argc _unused_, char **argv _unused_)
{
        ReasonCode reason;

        for (size_t i = 0; (reason = reason_decision(i)) >= 0; i++)
                (void)printf("%-22s %s\n", reason_folder(reason, context->language),
                             reason_title(reason, context->language));
        return COMMAND_OK;
}
