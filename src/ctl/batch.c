/* SPDX-License-Identifier: MIT */
#include "complain.h"
#include "opened.h"
#include "table.h"

#include <idphoto/batch.h>
#include <idphoto/clock.h>
#include <idphoto/event.h>
#include <idphoto/gateway.h>
#include <idphoto/message.h>
#include <idphoto/standing.h>
#include <idphoto/submission.h>

#include <string.h>

static int failed(const CommandContext *context, int r)
{
        if (r >= 0)
                return COMMAND_OK;
        command_error(MESSAGE(ERROR_CHANGE_STORE, context->language),
                      message_errno(-r, context->language));
        return COMMAND_WRONG;
}

/* Ends the transaction that was begun, by what came of it. */
static int end(Catalog *catalog, int r)
{
        if (r < 0) {
                catalog_rollback(catalog);
                return r;
        }
        return catalog_commit(catalog);
}

int command_batch_add(CommandContext *context, int argc _unused_, char **argv)
{
        _cleanup_opened_ Opened opened = {};
        int64_t id;
        int r;

        if (!batch_name_valid(argv[0]))
                return command_usage_error(context, MESSAGE(ERROR_BATCH_NAME, context->language),
                                           argv[0]);
        r = opened_open(context, &opened);
        if (r != COMMAND_OK)
                return r;
        r = catalog_begin(opened.catalog, true);
        if (r < 0)
                return failed(context, r);
        r = end(opened.catalog,
                catalog_add_batch(opened.catalog, argv[0], clock_wall_nsec(clock_system()), &id));
        if (r == -EEXIST) {
                command_error(MESSAGE(ERROR_BATCH_EXISTS, context->language), argv[0]);
                return COMMAND_WRONG;
        }
        return failed(context, r);
}

/* ---- list ---- */

typedef struct BatchList {
        const Opened *opened;
        Language language;
        Table table;
} BatchList;

static int add_row(const BatchRow *row, void *userdata)
{
        BatchList *list = userdata;
        PointCounts counts;
        uint64_t students = 0, accepted;
        int r = catalog_counts(list->opened->catalog, (Where){row->id, 0}, &counts);
        _cleanup_text_ Text state = {};

        if (r < 0)
                return r;
        for (int i = 0; i < _REVIEW_STATE_MAX; i++)
                students += counts.students[i];
        accepted = counts.students[REVIEW_PENDING] + counts.students[REVIEW_APPROVED] +
                   counts.students[REVIEW_LOCKED];
        text_append(&state,
                    row->id == list->opened->batch ? MESSAGE(BATCH_IN_USE, list->language) : "");
        if (row->closed)
                text_printf(&state, "%s%s", state.size > 0 ? MESSAGE(COMMA, list->language) : "",
                            MESSAGE(BATCH_CLOSED, list->language));
        table_add(&list->table, row->name);
        table_add_number(&list->table, students);
        table_add_number(&list->table, accepted);
        table_add(&list->table, state.data);
        return state.error;
}

static int print_name(const BatchRow *row, void *userdata _unused_)
{
        (void)puts(row->name);
        return 0;
}

int command_batch_list(CommandContext *context, int argc _unused_, char **argv _unused_)
{
        static const char *const headings[_LANGUAGE_MAX][4] = {
                {"BATCH", "students", "accepted", "state"},
                {"批次", "学生", "合格", "状态"},
        };
        _cleanup_opened_ Opened opened = {};
        BatchList list = {
                .opened = &opened,
                .language = context->language,
                .table = {.headings = headings[context->language], .n_columns = 4, .numeric = 6},
        };
        int r = opened_open(context, &opened);

        if (r != COMMAND_OK)
                return r;
        if (command_option(context, "names"))
                r = catalog_list_batches(opened.catalog, print_name, NULL);
        else
                r = catalog_list_batches(opened.catalog, add_row, &list);
        if (r >= 0 && !command_option(context, "names"))
                r = table_print(&list.table);
        table_done(&list.table);
        if (r < 0) {
                command_error(MESSAGE(ERROR_LIST_BATCHES, context->language),
                              message_errno(-r, context->language));
                return COMMAND_WRONG;
        }
        return COMMAND_OK;
}

/* ---- use, close, open again ---- */

int command_batch_use(CommandContext *context, int argc _unused_, char **argv)
{
        _cleanup_opened_ Opened opened = {};
        int r = opened_open_batch(context, argv[0], &opened);

        if (r != COMMAND_OK)
                return r;
        /* The mount shows the batch that it began with. */
        r = gateway_serves(opened.catalog);
        if (r < 0)
                return failed(context, r);
        if (r > 0) {
                command_error(MESSAGE(ERROR_STORE_MOUNTED, context->language), argv[0]);
                return COMMAND_WRONG;
        }
        r = catalog_begin(opened.catalog, true);
        if (r >= 0)
                r = end(opened.catalog, catalog_set_setting(opened.catalog, "batch", argv[0]));
        return failed(context, r);
}

/* A closed batch in which uploads wait would never show their verdicts to who sent them. */
static int warn_of_uploads(const Opened *opened, const char *name)
{
        PointCounts counts;
        uint64_t waiting = 0;
        int r = catalog_counts(opened->catalog, (Where){opened->batch, 0}, &counts);

        for (int i = SUBMISSION_OPEN; i <= SUBMISSION_FAILED && r >= 0; i++)
                waiting += counts.submissions[i];
        if (waiting > 0 && r >= 0)
                command_error(MESSAGE(ERROR_BATCH_UNDECIDED, opened->language), name);
        return r;
}

static int set_closed(CommandContext *context, const char *name, bool closed)
{
        _cleanup_opened_ Opened opened = {};
        EventRow event = {.wall = clock_wall_nsec(clock_system()),
                          .kind = closed ? EVENT_BATCH_CLOSED : EVENT_BATCH_REOPENED,
                          .uid = getuid()};
        int was, r = opened_open_batch(context, name, &opened);

        if (r != COMMAND_OK)
                return r;
        r = catalog_begin(opened.catalog, true);
        if (r < 0)
                return failed(context, r);
        was = r = catalog_batch_closed(opened.catalog, opened.batch);
        if (r >= 0 && was != closed) {
                r = catalog_set_batch_closed(opened.catalog, opened.batch, closed);
                if (r >= 0)
                        r = catalog_add_event(opened.catalog, &event);
        }
        r = end(opened.catalog, MIN(r, 0));
        if (r >= 0 && closed)
                r = warn_of_uploads(&opened, name);
        return failed(context, r);
}

int command_batch_close(CommandContext *context, int argc _unused_, char **argv)
{
        return set_closed(context, argv[0], true);
}

int command_batch_reopen(CommandContext *context, int argc _unused_, char **argv)
{
        return set_closed(context, argv[0], false);
}
