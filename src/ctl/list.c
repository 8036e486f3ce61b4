/* SPDX-License-Identifier: MIT */
#include "complain.h"
#include "json.h"
#include "opened.h"
#include "table.h"

#include <idphoto/message.h>
#include <idphoto/standing.h>
#include <idphoto/standingcsv.h>

#include <string.h>

/* `idphotoctl list`: the students, as a table for people, as status.csv, or as JSON. */

typedef struct List List;

struct List {
        Language language;
        ReviewState state; /* _REVIEW_STATE_INVALID: any */
        ReasonCode reason; /* _REASON_INVALID: any */
        bool with_point;
        void (*add)(List *list, const StandingRow *row);
        Table table;
        Text csv;
        JsonWriter json;
};

static void list_done(List *list)
{
        table_done(&list->table);
        text_done(&list->csv);
        json_done(&list->json);
}

/* ---- one student ---- */

static void add_to_table(List *list, const StandingRow *row)
{
        _cleanup_text_ Text reasons = {};

        for (size_t i = 0; i < row->findings->n; i++) {
                const Finding *finding = &row->findings->items[i];

                if (finding->level != FINDING_REJECT)
                        continue;
                text_append(&reasons, reasons.size > 0 ? " " : "");
                text_append(&reasons, reason_to_string(finding->code));
        }
        table_add(&list->table, review_state_word(row->state, list->language));
        table_add(&list->table, row->id_number);
        table_add(&list->table, row->student_no);
        table_add(&list->table, row->name);
        if (list->with_point)
                table_add(&list->table, row->point);
        table_add(&list->table, reasons.data);
}

static void add_to_csv(List *list, const StandingRow *row)
{
        standing_csv_append(&list->csv, STANDING_TABLE_LIST, row, list->language);
}

static void add_findings(List *list, const char *key, const Findings *findings, FindingLevel level)
{
        JsonWriter *json = &list->json;

        json_key(json, key);
        json_open(json, '[');
        for (size_t i = 0; i < findings->n; i++) {
                const Finding *finding = &findings->items[i];

                if (finding->level != level)
                        continue;
                json_open(json, '{');
                json_key(json, "code");
                json_string(json, reason_to_string(finding->code));
                json_key(json, "title");
                json_string(json, reason_title(finding->code, list->language));
                json_close(json, '}');
        }
        json_close(json, ']');
}

/* Unknown strings are null, not "". */
static void add_string(JsonWriter *json, const char *key, const char *value)
{
        json_key(json, key);
        json_string(json, value && *value ? value : NULL);
}

static void add_to_json(List *list, const StandingRow *row)
{
        JsonWriter *json = &list->json;

        json_open(json, '{');
        add_string(json, "point", row->point);
        add_string(json, "id_number", row->id_number);
        add_string(json, "name", row->name);
        add_string(json, "student_no", row->student_no);
        add_string(json, "class", row->class_name);
        add_string(json, "major", row->major);
        json_key(json, "on_roster");
        json_bool(json, row->on_roster);
        add_string(json, "state", review_state_to_string(row->state));
        add_findings(list, "reasons", row->findings, FINDING_REJECT);
        add_findings(list, "warnings", row->findings, FINDING_WARN);
        add_string(json, "sent_as", row->sent_as);
        json_key(json, "changed");
        if (row->applied != 0)
                json_integer(json, row->applied / NSEC_PER_SEC);
        else
                json_null(json);
        json_close(json, '}');
}

static int take(const StandingRow *row, void *userdata)
{
        List *list = userdata;

        if (list->state >= 0 && row->state != list->state)
                return 0;
        if (list->reason >= 0 && !findings_find(row->findings, list->reason))
                return 0;
        list->add(list, row);
        return MIN(MIN(list->csv.error, list->json.text.error), list->table.cells.error);
}

/* ---- all of them ---- */

static void begin(List *list)
{
        static const char *const with_point[_LANGUAGE_MAX][6] = {
                {"STATE", "ID NUMBER", "STUDENT NO", "NAME", "TEACHING POINT", "REASONS"},
                {"状态", "身份证号", "学号", "姓名", "教学点", "驳回原因"},
        };
        static const char *const without_point[_LANGUAGE_MAX][5] = {
                {"STATE", "ID NUMBER", "STUDENT NO", "NAME", "REASONS"},
                {"状态", "身份证号", "学号", "姓名", "驳回原因"},
        };

        list->table.headings =
                list->with_point ? with_point[list->language] : without_point[list->language];
        list->table.n_columns = list->with_point ? 6 : 5;
        if (list->add == add_to_csv)
                standing_csv_append_head(&list->csv, STANDING_TABLE_LIST, list->language);
        if (list->add == add_to_json)
                json_open(&list->json, '[');
}

static int end(List *list)
{
        if (list->add == add_to_table)
                return table_print(&list->table);
        if (list->add == add_to_csv) {
                (void)fwrite(list->csv.data, 1, list->csv.size, stdout);
                return 0;
        }
        json_close(&list->json, ']');
        if (list->json.text.error < 0)
                return list->json.text.error;
        (void)puts(list->json.text.data);
        return 0;
}

static int print_list(const Opened *opened, int64_t point, List *list)
{
        int r;

        begin(list);
        r = catalog_list_standings(opened->catalog, (Where){opened->batch, point}, take, list);
        return r < 0 ? r : end(list);
}

static int read_filters(CommandContext *context, List *list)
{
        const char *state = command_option(context, "state");
        const char *reason = command_option(context, "reason");

        list->state = _REVIEW_STATE_INVALID;
        list->reason = _REASON_INVALID;
        if (state) {
                list->state = review_state_from_string(state);
                if (list->state < 0)
                        return command_usage_error(context, MESSAGE(ERROR_STATE, context->language),
                                                   state);
        }
        if (reason) {
                list->reason = reason_from_string(reason);
                if (list->reason < 0)
                        return command_usage_error(
                                context, MESSAGE(ERROR_REASON, context->language), reason);
        }
        return COMMAND_OK;
}

int command_list(CommandContext *context, int argc _unused_, char **argv _unused_)
{
        bool json = command_option(context, "json"), csv = command_option(context, "csv");
        const char *point_name = command_option(context, "point");
        _cleanup_opened_ Opened opened = {};
        _cleanup_(list_done) List list = {
                .language = context->language,
                .with_point = !point_name,
                .add = json  ? add_to_json
                       : csv ? add_to_csv
                             : add_to_table,
        };
        int64_t point;
        int r;

        if (json && csv)
                return command_usage_error(context, MESSAGE(ERROR_JSON_OR_CSV, context->language));
        r = read_filters(context, &list);
        if (r == COMMAND_OK)
                r = opened_open_batch(context, command_option(context, "batch"), &opened);
        if (r != COMMAND_OK)
                return r;
        point = opened_find_point(&opened, point_name);
        if (point < 0)
                return COMMAND_WRONG;
        r = print_list(&opened, point, &list);
        if (r < 0) {
                command_error(MESSAGE(ERROR_LIST_STUDENTS, context->language),
                              message_errno(-r, context->language));
                return COMMAND_WRONG;
        }
        return COMMAND_OK;
}
