/* SPDX-License-Identifier: MIT */
#include "layout.h"
#include "statuslate.h"
#include "statusreview.h"

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
        FILES_COLUMNS = 14, /* "rejected files" */
};

typedef enum Word {
        WORD_WHOLE_BATCH,
        WORD_STUDENTS,
        WORD_FILES,
        WORD_REJECTED_FILES,
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
        [WORD_FILES] = {"FILES", "文件"},
        [WORD_REJECTED_FILES] = {"rejected", "驳回文件"},
        [WORD_CHECKING] = {"checking", "检查中"},
        [WORD_POINT] = {"teaching point", "教学点"},
        [WORD_TOTAL] = {"all", "合计"},
        [WORD_TO_DO] = {"WHAT TO DO", "需要处理"},
        [WORD_REASONS] = {"WHY FILES WERE REJECTED", "驳回原因"},
        [WORD_EVENTS] = {"LAST CHANGES", "最近变化"},
        [WORD_POINTS] = {"TEACHING POINTS", "各教学点"},
};

/* What each count means, behind it. */
static const char *const meanings[_REVIEW_STATE_MAX][_LANGUAGE_MAX] = {
        [REVIEW_MISSING] = {"nothing was sent", "尚未提交照片"},
        [REVIEW_REJECTED] = {"sent, but rejected", "已提交，但被驳回"},
        [REVIEW_PENDING] = {"accepted by the checks, waiting for the office",
                            "已通过检查，等待省校审核"},
        [REVIEW_APPROVED] = {"approved by the office", "省校审核通过"},
        [REVIEW_LOCKED] = {"passed the final review, cannot be changed", "终审通过，不能更改"},
};

