/* SPDX-License-Identifier: MIT */
#include "value.h"

#include "band.h"
#include "number.h"

#include <idphoto/attached.h>
#include <idphoto/catalogurl.h>

#include <assert.h>
#include <math.h>
#include <string.h>

typedef struct Unit {
        const char *name;
        double factor;
} Unit;

/* The first is the one meant where none stands; a value is written in the last that divides it. */
static const Unit size_units[] = {
        {"bytes", 1},
        {"kB", 1e3},
        {"MB", 1e6},
        {"KiB", 1024},
        {"MiB", 1024.0 * 1024},
        {"GiB", 1024.0 * 1024 * 1024},
        {},
};
static const Unit count_units[] = {{"", 1}, {"million", 1e6}, {}};
/* A bare number would be taken for seconds by one and for milliseconds by another. */
static const Unit time_units[] = {{"ms", 1}, {"s", 1e3}, {"min", 60e3}, {"h", 3600e3}, {}};

/* ---- whole numbers with a unit ---- */

static const Unit *units_of(ConfigKind kind)
{
        return kind == CONFIG_KIND_SIZE   ? size_units
               : kind == CONFIG_KIND_TIME ? time_units
                                          : count_units;
}

static uint64_t load_integer(const ConfigKey *key, const Config *config)
{
        const char *field = (const char *)config + key->offset;
        uint64_t wide;
        uint32_t narrow;

        if (key->width == sizeof(wide)) {
                memcpy(&wide, field, sizeof(wide));
                return wide;
        }
        memcpy(&narrow, field, sizeof(narrow));
        return narrow;
}

static void store_integer(const ConfigKey *key, uint64_t value, Config *config)
{
        char *field = (char *)config + key->offset;
        uint32_t narrow = (uint32_t)value;

        if (key->width == sizeof(value))
                memcpy(field, &value, sizeof(value));
        else
                memcpy(field, &narrow, sizeof(narrow));
}

/* Reads a number and the unit behind it. Without a unit: of what `plain` is called. */
static int parse_measured(const Unit *units, const char *text, const char *plain, double *ret)
{
        double value;

        if (number_parse(&text, &value) < 0)
                return -EINVAL;
        number_skip_blanks(&text);
        if (!*text && plain)
                text = plain;
        for (const Unit *unit = units; unit->name; unit++)
                if (strcmp(unit->name, text) == 0) {
                        *ret = value * unit->factor;
                        return 0;
                }
        return -EINVAL;
}

static int parse_integer(const ConfigKey *key, const char *text, Config *config)
{
        const Unit *units = units_of(key->kind);
        double value;

        if (parse_measured(units, text, key->kind == CONFIG_KIND_TIME ? NULL : units->name,
                           &value) < 0)
                return -EINVAL;
        /* "1.5 MiB" is a whole number, "0.3 bytes" is none. */
        if (!config_key_in_range(key, value) || value != floor(value))
                return -EINVAL;
        store_integer(key, (uint64_t)value, config);
        return 0;
}

static void append_integer(ConfigKind kind, double value, Text *text)
{
        const Unit *units = units_of(kind), *best = units;

        for (const Unit *unit = units; unit->name && value > 0; unit++)
                if (fmod(value, unit->factor) == 0 &&
                    (kind != CONFIG_KIND_SIZE || unit->factor == 1 || unit->name[1] == 'i'))
                        best = unit;
        number_append(text, value / best->factor);
        if (*best->name)
                text_printf(text, " %s", best->name);
}

/* ---- percent ---- */

static int parse_percent(const ConfigKey *key, const char *text, Config *config)
{
        double value;

        if (number_parse(&text, &value) < 0)
                return -EINVAL;
        number_skip_blanks(&text);
        if (strcmp(text, "%") != 0 || !config_key_in_range(key, value))
                return -EINVAL;
        value /= 100;
        memcpy((char *)config + key->offset, &value, sizeof(value));
        return 0;
}

static void append_percent(const ConfigKey *key, const Config *config, Text *text)
{
        double value;

        memcpy(&value, (const char *)config + key->offset, sizeof(value));
        number_append_scaled(text, value, 100);
        text_append(text, " %");
}

