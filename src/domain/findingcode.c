/* SPDX-License-Identifier: MIT */
#include "reasontable.h"

#include <math.h>

/* What a finding says to programs. */

static const char *const units[_QUANTITY_MAX] = {
        [QUANTITY_NONE] = NULL,         [QUANTITY_BYTES] = "bytes",
        [QUANTITY_MEGABYTES] = "bytes", [QUANTITY_PIXELS] = "pixels",
        [QUANTITY_SIZE] = "pixels",     [QUANTITY_MEGAPIXELS] = "pixels",
        [QUANTITY_PERCENT] = "percent", [QUANTITY_DEGREES] = "degrees",
        [QUANTITY_DAYS] = "days",       [QUANTITY_SECONDS] = "seconds",
        [QUANTITY_SCANS] = "scans",     [QUANTITY_FACES] = "faces",
        [QUANTITY_QUALITY] = "quality",
};

const char *reason_unit(ReasonCode code)
{
        return reason_to_string(code) ? units[reason_table[code].quantity] : NULL;
}

static void append_key(Text *text, const char *key, double value)
{
        if (!isnan(value))
                text_printf(text, "%s%.10g", key, value);
}

void finding_append_code(Text *text, const Finding *finding)
{
        if (!reason_to_string(finding->code))
                return;
        text_append(text, reason_to_string(finding->code));
        append_key(text, "=", finding->measured);
        append_key(text, "x", finding->measured2);
        append_key(text, ";min=", finding->min);
        append_key(text, ";max=", finding->max);
}

void findings_append_codes(Text *text, const Findings *findings)
{
        bool first = true;

        for (int level = FINDING_REJECT; level >= FINDING_WARN; level--)
                for (size_t i = 0; i < findings->n; i++) {
                        if (findings->items[i].level != (FindingLevel)level)
                                continue;
                        text_append(text, first ? "" : ",");
                        finding_append_code(text, &findings->items[i]);
                        first = false;
                }
}
