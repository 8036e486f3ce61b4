/* SPDX-License-Identifier: MIT */
#include "headings.h"

#include "cellword.h"

#include <limits.h>
#include <string.h>

/* In the order in which they win, where a table has several columns of one kind. */
static const char *const aliases[_FIELD_MAX][16] = {
        [FIELD_ID_NUMBER] = {"身份证号", "身份证号码", "身份证", "公民身份号码", "公民身份证号",
                             "公民身份证号码", "证件号", "证件号码", "身份证件号", "身份证件号码",
                             "SFZH", "SFZJH", "ZJH", "ZJHM", "SFZHM", "IDNUMBER"},
        [FIELD_ID_TYPE] = {"证件类型", "身份证件类型", "身份证类型", "ZJLX", "ZJLXM", "SFZJLX"},
        [FIELD_STUDENT_NO] = {"学号", "校内学号", "学籍号", "XH", "STUDENTNUMBER"},
        [FIELD_EXAM_NO] = {"考生号", "KSH"},
        [FIELD_NAME] = {"姓名", "学生姓名", "考生姓名", "XM"},
        [FIELD_SEX] = {"性别", "XB", "XBM"},
        [FIELD_BIRTH] = {"出生日期", "CSRQ"},
        [FIELD_LEVEL] = {"层次", "培养层次", "学历层次", "CC"},
        [FIELD_FORM] = {"学习形式", "XXXS"},
        [FIELD_MAJOR] = {"专业", "专业名称", "修读专业", "ZYMC", "ZYDM", "专业代码"},
        [FIELD_POINT] = {"教学点", "教学点名称", "校外教学点", "校外教学点名称", "函授站",
                         "函授站名称", "教学站", "站点", "学习中心", "系所函", "系所函授站", "分院",
                         "分校", "XSH", "FY"},
        [FIELD_CLASS] = {"班级", "班号", "班级名称", "BH"},
        [FIELD_BATCH] = {"批次", "毕业批次", "年级", "预计毕业日期", "YJBYRQ", "BYRQ"},
        [FIELD_REMARK] = {"备注", "BZ"},
        [FIELD_STATUS] = {"状态", "订单状态", "采集状态", "审核状态", "进度", "采集进度", "结果",
                          "审核结果", "STATUS"},
        [FIELD_REASON] = {"原因", "驳回原因", "未通过原因", "REASON"},
        [FIELD_DATE] = {"日期", "时间", "更新日期", "更新时间", "DATE"},
};

static bool find_alias(const char *heading, Field *ret_field, int *ret_rank)
{
        for (int f = 0; f < _FIELD_MAX; f++)
                for (size_t i = 0; i < ELEMENTSOF(aliases[f]) && aliases[f][i]; i++)
                        if (strcmp(aliases[f][i], heading) == 0) {
                                *ret_field = (Field)f;
                                *ret_rank = (int)i;
                                return true;
                        }
        return false;
}

static void map(const Cell *cells, size_t n, Headings *ret)
{
        int ranks[_FIELD_MAX];

        *ret = (Headings){0};
        for (int f = 0; f < _FIELD_MAX; f++) {
                ret->column[f] = -1;
                ranks[f] = INT_MAX;
        }
        for (size_t i = 0; i < n; i++) {
                char heading[128];
                Field field;
                int rank;

                /* No heading is longer, and most cells are none. */
                if (cells[i].number || strlen(cells[i].text) >= sizeof(heading))
                        continue;
                strcpy(heading, cells[i].text);
                cell_fold_heading(heading);
                if (!find_alias(heading, &field, &rank))
                        continue;
                ret->n_known += ranks[field] == INT_MAX;
                if (rank < ranks[field]) {
                        ranks[field] = rank;
                        ret->column[field] = (int)i;
                }
        }
}

bool headings_find(const Cell *cells, size_t n, Headings *ret)
{
        map(cells, n, ret);
        return ret->column[FIELD_ID_NUMBER] >= 0 &&
               (ret->column[FIELD_NAME] >= 0 || ret->column[FIELD_STUDENT_NO] >= 0);
}

bool headings_find_progress(const Cell *cells, size_t n, Headings *ret)
{
        map(cells, n, ret);
        return ret->column[FIELD_STATUS] >= 0 &&
               (ret->column[FIELD_ID_NUMBER] >= 0 || ret->column[FIELD_STUDENT_NO] >= 0);
}

bool row_is_example(const Cell *cells, size_t n)
{
        for (size_t i = 0; i < n; i++) {
                const char *cell = cells[i].text + strspn(cells[i].text, " \t");
                char text[64];

                /* Numbers, which most cells are, and what begins as no such word does. */
                if (cells[i].number || (*cell >= '0' && *cell <= '9') || !*cell)
                        continue;
                memcpy(text, cell, text_prefix(cell, sizeof(text) - 1));
                text[text_prefix(cell, sizeof(text) - 1)] = '\0';
                (void)cell_clean(text);
                if (cell_is_example(text))
                        return true;
        }
        return false;
}

bool row_is_footer(const Cell *cells, size_t n)
{
        static const char *const words[] = {"合计", "总计",  "小计",   "共计",   "总人数",  "人数",
                                            "制表", "填表",  "审核人", "审核:",  "备注:",   "说明",
                                            "注:",  "TOTAL", "以上",   "以下",   "本页",    "本表",
                                            "附注", "注释",  "复核人", "负责人", "联系电话"};

        for (size_t i = 0; i < n; i++) {
                char text[64];

                memcpy(text, cells[i].text, text_prefix(cells[i].text, sizeof(text) - 1));
                text[text_prefix(cells[i].text, sizeof(text) - 1)] = '\0';
                (void)cell_clean(text);
                if (text[0] == '\0')
                        continue;
                for (size_t w = 0; w < ELEMENTSOF(words); w++) {
                        size_t m = strlen(words[w]);

                        if (strncasecmp(text, words[w], m) == 0)
                                return true;
                        /* A colon of full width. */
                        if (words[w][m - 1] == ':' && strncmp(text, words[w], m - 1) == 0 &&
                            text_starts_with(text + m - 1, "："))
                                return true;
                }
                return false;
        }
        return true; /* nothing at all */
}
