/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/text.h>

/*
 * JSON being written. What goes in is a tree of calls; commas, colons and escapes are done here,
 * and the result is valid UTF-8 whatever the strings were: a byte that is no UTF-8 becomes U+FFFD.
 * Failed allocations stick in text.error.
 */
typedef struct JsonWriter {
        Text text;
        bool in_list; /* the next value needs a comma before it */
} JsonWriter;

void json_done(JsonWriter *json);
#define _cleanup_json_ _cleanup_(json_done)

void json_open(JsonWriter *json, char bracket); /* '{' or '[' */
void json_close(JsonWriter *json, char bracket);
/* Inside an object, before each value. The key is plain ASCII. */
void json_key(JsonWriter *json, const char *key);

void json_string(JsonWriter *json, const char *value); /* NULL: null */
void json_number(JsonWriter *json, double value);      /* NaN and infinities: null */
void json_integer(JsonWriter *json, int64_t value);
void json_bool(JsonWriter *json, bool value);
void json_null(JsonWriter *json);
