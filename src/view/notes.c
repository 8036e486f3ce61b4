/* SPDX-License-Identifier: MIT */
#include "notes.h"

#include "layout.h"

#include <idphoto/message.h>

enum { LINES_SHOWN = 50 };

void notes_append(Text *text, const Notes *notes, Language language)
{
        size_t n = 0;

        if (notes->count == 0)
                return;
        text_printf(text, MESSAGE(REPORT_KIND, language), notes->title, notes->count);
        for (size_t i = 0; i < notes->n_kept && n < LINES_SHOWN; i++)
                n += notes->append(text, i, notes->userdata);
        layout_append_more(text, notes->count - n, language);
}