static const char *word(Word w, Language language)
{
        return words[w][language];
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
        uint64_t done = status_with_photo(&model->counts), all = model->counts.students;

        if (all == 0) {
                text_append(text, MESSAGE(STATUS_EMPTY, language));
                return;
        }
        if (!model->counts.has_roster) {
                text_printf(text, MESSAGE(STATUS_HEADLINE_NO_ROSTER, language), done);
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

static void append_heading(Text *text, Word w, Language language)
{
        text_append(text, "\n");
        text_append(text, word(w, language));
        text_append(text, "\n");
}

static void append_count(Text *text, const char *name, uint64_t count, const char *meaning)
{
        text_append(text, "  ");
        text_append_padded(text, name, 9);
        layout_append_count(text, count, COUNT_COLUMNS);
        text_append(text, "  ");
        text_append(text, meaning);
        text_append(text, "\n");
}

/* The states of all students add up to the first line; files have a list of their own [S5]. */
static void append_counts(Text *text, const StatusCounts *counts, Language language)
{
        text_append(text, "\n");
        append_count(text, word(WORD_STUDENTS, language), counts->students,
                     counts->has_roster ? MESSAGE(STATUS_ON_ROSTER, language)
                                        : MESSAGE(STATUS_NO_ROSTER, language));
        for (ReviewState i = 0; i < _REVIEW_STATE_MAX; i++)
                append_count(text, review_state_word(i, language), counts->by_state[i],
                             meanings[i][language]);
        if (counts->rejected_files == 0 && counts->checking == 0)
                return;
        append_heading(text, WORD_FILES, language);
        if (counts->rejected_files > 0)
                append_count(text, word(WORD_REJECTED_FILES, language), counts->rejected_files,
                             MESSAGE(STATUS_REJECTED_FILES, language));
        if (counts->checking > 0)
                append_count(text, word(WORD_CHECKING, language), counts->checking,
                             MESSAGE(STATUS_CHECKING_FILES, language));
}

static void append_item(Text *text, const char *fmt, uint64_t n, const char *name)
{
        _cleanup_text_ Text item = {0};

        text_printf(&item, fmt, n, name);
        text_append(text, "  * ");
        layout_append_built(text, &item, 4, 4);
}

static void append_without_photo(Text *text, const StatusCounts *counts, bool at_point,
                                 Language language)
{
        _cleanup_text_ Text item = {};

        text_printf(&item,
                    at_point ? MESSAGE(STATUS_MISSING_POINT, language)
                             : MESSAGE(STATUS_MISSING_ROOT, language),
                    status_without_photo(counts), counts->by_state[REVIEW_MISSING],
                    counts->by_state[REVIEW_REJECTED], fixed_name(FIXED_MISSING, language));
        text_append(text, "  * ");
        layout_append_built(text, &item, 4, 4);
}

static void append_to_do(Text *text, const StatusModel *model, Language language)
{
        const StatusCounts *counts = &model->counts;
        bool at_point = model->point != NULL, any = false;

        if (counts->students == 0 && counts->rejected_files == 0 && counts->checking == 0 &&
            !at_point)
                return;
        append_heading(text, WORD_TO_DO, language);
        if (counts->rejected_files > 0) {
                append_item(text,
                            at_point ? MESSAGE(STATUS_REJECTED_POINT, language)
                                     : MESSAGE(STATUS_REJECTED_ROOT, language),
                            counts->rejected_files, fixed_name(FIXED_REJECTED, language));
                any = true;
        }
        if (status_without_photo(counts) > 0) {
                append_without_photo(text, counts, at_point, language);
                any = true;
        }
        if (!at_point && counts->by_state[REVIEW_PENDING] > 0) {
                append_item(text, MESSAGE(STATUS_PENDING, language),
                            counts->by_state[REVIEW_PENDING], NULL);
                any = true;
        }
        if (counts->checking > 0) {
                append_item(text, MESSAGE(STATUS_CHECKING, language), counts->checking, NULL);
                any = true;
        }
        if (!any && counts->students == 0)
                append_item(text, MESSAGE(STATUS_BEGIN, language), 0, NULL);
        else if (!any)
                append_item(text,
                            counts->has_roster ? MESSAGE(STATUS_NOTHING, language)
                                               : MESSAGE(STATUS_NOTHING_NO_ROSTER, language),
                            0, NULL);
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

static void append_cell(Text *text, uint64_t count, size_t columns)
{
        text_append(text, "  ");
        layout_append_count(text, count, columns);
}

static void append_title_cell(Text *text, const char *title, size_t columns)
{
        text_append(text, "  ");
        layout_append_right(text, title, columns);
}

static void append_table_row(Text *text, const char *name, size_t columns,
                             const StatusCounts *counts)
{
        size_t width = layout_clean_columns(name);

        text_append(text, "  ");
        layout_append_clean(text, name);
        text_append_padded(text, "", columns > width ? columns - width : 0);
        append_cell(text, counts->students, COUNT_COLUMNS);
        for (ReviewState i = 0; i < _REVIEW_STATE_MAX; i++)
                append_cell(text, counts->by_state[i], COUNT_COLUMNS);
        append_cell(text, counts->rejected_files, FILES_COLUMNS);
        text_append(text, "\n");
}

static void append_points(Text *text, const StatusModel *model, Language language)
{
        size_t columns = name_columns(model, language);

        if (model->n_points == 0)
                return;
        append_heading(text, WORD_POINTS, language);
        text_append(text, "  ");
        text_append_padded(text, word(WORD_POINT, language), columns);
        append_title_cell(text, word(WORD_STUDENTS, language), COUNT_COLUMNS);
        for (ReviewState i = 0; i < _REVIEW_STATE_MAX; i++)
                append_title_cell(text, review_state_word(i, language), COUNT_COLUMNS);
        append_title_cell(text, MESSAGE(STATUS_FILES_COLUMN, language), FILES_COLUMNS);
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
        status_append_review(&text, model, language);
        status_append_late(&text, model, language);
        append_points(&text, model, language);
        append_reasons(&text, model, language);
        append_events(&text, model, language);
        return text_take(&text, ret, ret_size);
}
