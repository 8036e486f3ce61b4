/* SPDX-License-Identifier: MIT */
#include "standingcolumns.h"

#include <idphoto/clock.h>
#include <idphoto/message.h>

#include <string.h>

#define IN(table)  (1u << STANDING_TABLE_##table)
#define IN_CSV     (IN(CSV) | IN(LIST) | IN(OFFICE_CSV))
#define IN_XLSX    (IN(XLSX) | IN(OFFICE_XLSX))
#define IN_OFFICE  (IN(OFFICE_CSV) | IN(OFFICE_XLSX))
#define IN_WIDE    (IN_XLSX | IN(OFFICE_CSV))
#define EVERYWHERE (IN_CSV | IN_XLSX)

/* ---- cells ---- */

static void append_known(Text *text, const char *s)
{
        if (s)
                text_append(text, s);
}

static void append_point(Text *text, const StandingRow *row, Language language _unused_)
{
        append_known(text, row->point);
}

static void append_id_number(Text *text, const StandingRow *row, Language language _unused_)
{
        append_known(text, row->id_number);
}

static void append_name(Text *text, const StandingRow *row, Language language _unused_)
{
        append_known(text, row->name);
}

static void append_student_no(Text *text, const StandingRow *row, Language language _unused_)
{
        append_known(text, row->student_no);
}

static void append_class(Text *text, const StandingRow *row, Language language _unused_)
{
        append_known(text, row->class_name);
}

static void append_state(Text *text, const StandingRow *row, Language language)
{
        text_append(text, review_state_word(row->state, language));
}

static void append_stage(Text *text, const StandingRow *row, Language language)
{
        text_append(text, stage_title(row->stage, language));
}

typedef void (*FindingAppend)(Text *text, const Finding *finding, Language language);

static void append_findings(Text *text, const Findings *findings, FindingLevel level,
                            FindingAppend append, const char *between, Language language)
{
        bool first = true;

        for (size_t i = 0; i < findings->n; i++) {
                if (findings->items[i].level != level)
                        continue;
                text_append(text, first ? "" : between);
                append(text, &findings->items[i], language);
                first = false;
        }
}

static void append_title(Text *text, const Finding *finding, Language language)
{
        text_append(text, finding_title(finding, language));
}

static void append_reasons(Text *text, const StandingRow *row, Language language)
{
        append_findings(text, row->findings, FINDING_REJECT, append_title, " ", language);
}

static void append_warnings(Text *text, const StandingRow *row, Language language)
{
        append_findings(text, row->findings, FINDING_WARN, append_title, " ", language);
}

static void append_reasons_in_words(Text *text, const StandingRow *row, Language language)
{
        append_findings(text, row->findings, FINDING_REJECT, finding_append_words, "\n", language);
}

static void append_warnings_in_words(Text *text, const StandingRow *row, Language language)
{
        append_findings(text, row->findings, FINDING_WARN, finding_append_words, "\n", language);
}

static void append_measured(Text *text, const StandingRow *row, Language language _unused_)
{
        findings_append_codes(text, row->findings);
}

static void append_warning_count(Text *text, const StandingRow *row, Language language _unused_)
{
        size_t n = findings_count(row->findings, FINDING_WARN);

        if (n > 0)
                text_printf(text, "%zu", n);
}

static void append_decision(Text *text, const StandingRow *row, Language language)
{
        if (row->reason >= 0)
                text_append(text, reason_title(row->reason, language));
}

static void append_note(Text *text, const StandingRow *row, Language language _unused_)
{
        append_known(text, row->note);
}

static void append_rejections(Text *text, const StandingRow *row, Language language _unused_)
{
        if (row->rejections > 0)
                text_printf(text, "%u", row->rejections);
}

static void append_sent_as(Text *text, const StandingRow *row, Language language _unused_)
{
        append_known(text, row->sent_as);
}

static void append_changed(Text *text, const StandingRow *row, Language language _unused_)
{
        char when[WALL_TEXT_MAX];

        if (row->applied != 0)
                text_append(text, wall_to_text(row->applied, when));
}

/* ---- columns ---- */

