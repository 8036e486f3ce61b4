/* SPDX-License-Identifier: MIT */
#include "layout.h"
#include "statuslate.h"

#include <idphoto/clock.h>
#include <idphoto/fixedname.h>
#include <idphoto/message.h>
#include <idphoto/view.h>

#include <inttypes.h>
#include <string.h>

/* What stands in STATUS.txt, in the order in which a person asks: how far are we, what do I have to
 * do, what is wrong with the rejected ones, what happened last. */

enum {
        NAME_COLUMNS_MAX = 36, /* of a point in the table; longer names push their own line only */
        COUNT_COLUMNS = 8,
};

typedef enum Word {
        WORD_WHOLE_BATCH,
        WORD_STUDENTS,
        WORD_MISSING,
        WORD_PENDING,
        WORD_APPROVED,
        WORD_LOCKED,
        WORD_REJECTED,
        WORD_CHECKING,
        WORD_POINT,
        WORD_TOTAL,
        WORD_TO_DO,
        WORD_REASONS,
        WORD_EVENTS,
        WORD_POINTS,
        _WORD_MAX,
} Word;

static const char *const words[_WORD_MAX][_LANGUAGE_MAX] = {
        [WORD_WHOLE_BATCH] = {"All teaching points", "全部教学点"},
        [WORD_STUDENTS] = {"students", "学生"},
        [WORD_MISSING] = {"missing", "未交"},
        [WORD_PENDING] = {"pending", "待审"},
        [WORD_APPROVED] = {"approved", "通过"},
        [WORD_LOCKED] = {"final", "终审"},
        [WORD_REJECTED] = {"rejected", "驳回"},
        [WORD_CHECKING] = {"checking", "检查中"},
        [WORD_POINT] = {"teaching point", "教学点"},
        [WORD_TOTAL] = {"all", "合计"},
        [WORD_TO_DO] = {"WHAT TO DO", "需要处理"},
        [WORD_REASONS] = {"WHY FILES WERE REJECTED", "驳回原因"},
        [WORD_EVENTS] = {"LAST CHANGES", "最近变化"},
        [WORD_POINTS] = {"TEACHING POINTS", "各教学点"},
};

/* What each count means, behind it. */
static const char *const meanings[_WORD_MAX][_LANGUAGE_MAX] = {
        [WORD_STUDENTS] = {"known in this batch", "本批次已知的学生"},
        [WORD_MISSING] = {"without an accepted photo", "还没有合格照片"},
        [WORD_PENDING] = {"accepted by the checks, waiting for the office",
                          "已通过检查，等待省校审核"},
        [WORD_APPROVED] = {"approved by the office", "省校审核通过"},
        [WORD_LOCKED] = {"passed the final review, cannot be changed", "终审通过，不能更改"},
        [WORD_REJECTED] = {"files to be put right", "需要改正的文件"},
        [WORD_CHECKING] = {"files whose verdict is not out yet", "还没有检查结果的文件"},
};

static const char *word(Word w, Language language)
{
        return words[w][language];
}

static uint64_t accepted(const StatusCounts *counts)
{
        return counts->pending + counts->approved + counts->locked;
}

static void append_title(Text *text, const StatusModel *model, Language language)
{
        layout_append_clean(text, model->point ? model->point : word(WORD_WHOLE_BATCH, language));
        if (model->batch) {
                text_append(text, MESSAGE(STATUS_BATCH, language));
                layout_append_clean(text, model->batch);
        }
        text_append(text, "\n");
}

static void append_closed(Text *text, const StatusModel *model, Language language)
{
        if (model->closed)
                text_append(text, MESSAGE(STATUS_CLOSED, language));
}

static void append_disk_full(Text *text, const StatusModel *model, Language language)
{
        if (model->disk_full)
                text_append(text, MESSAGE(STATUS_DISK_FULL, language));
}