/* ---- colours ---- */

static int hex_digit(char c)
{
        return char_is_digit(c)         ? c - '0'
               : (c >= 'a' && c <= 'f') ? c - 'a' + 10
               : (c >= 'A' && c <= 'F') ? c - 'A' + 10
                                        : -EINVAL;
}

static int parse_colours(const char *p, Config *config)
{
        uint8_t colours[PHOTO_BACKDROPS_MAX][3] = {};
        size_t n = 0;

        for (number_skip_blanks(&p); *p; n++) {
                if (n == PHOTO_BACKDROPS_MAX || *p++ != '#')
                        return -EINVAL;
                for (size_t i = 0; i < 3; i++, p += 2) {
                        int high = hex_digit(p[0]), low = high < 0 ? high : hex_digit(p[1]);

                        if (low < 0)
                                return -EINVAL;
                        colours[n][i] = (uint8_t)(high * 16 + low);
                }
                if (*p && !char_is_blank(*p) && *p != ',')
                        return -EINVAL;
                while (char_is_blank(*p) || *p == ',')
                        p++;
        }
        if (n == 0)
                return -EINVAL;
        memcpy(config->rules.backdrops, colours, sizeof(colours));
        config->rules.n_backdrops = n;
        return 0;
}

static void append_colours(const Config *config, Text *text)
{
        for (size_t i = 0; i < config->rules.n_backdrops; i++) {
                const uint8_t *c = config->rules.backdrops[i];

                text_printf(text, "%s#%02X%02X%02X", i > 0 ? " " : "", c[0], c[1], c[2]);
        }
}

/* ---- formats ---- */

/* The next word, which ends at a blank or a comma. NULL: there is none. */
static char *next_word(char **p)
{
        char *word;

        while ((word = strsep(p, " ,")) && !*word)
                ;
        return word;
}

static int parse_formats(const ConfigKey *key, const char *text, Config *config)
{
        _cleanup_free_ char *copy = strdup(text);
        char *p = copy, *word;
        uint32_t formats = 0;

        if (!copy)
                return -ENOMEM;
        while ((word = next_word(&p))) {
                const PhotoFormat format = photo_format_from_string(word);

                if (format < 0 || (photo_formats_built_in() & PHOTO_FORMAT_BIT(format)) == 0)
                        return -EINVAL;
                formats |= PHOTO_FORMAT_BIT(format);
        }
        /* Nothing would be left that the advice in a note could ask for. */
        if ((formats & PHOTO_FORMAT_BIT(PHOTO_FORMAT_JPEG)) == 0)
                return -EINVAL;
        memcpy((char *)config + key->offset, &formats, sizeof(formats));
        return 0;
}

/* ---- framing ---- */

static int parse_framing(const char *text, Config *config)
{
        PhotoFraming framing = photo_framing_from_string(text);

        if (framing < 0)
                return -EINVAL;
        config->rules.framing = framing;
        return 0;
}

/* ---- dates and texts ---- */

static int parse_date(const ConfigKey *key, const char *text, Config *config)
{
        static const char shape[] = "dddd-dd-dd";
        Date date = {};
        size_t i;

        if (*text) {
                for (i = 0; shape[i]; i++)
                        if (shape[i] == 'd' ? !char_is_digit(text[i]) : text[i] != shape[i])
                                return -EINVAL;
                if (text[i])
                        return -EINVAL;
                date = (Date){.year = atoi(text), .month = atoi(text + 5), .day = atoi(text + 8)};
                if (!date_valid(date))
                        return -EINVAL;
        }
        memcpy((char *)config + key->offset, &date, sizeof(date));
        return 0;
}

static void append_date(const ConfigKey *key, const Config *config, Text *text)
{
        Date date;

        memcpy(&date, (const char *)config + key->offset, sizeof(date));
        if (date.year > 0)
                text_printf(text, "%04d-%02d-%02d", date.year, date.month, date.day);
}

