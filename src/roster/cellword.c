/* SPDX-License-Identifier: MIT */
#include "cellword.h"

#include "cell.h"

#include <ctype.h>
#include <string.h>

/* What marks an emptiness, in cells and between the brackets that people put around it. */
static const char *const none_words[] = {
        /* of people */
        "无", "無", "暂无", "暫無", "尚无", "没有", "沒有", "未有", "空", "空白", "缺", "暂缺",
        "暫缺", "未知", "不详", "不詳", "未填", "未填写", "未填寫", "待定", "待补", "待補",
        "不适用", "一", "无学号", "暂无学号", "没有学号", "無學號", "暫無學號", "无班级",
        "暂无班级", "无学籍号", "无考生号",
        /* of programs */
        "nan", "NaN", "NAN", "-nan", "NaT", "null", "Null", "NULL", "none", "None", "NONE", "nil",
        "Nil", "NIL", "undefined", "Undefined", "UNDEFINED", "unknown", "Unknown", "UNKNOWN", "NA",
        "N/A", "n/a", "N.A.", "n.a.", "\\N", "\\n", "pd.NA", "DBNull", "System.DBNull"};

/* Errors of spreadsheet programs that do not end as most do. */
static const char *const fault_words[] = {"#N/A", "#NV", "#N/D", "#N/B", "#GETTING_DATA", "#NULL"};

static const char *const example_words[] = {
        "示例",   "示範",  "示范",   "样例",   "樣例",   "样表",   "范例",   "範例", "例如",
        "举例",   "舉例",  "例：",   "例:",    "（例）", "(例)",   "【例】", "[例]", "填写示例",
        "（示例", "(示例", "【示例", "（样例", "(样例",  "【样例", "（范例", "(范例"};

/* Names of the sheets that tell how to fill in the others. */
static const char *const example_sheets[] = {"示例", "示范", "样例",     "样表",    "范例",
                                             "范本", "說明", "说明",     "须知",    "須知",
                                             "樣例", "範例", "填表要求", "填写要求"};
static const char *const example_sheets_en[] = {"example", "sample",  "instruction",
                                                "readme",  "read me", "how to"};

/* Names, and parts of names, of sheets that are called after what they are. */
static const char *const general_sheets[] = {
        "sheet",    "sheetjs",    "worksheet", "工作表", "表",   "表格",   "tabelle",
        "feuil",    "лист",       "data",      "数据",   "list", "roster", "student",
        "students", "学生",       "学员",      "export", "导出", "result", "results",
        "template", "sqlresults", "全部",      "page",   "第页", "mysheet"};
static const char *const general_parts[] = {"名册", "名冊", "名单", "名單", "信息",  "汇总",
                                            "總表", "总表", "模板", "批次", "毕业生"};

/* Characters that say nothing when nothing else is in the cell. */
static bool is_filler(int32_t c)
{
        return (c < 0x80 && c > 0 && strchr("-/\\_,~*|", (int)c)) || c == 0x3001 || c == 0x3002 ||
               c == 0x2026 || c == 0xb7 || c == 0x2500 || cell_is_hyphen(c);
}

static bool is_bracket(int32_t c)
{
        return (c < 0x80 && c > 0 && strchr("()[]{}<>\"' ", (int)c)) || c == 0xab || c == 0xbb ||
               (c >= 0x2018 && c <= 0x201f) || (c >= 0x3008 && c <= 0x3011) || c == 0x3014 ||
               c == 0x3015 || c == 0x2039 || c == 0x203a;
}

/* text without brackets at its ends and with its ASCII in half width, when that fits. */
static bool take_core(const char *text, char *core, size_t size, bool *ret_filler)
{
        size_t n = 0, end = 0;

        *ret_filler = true;
        while (*text) {
                int32_t c;
                size_t m = cell_decode(text, &c);
                int32_t folded = cell_fold_width(c);

                if (!is_bracket(folded) || n > 0) {
                        size_t width = folded < 0x80 ? 1 : m;

                        if (n + width >= size)
                                return false;
                        if (folded < 0x80)
                                core[n] = (char)folded;
                        else
                                memcpy(core + n, text, m);
                        n += width;
                        if (!is_bracket(folded)) {
                                end = n;
                                *ret_filler = *ret_filler && is_filler(folded);
                        }
                }
                text += m;
        }
        core[end] = '\0';
        return true;
}

/* "#REF!", "#NAME?", "#DIV/0!" and whatever comes after them; "####", which stands for a number in
 * a narrow column; "Err:502". */
static bool is_fault(const char *text)
{
        const char *end;

        if (text_starts_with(text, "Err:") && text[4] != '\0' &&
            text[4 + strspn(text + 4, "0123456789")] == '\0')
                return true;
        if (text[0] != '#')
                return false;
        if (text[1 + strspn(text + 1, "#")] == '\0')
                return text[1] != '\0';
        for (size_t i = 0; i < ELEMENTSOF(fault_words); i++)
                if (strcasecmp(text, fault_words[i]) == 0)
                        return true;
        end = text + 1 +
              strspn(text + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz/0_");
        return end > text + 1 && (*end == '!' || *end == '?') && end[1] == '\0';
}

CellSense cell_sense(const char *text)
{
        char core[64];
        bool filler;

        /* No word is as long. */
        if (!take_core(text, core, sizeof(core), &filler))
                return CELL_VALUE;
        if (filler)
                return CELL_NOTHING;
        if (is_fault(core))
                return CELL_FAULT;
        for (size_t i = 0; i < ELEMENTSOF(none_words); i++)
                if (none_words[i][0] == core[0] && strcmp(none_words[i], core) == 0)
                        return CELL_NOTHING;
        return CELL_VALUE;
}

bool cell_is_example(const char *text)
{
        char core[64];
        bool filler;

        for (size_t i = 0; i < ELEMENTSOF(example_words); i++)
                if (text_starts_with(text, example_words[i]))
                        return true;
        return take_core(text, core, sizeof(core), &filler) &&
               (strcmp(core, "例") == 0 || strcasecmp(core, "example") == 0 ||
                strcasecmp(core, "sample") == 0 || strcasecmp(core, "e.g.") == 0);
}

bool sheet_name_is_example(const char *name)
{
        for (size_t i = 0; i < ELEMENTSOF(example_sheets); i++)
                if (strstr(name, example_sheets[i]))
                        return true;
        for (size_t i = 0; i < ELEMENTSOF(example_sheets_en); i++)
                if (strcasestr(name, example_sheets_en[i]))
                        return true;
        return false;
}

bool sheet_name_is_general(const char *name)
{
        char letters[64];
        size_t n = 0;

        for (size_t i = 0; i < ELEMENTSOF(general_parts); i++)
                if (strstr(name, general_parts[i]))
                        return true;
        /* Without what tells several of them apart: "Sheet1 (2)". */
        for (const char *p = name; *p; p++) {
                if (strchr("0123456789()_- ", *p))
                        continue;
                if (n == sizeof(letters) - 1)
                        return false;
                letters[n++] = *p;
        }
        letters[n] = '\0';
        for (size_t i = 0; i < ELEMENTSOF(general_sheets); i++)
                if (strcasecmp(letters, general_sheets[i]) == 0)
                        return true;
        return n == 0;
}
