/* SPDX-License-Identifier: MIT */
#include "layout.h"

#include <idphoto/clock.h>
#include <idphoto/config.h>
#include <idphoto/message.h>
#include <idphoto/view.h>

#include <inttypes.h>
#include <string.h>

/* The note beside a rejected photo. Its reader wants to know what to do, so each reason is followed
 * by its remedy at once; what was merely put right comes last. */

/* Whether sending anything again would lead to the same answer. */
static bool is_final(ReasonCode code)
{
        return code == REASON_ALREADY_APPROVED || code == REASON_LOCKED ||
               code == REASON_BATCH_CLOSED;
}

static void append_head(Text *text, const ReasonFileModel *model, Language language)
{
        char when[WALL_TEXT_MAX];

        if (findings_reject(model->findings))
                text_append(text, MESSAGE(REASON_REJECTED, language));
        else
                text_append(text, MESSAGE(REASON_CHECKED, language));
        layout_append_clean(text, model->name);
        text_printf(text, MESSAGE(REASON_RECEIVED, language),
                    wall_to_text(model->received_nsec, when));
        layout_append_size(text, model->size_bytes, language);
        text_append(text, "\n");
}

static void append_values(Text *text, const Finding *finding, Language language, size_t indent)
{
        _cleanup_text_ Text values = {0};

        finding_append_values(&values, finding, language);
        if (values.error < 0)
                text->error = values.error;
        if (values.size == 0)
                return;
        text_append_padded(text, "", indent);
        layout_append_wrapped(text, values.data, indent, indent);
}

static void append_advice(Text *text, const Finding *finding, Language language, size_t indent)
{
        const char *label = MESSAGE(REASON_WHAT_TO_DO, language);
        const char *advice = finding_advice(finding, language);

        if (*advice == '\0')
                return;
        text_append_padded(text, "", indent);
        text_append(text, label);
        layout_append_wrapped(text, advice, indent + text_columns(label), indent);
}

static void append_same_as(Text *text, const ReasonFileModel *model, Language language)
{
        _cleanup_text_ Text line = {};

        if (!model->same_as)
                return;
        text_printf(&line, MESSAGE(REASON_SAME_AS, language), model->same_as);
        text_append(text, "    ");
        layout_append_built(text, &line, 4, 4);
}

static void append_rejects(Text *text, const ReasonFileModel *model, Language language)
{
        size_t number = 0;

        if (!findings_reject(model->findings))
                return;
        text_append(text, MESSAGE(REASON_WHY, language));
        for (size_t i = 0; i < model->findings->n; i++) {
                const Finding *finding = &model->findings->items[i];

                if (finding->level != FINDING_REJECT)
                        continue;
                text_printf(text, "%2zu. ", ++number);
                layout_append_wrapped(text, finding_title(finding, language), 4, 4);
                append_values(text, finding, language, 4);
                if (finding->code == REASON_SAME_PICTURE)
                        append_same_as(text, model, language);
                append_advice(text, finding, language, 4);
        }
}

/* ---- what people decided ---- */

/* After so many rejections the notice advises to go to the centre: at the last one before, the text
 * warns. */
enum { REJECTIONS_WARNED = 3 };

static bool is_decided(const Findings *findings)
{
        for (size_t i = 0; i < findings->n; i++)
                if (findings->items[i].level == FINDING_REJECT &&
                    reason_is_decision(findings->items[i].code))
                        return true;
        return false;
}

/* Each line of the words quoted, so that nobody takes them for the program's. */
static void append_note(Text *text, const ReasonFileModel *model, Language language)
{
        const char *p = model->note;

        if (!p || !*p)
                return;
        text_append(text, MESSAGE(REASON_NOTE, language));
        while (*p) {
                size_t n = strcspn(p, "\r\n");
                _cleanup_free_ char *line = strndup(p, n);

                if (!line) {
                        text->error = -ENOMEM;
                        return;
                }
                if (n > 0) {
                        text_append(text, "  > ");
                        layout_append_wrapped(text, line, 4, 4);
                }
                p += n;
                p += strspn(p, "\r\n");
        }
}

static void append_centre(Text *text, const ConfigCentre *centre, Language language)
{
        const struct {
                const char *label;
                const char *value;
        } lines[] = {
                {MESSAGE(CENTRE_ADDRESS, language), centre->address},
                {MESSAGE(CENTRE_HOURS, language), centre->hours},
                {MESSAGE(CENTRE_TELEPHONE, language), centre->telephone},
                {MESSAGE(CENTRE_FEE, language), centre->fee},
        };

        for (size_t i = 0; i < ELEMENTSOF(lines); i++) {
                if (!*lines[i].value)
                        continue;
                text_append(text, "    ");
                text_append(text, lines[i].label);
                layout_append_wrapped(text, lines[i].value, 4 + text_columns(lines[i].label), 6);
        }
}

