/* SPDX-License-Identifier: MIT */
#include "html.h"
#include "pageparts.h"

#include <inttypes.h>

/* What stands around cards, on the page of a point and on those to review by. */

void page_append_filter(Text *text, const char *state, const char *title, uint64_t n)
{
        text_printf(text,
                    "<button type=\"button\"%s data-state=\"%s\" aria-pressed=\"%s\">%s "
                    "<b>%" PRIu64 "</b></button>\n",
                    n == 0 ? " class=\"zero\"" : "", state, *state ? "false" : "true", title, n);
}

void page_append_search(Text *text, const PageWords *words)
{
        /* The script shows these; without it they would do nothing. */
        text_printf(text,
                    "<div class=\"tools\" hidden>\n"
                    "<input type=\"search\" id=\"search\" placeholder=\"%s\" aria-label=\"%s\" "
                    "autocomplete=\"off\" spellcheck=\"false\">\n"
                    "<select id=\"why\" aria-label=\"%s\"><option value=\"\">%s</option></select>\n"
                    "<button type=\"button\" id=\"guides\" aria-pressed=\"true\">%s</button>\n"
                    "<output id=\"shown\"></output>\n</div>\n",
                    words->search, words->search, words->any_reason, words->any_reason,
                    words->guides);
}

void page_append_large_view(Text *text, const PageWords *words)
{
        text_printf(
                text,
                "<dialog id=\"large\">\n<div class=\"view\" tabindex=\"-1\" autofocus></div>\n<div class=\"side\">\n"
                "<div class=\"turn\"><button type=\"button\" data-turn=\"-1\" "
                "aria-label=\"%s\">&#8592;</button>"
                "<button type=\"button\" data-turn=\"1\" aria-label=\"%s\">&#8594;</button>"
                "<button type=\"button\" data-close aria-label=\"%s\">&#215;</button></div>\n"
                "<div class=\"words\"></div>\n<table class=\"geometry\">\n"
                "<tr><td></td><th>%s</th><th>%s</th></tr>\n",
                words->previous, words->next, words->close, words->measured, words->allowed);
        page_append_geometry_rows(text, words);
        text_append(text, "</table>\n</div>\n</dialog>\n");
}

void page_note_reasons(PageReasons *reasons, ReasonCode decision, const Findings *findings)
{
        if (decision >= 0 && decision < _REASON_MAX)
                reasons->told[decision] = true;
        for (size_t i = 0; i < findings->n; i++)
                reasons->told[findings->items[i].code] = true;
}

void page_append_advice(Text *text, const PageReasons *reasons, const char *heading,
                        Language language)
{
        bool open = false;

        for (int code = 0; code < _REASON_MAX; code++) {
                if (!reasons->told[code])
                        continue;
                if (!open)
                        text_printf(text, "<section class=\"advice\">\n<h2>%s</h2>\n<dl>\n",
                                    heading);
                open = true;
                text_printf(text, "<dt id=\"why-%s\">", reason_to_string((ReasonCode)code));
                html_append(text, reason_title((ReasonCode)code, language));
                text_append(text, "</dt><dd>");
                html_append(text, reason_advice((ReasonCode)code, language));
                text_append(text, "</dd>\n");
        }
        if (open)
                text_append(text, "</dl>\n</section>\n");
}
