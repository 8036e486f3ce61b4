/* SPDX-License-Identifier: MIT */
#include "layout.h"
#include "notes.h"

#include <idphoto/message.h>
#include <idphoto/progressreport.h>
#include <idphoto/stage.h>

/* One row is one kind. */
/* clang-format off */
static const char *const titles[_PROGRESS_NOTE_MAX][_LANGUAGE_MAX] = {
        [PROGRESS_BAD_FILE] = {"Files that cannot be used", "无法使用的文件"},
        [PROGRESS_UNKNOWN_STATUS] = {"Not imported: a status that is not known",
                                     "未导入：无法识别的状态"},
        [PROGRESS_NO_NUMBER] = {"Not imported: neither an ID number nor a student number",
                                "未导入：没有身份证号，也没有学号"},
        [PROGRESS_DAMAGED_NUMBER] = {"Not imported: the ID number is damaged",
                                     "未导入：身份证号已损坏"},
        [PROGRESS_UNKNOWN_STUDENT] = {"Not imported: no such student in this batch",
                                      "未导入：本批次中没有该学生"},
        [PROGRESS_AMBIGUOUS] = {"Not imported: several students have this number",
                                "未导入：该号码对应多名学生，无法确定是谁"},
        [PROGRESS_DISAGREE] = {"Not imported: ID number and student number belong to two students",
                               "未导入：身份证号和学号属于两名不同的学生"},
        [PROGRESS_OLDER] = {"Not imported: an earlier stage than the known one, which was kept",
                            "未导入：早于已知进度，保留原进度"},
        [PROGRESS_BAD_DATE] = {"Imported, but the date is not a date, or in the future: today is "
                               "used",
                               "已导入，但日期无法识别或晚于今天，按今天计"},
        [PROGRESS_NOT_APPROVED] = {"Imported: passed at the centre, but not approved here yet",
                                   "已导入：采集中心已通过，但省校尚未审核通过"},
        [PROGRESS_NO_PHOTO] =
                {"Imported: refused by the centre or the register, but there is no photo here to "
                 "reject",
                 "已导入：采集中心或学信网已驳回，但本系统中没有可驳回的照片"},
        [PROGRESS_OTHER_SHEET] =
                {"Only the first sheet was read; these workbooks have more progress lists",
                 "只读取了第一个工作表，以下文件中还有其他进度表"},
};
/* clang-format on */

static void append_person(Text *text, const ProgressNote *note)
{
        const char *const parts[] = {*note->id_number ? note->id_number : note->student_no,
                                     note->name};

        for (size_t i = 0; i < ELEMENTSOF(parts); i++)
                if (*parts[i]) {
                        text_append(text, "  ");
                        layout_append_clean(text, parts[i]);
                }
}

static void append_note(Text *text, const ProgressNote *note, char *const *names, Language language)
{
        text_append(text, "  ");
        layout_append_clean(text, names[note->file]);
        if (note->row > 0)
                text_printf(text, MESSAGE(REPORT_IN_ROW, language), note->row);
        append_person(text, note);
        /* Beside a damaged number it would be read as that. */
        if (*note->status && note->kind != PROGRESS_DAMAGED_NUMBER) {
                text_append(text, MESSAGE(REPORT_QUOTE_BEGIN, language));
                layout_append_clean(text, note->status);
                text_append(text, MESSAGE(QUOTE_END, language));
        }
        if (note->kind == PROGRESS_OLDER)
                text_printf(text, MESSAGE(REPORT_STAGE_KEPT, language),
                            stage_title(note->had, language));
        if (note->kind == PROGRESS_BAD_FILE || note->kind == PROGRESS_DAMAGED_NUMBER) {
                text_append(text, MESSAGE(COLON, language));
                text_append(text, progress_list_problem_text(note->problem, language));
        }
        text_append(text, "\n");
}

typedef struct Report {
        const ProgressImport *import;
        char *const *names;
        Language language;
        ProgressNoteKind kind; /* in hand */
} Report;

static bool append_if_of_kind(Text *text, size_t index, void *userdata)
{
        const Report *report = userdata;
        const ProgressNote *note = &report->import->notes[index];

        if (note->kind != report->kind)
                return false;
        append_note(text, note, report->names, report->language);
        return true;
}

static void append_notes(Text *text, Report *report)
{
        const ProgressImport *import = report->import;

        for (int kind = 0; kind < _PROGRESS_NOTE_MAX; kind++) {
                const Notes notes = {.title = titles[kind][report->language],
                                     .count = import->counts[kind],
                                     .n_kept = import->n_notes,
                                     .append = append_if_of_kind,
                                     .userdata = report};

                report->kind = (ProgressNoteKind)kind;
                notes_append(text, &notes, report->language);
        }
}

static void append_counts(Text *text, const ProgressImport *import, bool dry_run, Language language)
{
        text_printf(text, MESSAGE(REPORT_PROGRESS_COUNTS, language),
                    !dry_run ? "" : MESSAGE(REPORT_DRY_RUN, language), import->rows,
                    import->changed, import->unchanged, import->waiting, import->not_taken);
        if (import->superseded > 0)
                text_printf(text, MESSAGE(REPORT_SUPERSEDED, language), import->superseded);
        for (int stage = 0; stage < _STAGE_MAX; stage++)
                if (import->stages[stage] > 0) {
                        layout_append_count(text, import->stages[stage], 8);
                        text_printf(text, "  %s\n", stage_title((Stage)stage, language));
                }
        if (import->locked > 0)
                text_printf(text, MESSAGE(REPORT_LOCKED, language), import->locked);
        if (import->rejected > 0)
                text_printf(text, MESSAGE(REPORT_REJECTED, language), import->rejected);
}

int progress_report_text(const ProgressImport *import, char *const *names, bool dry_run,
                         Language language, char **ret, size_t *ret_size)
{
        Report report = {.import = import, .names = names, .language = language};
        _cleanup_text_ Text text = {};

        if (import->refused)
                text_append(&text, MESSAGE(REPORT_NOTHING, language));
        else
                append_counts(&text, import, dry_run, language);
        append_notes(&text, &report);
        return text_take(&text, ret, ret_size);
}
