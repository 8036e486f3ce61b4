/* SPDX-License-Identifier: MIT */
#include "layout.h"
#include "notes.h"

#include <idphoto/rosterreport.h>

#include <idphoto/message.h>
#include <string.h>

/* Problems of one level in a file; the number of the rest follows. */
enum { LINES_SHOWN = 50 };

/* ---- problems in a file ---- */

static void append_sheet(Text *text, const char *sheet, Language language)
{
        if (sheet[0] == '\0')
                return;
        text_append(text, MESSAGE(REPORT_SHEET_BEGIN, language));
        layout_append_clean(text, sheet);
        text_append(text, MESSAGE(QUOTE_END, language));
}

static void append_where(Text *text, const RosterProblem *problem, Language language)
{
        char column[ROSTER_COLUMN_SIZE];

        append_sheet(text, problem->sheet, language);
        if (problem->row == 0) {
                if (problem->sheet[0] != '\0')
                        text_append(text, MESSAGE(COLON, language));
                return;
        }
        if (problem->sheet[0] != '\0')
                text_append(text, MESSAGE(REPORT_AFTER_SHEET, language));
        text_printf(text, MESSAGE(REPORT_ROW, language), problem->row);
        if (problem->column > 0)
                text_printf(text, MESSAGE(REPORT_COLUMN, language),
                            roster_column_name(problem->column, column));
        if (problem->value[0] != '\0') {
                text_append(text, MESSAGE(REPORT_VALUE_BEGIN, language));
                layout_append_clean(text, problem->value);
                text_append(text, MESSAGE(QUOTE_END, language));
        }
        if (problem->other_row > 0) {
                text_append(text, MESSAGE(REPORT_OTHER_BEGIN, language));
                if (strcmp(problem->other_sheet, problem->sheet) != 0) {
                        append_sheet(text, problem->other_sheet, language);
                        text_append(text, MESSAGE(REPORT_AFTER_SHEET, language));
                }
                text_printf(text, MESSAGE(REPORT_ROW, language), problem->other_row);
                text_append(text, MESSAGE(REPORT_OTHER_END, language));
        }
        text_append(text, MESSAGE(COLON, language));
}

static void append_problems(Text *text, const Roster *roster, RosterLevel level, size_t total,
                            Language language)
{
        size_t n = 0;

        for (size_t i = 0; i < roster->n_problems && n < LINES_SHOWN; i++) {
                const RosterProblem *problem = &roster->problems[i];

                if (roster_code_level(problem->code) != level)
                        continue;
                text_append(text, "  ");
                append_where(text, problem, language);
                text_append(text, roster_code_text(problem->code, language));
                text_append(text, "\n");
                n++;
        }
        layout_append_more(text, total - n, language);
}

static void append_file_problems(Text *text, const char *path, const Roster *roster,
                                 Language language)
{
        if (roster->n_errors > 0) {
                layout_append_clean(text, path);
                text_printf(text, MESSAGE(REPORT_ERRORS, language), roster->n_errors);
                append_problems(text, roster, ROSTER_ERROR, roster->n_errors, language);
        }
        if (roster->n_warnings > 0) {
                layout_append_clean(text, path);
                text_printf(text, MESSAGE(REPORT_WARNINGS, language), roster->n_warnings);
                append_problems(text, roster, ROSTER_WARNING, roster->n_warnings, language);
        }
}

/* ---- what was done ---- */

