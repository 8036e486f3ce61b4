/* SPDX-License-Identifier: MIT */
#pragma once

#include "json.h"

#include <idphoto/view.h>

/* Appends the counts to an open object: students, each state by its word, rejected_files, checking,
 * has_roster. */
void counts_json_append(JsonWriter *json, const StatusCounts *counts);
