/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/text.h>

/*
 * Writes JSON. The caller nests the calls correctly; the writer adds commas, colons and escapes.
 * The result is always valid UTF-8: an invalid byte of a string becomes U+FFFD. A failed allocation
 * is kept in text.error.
 */
typedef struct JsonWriter {
        Text text;
        bool in_list; /* the next value needs a comma before it */
} JsonWriter;

void json_done(JsonWriter *json);
#define _cleanup_json_ _cleanup_(json_done)

void json_open(JsonWriter *json, char bracket); /* '{' or '[' */
void json_close(JsonWriter *json, char bracket);
/* Call inside an object before each value. The key is plain ASCII. */
void json_key(JsonWriter *json, const char *key);

void json_string(JsonWriter *json, const char *value); /* NULL: null */
void json_number(JsonWriter *json, double value);      /* NaN and infinities: null */
void json_integer(JsonWriter *json, int64_t value);
void json_bool(JsonWriter *json, bool value);
void json_null(JsonWriter *json);
