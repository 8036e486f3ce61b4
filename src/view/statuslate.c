/* SPDX-License-Identifier: MIT */
#include "statuslate.h"

#include "layout.h"

#include <idphoto/message.h>

#include <inttypes.h>

static void append_item(Text *text, const Text *item)
{
        text_append(text, "  * ");
        layout_append_built(text, item, 4, 4);
}

static void append_more(Text *text, uint64_t n, Language language)
{
        if (n > 0)
                text_printf(text, MESSAGE(LATE_MORE, language), n);
}

/* ---- teaching points, at the root ---- */

static bool deadline_near(const StatusModel *model)
{
        return model->deadline && model->days_left <= STATUS_DEADLINE_NEAR;
}

static uint64_t points_behind(const StatusModel *model)
{
        uint64_t n = 0;

        for (size_t i = 0; i < model->n_points; i++)
                n += status_without_photo(&model->points[i].counts) > 0;
        return n;
}

/* Those with most students missing first; ret has room for STATUS_NAMES_SHOWN. */
static size_t worst_points(const StatusModel *model, const StatusPoint **ret)
{
        size_t n = 0;

        for (size_t i = 0; i < model->n_points; i++) {
                const StatusPoint *point = &model->points[i];
                size_t at = n;
                const uint64_t without = status_without_photo(&point->counts);

                if (without == 0)
                        continue;
                while (at > 0 && status_without_photo(&ret[at - 1]->counts) < without)
                        at--;
                if (at == STATUS_NAMES_SHOWN)
                        continue;
                if (n < STATUS_NAMES_SHOWN)
                        n++;
                for (size_t j = n - 1; j > at; j--)
                        ret[j] = ret[j - 1];
                ret[at] = point;
        }
        return n;
}

static void append_points(Text *text, const StatusModel *model, Language language)
{
        const StatusPoint *worst[STATUS_NAMES_SHOWN];
        uint64_t n = points_behind(model);
        size_t n_worst = worst_points(model, worst);
        _cleanup_text_ Text item = {};

        if (model->days_left < 0)
                text_printf(&item, MESSAGE(LATE_POINTS_OVER, language), n);
        else
                text_printf(&item, MESSAGE(LATE_POINTS_NEAR, language), n);
        append_item(text, &item);
        for (size_t i = 0; i < n_worst; i++) {
                text_append(text, "      ");
                layout_append_clean(text, worst[i]->name);
                text_printf(text, MESSAGE(LATE_POINT, language),
                            status_without_photo(&worst[i]->counts));
        }
        append_more(text, n - n_worst, language);
}

/* ---- students, behind the centre ---- */

static void append_students(Text *text, const StatusLate *late, Language language)
{
        _cleanup_text_ Text item = {};

        text_printf(&item, MESSAGE(LATE_UNCHECKED, language), late->check_days, late->unchecked);
        append_item(text, &item);
        for (size_t i = 0; i < late->n_students; i++) {
                const StatusStudent *student = &late->students[i];

                text_append(text, "      ");
                layout_append_clean(text, student->id_number);
                if (*student->name) {
                        text_append(text, " ");
                        layout_append_clean(text, student->name);
                }
                if (student->point) {
                        text_append(text, MESSAGE(COMMA, language));
                        layout_append_clean(text, student->point);
                }
                text_printf(text, MESSAGE(LATE_SINCE, language), student->since);
        }
        if (late->n_students > 0)
                append_more(text, late->unchecked - late->n_students, language);
}

static void append_nearing(Text *text, const StatusLate *late, Language language)
{
        _cleanup_text_ Text item = {};

        text_printf(&item, MESSAGE(LATE_NEARING, language), STATUS_NEARING_DAYS, late->nearing);
        append_item(text, &item);
}

static void append_paper(Text *text, const StatusLate *late, Language language)
{
        _cleanup_text_ Text item = {};

        text_printf(&item, MESSAGE(LATE_PAPER, language), late->paper_days, late->paper);
        append_item(text, &item);
}

void status_append_late(Text *text, const StatusModel *model, Language language)
{
        const StatusLate *late = &model->late;
        bool points = deadline_near(model) && points_behind(model) > 0;

        if (!points && late->unchecked == 0 && late->nearing == 0 && late->paper == 0)
                return;
        text_append(text, MESSAGE(LATE_DEADLINES, language));
        if (points)
                append_points(text, model, language);
        if (late->unchecked > 0)
                append_students(text, late, language);
        if (late->nearing > 0)
                append_nearing(text, late, language);
        if (late->paper > 0)
                append_paper(text, late, language);
        if (late->gap != 0 && (late->unchecked > 0 || late->nearing > 0 || late->paper > 0)) {
                text_append(text, "  ");
                text_printf(text, MESSAGE(STATUS_GUESSED, language), late->gap);
        }
}
