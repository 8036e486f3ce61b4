/* SPDX-License-Identifier: MIT */
#include "headings.h"

#include "cellword.h"

#include <limits.h>
#include <string.h>

/*
 * In the order in which they win, where a table has several columns of one kind. Written as
 * cell_fold_heading() leaves them: simplified characters, capitals, without blanks and marks.
 */
static const char *const aliases[_FIELD_MAX][32] = {
        [FIELD_ID_NUMBER] = {"身份证号",      "身份证号码",     "身份证",
                             "公民身份号码",  "公民身份证号",   "公民身份证号码",
                             "居民身份证号",  "居民身份证号码", "居民身份证",
                             "身分证号",      "身分证号码",     "身分证",
                             "身份号码",      "证件号",         "证件号码",
                             "身份证件号",    "身份证件号码",   "有效证件号码",
                             "SFZH",          "SFZJH",          "ZJH",
                             "ZJHM",          "SFZHM",          "IDNUMBER",
                             "IDNO",          "IDCARDNUMBER",   "IDCARDNO",
                             "IDCARD",        "IDENTITYNUMBER", "NATIONALID",
                             "DOCUMENTNUMBER"},
        [FIELD_ID_TYPE] = {"证件类型", "身份证件类型", "身份证类型", "ZJLX", "ZJLXM", "SFZJLX",
                           "IDTYPE"},
        [FIELD_STUDENT_NO] = {"学号", "校内学号", "学籍号", "学生编号", "学生号", "学员编号",
                              "学员号", "XH", "STUDENTNUMBER", "STUDENTNO", "STUDENTID",
                              "STUDENTIDNUMBER", "STUDENTCODE", "STUDENTNUM"},
        [FIELD_EXAM_NO] = {"考生号", "KSH", "EXAMNUMBER", "EXAMNO"},
        [FIELD_NAME] = {"姓名", "学生姓名", "考生姓名", "学员姓名", "中文姓名", "名字", "XM",
                        "NAME", "FULLNAME", "STUDENTNAME", "CHINESENAME", "NAMEOFSTUDENT",
                        "STUDENTSNAME"},
        [FIELD_SEX] = {"性别", "XB", "XBM", "SEX", "GENDER"},
        [FIELD_BIRTH] = {"出生日期", "出生年月日", "CSRQ", "BIRTHDATE", "DATEOFBIRTH", "BIRTHDAY",
                         "DOB"},
        [FIELD_LEVEL] = {"层次", "培养层次", "学历层次", "CC", "LEVEL"},
        [FIELD_FORM] = {"学习形式", "XXXS", "STUDYFORM"},
        [FIELD_MAJOR] = {"专业", "专业名称", "修读专业", "ZYMC", "ZYDM", "专业代码", "MAJOR",
                         "PROGRAMME", "PROGRAM"},
        [FIELD_POINT] = {"教学点",
                         "教学点名称",
                         "校外教学点",
                         "校外教学点名称",
                         "函授站",
                         "函授站名称",
                         "函授站点",
                         "函授站点名称",
                         "函授点",
                         "函授教学站",
                         "教学站",
                         "教学站点",
                         "站点",
                         "站点名称",
                         "学习中心",
                         "学习中心名称",
                         "校外学习中心",
                         "系所函",
                         "系所函授站",
                         "分院",
                         "分校",
                         "XSH",
                         "FY",
                         "TEACHINGPOINT",
                         "TEACHINGSITE",
                         "TEACHINGSTATION",
                         "LEARNINGCENTRE",
                         "LEARNINGCENTER",
                         "STUDYCENTRE",
                         "STUDYCENTER",
                         "POINT"},
        [FIELD_CLASS] = {"班级", "班号", "班级名称", "行政班", "行政班级", "BH", "CLASS",
                         "CLASSNAME", "CLASSNO", "CLASSNUMBER"},
        [FIELD_BATCH] = {"批次", "毕业批次", "年级", "预计毕业日期", "YJBYRQ", "BYRQ", "BATCH",
                         "GRADE"},
        [FIELD_REMARK] = {"备注", "BZ", "REMARK", "REMARKS", "NOTE", "NOTES"},
        [FIELD_STATUS] = {"状态", "订单状态", "采集状态", "审核状态", "进度", "采集进度", "结果",
                          "审核结果", "STATUS"},
        [FIELD_REASON] = {"原因", "驳回原因", "未通过原因", "REASON"},
        [FIELD_DATE] = {"更新时间", "更新日期", "最后更新", "审核时间", "审核日期", "操作时间",
                        "处理时间", "时间", "日期", "DATETIME", "UPDATED", "TIME", "DATE"},
};

/* Words before a heading that say whose it is, and change nothing. */
static const char *const owners[] = {"学生", "学员", "考生", "毕业生",
                                     "本人", "所在", "所属", "现"};

static bool find_exactly(const char *heading, Field *ret_field, int *ret_rank)
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

/* Splits a heading in two languages, "姓名NAME", into the part before the change of script and the
 * part behind it. */
static bool split(char *heading, char **ret_second)
{
        char *p = heading;

        while (*p && ((unsigned char)*p < 0x80) == ((unsigned char)heading[0] < 0x80))
                p++;
        if (p == heading || *p == '\0')
                return false;
        memmove(p + 1, p, strlen(p) + 1);
        *p = '\0';
        *ret_second = p + 1;
        return true;
}

/* A heading as the table has it wins over one that only contains it. heading has room for another
 * byte and is changed. */
static bool find_alias(char *heading, Field *ret_field, int *ret_rank)
{
        enum { CONTAINED = 100 };
        char *second;
        bool found = find_exactly(heading, ret_field, ret_rank);

        if (found)
                return true;
        for (size_t i = 0; i < ELEMENTSOF(owners) && !found; i++)
                found = text_starts_with(heading, owners[i]) &&
                        find_exactly(heading + strlen(owners[i]), ret_field, ret_rank);
        if (!found && split(heading, &second)) {
                Field other;
                int rank;

                found = find_exactly(heading, ret_field, ret_rank);
                /* Two headings that contradict each other are none. */
                if (find_exactly(second, &other, &rank)) {
                        if (found && other != *ret_field)
                                return false;
                        *ret_field = other;
                        *ret_rank = rank;
                        found = true;
                }
        }
        *ret_rank += CONTAINED;
        return found;
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
                char heading[128 + 1];
                Field field;
                int rank;

                /* No heading is longer, and most cells are none. */
                if (cells[i].number || strlen(cells[i].text) >= sizeof(heading) - 1)
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
