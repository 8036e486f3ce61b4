/* SPDX-License-Identifier: MIT */
#include "key.h"
#include "value.h"

#include <string.h>

/* By what photos are judged, as a text that two machines compare. */

int config_rules(const Config *config, char **ret)
{
        _cleanup_text_ Text text = {};

        for (int i = 0; i < CONFIG_KEYS; i++) {
                ConfigKey key;

                config_key_get(i, &key);
                if (!config_key_is_rule(&key))
                        continue;
                text_printf(&text, "%s.%s = ", config_section_to_string(key.section), key.name);
                config_value_append(&key, config, &text);
                text_append(&text, "\n");
        }
        if (text.error < 0)
                return text.error;
        *ret = TAKE_PTR(text.data);
        return 0;
}

/* The length of the key that the line begins with. */
static size_t key_length(const char *line)
{
        const char *end = strstr(line, " = ");
        size_t n = strcspn(line, "\n");

        return end && (size_t)(end - line) < n ? (size_t)(end - line) : n;
}

/* The line of the same key; NULL: there is none. */
static const char *find_line(const char *rules, const char *line)
{
        const size_t n = key_length(line);

        while (*rules) {
                if (key_length(rules) == n && strncmp(rules, line, n) == 0)
                        return rules;
                rules += strcspn(rules, "\n");
                rules += *rules == '\n';
        }
        return NULL;
}

int config_rules_compare(const char *rules, const char *others, Text *keys)
{
        int different = 0;

        for (const char *line = rules; *line;) {
                const size_t n = strcspn(line, "\n");
                const char *other = find_line(others, line);

                if (other && (strcspn(other, "\n") != n || strncmp(other, line, n) != 0)) {
                        text_append(keys, different++ > 0 ? ", " : "");
                        text_append_data(keys, line, key_length(line));
                }
                line += n;
                line += *line == '\n';
        }
        return keys->error < 0 ? keys->error : different;
}
