/* SPDX-License-Identifier: MIT */
#pragma once

#include "json.h"

#include <idphoto/catalog.h>

/* The gateways of a store whose catalog is on a server (gateway.h), for people and for programs. */

/* Appends an array of objects as 'gateway list --json' prints it. */
int gateways_json_append(Catalog *catalog, JsonWriter *json);
/* Appends a line with all names. */
int gateways_text(Catalog *catalog, Language language, Text *text);
