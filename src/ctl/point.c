/* SPDX-License-Identifier: MIT */
#include "complain.h"
#include "configured.h"
#include "countsjson.h"
#include "json.h"
#include "opened.h"
#include "pointowner.h"
#include "table.h"

#include <idphoto/clock.h>
#include <idphoto/event.h>
#include <idphoto/fixedname.h>
#include <idphoto/message.h>
#include <idphoto/overview.h>
#include <idphoto/point.h>
#include <idphoto/standingcsv.h>

#include <string.h>

static int add_point(Catalog *catalog, const char *name, uid_t uid, gid_t gid, mode_t mode)
{
        int64_t now = clock_wall_nsec(clock_system()), id;
        PointRow row = {.name = (char *)name, .uid = uid, .gid = gid, .mode = mode, .created = now};
        EventRow event = {.wall = now, .kind = EVENT_POINT_ADDED, .uid = getuid()};
        int r = catalog_begin(catalog, true);

        if (r < 0)
                return r;
        r = catalog_add_point(catalog, &row, &id);
        event.point = id;
        if (r >= 0)
                r = catalog_add_event(catalog, &event);
        if (r < 0) {
                catalog_rollback(catalog);
                return r;
        }
        return catalog_commit(catalog);
}

int command_point_add(CommandContext *context, int argc _unused_, char **argv)
{
        PointOwner given = {}, owner;
        _cleanup_opened_ Opened opened = {};
        const char *name = argv[0];
        Config config;
        int r;

        if (!point_name_valid(name))
                return command_usage_error(context, MESSAGE(ERROR_POINT_NAME, context->language),
                                           name);
        r = opened_open(context, &opened);
        if (r == COMMAND_OK)
                r = configured_read(context, NULL, &config);
        if (r == COMMAND_OK)
                r = point_owner_of_new(&opened, &config, &owner);
        if (r == COMMAND_OK)
                r = point_owner_read(context, &given);
        if (r != COMMAND_OK)
                return r;
        point_owner_override(&given, &owner);
        r = add_point(opened.catalog, name, owner.uid, owner.gid, owner.mode);
        if (r == -EEXIST)
                command_error(MESSAGE(ERROR_POINT_EXISTS, context->language), name);
        else if (r < 0)
                command_error(MESSAGE(ERROR_ADD_POINT, context->language), name,
                              message_errno(-r, context->language));
        return r < 0 ? COMMAND_WRONG : COMMAND_OK;
}

/* ---- list ---- */

typedef struct PointList {
        const Opened *opened;
        Table table;
        JsonWriter *json; /* NULL: a table */
} PointList;

static void add_json(JsonWriter *json, const PointRow *row, const StatusCounts *counts)
{
        char mode[16];

        (void)snprintf(mode, sizeof(mode), "%04o", row->mode);
        json_open(json, '{');
        json_key(json, "point");
        json_string(json, row->name);
        json_key(json, "mode");
        json_string(json, mode);
        json_key(json, "uid");
        json_integer(json, row->uid);
        json_key(json, "gid");
        json_integer(json, row->gid);
        counts_json_append(json, counts);
        json_close(json, '}');
}

static int list_point(const PointRow *row, void *userdata)
{
        PointList *list = userdata;
        StatusCounts counts;
        char mode[16], owner[OWNER_TEXT_MAX];
        int r = overview_counts(list->opened->catalog, list->opened->batch, row->id, &counts);

        if (r < 0)
                return r;
        if (list->json) {
                add_json(list->json, row, &counts);
                return list->json->text.error;
        }
        (void)snprintf(mode, sizeof(mode), "%04o", row->mode);
        table_add(&list->table, row->name);
        table_add(&list->table, mode);
        owner_user_text(row->uid, owner);
        table_add(&list->table, owner);
        owner_group_text(row->gid, owner);
        table_add(&list->table, owner);
        table_add_number(&list->table, counts.students);
        for (ReviewState i = 0; i < _REVIEW_STATE_MAX; i++)
                table_add_number(&list->table, counts.by_state[i]);
        table_add_number(&list->table, counts.rejected_files);
        return list->table.cells.error;
}

static int list_csv(const Opened *opened, Language language)
{
        _cleanup_free_ char *text = NULL;
        size_t size;
        int r = points_csv(opened->catalog, opened->batch, language, &text, &size);

        if (r >= 0)
                (void)fwrite(text, 1, size, stdout);
        return r;
}

static int list_points(const Opened *opened, bool as_json, Language language)
{
        const char *const headings[] = {
                MESSAGE(COLUMN_POINT, language),
                MESSAGE(COLUMN_MODE, language),
                MESSAGE(COLUMN_USER, language),
                MESSAGE(COLUMN_GROUP, language),
                MESSAGE(COLUMN_STUDENTS, language),
                review_state_word(REVIEW_MISSING, language),
                review_state_word(REVIEW_REJECTED, language),
                review_state_word(REVIEW_PENDING, language),
                review_state_word(REVIEW_APPROVED, language),
                review_state_word(REVIEW_LOCKED, language),
                MESSAGE(STATUS_FILES_COLUMN, language),
        };
        _cleanup_json_ JsonWriter json = {};
        PointList list = {
                .opened = opened,
                .table = {.headings = headings,
                          .n_columns = ELEMENTSOF(headings),
                          .numeric = 0x7f0},
                .json = as_json ? &json : NULL,
        };
        int r;

        json_open(&json, '[');
        r = catalog_list_points(opened->catalog, 0, list_point, &list);
        json_close(&json, ']');
        if (r >= 0 && as_json) {
                r = json.text.error;
                if (r >= 0)
                        (void)puts(json.text.data);
        } else if (r >= 0)
                r = table_print(&list.table);
        table_done(&list.table);
        return r;
}

static int print_point_name(const PointRow *row, void *userdata _unused_)
{
        (void)puts(row->name);
        return 0;
}

int command_point_list(CommandContext *context, int argc _unused_, char **argv _unused_)
{
        bool json = command_option(context, "json"), csv = command_option(context, "csv"),
             names = command_option(context, "names");
        _cleanup_opened_ Opened opened = {};
        int r;

        if (json + csv + names > 1)
                return command_usage_error(context, MESSAGE(ERROR_ONE_FORM, context->language));
        r = opened_open_batch(context, command_option(context, "batch"), &opened);
        if (r != COMMAND_OK)
                return r;
        if (names)
                r = catalog_list_points(opened.catalog, 0, print_point_name, NULL);
        else
                r = csv ? list_csv(&opened, context->language)
                        : list_points(&opened, json, context->language);
        if (r < 0) {
                command_error(MESSAGE(ERROR_LIST_POINTS, context->language),
                              message_errno(-r, context->language));
                return COMMAND_WRONG;
        }
        return COMMAND_OK;
}