static void append_rejections(Text *text, const ReasonFileModel *model, Language language)
{
        _cleanup_text_ Text line = {};

        if (model->rejections == 0)
                return;
        if (model->rejections == 1)
                text_printf(&line, MESSAGE(REASON_REJECTION, language), model->rejections);
        else
                text_printf(&line, MESSAGE(REASON_REJECTIONS, language), model->rejections);
        if (model->rejections == REJECTIONS_WARNED)
                text_append(&line, MESSAGE(REASON_REJECTIONS_WARNING, language));
        else if (model->rejections > REJECTIONS_WARNED)
                text_append(&line, MESSAGE(REASON_REJECTIONS_ADVICE, language));
        text_append(text, MESSAGE(REASON_HOW_OFTEN, language));
        text_append(text, "  ");
        layout_append_built(text, &line, 2, 2);
        if (model->rejections > REJECTIONS_WARNED && model->centre)
                append_centre(text, model->centre, language);
}

static void append_decision(Text *text, const ReasonFileModel *model, Language language)
{
        if (!is_decided(model->findings))
                return;
        append_note(text, model, language);
        append_rejections(text, model, language);
}

static void append_suggestion(Text *text, const ReasonFileModel *model, Language language)
{
        _cleanup_text_ Text line = {0};

        if (!model->suggestion)
                return;
        text_printf(&line, MESSAGE(REASON_SUGGESTION, language), model->suggestion,
                    model->suggestion);
        text_append(text, "\n");
        layout_append_built(text, &line, 0, 0);
}

static void append_warnings(Text *text, const ReasonFileModel *model, Language language)
{
        if (findings_count(model->findings, FINDING_WARN) == 0)
                return;
        text_append(text, MESSAGE(REASON_ALSO_NOTICED, language));
        for (size_t i = 0; i < model->findings->n; i++) {
                const Finding *finding = &model->findings->items[i];

                if (finding->level != FINDING_WARN)
                        continue;
                text_append(text, "  - ");
                layout_append_wrapped(text, finding_title(finding, language), 4, 4);
                append_values(text, finding, language, 4);
                append_advice(text, finding, language, 4);
        }
}

static void append_again(Text *text, const ReasonFileModel *model, Language language)
{
        bool name = false, photo = false;

        for (size_t i = 0; i < model->findings->n; i++) {
                const Finding *finding = &model->findings->items[i];

                if (finding->level != FINDING_REJECT)
                        continue;
                if (is_final(finding->code))
                        return;
                if (reason_is_about_name(finding->code))
                        name = true;
                else
                        photo = true;
        }
        if (!name && !photo)
                return;
        text_append(text, MESSAGE(REASON_AGAIN, language));
        text_append(text, "  ");
        layout_append_wrapped(text,
                              photo ? MESSAGE(REASON_AGAIN_BY_PHOTO, language)
                                    : MESSAGE(REASON_AGAIN_BY_NAME, language),
                              2, 2);
        text_append(text, "  ");
        layout_append_wrapped(text, MESSAGE(REASON_AGAIN_CLOSING, language), 2, 2);
}

static void append_fixes(Text *text, const ReasonFileModel *model, Language language)
{
        _cleanup_text_ Text line = {0};

        if (findings_count(model->findings, FINDING_FIXED) == 0)
                return;
        text_append(&line, MESSAGE(REASON_FIXED, language));
        for (size_t i = 0; i < model->findings->n; i++) {
                const Finding *finding = &model->findings->items[i];

                if (finding->level != FINDING_FIXED)
                        continue;
                if (language != LANGUAGE_ZH)
                        text_append(&line, " ");
                text_append(&line, finding_title(finding, language));
        }
        text_append(text, "\n");
        layout_append_built(text, &line, 0, 0);
}

int view_reason_file(const ReasonFileModel *model, Language language, char **ret, size_t *ret_size)
{
        _cleanup_text_ Text text = {0};

        append_head(&text, model, language);
        append_rejects(&text, model, language);
        append_decision(&text, model, language);
        append_suggestion(&text, model, language);
        append_warnings(&text, model, language);
        append_again(&text, model, language);
        append_fixes(&text, model, language);
        return layout_take_crlf(&text, ret, ret_size);
}
