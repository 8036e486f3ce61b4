/* SPDX-License-Identifier: MIT */
#include <idphoto/roster.h>

#include <string.h>

static const char *const code_names[_ROSTER_CODE_MAX] = {
#define X(symbol, name, level) [ROSTER_##symbol] = name,
        ROSTER_PROBLEMS(X)
#undef X
};

static const RosterLevel levels[_ROSTER_CODE_MAX] = {
#define X(symbol, name, level) [ROSTER_##symbol] = level,
        ROSTER_PROBLEMS(X)
#undef X
};

#define AS_TEXT_EN \
        "Set the column to Text in the spreadsheet program, enter the numbers again from the " \
        "source, and save."
#define AS_TEXT_ZH "请在表格软件中把该列设为“文本”格式，按原始资料重新填写号码后保存。"

#define TAKE_INSTEAD_EN \
        "Use the list that the collection centre or the register exports, or the university's " \
        "roster."
#define TAKE_INSTEAD_ZH "请使用采集中心或学信网导出的进度表，或学校的名册。"

/* One row is one problem. */
/* clang-format off */
static const char *const texts[_ROSTER_CODE_MAX][_LANGUAGE_MAX] = {
        [ROSTER_TOO_LARGE] = {"The file is too large or unpacks to too much. Export only the "
                              "roster, without pictures and other sheets.",
                              "文件过大，或解压后过大。请只导出名册本身，不要带图片和其他工作表。"},
        [ROSTER_NOT_A_TABLE] = {"This is not a table. A roster is a CSV, TSV or XLSX file.",
                                "这不是表格文件。名册须为 CSV、TSV 或 XLSX 文件。"},
        [ROSTER_OLD_EXCEL] = {"This is an old Excel workbook (.xls) or one with a password. Open "
                              "it and save it as .xlsx without a password.",
                              "这是旧版 Excel 文件（.xls）或加密的工作簿。请打开后另存为不带密码的 "
                              ".xlsx 文件。"},
        [ROSTER_HTML_TABLE] =
                {"This is really a web page or XML file, as some systems export under the name of "
                 "a table. Open it in a spreadsheet program and save it as .xlsx.",
                 "这其实是网页或 XML "
                 "文件（有些系统导出的“Excel”就是这样）。请用表格软件打开后另存为 .xlsx。"},
        [ROSTER_DAMAGED_FILE] =
                {"The workbook is damaged. Copy it again, or open it and save it again as .xlsx.",
                 "工作簿已损坏。请重新复制，或打开后另存为 .xlsx。"},
        [ROSTER_BAD_CHARACTER] =
                {"A character in this line is damaged, so the file's encoding is unclear. Save it "
                 "as .xlsx or as \"CSV UTF-8\".",
                 "该行有损坏的字符，无法确定编码。请另存为 .xlsx 或“CSV UTF-8”格式。"},
        [ROSTER_OPEN_QUOTE] = {"A quotation mark opens in this row and never closes. Remove it.",
                               "该行有一个引号没有配对。请删除该引号。"},
        [ROSTER_READER_CRASHED] =
                {"This list cannot be read: the program that reads lists failed on it. Copy the "
                 "cells of the list into a new workbook, and save that as .xlsx.",
                 "无法读取该名单：读取程序在处理时出错。请把名单的单元格复制到新工作簿，另存为 .xlsx。"},
        [ROSTER_READER_TIMEOUT] =
                {"This list cannot be read: it takes too long. Export only the list, without "
                 "pictures and other sheets, or divide it.",
                 "无法读取该名单：读取超时。请只导出名单本身，不要带图片和其他工作表，或拆分为几个文件。"},
        [ROSTER_READER_MEMORY] =
                {"This list cannot be read: it takes too much memory. Export only the list, "
                 "without pictures and other sheets, or divide it.",
                 "无法读取该名单：占用内存过多。请只导出名单本身，不要带图片和其他工作表，或拆分为几个文件。"},
        [ROSTER_NO_HEADING] =
                {"No heading row was found in the first 20 rows; the row that looks most like one "
                 "is shown. Name the columns, at least 身份证号 and 姓名.",
                 "前 20 行中没有找到表头（引号内为最接近表头的一行）。请写明各列名称，至少要有“身份证号”和“姓名”。"},
        [ROSTER_NO_ID_COLUMN] =
                {"This looks like the heading row, but no column is called 身份证号. Add it.",
                 "这一行像是表头，但没有“身份证号”列。请补上该列。"},
        [ROSTER_NO_NAME_COLUMN] = {"The heading row has no column called 姓名. Add it.",
                                   "表头中没有“姓名”列。请补上该列。"},
        [ROSTER_NO_POINT_COLUMN] =
                {"The heading row has no column called 教学点: all students are taken to belong "
                 "to one teaching point, which must be named on import.",
                 "表头中没有“教学点”列：视为全部学生属于同一教学点，导入时须指定。"},
        [ROSTER_NO_ROWS] = {"There is no student below the heading row.", "表头下面没有学生。"},
        [ROSTER_OWN_STATUS] =
                {"This is status.csv, which this program writes itself (or what \"list --csv\" "
                 "prints). It holds nothing new. " TAKE_INSTEAD_EN,
                 "这是本系统自己生成的状态表（状态.csv，或 list --csv 的输出），不是进度表。"
                 TAKE_INSTEAD_ZH},
        [ROSTER_OWN_COUNTS] =
                {"This is the status.csv of all teaching points, which this program writes itself. "
                 TAKE_INSTEAD_EN,
                 "这是本系统自己生成的各教学点汇总表（状态.csv），不是进度表。" TAKE_INSTEAD_ZH},
        [ROSTER_OWN_MANIFEST] =
                {"This is the manifest.csv that this program writes itself when it exports "
                 "photos. "
                 TAKE_INSTEAD_EN,
                 "这是本系统导出照片时生成的清单（manifest.csv），不是进度表。" TAKE_INSTEAD_ZH},
        [ROSTER_OWN_AUDIT] =
                {"This is an audit log, which this program writes itself. " TAKE_INSTEAD_EN,
                 "这是本系统自己生成的操作记录，不是进度表。" TAKE_INSTEAD_ZH},
        [ROSTER_OTHER_SHEET] =
                {"The workbook has more sheets with a list; only the first was read. Put all rows "
                 "into one sheet.",
                 "工作簿中还有其他含名单的工作表，只读取了第一个。请把全部内容放在同一工作表中。"},
        [ROSTER_NO_LIST] =
                {"No visible sheet of the workbook is a roster: those that are hidden, empty or "
                 "called an example do not count. Unhide the sheet that is the roster, and give "
                 "it another name if it is called an example.",
                 "工作簿中没有可见的名册：隐藏的、空白的和名为示例、说明的工作表不读取。请取消隐"
                 "藏名册所在的工作表；名称含“示例”“说明”的，请改用其他名称。"},
        [ROSTER_SHEET_HIDDEN] = {"This sheet is hidden and was not read.",
                                 "该工作表已隐藏，未读取。"},
        [ROSTER_SHEET_NO_LIST] =
                {"This sheet is not a list of students: it has no heading row with 身份证号 and "
                 "姓名, or no student below it. It was skipped.",
                 "该工作表不是名册：没有含“身份证号”和“姓名”的表头，或表头下面没有学生。已跳过。"},
        [ROSTER_SHEET_EXAMPLE] =
                {"This sheet is an example, or shows how to fill in the others. It was skipped.",
                 "该工作表是填写示例或说明，已跳过。"},
        [ROSTER_SHEET_UNCLEAR] =
                {"This sheet is called an example but holds a list of students. Give it another "
                 "name, or remove it.",
                 "该工作表名为示例或说明，内容却是名册。请改名，或删除该工作表。"},
        [ROSTER_SHEET_IS_POINT] =
                {"The heading row has no column called 教学点: the name of the sheet is taken as "
                 "the teaching point.",
                 "表头中没有“教学点”列：以工作表名称作为教学点。"},
        [ROSTER_SHEET_NO_POINT] =
                {"The heading row has no column called 教学点, which other sheets have, and the "
                 "sheet's name is not that of a teaching point. Add the column.",
                 "表头中没有“教学点”列（其他工作表有），工作表名称也不是教学点名称。请补上该列。"},
        [ROSTER_ROWS_HIDDEN] =
                {"Rows from here on are hidden, perhaps by a filter. They were read like the "
                 "others.",
                 "从该行起有隐藏的行（可能是筛选所致），已一并读取。"},
        [ROSTER_ID_MISSING] = {"The ID number is missing. Fill it in.", "缺少身份证号，请补上。"},
        [ROSTER_ID_EXPONENT] = {"The ID number has become a quantity such as 2.1E+17; its last "
                                "digits are lost. " AS_TEXT_EN,
                                "身份证号变成了 2.1E+17 一类的数字，末几位已丢失。" AS_TEXT_ZH},
        [ROSTER_ID_ZEROS] =
                {"The ID number ends in 000: a spreadsheet program has rounded it. " AS_TEXT_EN,
                 "身份证号末三位变成了 000，被电子表格（Excel）改坏了。" AS_TEXT_ZH},
        [ROSTER_ID_NUMBER_CELL] =
                {"The cell holds a quantity, not text; of 18 digits only 15 are left. " AS_TEXT_EN,
                 "单元格是数值而不是文本，18 位号码只保留了 15 位有效数字。" AS_TEXT_ZH},
        [ROSTER_ID_LENGTH] = {"The ID number does not have 18 digits: some are missing, or there "
                              "are too many. Compare it with the ID card.",
                              "身份证号不是 18 位：多了或少了数字。请对照身份证核对。"},
        [ROSTER_ID_WITH_MORE] =
                {"There is something beside the ID number in this cell, or a second number. Keep "
                 "only the number of this student.",
                 "该单元格中除身份证号外还有其他内容，或有两个号码。请只保留该生的号码。"},
        [ROSTER_ID_UNUSABLE] =
                {"This cannot be a document number: it is too short, longer than 32 bytes, has no "
                 "digits, or has characters that file names do not allow.",
                 "这不能作为证件号码：过短、超过 32 字节、没有数字，或含有文件名不允许的字符。"},
        [ROSTER_ID_LEGACY] = {"This is an old 15-digit ID number; it was extended to 18 digits. "
                              "Check it against the present ID card.",
                              "这是 15 位旧身份证号，已自动升为 18 位，请与现用身份证核对。"},
        [ROSTER_ID_CHECK_DIGIT] =
                {"The ID number has a mistake: its last digit does not fit the others. Compare it "
                 "with the ID card.",
                 "身份证号有误：校验码（最后一位）不符。请对照身份证核对。"},
        [ROSTER_ID_DATE] = {"The date of birth in the ID number does not exist. Compare it with "
                            "the ID card.",
                            "身份证号中的出生日期不存在。请对照身份证核对。"},
        [ROSTER_ID_FUTURE] = {"The date of birth in the ID number lies in the future. Compare it "
                              "with the ID card.",
                              "身份证号中的出生日期晚于今天。请对照身份证核对。"},
        [ROSTER_ID_REGION] = {"The ID number begins with a region code that does not exist. "
                              "Compare it with the ID card.",
                              "身份证号开头的地区代码不存在。请对照身份证核对。"},
        [ROSTER_ID_OTHER_DOCUMENT] =
                {"This is not a resident ID number; it is taken as the number of another "
                 "document.",
                 "这不是居民身份证号，按其他证件号码处理。"},
        [ROSTER_ID_TWICE] = {"This ID number is already in an earlier row. Correct it, or remove "
                             "one of the rows.",
                             "该身份证号在前面的行中已经出现。请改正号码，或删除重复的行。"},
        [ROSTER_ID_TWO_STUDENT_NUMBERS] =
                {"The same person is in an earlier row of this teaching point with another "
                 "student number. Only one photo is needed. A file named by the student number of "
                 "this row finds nobody: name the photo by the ID number.",
                 "同一人在本教学点前面的行中已有另一个学号。只需一张照片；以本行学号命名的文件对"
                 "应不到学生，请以身份证号命名照片。"},
        [ROSTER_ID_TWO_POINTS] =
                {"The same person is in an earlier row at another teaching point. The student is "
                 "listed at both, and both must send the photo.",
                 "同一人在前面的行中属于另一个教学点：该生在两处均列入名册，两处都须提交照片。"},
        [ROSTER_EXAMPLE_ROW] = {"This row is marked as an example. It was skipped.",
                                "该行标明为示例，已跳过。"},
        [ROSTER_CELL_FAULT] =
                {"The cell holds an error such as #N/A, TRUE or FALSE, or a date or quantity "
                 "where text belongs. Correct the formula, or set the cell to Text and type what "
                 "belongs there.",
                 "单元格中是 #N/A 一类的错误值、TRUE/FALSE，或在应为文本处是日期、数值。请改正公式，或将单元格设为“文本”格式后填写。"},
        [ROSTER_STUDENT_NUMBER_DAMAGED] =
                {"The student number has become a quantity; its last digits are lost. " AS_TEXT_EN,
                 "学号变成了数值，末几位已丢失。" AS_TEXT_ZH},
        [ROSTER_STUDENT_NUMBER_TWICE] = {"This student number is already in an earlier row. "
                                         "Correct one of the two.",
                                         "该学号在前面的行中已经出现。请核对并改正。"},
        [ROSTER_NAME_MISSING] = {"The name is missing. Fill it in.", "缺少姓名，请补上。"},
        [ROSTER_POINT_MISSING] = {"The teaching point is missing. A merged cell counts only for "
                                  "its first row: fill in every row.",
                                  "缺少教学点。合并单元格只对第一行有效，请在每一行都填写。"},
        [ROSTER_POINT_NAME] =
                {"This cannot be the name of a teaching point's folder: it has a slash or control "
                 "character, starts with a dot, or is too long.",
                 "不能用作教学点文件夹的名称：含有斜杠或控制字符、以点开头，或过长。"},
        [ROSTER_CELL_TOO_LONG] = {"The text in this cell is too long. Shorten it.", "该单元格文字"
                                                                                    "过长，请缩短"
                                                                                    "。"},
        [ROSTER_SEX_MISMATCH] = {"The sex does not agree with the ID number (the 17th digit is "
                                 "odd for men, even for women).",
                                 "性别与身份证号不符（第 17 位奇数为男、偶数为女）。"},
        [ROSTER_BIRTH_MISMATCH] = {"The date of birth does not agree with the ID number.",
                                   "出生日期与身份证号不符。"},
};
/* clang-format on */

static bool code_known(RosterCode code)
{
        return code >= 0 && code < _ROSTER_CODE_MAX;
}

const char *roster_code_to_string(RosterCode code)
{
        return code_known(code) ? code_names[code] : NULL;
}

RosterLevel roster_code_level(RosterCode code)
{
        return code_known(code) ? levels[code] : ROSTER_ERROR;
}

const char *roster_code_text(RosterCode code, Language language)
{
        return code_known(code) && language >= 0 && language < _LANGUAGE_MAX ? texts[code][language]
                                                                             : "";
}

const char *roster_column_name(unsigned column, char buf[static ROSTER_COLUMN_SIZE])
{
        char *p = buf + ROSTER_COLUMN_SIZE - 1;
        size_t n = 0;

        for (*p = '\0'; column > 0 && n < ROSTER_COLUMN_SIZE - 1; n++) {
                column--;
                *--p = (char)('A' + column % 26);
                column /= 26;
        }
        memmove(buf, p, n + 1);
        return buf;
}