static void append_headline(Text *text, const StatusModel *model, Language language)
{
        uint64_t done = accepted(&model->counts), all = model->counts.students;

        if (all == 0) {
                text_append(text, MESSAGE(STATUS_EMPTY, language));
                return;
        }
        /* Rounded down, so that 100 % means all of them. */
        text_printf(text, MESSAGE(STATUS_HEADLINE, language), done, all,
                    (unsigned)((double)done / (double)all * 100));
}

static void append_deadline(Text *text, const StatusModel *model, Language language)
{
        if (!model->deadline)
                return;
        if (model->days_left > 0) {
                if (model->days_left == 1)
                        text_printf(text, MESSAGE(STATUS_DAY_LEFT, language), model->deadline,
                                    model->days_left);
                else
                        text_printf(text, MESSAGE(STATUS_DAYS_LEFT, language), model->deadline,
                                    model->days_left);
                if (model->workdays_left == 1)
                        text_printf(text, MESSAGE(STATUS_WORKDAY_LEFT, language),
                                    model->workdays_left);
                else if (model->workdays_left >= 0)
                        text_printf(text, MESSAGE(STATUS_WORKDAYS_LEFT, language),
                                    model->workdays_left);
                text_append(text, MESSAGE(STATUS_DAYS_END, language));
                if (model->workdays_left >= 0 && model->deadline_gap != 0)
                        text_printf(text, MESSAGE(STATUS_GUESSED, language), model->deadline_gap);
        } else if (model->days_left == 0)
                text_printf(text, MESSAGE(STATUS_LAST_DAY, language), model->deadline);
        else
                text_printf(text, MESSAGE(STATUS_OVER, language), model->deadline,
                            -model->days_left);
}

static void append_counts(Text *text, const StatusCounts *counts, Language language)
{
        const struct {
                Word word;
                uint64_t count;
                bool always;
        } rows[] = {
                {WORD_STUDENTS, counts->students, true},  {WORD_MISSING, counts->missing, true},
                {WORD_PENDING, counts->pending, true},    {WORD_APPROVED, counts->approved, true},
                {WORD_LOCKED, counts->locked, false},     {WORD_REJECTED, counts->rejected, true},
                {WORD_CHECKING, counts->checking, false},
        };

        text_append(text, "\n");
        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                if (!rows[i].always && rows[i].count == 0)
                        continue;
                text_append(text, "  ");
                text_append_padded(text, word(rows[i].word, language), 9);
                layout_append_count(text, rows[i].count, COUNT_COLUMNS);
                text_append(text, "  ");
                text_append(text, meanings[rows[i].word][language]);
                text_append(text, "\n");
        }
}

static void append_heading(Text *text, Word w, Language language)
{
        text_append(text, "\n");
        text_append(text, word(w, language));
        text_append(text, "\n");
}

static void append_item(Text *text, const char *fmt, uint64_t n, const char *name)
{
        _cleanup_text_ Text item = {0};

        text_printf(&item, fmt, n, name);
        text_append(text, "  * ");
        layout_append_built(text, &item, 4, 4);
}

static void append_to_do(Text *text, const StatusModel *model, Language language)
{
        const StatusCounts *counts = &model->counts;
        bool at_point = model->point != NULL, any = false;

        if (counts->students == 0 && counts->rejected == 0 && counts->checking == 0 && !at_point)
                return;
        append_heading(text, WORD_TO_DO, language);
        if (counts->rejected > 0) {
                append_item(text,
                            at_point ? MESSAGE(STATUS_REJECTED_POINT, language)
                                     : MESSAGE(STATUS_REJECTED_ROOT, language),
                            counts->rejected, fixed_name(FIXED_REJECTED, language));
                any = true;
        }
        if (counts->missing > 0) {
                append_item(text,
                            at_point ? MESSAGE(STATUS_MISSING_POINT, language)
                                     : MESSAGE(STATUS_MISSING_ROOT, language),
                            counts->missing, fixed_name(FIXED_MISSING, language));
                any = true;
        }
        if (!at_point && counts->pending > 0) {
                append_item(text, MESSAGE(STATUS_PENDING, language), counts->pending, NULL);
                any = true;
        }
        if (counts->checking > 0) {
                append_item(text, MESSAGE(STATUS_CHECKING, language), counts->checking, NULL);
                any = true;
        }
        if (!any && counts->students == 0)
                append_item(text, MESSAGE(STATUS_BEGIN, language), 0, NULL);
        else if (!any)
                append_item(text, MESSAGE(STATUS_NOTHING, language), 0, NULL);
}

