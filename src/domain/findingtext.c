/* SPDX-License-Identifier: MIT */
#include "reasontable.h"

#include <idphoto/message.h>

#include <math.h>
#include <string.h>

/*
 * What a finding says in words. Its reason alone knows only that something is out of its range; the
 * values know in which direction, and that is what a person wants to read first.
 */

typedef enum Direction {
        DIRECTION_BELOW, /* the value is smaller than allowed */
        DIRECTION_ABOVE,
        DIRECTION_TAG, /* the word behind the last blank of the detail */
} Direction;

typedef struct Variant {
        ReasonCode code;
        Direction direction;
        const char *tag;
        const char *title[_LANGUAGE_MAX];
        const char *advice[_LANGUAGE_MAX]; /* NULL: the reason's */
} Variant;

/* clang-format off */
static const Variant variants[] = {
        {REASON_HEAD_TOP, DIRECTION_BELOW, NULL,
         {"There is too little room above the head.", "头顶离上边沿太近。"},
         {"Take it again with more room above the head, or send the original that was not cut.",
          "请重新拍摄，头顶上方多留空间；或提交未经裁剪的原图。"}},
        {REASON_HEAD_TOP, DIRECTION_ABOVE, NULL,
         {"There is too much room above the head.", "头顶离上边沿太远。"},
         {"Cut the photo again with less room above the head, or send the original that was not cut.",
          "请重新裁剪，减少头顶上方的空间；或提交未经裁剪的原图。"}},
        {REASON_EYE_LINE, DIRECTION_BELOW, NULL,
         {"The eyes are too high in the picture.", "眼睛在画面中的位置偏高。"},
         {"Take it again with more room above the head, or send the original that was not cut.",
          "请重新拍摄，头顶上方多留空间；或提交未经裁剪的原图。"}},
        {REASON_EYE_LINE, DIRECTION_ABOVE, NULL,
         {"The eyes are too low in the picture.", "眼睛在画面中的位置偏低。"},
         {"Cut the photo again with less room above, so that the eyes are higher, or send the original "
          "that was not cut.",
          "请重新裁剪，减少上方空间，使眼睛位置上移；或提交未经裁剪的原图。"}},
        {REASON_FACE_WIDTH, DIRECTION_TAG, "pixels",
         {"The photo has too few pixels for the face.", "脸部所占像素太少。"},
         {"Go nearer, or send the original in full size. The photo may not be enlarged.",
          "请靠近一些拍摄，或提交原尺寸的原图；照片不得放大。"}},
        {REASON_NOT_UPRIGHT, DIRECTION_TAG, "head",
         {"The photo is upside down.", "照片上下颠倒。"}, {NULL, NULL}},
        {REASON_FACE_WIDTH, DIRECTION_BELOW, NULL,
         {"The face is too small in the picture.", "脸部在画面中偏小。"},
         {"Go nearer, or send the original in full size that was not cut.",
          "请靠近一些拍摄，或提交未经裁剪的原尺寸原图。"}},
        {REASON_FACE_WIDTH, DIRECTION_ABOVE, NULL,
         {"The face is too large in the picture.", "脸部在画面中偏大。"},
         {"Stand further back, or send the original that was not cut.",
          "请退后一些拍摄，或提交未经裁剪的原图。"}},
        {REASON_ASPECT_RATIO, DIRECTION_BELOW, NULL,
         {"The photo is too narrow: its width to height must be 3:4.",
          "照片偏窄，宽高比应为 3:4。"},
         {NULL, NULL}},
        {REASON_ASPECT_RATIO, DIRECTION_ABOVE, NULL,
         {"The photo is too wide: its width to height must be 3:4.",
          "照片偏宽，宽高比应为 3:4。"},
         {NULL, NULL}},
        {REASON_BACKDROP_COLOUR, DIRECTION_TAG, "dark",
         {"The background is too dark.", "背景颜色过深。"}, {NULL, NULL}},
        {REASON_BACKDROP_COLOUR, DIRECTION_TAG, "bright",
         {"The background is too bright.", "背景颜色过亮。"}, {NULL, NULL}},
        {REASON_BACKDROP_COLOUR, DIRECTION_TAG, "grey",
         {"The background is too grey.", "背景颜色偏灰。"}, {NULL, NULL}},
        {REASON_BACKDROP_COLOUR, DIRECTION_TAG, "red",
         {"The background is too red.", "背景颜色偏红。"}, {NULL, NULL}},
        {REASON_BACKDROP_COLOUR, DIRECTION_TAG, "green",
         {"The background is too green.", "背景颜色偏绿。"}, {NULL, NULL}},
        {REASON_BACKDROP_COLOUR, DIRECTION_TAG, "yellow",
         {"The background is too yellow.", "背景颜色偏黄。"}, {NULL, NULL}},
        {REASON_BACKDROP_COLOUR, DIRECTION_TAG, "blue",
         {"The background is too blue.", "背景颜色偏蓝。"}, {NULL, NULL}},
};
/* clang-format on */