/* The order is that of every table. A new column of CSV goes behind the others of its table, because
 * programs count. */
static const StandingColumn columns[] = {
        {EVERYWHERE,
         COLUMN_TEXT,
         16,
         {"point", "教学点"},
         {"Teaching point", "教学点"},
         append_point},
        {EVERYWHERE,
         COLUMN_NUMBER,
         21,
         {"id_number", "身份证号"},
         {"ID number", "身份证号"},
         append_id_number},
        {EVERYWHERE, COLUMN_TEXT, 12, {"name", "姓名"}, {"Name", "姓名"}, append_name},
        {EVERYWHERE,
         COLUMN_NUMBER,
         16,
         {"student_no", "学号"},
         {"Student number", "学号"},
         append_student_no},
        {IN_WIDE, COLUMN_TEXT, 16, {"class", "班级"}, {"Class", "班级"}, append_class},
        {EVERYWHERE, COLUMN_WORD, 10, {"state", "状态"}, {"State", "状态"}, append_state},
        {IN_OFFICE, COLUMN_TEXT, 16, {"stage", "采集进度"}, {"Stage", "采集进度"}, append_stage},
        {IN_CSV, COLUMN_TEXT, 0, {"reasons", "驳回原因"}, {}, append_reasons},
        {IN_XLSX, COLUMN_TEXT, 44, {}, {"Why rejected", "驳回原因"}, append_reasons_in_words},
        {IN_XLSX, COLUMN_COUNT, 12, {}, {"Number of warnings", "注意项数"}, append_warning_count},
        {IN_CSV, COLUMN_TEXT, 0, {"warnings", "注意"}, {}, append_warnings},
        {IN_XLSX, COLUMN_TEXT, 44, {}, {"Warnings", "注意事项"}, append_warnings_in_words},
        {IN(OFFICE_CSV), COLUMN_TEXT, 0, {"measured", "实测值"}, {}, append_measured},
        {IN_OFFICE,
         COLUMN_TEXT,
         30,
         {"decision", "审核结论"},
         {"Decision", "审核结论"},
         append_decision},
        {IN_OFFICE,
         COLUMN_TEXT,
         30,
         {"note", "审核说明"},
         {"Reviewer's note", "审核说明"},
         append_note},
        {IN_OFFICE,
         COLUMN_COUNT,
         12,
         {"rejections", "人工驳回次数"},
         {"Rejections", "人工驳回次数"},
         append_rejections},
        {EVERYWHERE,
         COLUMN_TEXT,
         34,
         {"sent_as", "提交文件名"},
         {"Sent as", "提交文件名"},
         append_sent_as},
        {EVERYWHERE,
         COLUMN_WORD,
         17,
         {"changed", "更新时间"},
         {"Changed", "更新时间"},
         append_changed},
        {IN(LIST), COLUMN_TEXT, 0, {"measured", "实测值"}, {}, append_measured},
};

const StandingColumn *standing_column(StandingTable table, size_t n)
{
        for (size_t i = 0; i < ELEMENTSOF(columns); i++)
                if (columns[i].tables & 1u << table && n-- == 0)
                        return &columns[i];
        return NULL;
}

/* ---- rows ---- */

bool standing_warned(const StandingRow *row)
{
        return row->has_photo && findings_count(row->findings, FINDING_WARN) > 0;
}

typedef struct Half {
        bool warned;
        StandingCallback callback;
        void *userdata;
} Half;

static int take_half(const StandingRow *row, void *userdata)
{
        Half *half = userdata;

        return standing_warned(row) == half->warned ? half->callback(row, half->userdata) : 0;
}

int standings_each(Catalog *catalog, StandingTable table, Where where, StandingCallback callback,
                   void *userdata)
{
        Half half = {.warned = true, .callback = callback, .userdata = userdata};
        int r;

        if (!(IN_OFFICE & 1u << table))
                return catalog_list_standings(catalog, where, callback, userdata);
        /* Listed twice, which takes no memory for the rows. */
        r = catalog_list_standings(catalog, where, take_half, &half);
        half.warned = false;
        return r != 0 ? r : catalog_list_standings(catalog, where, take_half, &half);
}