static int parse_text(const ConfigKey *key, const char *text, Config *config)
{
        size_t size = strlen(text);

        if (size >= key->width || !utf8_valid(text) || text_has_control(text))
                return -EINVAL;
        /* The rest too, so that equal texts are equal bytes. */
        memset((char *)config + key->offset, 0, key->width);
        memcpy((char *)config + key->offset, text, size);
        return 0;
}

/* ---- all kinds ---- */

static int parse_folded(const ConfigKey *key, const char *text, Config *config)
{
        switch (key->kind) {
        case CONFIG_KIND_COUNT:
        case CONFIG_KIND_SIZE:
        case CONFIG_KIND_TIME:
                return parse_integer(key, text, config);
        case CONFIG_KIND_PERCENT:
                return parse_percent(key, text, config);
        case CONFIG_KIND_FRAMING:
                return parse_framing(text, config);
        case CONFIG_KIND_COLOURS:
                return parse_colours(text, config);
        case CONFIG_KIND_BAND:
                return band_parse(key, text, config);
        case CONFIG_KIND_FORMATS:
                return parse_formats(key, text, config);
        case CONFIG_KIND_DATE:
                return parse_date(key, text, config);
        case CONFIG_KIND_TEXT:
        case CONFIG_KIND_CATALOG:
        case CONFIG_KIND_DIRECTORY:
        case CONFIG_KIND_NAME:
        case _CONFIG_KIND_MAX:
        case _CONFIG_KIND_INVALID:
                break;
        }
        return -EINVAL;
}

static bool is_text(ConfigKind kind)
{
        return kind == CONFIG_KIND_TEXT || kind == CONFIG_KIND_CATALOG ||
               kind == CONFIG_KIND_DIRECTORY || kind == CONFIG_KIND_NAME;
}

int config_value_parse(const ConfigKey *key, const char *text, Config *config)
{
        _cleanup_free_ char *folded = NULL;
        int r;

        if (key->kind == CONFIG_KIND_CATALOG && *text) {
                r = catalog_url_check(text);
                if (r < 0)
                        return r;
        }
        if ((key->kind == CONFIG_KIND_DIRECTORY && *text && !blobs_path_valid(text)) ||
            (key->kind == CONFIG_KIND_NAME && *text && !gateway_name_valid(text)))
                return -EINVAL;
        if (is_text(key->kind))
                return parse_text(key, text, config);
        /* Chinese keyboards make commas, digits and percent signs of full width. */
        r = text_fold(text, &folded);
        if (r < 0)
                return r == -EILSEQ ? -EINVAL : r;
        return parse_folded(key, folded, config);
}

int config_parse_time(const char *text, unsigned max_msec, unsigned *ret_msec)
{
        _cleanup_free_ char *folded = NULL;
        double value;
        int r = text_fold(text, &folded);

        if (r < 0)
                return r == -EILSEQ ? -EINVAL : r;
        if (parse_measured(time_units, folded, "s", &value) < 0 || value < 0 || value > max_msec)
                return -EINVAL;
        *ret_msec = (unsigned)value;
        return 0;
}

void config_value_append(const ConfigKey *key, const Config *config, Text *text)
{
        switch (key->kind) {
        case CONFIG_KIND_COUNT:
        case CONFIG_KIND_SIZE:
        case CONFIG_KIND_TIME:
                append_integer(key->kind, (double)load_integer(key, config), text);
                break;
        case CONFIG_KIND_PERCENT:
                append_percent(key, config, text);
                break;
        case CONFIG_KIND_FRAMING:
                text_append(text, photo_framing_to_string(config->rules.framing));
                break;
        case CONFIG_KIND_COLOURS:
                append_colours(config, text);
                break;
        case CONFIG_KIND_BAND:
                band_append(key, config, text);
                break;
        case CONFIG_KIND_FORMATS:
                photo_formats_append((uint32_t)load_integer(key, config), text);
                break;
        case CONFIG_KIND_DATE:
                append_date(key, config, text);
                break;
        case CONFIG_KIND_TEXT:
        case CONFIG_KIND_CATALOG:
        case CONFIG_KIND_DIRECTORY:
        case CONFIG_KIND_NAME:
                text_append(text, (const char *)config + key->offset);
                break;
        case _CONFIG_KIND_MAX:
        case _CONFIG_KIND_INVALID:
                break;
        }
}

