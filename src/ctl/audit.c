/* SPDX-License-Identifier: MIT */
#include "complain.h"
#include "json.h"
#include "opened.h"
#include "table.h"

#include <idphoto/audit.h>
#include <idphoto/clock.h>
#include <idphoto/message.h>
#include <idphoto/overview.h>
#include <idphoto/statuscsv.h>

#include <inttypes.h>
#include <string.h>
#include <time.h>

/* `idphotoctl audit`: the log as a table, as JSON or CSV, and the proof of its chain. */

enum { PERSON_SHOWN = 12 }; /* digits of the keyed hash that a table shows */

static int failed(const CommandContext *context, int r)
{
        command_error(MESSAGE(ERROR_READ_AUDIT, context->language),
                      message_errno(-r, context->language));
        return COMMAND_WRONG;
}

/* ---- list ---- */

typedef struct AuditPrint AuditPrint;

struct AuditPrint {
        Language language;
        void (*add)(AuditPrint *print, const AuditRow *row);
        Table table;
        Text csv;
        JsonWriter json;
};

static void print_done(AuditPrint *print)
{
        table_done(&print->table);
        text_done(&print->csv);
        json_done(&print->json);
}

static const char *who(const AuditRow *row, char buf[static 16])
{
        if (*row->actor)
                return row->actor;
        (void)snprintf(buf, 16, "%" PRIu32, (uint32_t)row->uid);
        return buf;
}

static void add_to_table(AuditPrint *print, const AuditRow *row)
{
        char when[WALL_TEXT_MAX], uid[16], person[SHA256_HEX_SIZE] = "";

        if (row->has_person)
                (void)sha256_to_hex(&row->person, person);
        person[PERSON_SHOWN] = '\0';
        if (row->number != 0)
                table_add_number(&print->table, (uint64_t)row->number);
        else
                table_add(&print->table, "");
        table_add(&print->table, wall_to_text(row->wall, when));
        table_add(&print->table, who(row, uid));
        table_add(&print->table,
                  row->kind >= 0 ? event_kind_text(row->kind, print->language) : row->kind_name);
        table_add(&print->table, row->point_name);
        table_add(&print->table, person);
        table_add(&print->table, row->detail);
}

static void add_number(JsonWriter *json, const char *key, int64_t value)
{
        json_key(json, key);
        if (value != 0)
                json_integer(json, value);
        else
                json_null(json);
}

static void add_to_json(AuditPrint *print, const AuditRow *row)
{
        JsonWriter *json = &print->json;
        char person[SHA256_HEX_SIZE];

        json_open(json, '{');
        add_number(json, "entry", row->number);
        json_key(json, "time");
        json_integer(json, row->wall / NSEC_PER_SEC);
        json_key(json, "kind");
        json_string(json, row->kind_name);
        json_key(json, "uid");
        json_integer(json, (int64_t)row->uid);
        json_key(json, "user");
        json_string(json, *row->actor ? row->actor : NULL);
        json_key(json, "point");
        json_string(json, row->point_name);
        add_number(json, "submission", row->submission);
        json_key(json, "person");
        json_string(json, row->has_person ? sha256_to_hex(&row->person, person) : NULL);
        json_key(json, "detail");
        json_string(json, *row->detail ? row->detail : NULL);
        json_close(json, '}');
}

static void add_cell(Text *csv, const char *cell)
{
        if (csv->size > 0 && csv->data[csv->size - 1] != '\n')
                text_append(csv, ",");
        status_csv_append_text(csv, cell ? cell : "");
}

static void add_to_csv(AuditPrint *print, const AuditRow *row)
{
        char when[WALL_TEXT_MAX], person[SHA256_HEX_SIZE] = "";
        Text *csv = &print->csv;

        if (row->has_person)
                (void)sha256_to_hex(&row->person, person);
        if (row->number != 0)
                text_printf(csv, "%" PRId64, row->number);
        text_printf(csv, ",%s,%" PRIu32, wall_to_text(row->wall, when), (uint32_t)row->uid);
        add_cell(csv, row->actor);
        add_cell(csv, row->kind_name);
        add_cell(csv, row->point_name);
        add_cell(csv, person);
        add_cell(csv, row->detail);
        text_append(csv, "\r\n");
}

static int take(const AuditRow *row, void *userdata)
{
        AuditPrint *print = userdata;

        print->add(print, row);
        return MIN(MIN(print->csv.error, print->json.text.error), print->table.cells.error);
}

static void begin(AuditPrint *print)
{
        static const char *const headings[_LANGUAGE_MAX][7] = {
                {"ENTRY", "WHEN", "WHO", "WHAT", "TEACHING POINT", "PERSON", "DETAIL"},
                {"序号", "时间", "用户", "操作", "教学点", "人员代号（加密）", "说明"},
        };

        print->table.headings = headings[print->language];
        print->table.n_columns = 7;
        print->table.numeric = 1;
        if (print->add == add_to_csv)
                text_append(&print->csv, "\xef\xbb\xbf"
                                         "entry,time,uid,user,kind,point,person,detail\r\n");
        if (print->add == add_to_json)
                json_open(&print->json, '[');
}

