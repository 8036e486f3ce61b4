/* SPDX-License-Identifier: MIT */
#pragma once

#include "key.h"

/* Bands of measures: "warn 50..110, reject 42..118", "off" or "warn-only". */

/* As config_value_parse(). */
int band_parse(const ConfigKey *key, const char *text, Config *config);

void band_append(const ConfigKey *key, const Config *config, Text *text);
