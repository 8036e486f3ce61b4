/* SPDX-License-Identifier: MIT */
#pragma once

#include "key.h"

/* Values of keys as they stand in the file. */

/* Sets the key's field. 0; -EINVAL: not of its kind or out of its range; -EDOM: a band whose parts
 * contradict each other; -ENOMEM. Full width counts as half width, except in texts. config is
 * untouched on failure. */
int config_value_parse(const ConfigKey *key, const char *text, Config *config);

/* Appends the key's field in the form that parses to the same. */
void config_value_append(const ConfigKey *key, const Config *config, Text *text);

/* Appends what the key takes: "a time from 0 ms to 1 min". */
void config_value_append_allowed(const ConfigKey *key, Language language, Text *text);