/* What a key takes: before its smallest value, between it and the largest, behind that. Kinds
 * without numbers have the first only. */
static const char *const allowed[_CONFIG_KIND_MAX][_LANGUAGE_MAX][3] = {
        [CONFIG_KIND_COUNT] = {{"a whole number from ", " to ", ""}, {"整数，", " 至 ", ""}},
        [CONFIG_KIND_SIZE] = {{"a size from ", " to ", " (units: bytes kB MB KiB MiB GiB)"},
                              {"大小，", " 至 ", "（单位：bytes kB MB KiB MiB GiB）"}},
        [CONFIG_KIND_TIME] = {{"a time from ", " to ", " (units: ms s min h)"},
                              {"时间，", " 至 ", "（单位：ms s min h）"}},
        [CONFIG_KIND_PERCENT] = {{"a percentage from ", " to ", ""}, {"百分比，", " 至 ", ""}},
        [CONFIG_KIND_FRAMING] = {{"'auto' or 'check'"}, {"auto 或 check"}},
        [CONFIG_KIND_COLOURS] = {{"1 to 8 colours such as #64C5FF #FFFFFF"},
                                 {"1 至 8 个颜色，如 #64C5FF #FFFFFF"}},
        [CONFIG_KIND_BAND] = {{"'off', 'warn-only' or ranges such as 'warn LEAST..MOST, "
                               "reject LEAST..MOST' within ",
                               "..", ""},
                              {"off、warn-only 或 “warn 最小..最大, reject 最小..最大”，数值在 ",
                               "..", " 之内"}},
        [CONFIG_KIND_FORMATS] = {{"jpeg, and others of "}, {"jpeg，以及下列格式："}},
        [CONFIG_KIND_DATE] = {{"a date such as 2026-05-31, or nothing"},
                              {"日期，如 2026-05-31，可为空"}},
        [CONFIG_KIND_TEXT] = {{"a text of at most 191 bytes, or nothing"},
                              {"文字，最多 191 字节，可为空"}},
        [CONFIG_KIND_CATALOG] = {{"a URL such as postgresql://idphoto@/photos, or nothing"},
                                 {"网址，如 postgresql://idphoto@/photos，可为空"}},
        [CONFIG_KIND_DIRECTORY] = {{"an absolute path of at most 180 bytes, or nothing"},
                                   {"绝对路径，最多 180 字节，可为空"}},
        [CONFIG_KIND_NAME] = {{"a name of at most 64 letters, digits and .-_, or nothing"},
                              {"名称，最多 64 个字母、数字或 .-_，可为空"}},
};
static_assert(CONFIG_TEXT_SIZE == 192 && GATEWAY_NAME_SIZE == 65 && BLOBS_PATH_SIZE == 181,
              "stand in the texts");
static_assert(PHOTO_BACKDROPS_MAX == 8, "stands in the texts");

static void append_bound(const ConfigKey *key, double bound, Text *text)
{
        if (key->kind == CONFIG_KIND_PERCENT || key->kind == CONFIG_KIND_BAND) {
                number_append(text, bound);
                if (key->kind == CONFIG_KIND_PERCENT)
                        text_append(text, " %");
        } else
                append_integer(key->kind, bound, text);
}

void config_value_append_allowed(const ConfigKey *key, Language language, Text *text)
{
        const char *const *words = allowed[key->kind][language];

        text_append(text, words[0]);
        if (key->kind == CONFIG_KIND_FORMATS)
                photo_formats_append(
                        photo_formats_built_in() & ~PHOTO_FORMAT_BIT(PHOTO_FORMAT_JPEG), text);
        if (!words[1])
                return;
        append_bound(key, key->min, text);
        text_append(text, words[1]);
        append_bound(key, key->max, text);
        if (key->kind == CONFIG_KIND_BAND && *key->unit[language])
                text_printf(text, " %s", key->unit[language]);
        text_append(text, words[2]);
}
