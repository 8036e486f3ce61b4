/* SPDX-License-Identifier: MIT */
#include "complain.h"
#include "json.h"
#include "listorder.h"
#include "opened.h"
#include "photojson.h"
#include "table.h"

#include <idphoto/message.h>
#include <idphoto/standing.h>
#include <idphoto/standingcsv.h>

#include <string.h>

/* `idphotoctl list`: the students, as a table for people, as CSV, or as JSON. */

typedef struct List List;

struct List {
        Language language;
        ReviewState state; /* _REVIEW_STATE_INVALID: any */
        ReasonCode reason; /* _REASON_INVALID: any */
        bool warned;       /* those only */
        uint64_t limit;    /* UINT64_MAX: none */
        uint64_t n;        /* so far */
        bool with_point;
        bool with_worst; /* the table tells warnings in words instead of reasons by code */
        void (*add)(List *list, const StandingRow *row);
        const char *headings[TABLE_COLUMNS_MAX];
        Table table;
        Text csv;
        JsonWriter json;
        ListOrder order; /* sort < 0: as the catalog lists them */
};

static void list_done(List *list)
{
        table_done(&list->table);
        text_done(&list->csv);
        json_done(&list->json);
        list_order_done(&list->order);
}

/* ---- one student ---- */

static void add_reasons(List *list, const Findings *findings)
{
        _cleanup_text_ Text reasons = {};

        for (size_t i = 0; i < findings->n; i++) {
                const Finding *finding = &findings->items[i];

                if (finding->level != FINDING_REJECT)
                        continue;
                text_append(&reasons, reasons.size > 0 ? " " : "");
                text_append(&reasons, reason_to_string(finding->code));
        }
        table_add(&list->table, reasons.data);
}

static void add_worst(List *list, const Findings *findings)
{
        const Finding *worst = findings_worst(findings);
        _cleanup_text_ Text words = {};

        if (worst)
                finding_append_words(&words, worst, list->language);
        table_add_number(&list->table, findings_count(findings, FINDING_WARN));
        table_add(&list->table, words.data);
}

static void add_to_table(List *list, const StandingRow *row)
{
        table_add(&list->table, review_state_word(row->state, list->language));
        table_add(&list->table, row->id_number);
        table_add(&list->table, row->student_no);
        table_add(&list->table, row->name);
        if (list->with_point)
                table_add(&list->table, row->point);
        if (list->with_worst)
                add_worst(list, row->findings);
        else
                add_reasons(list, row->findings);
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
                photo_json_values(json, finding);
                json_key(json, "unit");
                json_string(json, reason_unit(finding->code));
                json_key(json, "detail");
                json_string(json, finding->detail[0] != '\0' ? finding->detail : NULL);
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

static int add_row(const StandingRow *row, void *userdata)
{
        List *list = userdata;

        list->n++;
        list->add(list, row);
        return MIN(MIN(list->csv.error, list->json.text.error), list->table.cells.error);
}

static int take(const StandingRow *row, void *userdata)
{
        List *list = userdata;

        if (list->state >= 0 && row->state != list->state)
                return 0;
        if (list->reason >= 0 && !findings_find(row->findings, list->reason))
                return 0;
        if (list->warned && !standing_warned(row))
                return 0;
        if (list->order.sort >= 0)
                return list_order_add(&list->order, row);
        return list->n == list->limit ? 1 : add_row(row, list);
}

/* ---- all of them ---- */

static void add_heading(List *list, const char *heading)
{
        list->headings[list->table.n_columns++] = heading;
}

static void begin_table(List *list)
{
        Language language = list->language;

        list->table.headings = list->headings;
        add_heading(list, MESSAGE(COLUMN_STATE, language));
        add_heading(list, MESSAGE(COLUMN_ID_NUMBER, language));
        add_heading(list, MESSAGE(COLUMN_STUDENT_NO, language));
        add_heading(list, MESSAGE(COLUMN_NAME, language));
        if (list->with_point)
                add_heading(list, MESSAGE(COLUMN_POINT, language));
        if (list->with_worst) {
                list->table.numeric = 1u << list->table.n_columns;
                add_heading(list, MESSAGE(COLUMN_WARNINGS, language));
                add_heading(list, MESSAGE(COLUMN_WORST, language));
        } else
                add_heading(list, MESSAGE(COLUMN_REASONS, language));
}

static void begin(List *list)
{
        begin_table(list);
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

static int add_in_order(Catalog *catalog, List *list)
{
        int r = 0;

        list_order_sort(&list->order);
        for (size_t i = 0; i < list->order.n && list->n < list->limit && r >= 0; i++)
                r = catalog_read_standing(catalog, list_order_student(&list->order, i), add_row,
                                          list);
        return r;
}

static int print_list(const Opened *opened, int64_t point, List *list)
{
        int r;

        begin(list);
        r = catalog_list_standings(opened->catalog, (Where){opened->batch, point}, take, list);
        if (r >= 0)
                r = add_in_order(opened->catalog, list);
        return r < 0 ? r : end(list);
}

static int read_order(CommandContext *context, List *list)
{
        const char *sort = command_option(context, "sort"),
                   *limit = command_option(context, "limit");

        list->order.sort = sort ? list_sort_from_string(sort) : _LIST_SORT_INVALID;
        if (sort && list->order.sort < 0)
                return command_usage_error(context, MESSAGE(ERROR_SORT, context->language), sort);
        list->limit = UINT64_MAX;
        if (limit && command_read_count(limit, &list->limit) < 0)
                return command_usage_error(context, MESSAGE(ERROR_LIMIT, context->language), limit);
        list->with_worst = list->warned || list->order.sort == LIST_SORT_WARNINGS;
        return COMMAND_OK;
}

static int read_filters(CommandContext *context, List *list)
{
        const char *state = command_option(context, "state");
        const char *reason = command_option(context, "reason");

        list->state = _REVIEW_STATE_INVALID;
        list->reason = _REASON_INVALID;
        list->warned = command_option(context, "warned");
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
        return read_order(context, list);
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
