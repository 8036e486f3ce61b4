/* SPDX-License-Identifier: MIT */
#include "statusreview.h"

#include "layout.h"

#include <idphoto/message.h>

enum { NAME_INDENT = 6 };

static void append_warned(Text *text, const StatusWarned *warned, Language language)
{
        _cleanup_text_ Text item = {};

        layout_append_clean(&item, warned->id_number);
        if (*warned->name) {
                text_append(&item, " ");
                layout_append_clean(&item, warned->name);
        }
        text_append(&item, MESSAGE(COLON, language));
        text_append(&item, warned->warnings);
        text_append_padded(text, "", NAME_INDENT);
        layout_append_built(text, &item, NAME_INDENT, NAME_INDENT + 2);
}

static void append_point(Text *text, const StatusWaiting *waiting, Language language)
{
        text_append(text, "  * ");
        layout_append_clean(text, waiting->point);
        text_printf(text, MESSAGE(REVIEW_WAITING, language), waiting->photos);
        if (waiting->warned > 0)
                text_printf(text, MESSAGE(REVIEW_WARNED, language), waiting->warned);
        text_append(text, "\n");
        for (size_t i = 0; i < waiting->n_gravest; i++)
                append_warned(text, &waiting->gravest[i], language);
        if (waiting->warned > waiting->n_gravest)
                text_printf(text, MESSAGE(REVIEW_MORE, language),
                            waiting->warned - waiting->n_gravest);
}

void status_append_review(Text *text, const StatusModel *model, Language language)
{
        if (model->n_waiting == 0)
                return;
        text_append(text, MESSAGE(REVIEW_HEADING, language));
        for (size_t i = 0; i < model->n_waiting; i++)
                append_point(text, &model->waiting[i], language);
}
