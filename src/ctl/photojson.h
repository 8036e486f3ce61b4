/* SPDX-License-Identifier: MIT */
#pragma once

#include "json.h"

#include <idphoto/filename.h>
#include <idphoto/photo.h>

/* Facts about a photo as JSON members for programs. The keys are always the same; unknown values
 * are null. Each function writes one key and its value into the open object. */

/* "source": the examined file. */
void photo_json_source(JsonWriter *json, const PhotoInfo *info);

/* "photo": the finished JPEG, null for a rejected photo. `written` is the path of the written file,
 * or NULL. */
/* Where the head is in the finished photo, in pixels at 480 x 640; null where nothing is known. */
void photo_json_geometry(JsonWriter *json, const PhotoInfo *info);
void photo_json_measured(JsonWriter *json, const PhotoMeasured *measured);
void photo_json_finished(JsonWriter *json, const PhotoResult *result, const char *written);

/* "centre": the rendition for the collection centre, null when there is none. */
void photo_json_centre(JsonWriter *json, const uint8_t *jpeg, size_t size, const char *written);

/* "measured", "measured2", "min" and "max" of a finding. */
void photo_json_values(JsonWriter *json, const Finding *finding);

/* "findings", with titles and advice in the language. */
void photo_json_findings(JsonWriter *json, const Findings *findings, Language language);

/* "name": the identity in the file name. NULL: null. */
void photo_json_name(JsonWriter *json, const FilenameIdentity *identity);
