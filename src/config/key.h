/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/config.h>

/* The table of keys: all that is known about each. */

typedef enum ConfigKind {
        CONFIG_KIND_COUNT,   /* whole number */
        CONFIG_KIND_SIZE,    /* bytes */
        CONFIG_KIND_TIME,    /* milliseconds */
        CONFIG_KIND_PERCENT, /* kept as a fraction */
        CONFIG_KIND_FRAMING, /* a word of PhotoFraming */
        CONFIG_KIND_COLOURS, /* the backdrops */
        CONFIG_KIND_BAND,    /* of a measure */
        CONFIG_KIND_FORMATS, /* bits of PhotoFormat */
        CONFIG_KIND_DATE,
        CONFIG_KIND_TEXT,
        CONFIG_KIND_CATALOG,   /* a text: the URL of a catalog */
        CONFIG_KIND_DIRECTORY, /* a text: an absolute path */
        CONFIG_KIND_NAME,      /* a text: of a machine */
        _CONFIG_KIND_MAX,
        _CONFIG_KIND_INVALID = -EINVAL,
} ConfigKind;

typedef enum ConfigSection {
        CONFIG_SECTION_UPLOAD,
        CONFIG_SECTION_INPUT,
        CONFIG_SECTION_OUTPUT,
        CONFIG_SECTION_PICTURE,
        CONFIG_SECTION_BATCH,
        CONFIG_SECTION_CENTRE,
        CONFIG_SECTION_OFFICE,
        CONFIG_SECTION_POINTS,
        CONFIG_SECTION_STORE,
        _CONFIG_SECTION_MAX,
        _CONFIG_SECTION_INVALID = -EINVAL,
} ConfigSection;

typedef struct ConfigKey {
        ConfigSection section;
        const char *name;
        ConfigKind kind;
        size_t offset; /* in Config */
        size_t width;  /* bytes of an integer field, of a text's array */
        double min;    /* of numbers, in the field's unit, percent for CONFIG_KIND_PERCENT */
        double max;
        const char *unit[_LANGUAGE_MAX]; /* of a band's numbers, "" for plain ones */
        const char *help[_LANGUAGE_MAX]; /* what it does, a sentence a line */
} ConfigKey;

enum { CONFIG_KEYS_PLAIN = 42, CONFIG_KEYS = CONFIG_KEYS_PLAIN + _PHOTO_MEASURE_MAX };

static inline bool config_key_in_range(const ConfigKey *key, double value)
{
        return value >= key->min && value <= key->max;
}

/* In the order of the sections. index must be below CONFIG_KEYS. */
void config_key_get(int index, ConfigKey *ret);

/* The key of that name, -ENOENT. Names are unique over all sections. */
int config_key_find(const char *name);

/* Whether the verdict on a photo, or its bytes, depend on it. */
bool config_key_is_rule(const ConfigKey *key);

const char *config_section_to_string(ConfigSection section);
ConfigSection config_section_from_string(const char *s);
/* What the section is about, a sentence a line. */
const char *config_section_help(ConfigSection section, Language language);
