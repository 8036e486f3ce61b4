/* SPDX-License-Identifier: MIT */
#include "gateways.h"

#include "complain.h"
#include "opened.h"
#include "table.h"

#include <idphoto/batch.h>
#include <idphoto/clock.h>
#include <idphoto/gateway.h>
#include <idphoto/message.h>

#include <inttypes.h>

/* ---- JSON ---- */

typedef struct GatewayJson {
        Catalog *catalog;
        JsonWriter *json;
} GatewayJson;

static int add_json(const GatewayRow *row, void *userdata)
{
        GatewayJson *list = userdata;
        JsonWriter *json = list->json;
        _cleanup_free_ char *batch = NULL;
        int r = catalog_batch_name(list->catalog, row->batch, &batch);

        if (r < 0)
                return r;
        json_open(json, '{');
        json_key(json, "name");
        json_string(json, row->name);
        json_key(json, "version");
        json_string(json, row->version);
        json_key(json, "batch");
        json_string(json, batch);
        json_key(json, "judges_only");
        json_bool(json, row->judges);
        json_key(json, "since");
        json_integer(json, row->since / NSEC_PER_SEC);
        json_key(json, "lease"); /* in seconds */
        if (row->left >= 0)
                json_integer(json, row->left / NSEC_PER_SEC);
        else
                json_null(json);
        json_key(json, "unfinished");
        json_integer(json, row->uploads);
        json_close(json, '}');
        return json->text.error;
}

int gateways_json_append(Catalog *catalog, JsonWriter *json)
{
        GatewayJson list = {.catalog = catalog, .json = json};
        int r;

        json_open(json, '[');
        r = gateway_list(catalog, add_json, &list);
        json_close(json, ']');
        return r < 0 ? r : json->text.error;
}

static int print_json(const Opened *opened)
{
        _cleanup_json_ JsonWriter json = {};
        int r = gateways_json_append(opened->catalog, &json);

        if (r >= 0)
                (void)puts(json.text.data);
        return r;
}

/* ---- a line ---- */

typedef struct GatewayLine {
        Text *text;
        Language language;
        size_t n;
} GatewayLine;

static int add_name(const GatewayRow *row, void *userdata)
{
        GatewayLine *line = userdata;
        const Language language = line->language;

        text_append(line->text, line->n++ > 0 ? MESSAGE(GATEWAY_AND, language) : "");
        text_append(line->text, row->name);
        if (row->left < 0)
                text_append(line->text, MESSAGE(GATEWAY_IS_GONE, language));
        else if (row->judges)
                text_append(line->text, MESSAGE(GATEWAY_JUDGES, language));
        return line->text->error;
}

int gateways_text(Catalog *catalog, Language language, Text *text)
{
        GatewayLine line = {.text = text, .language = language};
        int r;

        text_append(text, MESSAGE(GATEWAYS_ARE, language));
        r = gateway_list(catalog, add_name, &line);
        if (line.n == 0)
                text_append(text, MESSAGE(GATEWAYS_NONE, language));
        text_append(text, "\n");
        if (r >= 0)
                r = gateway_waits_for_standby(catalog);
        if (r > 0)
                text_append(text, MESSAGE(GATEWAYS_NO_STANDBY, language));
        return r < 0 ? r : text->error;
}

/* ---- the table ---- */

typedef struct GatewayTable {
        Catalog *catalog;
        Language language;
        Table table;
        size_t n;
} GatewayTable;

static int add_row(const GatewayRow *row, void *userdata)
{
        GatewayTable *list = userdata;
        _cleanup_free_ char *batch = NULL;
        char since[WALL_TEXT_MAX], left[32];
        int r = catalog_batch_name(list->catalog, row->batch, &batch);

        if (r < 0)
                return r;
        (void)snprintf(left, sizeof(left), "%" PRId64 " s", (int64_t)(row->left / NSEC_PER_SEC));
        table_add(&list->table, row->name);
        table_add(&list->table, row->version);
        table_add(&list->table, batch);
        table_add(&list->table, wall_to_text(row->since, since));
        table_add(&list->table, row->left < 0 ? MESSAGE(GATEWAY_GONE, list->language) : left);
        table_add_number(&list->table, (uint64_t)row->uploads);
        table_add(&list->table, row->judges ? MESSAGE(GATEWAY_DOES_JUDGE, list->language)
                                            : MESSAGE(GATEWAY_DOES_MOUNT, list->language));
        list->n++;
        return list->table.cells.error;
}

static int print_table(const Opened *opened, Language language)
{
        static const char *const headings[_LANGUAGE_MAX][7] = {
                {"GATEWAY", "version", "batch", "since", "lease", "unfinished", "does"},
                {"网关", "版本", "批次", "开始时间", "租期", "未完成", "用途"},
        };
        GatewayTable list = {
                .catalog = opened->catalog,
                .language = language,
                .table = {.headings = headings[language],
                          .n_columns = ELEMENTSOF(headings[language]),
                          .numeric = 0x30},
        };
        int r = gateway_list(opened->catalog, add_row, &list);

        if (r >= 0 && list.n > 0)
                r = table_print(&list.table);
        else if (r >= 0)
                (void)puts(store_is_attached(opened->store) ? MESSAGE(GATEWAY_LIST_NONE, language)
                                                            : MESSAGE(GATEWAY_LIST_FILE, language));
        table_done(&list.table);
        return r;
}

int command_gateway_list(CommandContext *context, int argc _unused_, char **argv _unused_)
{
        _cleanup_opened_ Opened opened = {};
        int r = opened_open(context, &opened);

        if (r != COMMAND_OK)
                return r;
        r = command_option(context, "json") ? print_json(&opened)
                                            : print_table(&opened, context->language);
        if (r < 0) {
                command_error(MESSAGE(ERROR_READ_STORE, context->language),
                              message_errno(-r, context->language));
                return COMMAND_WRONG;
        }
        return COMMAND_OK;
}
