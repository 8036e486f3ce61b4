/* SPDX-License-Identifier: MIT */
#pragma once

#include "json.h"

#include <idphoto/filename.h>
#include <idphoto/photo.h>

/* What is known about a photo, as JSON members for programs: the same keys every time, null for
 * what is unknown. Each writes one key and its value into the open object. */

/* "source": what was handed in. */
void photo_json_source(JsonWriter *json, const PhotoInfo *info);

/* "photo": the finished JPEG, null for a rejected one. `written` is the path it was written to, or
 * NULL. */
void photo_json_finished(JsonWriter *json, const PhotoResult *result, const char *written);

/* "centre": the rendition for the collection centre, null when there is none. */
void photo_json_centre(JsonWriter *json, const uint8_t *jpeg, size_t size, const char *written);

/* "findings", titles and advice in the language. */
void photo_json_findings(JsonWriter *json, const Findings *findings, Language language);

/* "name": what the file name says. NULL: null. */
void photo_json_name(JsonWriter *json, const FilenameIdentity *identity);