/* One row is one kind. */
/* clang-format off */
static const char *const titles[_ROSTER_IMPORT_NOTE_MAX][_LANGUAGE_MAX] = {
        [ROSTER_IMPORT_BAD_FILE] = {"Files with errors", "有错误的文件"},
        [ROSTER_IMPORT_NO_POINT] =
                {"Files without a column 教学点: add the column, or name the teaching point with "
                 "--point=NAME",
                 "没有“教学点”列的文件：请补上该列，或用 --point=教学点 指定"},
        [ROSTER_IMPORT_POINT_GIVEN] = {"Files that have their own column 教学点: do not use "
                                       "--point",
                                       "已有“教学点”列的文件：请不要再用 --point"},
        [ROSTER_IMPORT_POINT_NAME] =
                {"Names that no teaching point can have: they contain one of \" * : < > ? \\ |, end "
                 "with a dot or a space, or are reserved by Windows or by this program, such as "
                 "CON or OFFICE",
                 "不能用作教学点的名称（含有 \" * : < > ? \\ | 等字符，以句点或空格结尾，或为 Windows "
                 "或本系统的保留名称，如 CON、校本部）"},
        [ROSTER_IMPORT_TOO_MANY_POINTS] =
                {"Files with more than 2000 teaching points: is the heading 教学点 on the right "
                 "column?",
                 "教学点超过 2000 个的文件：请检查“教学点”表头是否在正确的列上"},
        [ROSTER_IMPORT_TWICE] =
                {"Students with different details in two files: correct one of the rows",
                 "两个文件中内容不一致的学生：请改正其中一行"},
        [ROSTER_IMPORT_TWO_PHOTOS] =
                {"Corrected ID numbers, but there is a photo under the old and under the new number "
                 "(column 身份证号): remove the wrong photo, or move one of the two students with "
                 "'idphotoctl student correct'; then import again",
                 "身份证号已更正，但新旧号码下各有一张照片（“身份证号”列）：请先删除错误的照片，"
                 "或用 idphotoctl student correct 更正其中一名学生，然后重新导入"},
        [ROSTER_IMPORT_POINT_CREATED] = {"New teaching points (check the spelling)",
                                         "新建的教学点（请核对名称）"},
        [ROSTER_IMPORT_MERGED] =
                {"Enrolled twice at one teaching point: counted once, found by the student number "
                 "of the last-named row only; name the photo by the ID number",
                 "在同一教学点有两个学籍：只计一次，只能以最后列出的行中的学号对应；请以身份证号"
                 "命名照片"},
        [ROSTER_IMPORT_MOVED] = {"Moved to another teaching point", "转到其他教学点"},
        [ROSTER_IMPORT_STAYS] =
                {"Listed at another teaching point, but a photo or file was already sent: not "
                 "moved",
                 "名册已改到其他教学点，但原教学点已交过照片：仍留在原教学点"},
        [ROSTER_IMPORT_CORRECTED] = {"ID numbers corrected; photos and history went along",
                                     "更正证件号码，照片和记录一并转到新号码下"},
        [ROSTER_IMPORT_GONE] = {"No longer on the list, still kept (--prune removes them)",
                                "名册中已没有、系统中仍保留（可用 --prune 移除）"},
        [ROSTER_IMPORT_PRUNED] = {"No longer on the list, removed", "名册中已没有，已移除"},
        [ROSTER_IMPORT_KEPT] = {"No longer on the list, but a photo or file was sent: kept",
                                "名册中已没有，但已交过照片：保留"},
        [ROSTER_IMPORT_UNLISTED] = {"Not on the list, but photos were sent before it was imported",
                                    "不在名册中，但此前已交过照片"},
};
/* clang-format on */

static void append_person(Text *text, const RosterImportNote *note)
{
        layout_append_clean(text, note->id_number);
        if (note->name[0] != '\0') {
                text_append(text, " ");
                layout_append_clean(text, note->name);
        }
}

static void append_correction(Text *text, const RosterImportNote *note)
{
        layout_append_clean(text, note->other_number);
        text_append(text, " → ");
        append_person(text, note);
}

static void append_file_row(Text *text, char *const *paths, size_t file, const char *sheet,
                            size_t row, Language language)
{
        layout_append_clean(text, paths[file]);
        if (sheet[0] != '\0') {
                text_append(text, MESSAGE(REPORT_BEFORE_SHEET, language));
                append_sheet(text, sheet, language);
                text_append(text, MESSAGE(REPORT_AFTER_SHEET, language));
                text_printf(text, MESSAGE(REPORT_ROW, language), row);
                return;
        }
        if (row > 0)
                text_printf(text, MESSAGE(REPORT_IN_ROW, language), row);
}

