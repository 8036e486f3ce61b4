/* SPDX-License-Identifier: MIT */
#include "reasontable.h"

#include <idphoto/message.h>

#include <math.h>
#include <string.h>

static const char *const code_names[_REASON_MAX] = {
#define X(symbol, name) [REASON_##symbol] = name,
        REASON_CODES(X)
#undef X
};

static const struct {
        const char *unit[_LANGUAGE_MAX];
        double scale; /* shown = value * scale */
        int decimals;
} quantities[_QUANTITY_MAX] = {
        [QUANTITY_NONE] = {{"", ""}, 1, 4},
        [QUANTITY_BYTES] = {{"bytes", "字节"}, 1, 0},
        [QUANTITY_MEGABYTES] = {{"MB", "MB"}, 1.0 / (1024 * 1024), 2},
        [QUANTITY_PIXELS] = {{"pixels", "像素"}, 1, 0},
        [QUANTITY_SIZE] = {{"pixels", "像素"}, 1, 0},
        [QUANTITY_MEGAPIXELS] = {{"million pixels", "百万像素"}, 1e-6, 1},
        [QUANTITY_PERCENT] = {{"%", "%"}, 1, 1},
        [QUANTITY_DEGREES] = {{"degrees", "度"}, 1, 1},
        [QUANTITY_DAYS] = {{"days", "天"}, 1, 0},
        [QUANTITY_SECONDS] = {{"seconds", "秒"}, 1, 1},
        [QUANTITY_SCANS] = {{"scans", "次扫描"}, 1, 0},
        [QUANTITY_QUALITY] = {{"of 100", "分"}, 1, 0},
        [QUANTITY_FACES] = {{"faces", "张人脸"}, 1, 0},
};

static bool code_known(ReasonCode code)
{
        return code >= 0 && code < _REASON_MAX;
}

static bool language_known(Language language)
{
        return language >= 0 && language < _LANGUAGE_MAX;
}

const char *reason_to_string(ReasonCode code)
{
        return code_known(code) ? code_names[code] : NULL;
}

ReasonCode reason_from_string(const char *s)
{
        return (ReasonCode)text_find(code_names, _REASON_MAX, s);
}

bool reason_is_decision(ReasonCode code)
{
        return code >= REASON_EYES_CLOSED && code <= REASON_OTHER;
}

ReasonCode reason_decision(size_t n)
{
        return n <= (size_t)(REASON_OTHER - REASON_EYES_CLOSED)
                       ? (ReasonCode)(REASON_EYES_CLOSED + (int)n)
                       : _REASON_INVALID;
}

const char *reason_folder(ReasonCode code, Language language)
{
        if (!reason_is_decision(code) || !language_known(language))
                return NULL;
        return language == LANGUAGE_ZH ? reason_table[code].folder_zh : code_names[code];
}

ReasonCode reason_from_folder(const char *name)
{
        ReasonCode code;

        for (size_t i = 0; (code = reason_decision(i)) >= 0; i++)
                if (strcmp(name, code_names[code]) == 0 ||
                    strcmp(name, reason_table[code].folder_zh) == 0)
                        return code;
        return _REASON_INVALID;
}

const char *reason_title(ReasonCode code, Language language)
{
        return code_known(code) && language_known(language)
                       ? reason_table[code].text[language].title
                       : "";
}

const char *reason_advice(ReasonCode code, Language language)
{
        return code_known(code) && language_known(language)
                       ? reason_table[code].text[language].advice
                       : "";
}

/* A number as people write it: thousands set apart, no zeros behind the point that say nothing. */
static void append_number(Text *text, double value, Quantity quantity)
{
        char digits[64];
        const char *p = digits;
        int decimals = quantities[quantity].decimals;
        char *point;
        size_t n;

        value *= quantities[quantity].scale;
        if (!(fabs(value) < 1e15)) {
                text_append(text, value > 0 ? "∞" : "-∞");
                return;
        }
        /* Plain numbers are ratios and measures of any size: four digits tell enough. */
        if (quantity == QUANTITY_NONE)
                for (double limit = 1; decimals > 0 && fabs(value) >= limit; limit *= 10)
                        decimals--;
        (void)snprintf(digits, sizeof(digits), "%.*f", decimals, value);
        point = strchr(digits, '.');
        if (point) {
                char *end = digits + strlen(digits);

                while (end[-1] == '0')
                        *--end = '\0';
                if (end[-1] == '.')
                        *--end = '\0';
        }
        if (strcmp(digits, "-0") == 0)
                p = "0";
        if (*p == '-') {
                text_append(text, "-");
                p++;
        }
        n = strcspn(p, ".");
        for (size_t i = 0; i < n; i++) {
                if (i > 0 && n > 4 && (n - i) % 3 == 0)
                        text_append(text, ",");
                text_append_data(text, &p[i], 1);
        }
        text_append(text, p + n);
}

static void append_value(Text *text, double value, double second, Quantity quantity,
                         Language language)
{
        append_number(text, value, quantity);
        if (!isnan(second)) {
                text_append(text, MESSAGE(FINDING_TIMES, language));
                append_number(text, second, quantity);
        }
}

static void append_bound(Text *text, double bound, Quantity quantity, Language language)
{
        append_value(text, bound, quantity == QUANTITY_SIZE ? bound * 4 / 3 : NAN, quantity,
                     language);
}

static void append_unit(Text *text, Quantity quantity, Language language)
{
        const char *unit = quantities[quantity].unit[language];

        if (*unit == '\0')
                return;
        if (quantity != QUANTITY_PERCENT)
                text_append(text, " ");
        text_append(text, unit);
}

static void append_allowed(Text *text, const Finding *finding, Quantity quantity, Language language)
{
        bool has_min = !isnan(finding->min), has_max = !isnan(finding->max);

        if (has_min && has_max) {
                text_append(text, MESSAGE(FINDING_ALLOWED, language));
                append_bound(text, finding->min, quantity, language);
                if (finding->min < finding->max || finding->min > finding->max) {
                        text_append(text, MESSAGE(FINDING_TO, language));
                        append_bound(text, finding->max, quantity, language);
                }
        } else if (has_min) {
                text_append(text, MESSAGE(FINDING_ALLOWED_MIN, language));
                append_bound(text, finding->min, quantity, language);
        } else {
                text_append(text, MESSAGE(FINDING_ALLOWED_MAX, language));
                append_bound(text, finding->max, quantity, language);
        }
}

void finding_append_values(Text *text, const Finding *finding, Language language)
{
        bool has_measured = !isnan(finding->measured);
        bool has_bounds = !isnan(finding->min) || !isnan(finding->max);
        Quantity quantity, bounds;

        if (!code_known(finding->code) || !language_known(language))
                return;
        bounds = quantity = reason_table[finding->code].quantity;
        /* Two sides are pixels even where the bounds are of their ratio. */
        if (!isnan(finding->measured2) && quantity == QUANTITY_NONE)
                quantity = QUANTITY_PIXELS;
        if (has_measured) {
                text_append(text, MESSAGE(FINDING_MEASURED, language));
                append_value(text, finding->measured, finding->measured2, quantity, language);
                append_unit(text, quantity, language);
        }
        if (has_bounds) {
                if (has_measured)
                        text_append(text, MESSAGE(COMMA, language));
                append_allowed(text, finding, bounds, language);
                if (!has_measured || bounds == QUANTITY_PERCENT)
                        append_unit(text, bounds, language);
        }
}