static int end(AuditPrint *print)
{
        if (print->add == add_to_table)
                return table_print(&print->table);
        if (print->add == add_to_csv) {
                (void)fwrite(print->csv.data, 1, print->csv.size, stdout);
                return 0;
        }
        json_close(&print->json, ']');
        if (print->json.text.error < 0)
                return print->json.text.error;
        (void)puts(print->json.text.data);
        return 0;
}

/* Local midnight at the start of YYYY-MM-DD. */
static int parse_day(const char *s, int64_t *ret)
{
        Date date;
        int n = 0;

        if (sscanf(s, "%4d-%2d-%2d%n", &date.year, &date.month, &date.day, &n) != 3 ||
            s[n] != '\0' || !date_valid(date))
                return -EINVAL;
        *ret = date_to_wall(date);
        return 0;
}

int command_audit_list(CommandContext *context, int argc _unused_, char **argv _unused_)
{
        bool json = command_option(context, "json"), csv = command_option(context, "csv");
        const char *since_text = command_option(context, "since"),
                   *limit_text = command_option(context, "limit");
        _cleanup_opened_ Opened opened = {};
        _cleanup_(print_done) AuditPrint print = {
                .language = context->language,
                .add = json  ? add_to_json
                       : csv ? add_to_csv
                             : add_to_table,
        };
        uint64_t limit = 0;
        int64_t since = 0;
        int r;

        if (json && csv)
                return command_usage_error(context, MESSAGE(ERROR_JSON_OR_CSV, context->language));
        if (since_text && parse_day(since_text, &since) < 0)
                return command_usage_error(context, MESSAGE(ERROR_DAY, context->language),
                                           since_text);
        if (limit_text && command_read_count(limit_text, &limit) < 0)
                return command_usage_error(context, MESSAGE(ERROR_ENTRIES, context->language),
                                           limit_text);
        r = opened_open(context, &opened);
        if (r != COMMAND_OK)
                return r;
        begin(&print);
        /* Without the right to do so what waits is listed behind. */
        (void)catalog_seal_all(opened.catalog);
        r = catalog_audit_list(opened.catalog, since, limit, take, &print);
        if (r >= 0)
                r = end(&print);
        return r < 0 ? failed(context, r) : COMMAND_OK;
}

/* ---- verify ---- */

static void print_fault(const AuditReport *report, Language language)
{
        static const char *const texts[_AUDIT_FAULT_MAX][_LANGUAGE_MAX] = {
                [AUDIT_CHANGED] = {"was changed after it was written", "写入后被改动"},
                [AUDIT_MISSING] = {"was removed", "被删除"},
                [AUDIT_FOREIGN] = {"was not written by this program", "不是由本程序写入的"},
                [AUDIT_CUT] = {"and all after it were removed", "及其后的记录被删除"},
                [AUDIT_HEAD] = {"The record of the log's length is gone or forged.",
                                "用于核对记录条数的标记丢失或被伪造。"},
                [AUDIT_NO_KEY] = {"The key, the file audit.key in the store, is gone: nothing can "
                                  "be proved.",
                                  "数据目录中的密钥文件 audit.key 已丢失，无法验证。"},
                [AUDIT_UNSEALED] =
                        {"has waited for its number for more than a minute, or was taken "
                         "from those that wait",
                         "等待编号超过一分钟，或已被移出等待队列"},
        };
        const char *text = texts[report->fault][language];

        if (report->fault == AUDIT_HEAD || report->fault == AUDIT_NO_KEY)
                (void)printf("%s\n", text);
        else if (report->entry == 0)
                (void)printf(MESSAGE(AUDIT_ENTRY_UNSEALED, language), text);
        else
                (void)printf(MESSAGE(AUDIT_ENTRY, language), report->entry, text);
}

int command_audit_verify(CommandContext *context, int argc _unused_, char **argv _unused_)
{
        _cleanup_opened_ Opened opened = {};
        AuditReport report;
        int r = opened_open(context, &opened);

        if (r != COMMAND_OK)
                return r;
        (void)catalog_seal_all(opened.catalog);
        r = catalog_audit_verify(opened.catalog, &report);
        if (r < 0)
                return failed(context, r);
        if (report.fault == AUDIT_WHOLE)
                (void)printf(MESSAGE(AUDIT_WHOLE_LOG, context->language), report.entries);
        else {
                print_fault(&report, context->language);
                (void)printf(MESSAGE(AUDIT_GOOD_BEFORE, context->language), report.entries);
        }
        if (report.before > 0)
                (void)printf(MESSAGE(AUDIT_UNCHAINED, context->language), report.before);
        return report.fault == AUDIT_WHOLE ? COMMAND_OK : COMMAND_NO;
}