static void append_note(Text *text, const RosterImportNote *note, char *const *paths,
                        Language language)
{
        text_append(text, "  ");
        switch (note->kind) {
        case ROSTER_IMPORT_BAD_FILE:
        case ROSTER_IMPORT_NO_POINT:
        case ROSTER_IMPORT_POINT_GIVEN:
        case ROSTER_IMPORT_TOO_MANY_POINTS:
                append_file_row(text, paths, note->file, "", 0, language);
                break;
        case ROSTER_IMPORT_POINT_NAME:
        case ROSTER_IMPORT_POINT_CREATED:
                layout_append_clean(text, note->point);
                text_append(text, "  ");
                append_file_row(text, paths, note->file, note->sheet, note->row, language);
                break;
        case ROSTER_IMPORT_TWICE:
        case ROSTER_IMPORT_MERGED:
                append_person(text, note);
                text_append(text, "  ");
                append_file_row(text, paths, note->file, note->sheet, note->row, language);
                text_append(text, ", ");
                append_file_row(text, paths, note->other_file, note->other_sheet, note->other_row,
                                language);
                break;
        case ROSTER_IMPORT_MOVED:
        case ROSTER_IMPORT_STAYS:
                append_person(text, note);
                text_append(text, "  ");
                layout_append_clean(text, note->other_point);
                text_append(text, " → ");
                layout_append_clean(text, note->point);
                break;
        case ROSTER_IMPORT_TWO_PHOTOS:
                append_file_row(text, paths, note->file, note->sheet, note->row, language);
                text_append(text, "  ");
                append_correction(text, note);
                break;
        case ROSTER_IMPORT_CORRECTED:
                append_correction(text, note);
                text_append(text, "  ");
                layout_append_clean(text, note->point);
                break;
        default:
                append_person(text, note);
                text_append(text, "  ");
                layout_append_clean(text, note->point);
                break;
        }
        text_append(text, "\n");
}

typedef struct Report {
        const RosterImport *import;
        char *const *paths;
        Language language;
        RosterImportNoteKind kind; /* in hand */
} Report;

static bool append_if_of_kind(Text *text, size_t index, void *userdata)
{
        const Report *report = userdata;
        const RosterImportNote *note = &report->import->notes[index];

        if (note->kind != report->kind)
                return false;
        append_note(text, note, report->paths, report->language);
        return true;
}

static void append_notes(Text *text, Report *report)
{
        const RosterImport *import = report->import;

        for (int kind = 0; kind < _ROSTER_IMPORT_NOTE_MAX; kind++) {
                const Notes notes = {.title = titles[kind][report->language],
                                     .count = import->counts[kind],
                                     .n_kept = import->n_notes,
                                     .append = append_if_of_kind,
                                     .userdata = report};

                report->kind = (RosterImportNoteKind)kind;
                notes_append(text, &notes, report->language);
        }
}

static void append_import(Text *text, const RosterImport *import, char *const *paths, bool dry_run,
                          Language language)
{
        Report report = {.import = import, .paths = paths, .language = language};

        append_notes(text, &report);
        if (import->refused) {
                text_append(text, MESSAGE(REPORT_NOTHING, language));
                return;
        }
        text_printf(text, MESSAGE(REPORT_ROSTER_COUNTS, language),
                    !dry_run ? "" : MESSAGE(REPORT_DRY_RUN, language), import->rows, import->added,
                    import->changed, import->unchanged, import->counts[ROSTER_IMPORT_MOVED],
                    import->counts[ROSTER_IMPORT_CORRECTED]);
}

int roster_report_text(const Roster *const *files, size_t n_files, const RosterImport *import,
                       char *const *paths, bool dry_run, Language language, char **ret,
                       size_t *ret_size)
{
        _cleanup_text_ Text text = {};

        for (size_t i = 0; i < n_files; i++)
                append_file_problems(&text, paths[i], files[i], language);
        append_import(&text, import, paths, dry_run, language);
        return text_take(&text, ret, ret_size);
}