static bool fits(const Variant *variant, const Finding *finding)
{
        const char *tag = strrchr(finding->detail, ' ');

        if (variant->code != finding->code)
                return false;
        switch (variant->direction) {
        case DIRECTION_BELOW:
                return finding->measured < finding->min;
        case DIRECTION_ABOVE:
                return finding->measured > finding->max;
        default:
                return tag && strcmp(tag + 1, variant->tag) == 0;
        }
}

static const Variant *variant_of(const Finding *finding)
{
        for (size_t i = 0; i < ELEMENTSOF(variants); i++)
                if (fits(&variants[i], finding))
                        return &variants[i];
        return NULL;
}

const char *finding_title(const Finding *finding, Language language)
{
        const Variant *variant = variant_of(finding);

        return variant ? variant->title[language] : reason_title(finding->code, language);
}

const char *finding_advice(const Finding *finding, Language language)
{
        const Variant *variant = variant_of(finding);

        return variant && variant->advice[language] ? variant->advice[language]
                                                    : reason_advice(finding->code, language);
}

/* ---- the values ---- */

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
        [QUANTITY_QUALITY] = {{"", ""}, 1, 0},
        [QUANTITY_FACES] = {{"faces", "张人脸"}, 1, 0},
};

static void append_detail(Text *text, const Finding *finding)
{
        size_t n = strnlen(finding->detail, sizeof(finding->detail));
        const Variant *variant = variant_of(finding);

        /* There it is the number of a row. */
        if (finding->code == REASON_SAME_PICTURE)
                return;
        if (variant && variant->direction == DIRECTION_TAG)
                n = (size_t)(strrchr(finding->detail, ' ') - finding->detail);
        text_append_data(text, finding->detail, n);
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

static void append_measures(Text *text, const Finding *finding, Language language)
{
        bool has_measured = !isnan(finding->measured);
        bool has_bounds = !isnan(finding->min) || !isnan(finding->max);
        Quantity quantity = reason_table[finding->code].quantity, bounds = quantity;

        /* Two sides are pixels even where the bounds are of their ratio. */
        if (!isnan(finding->measured2) && quantity == QUANTITY_NONE)
                quantity = QUANTITY_PIXELS;
        if (has_measured) {
                text_append(text, quantity == QUANTITY_QUALITY
                                          ? MESSAGE(FINDING_JPEG_QUALITY, language)
                                          : MESSAGE(FINDING_MEASURED, language));
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

void finding_append_values(Text *text, const Finding *finding, Language language)
{
        _cleanup_text_ Text measures = {}, detail = {};

        if (!reason_to_string(finding->code) || language < 0 || language >= _LANGUAGE_MAX)
                return;
        append_measures(&measures, finding, language);
        append_detail(&detail, finding);
        if (measures.error < 0 || detail.error < 0)
                text->error = -ENOMEM;
        if (measures.size > 0)
                text_append(text, measures.data);
        if (measures.size > 0 && detail.size > 0)
                text_append(text, MESSAGE(SEMICOLON, language));
        if (detail.size > 0)
                text_append(text, detail.data);
}

void finding_append_words(Text *text, const Finding *finding, Language language)
{
        _cleanup_text_ Text values = {};

        text_append(text, finding_title(finding, language));
        finding_append_values(&values, finding, language);
        if (values.error < 0)
                text->error = values.error;
        if (values.size == 0)
                return;
        text_append(text, MESSAGE(PARENTHESIS_BEGIN, language));
        text_append(text, values.data);
        text_append(text, MESSAGE(PARENTHESIS_END, language));
}
