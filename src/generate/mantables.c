/* SPDX-License-Identifier: MIT */
#include "tables.h"

#include "../config/key.h"
#include "../config/value.h"

#include <idphoto/finding.h>

#include <string.h>

/* Chinese is written without the spaces at which roff breaks lines: a line may end before any
 * ideograph (U+4000 to U+9FFF), but not behind an opening mark. */
static bool may_break_before(const char *line, size_t i)
{
        static const char *const opening[] = {"“", "‘", "（", "《", "〈", "「", "【"};
        unsigned char lead = (unsigned char)line[i];

        if (i == 0 || lead < 0xe4 || lead > 0xe9)
                return false;
        for (size_t k = 0; k < ELEMENTSOF(opening); k++)
                if (i >= strlen(opening[k]) &&
                    memcmp(line + i - strlen(opening[k]), opening[k], strlen(opening[k])) == 0)
                        return false;
        return true;
}

void man_append_breakable(Text *text, const char *line, size_t length)
{
        for (size_t i = 0; i < length; i++) {
                if (may_break_before(line, i))
                        text_append(text, "\\:");
                text_append_data(text, line + i, 1);
        }
}

/* One line of running text, with nothing in it that roff would take for its own. */
static void append_line(Text *text, const char *line, size_t length)
{
        if (length > 0 && (line[0] == '.' || line[0] == '\''))
                text_append(text, "\\&");
        for (size_t i = 0; i < length; i++) {
                if (may_break_before(line, i))
                        text_append(text, "\\:");
                if (line[i] == '\\')
                        text_append(text, "\\e");
                else
                        text_append_data(text, line + i, 1);
        }
        text_append(text, "\n");
}

/* Every sentence in a line of its own, as manual pages have it. */
static void append_prose(Text *text, const char *s)
{
        while (*s) {
                size_t n = 0;

                while (s[n] && s[n] != '\n' &&
                       !(n > 0 && s[n] == ' ' && strchr(".!?", s[n - 1]) && s[n + 1]))
                        n++;
                append_line(text, s, n);
                s += n + (s[n] != '\0');
        }
}

static void append_reason(Text *text, ReasonCode code)
{
        const char *folder = reason_folder(code, LANGUAGE_ZH);

        text_printf(text, ".It Cm %s%s%s\n", reason_to_string(code), folder ? " , " : "",
                    folder ? folder : "");
        for (int language = 0; language < _LANGUAGE_MAX; language++) {
                if (language > 0)
                        text_append(text, ".Pp\n");
                append_prose(text, reason_title(code, language));
                append_prose(text, reason_advice(code, language));
        }
}

/* All codes, with a heading where each group begins. */
static void man_reasons(Text *text)
{
        static const char *const groups[_REASON_MAX] = {
                [REASON_EMPTY_FILE] = "The file",
                [REASON_TRUNCATED] = "The JPEG",
                [REASON_TURNED_UPRIGHT] = "What was put right",
                [REASON_BLANK_PICTURE] = "The picture",
                [REASON_NAME_NO_NUMBER] = "The name",
                [REASON_SAME_PICTURE] = "The student",
                [REASON_UPLOAD_INCOMPLETE] = "The upload",
                [REASON_EYES_CLOSED] = "Decisions of people",
        };

        for (int code = 0; code < _REASON_MAX; code++) {
                if (groups[code])
                        text_printf(text, "%s.Ss %s\n.Bl -tag -width Ds\n", code > 0 ? ".El\n" : "",
                                    groups[code]);
                append_reason(text, code);
        }
        text_append(text, ".El\n");
}

static void append_key(Text *text, const ConfigKey *key, const Config *defaults)
{
        _cleanup_text_ Text value = {};

        config_value_append(key, defaults, &value);
        text_printf(text, ".It Cm %s\n", key->name);
        append_prose(text, key->help[LANGUAGE_EN]);
        if (key->kind == CONFIG_KIND_BAND)
                text_printf(text, "Takes numbers from %.15g to %.15g%s%s.\n", key->min, key->max,
                            *key->unit[LANGUAGE_EN] ? " " : "", key->unit[LANGUAGE_EN]);
        else {
                text_append(text, "Takes ");
                config_value_append_allowed(key, LANGUAGE_EN, text);
                text_append(text, ".\n");
        }
        if (value.size > 0)
                text_printf(text, "Default:\n.Ql %s .\n", value.data);
        if (value.error < 0)
                text->error = value.error;
}

static void man_keys(Text *text)
{
        Config defaults;
        ConfigKey key;
        int section = -1;

        config_default(&defaults);
        for (int i = 0; i < CONFIG_KEYS; i++) {
                config_key_get(i, &key);
                if ((int)key.section != section) {
                        text_printf(text, "%s.Ss [%s]\n", section >= 0 ? ".El\n" : "",
                                    config_section_to_string(key.section));
                        append_prose(text, config_section_help(key.section, LANGUAGE_EN));
                        text_append(text, ".Bl -tag -width Ds\n");
                }
                section = (int)key.section;
                append_key(text, &key, &defaults);
        }
        text_append(text, ".El\n");
}

const Table man_tables[] = {
        {"man-keys", man_keys},
        {"man-reasons", man_reasons},
        {},
};
