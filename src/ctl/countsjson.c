/* SPDX-License-Identifier: MIT */
#include "countsjson.h"

static void append(JsonWriter *json, const char *key, uint64_t n)
{
        json_key(json, key);
        json_integer(json, (int64_t)n);
}

void counts_json_append(JsonWriter *json, const StatusCounts *counts)
{
        append(json, "students", counts->students);
        for (ReviewState i = 0; i < _REVIEW_STATE_MAX; i++)
                append(json, review_state_to_string(i), counts->by_state[i]);
        append(json, "rejected_files", counts->rejected_files);
        append(json, "checking", counts->checking);
        json_key(json, "has_roster");
        json_bool(json, counts->has_roster);
}
