/* SPDX-License-Identifier: MIT */
#include "complain.h"
#include "json.h"
#include "opened.h"
#include "table.h"

#include <idphoto/audit.h>
#include <idphoto/clock.h>
#include <idphoto/event.h>
#include <idphoto/message.h>
#include <idphoto/overview.h>
#include <idphoto/stage.h>
#include <idphoto/submission.h>

#include <inttypes.h>
#include <string.h>

/* `idphotoctl history`: one student's story out of the audit log. */

typedef struct History {
        const Opened *opened;
        Language language;
        bool as_json;
        size_t n;
        Table table;
        JsonWriter json;
} History;

static void history_done(History *history)
{
        table_done(&history->table);
        json_done(&history->json);
}

/* Why: of a rejection by the checks its findings, of one by a person the reason in the entry. */
static int reasons_of(const History *history, const AuditRow *row, Findings *ret)
{
        ReasonCode code;
        Findings all;
        int r;

        *ret = (Findings){};
        if (row->kind == EVENT_DECIDED) {
                code = reason_from_string(row->detail);
                if (code >= 0)
                        (void)findings_add(ret, code, FINDING_REJECT);
                return 0;
        }
        if (row->kind != EVENT_REJECTED || row->submission == 0)
                return 0;
        r = catalog_get_findings(history->opened->catalog, row->submission, &all);
        if (r < 0)
                return r;
        for (size_t i = 0; i < all.n; i++)
                if (all.items[i].level == FINDING_REJECT)
                        (void)findings_add(ret, all.items[i].code, FINDING_REJECT);
        return 0;
}

static const char *detail_text(const AuditRow *row, Language language)
{
        Stage stage;

        /* Among the reasons, or said by the event itself. */
        if (row->kind == EVENT_DECIDED || row->kind == EVENT_APPROVED ||
            row->kind == EVENT_REOPENED)
                return "";
        if (row->kind != EVENT_STAGE)
                return row->detail;
        stage = stage_from_string(row->detail);
        return stage >= 0 ? stage_title(stage, language) : row->detail;
}

static void add_to_table(History *history, const AuditRow *row, const Findings *reasons)
{
        _cleanup_text_ Text why = {};
        char when[WALL_TEXT_MAX], uid[16];

        (void)snprintf(uid, sizeof(uid), "%" PRIu32, (uint32_t)row->uid);
        text_append(&why, detail_text(row, history->language));
        for (size_t i = 0; i < reasons->n; i++)
                text_printf(&why, "%s%s", why.size > 0 ? " " : "",
                            finding_title(&reasons->items[i], history->language));
        table_add(&history->table, wall_to_text(row->wall, when));
        table_add(&history->table, *row->actor ? row->actor : uid);
        table_add(&history->table,
                  row->kind >= 0 ? event_kind_text(row->kind, history->language) : row->kind_name);
        table_add(&history->table, row->point_name);
        table_add(&history->table, row->dropped_as);
        table_add(&history->table, why.data);
}

static void add_string(JsonWriter *json, const char *key, const char *value)
{
        json_key(json, key);
        json_string(json, value && *value ? value : NULL);
}

static void add_to_json(History *history, const AuditRow *row, const Findings *reasons)
{
        JsonWriter *json = &history->json;

        json_open(json, '{');
        json_key(json, "entry");
        if (row->number != 0)
                json_integer(json, row->number);
        else
                json_null(json);
        json_key(json, "time");
        json_integer(json, row->wall / NSEC_PER_SEC);
        add_string(json, "kind", row->kind_name);
        json_key(json, "uid");
        json_integer(json, (int64_t)row->uid);
        add_string(json, "user", row->actor);
        add_string(json, "point", row->point_name);
        add_string(json, "file", row->dropped_as);
        add_string(json, "detail", row->detail);
        json_key(json, "reasons");
        json_open(json, '[');
        for (size_t i = 0; i < reasons->n; i++) {
                json_open(json, '{');
                add_string(json, "code", reason_to_string(reasons->items[i].code));
                add_string(json, "title", reason_title(reasons->items[i].code, history->language));
                json_close(json, '}');
        }
        json_close(json, ']');
        json_close(json, '}');
}

static int take(const AuditRow *row, void *userdata)
{
        History *history = userdata;
        Findings reasons;
        int r = reasons_of(history, row, &reasons);

        if (r < 0)
                return r;
        history->n++;
        if (history->as_json)
                add_to_json(history, row, &reasons);
        else
                add_to_table(history, row, &reasons);
        return MIN(history->json.text.error, history->table.cells.error);
}

static int end(History *history)
{
        if (!history->as_json)
                return history->n > 0 ? table_print(&history->table) : 0;
        json_close(&history->json, ']');
        if (history->json.text.error < 0)
                return history->json.text.error;
        (void)puts(history->json.text.data);
        return 0;
}

/* The ID number, also of somebody whom the store has forgotten: the log may still know them. */
static int find_number(const Opened *opened, int64_t batch, const char *number, char **ret)
{
        int r = catalog_find_person(opened->catalog, batch, number, ret);

        if (r != 0)
                return MIN(r, 0);
        *ret = strdup(number);
        return *ret ? 0 : -ENOMEM;
}

int command_history(CommandContext *context, int argc _unused_, char **argv)
{
        static const char *const headings[_LANGUAGE_MAX][6] = {
                {"WHEN", "WHO", "WHAT", "TEACHING POINT", "FILE", "WHY"},
                {"时间", "用户", "操作", "教学点", "文件", "原因或说明"},
        };
        const char *batch_name = command_option(context, "batch");
        _cleanup_opened_ Opened opened = {};
        _cleanup_free_ char *id_number = NULL;
        _cleanup_(history_done) History history = {
                .opened = &opened,
                .language = context->language,
                .as_json = command_option(context, "json"),
                .table = {.headings = headings[context->language], .n_columns = 6},
        };
        int64_t batch;
        int r = opened_open_batch(context, batch_name, &opened);

        if (r != COMMAND_OK)
                return r;
        batch = batch_name ? opened.batch : 0;
        r = find_number(&opened, batch, argv[0], &id_number);
        if (r == -ENOTUNIQ) {
                command_error(MESSAGE(ERROR_SEVERAL_STUDENTS, context->language));
                return COMMAND_WRONG;
        }
        if (history.as_json)
                json_open(&history.json, '[');
        if (r >= 0)
                r = catalog_audit_history(opened.catalog, batch, id_number, take, &history);
        if (r >= 0)
                r = end(&history);
        if (r < 0) {
                command_error(MESSAGE(ERROR_READ_AUDIT, context->language),
                              message_errno(-r, context->language));
                return COMMAND_WRONG;
        }
        if (history.n == 0 && !history.as_json)
                command_error(MESSAGE(ERROR_UNKNOWN_NUMBER, context->language));
        return history.n > 0 ? COMMAND_OK : COMMAND_NO;
}