static void append_reasons(Text *text, const StatusModel *model, Language language)
{
        if (model->n_reasons == 0)
                return;
        append_heading(text, WORD_REASONS, language);
        for (size_t i = 0; i < model->n_reasons; i++) {
                layout_append_count(text, model->reasons[i].count, COUNT_COLUMNS);
                text_append(text, "  ");
                layout_append_wrapped(text, reason_title(model->reasons[i].code, language),
                                      COUNT_COLUMNS + 2, COUNT_COLUMNS + 2);
        }
}

static void append_events(Text *text, const StatusModel *model, Language language)
{
        if (model->n_events == 0)
                return;
        append_heading(text, WORD_EVENTS, language);
        for (size_t i = 0; i < model->n_events; i++) {
                char when[WALL_TEXT_MAX];

                text_append(text, "  ");
                text_append(text, wall_to_text(model->events[i].wall_nsec, when));
                text_append(text, "  ");
                layout_append_clean(text, model->events[i].text);
                text_append(text, "\n");
        }
}

static size_t name_columns(const StatusModel *model, Language language)
{
        size_t columns = MAX(text_columns(word(WORD_POINT, language)),
                             text_columns(word(WORD_TOTAL, language)));

        for (size_t i = 0; i < model->n_points; i++)
                columns = MAX(columns, layout_clean_columns(model->points[i].name));
        return MIN(columns, (size_t)NAME_COLUMNS_MAX);
}

static void append_table_row(Text *text, const char *name, size_t columns,
                             const StatusCounts *counts)
{
        const uint64_t cells[] = {counts->students, counts->missing, counts->pending,
                                  counts->approved, counts->locked,  counts->rejected};
        size_t width = layout_clean_columns(name);

        text_append(text, "  ");
        layout_append_clean(text, name);
        text_append_padded(text, "", columns > width ? columns - width : 0);
        for (size_t i = 0; i < ELEMENTSOF(cells); i++) {
                text_append(text, "  ");
                layout_append_count(text, cells[i], COUNT_COLUMNS);
        }
        text_append(text, "\n");
}

static void append_points(Text *text, const StatusModel *model, Language language)
{
        static const Word headings[] = {WORD_STUDENTS, WORD_MISSING, WORD_PENDING,
                                        WORD_APPROVED, WORD_LOCKED,  WORD_REJECTED};
        size_t columns = name_columns(model, language);

        if (model->n_points == 0)
                return;
        append_heading(text, WORD_POINTS, language);
        text_append(text, "  ");
        text_append_padded(text, word(WORD_POINT, language), columns);
        for (size_t i = 0; i < ELEMENTSOF(headings); i++) {
                text_append(text, "  ");
                layout_append_right(text, word(headings[i], language), COUNT_COLUMNS);
        }
        text_append(text, "\n");
        for (size_t i = 0; i < model->n_points; i++)
                append_table_row(text, model->points[i].name, columns, &model->points[i].counts);
        append_table_row(text, word(WORD_TOTAL, language), columns, &model->counts);
}

int view_status(const StatusModel *model, Language language, char **ret, size_t *ret_size)
{
        _cleanup_text_ Text text = {0};

        append_title(&text, model, language);
        append_closed(&text, model, language);
        append_disk_full(&text, model, language);
        append_headline(&text, model, language);
        append_deadline(&text, model, language);
        append_counts(&text, &model->counts, language);
        append_to_do(&text, model, language);
        status_append_late(&text, model, language);
        append_points(&text, model, language);
        append_reasons(&text, model, language);
        append_events(&text, model, language);
        return text_take(&text, ret, ret_size);
}
