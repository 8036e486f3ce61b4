/* SPDX-License-Identifier: MIT */
#include "layout.h"

#include <idphoto/message.h>
#include <idphoto/view.h>

#include <string.h>

#define COLOUR_RED    "\x1b[31m"
#define COLOUR_YELLOW "\x1b[33m"
#define COLOUR_GREEN  "\x1b[32m"
#define COLOUR_OFF    "\x1b[0m"

static const struct {
        const char *name[_LANGUAGE_MAX];
        const char *colour;
} levels[_FINDING_LEVEL_MAX] = {
        [FINDING_REJECT] = {{"reject", "驳回"}, COLOUR_RED},
        [FINDING_WARN] = {{"warn", "注意"}, COLOUR_YELLOW},
        [FINDING_FIXED] = {{"fixed", "已处理"}, COLOUR_GREEN},
};

static const char *const note_name[_LANGUAGE_MAX] = {"note", "说明"};

static void append_coloured(Text *text, const char *s, const char *colour, bool use_colour)
{
        if (use_colour)
                text_append(text, colour);
        text_append(text, s);
        if (use_colour)
                text_append(text, COLOUR_OFF);
}

static void append_verdict(Text *text, const char *name, const Findings *findings,
                           Language language, bool colour)
{
        bool rejected = findings_reject(findings);
        size_t n_warn = findings_count(findings, FINDING_WARN);
        const char *verdict = rejected ? MESSAGE(VERDICT_REJECTED, language)
                                       : MESSAGE(VERDICT_ACCEPTED, language);

        layout_append_clean(text, name);
        text_append(text, MESSAGE(COLON, language));
        append_coloured(text, verdict, rejected ? COLOUR_RED : COLOUR_GREEN, colour);
        if (!rejected && n_warn == 1)
                text_printf(text, MESSAGE(VERDICT_WARNING, language), n_warn);
        else if (!rejected && n_warn > 1)
                text_printf(text, MESSAGE(VERDICT_WARNINGS, language), n_warn);
        text_append(text, "\n");
}

static void append_finding(Text *text, const Finding *finding, Language language, bool colour)
{
        /* What was put right asks for nothing; what does is a mere note. */
        bool note = finding->level == FINDING_FIXED && *reason_advice(finding->code, language);
        const char *level = note ? note_name[language] : levels[finding->level].name[language];
        size_t columns = text_columns(level);
        _cleanup_text_ Text values = {0};

        text_append(text, "  ");
        append_coloured(text, level, levels[finding->level].colour, colour);
        text_append_padded(text, "", columns < 8 ? 8 - columns : 0);
        text_append(text, finding_title(finding, language));
        finding_append_values(&values, finding, language);
        if (values.error < 0)
                text->error = values.error;
        if (values.size > 0) {
                text_append(text, MESSAGE(PARENTHESIS_BEGIN, language));
                layout_append_clean(text, values.data);
                text_append(text, MESSAGE(PARENTHESIS_END, language));
        }
        text_append(text, "\n");
}

int view_report(const char *name, const Findings *findings, Language language, bool colour,
                char **ret, size_t *ret_size)
{
        _cleanup_text_ Text text = {0};

        append_verdict(&text, name, findings, language, colour);
        for (int level = _FINDING_LEVEL_MAX - 1; level >= 0; level--)
                for (size_t i = 0; i < findings->n; i++)
                        if (findings->items[i].level == (FindingLevel)level)
                                append_finding(&text, &findings->items[i], language, colour);
        return text_take(&text, ret, ret_size);
}
