/* SPDX-License-Identifier: MIT */
#include "photojson.h"

#include <idphoto/hash.h>

#include <inttypes.h>
#include <math.h>

static const char *name_kind_to_string(FilenameKind kind)
{
        switch (kind) {
        case FILENAME_ID_NUMBER:
                return "id-number";
        case FILENAME_LEGACY:
                return "legacy";
        default:
                return "none";
        }
}

static void json_known(JsonWriter *json, const char *key, int64_t value)
{
        json_key(json, key);
        if (value != 0)
                json_integer(json, value);
        else
                json_null(json);
}

void photo_json_source(JsonWriter *json, const PhotoInfo *info)
{
        json_key(json, "source");
        json_open(json, '{');
        json_key(json, "format");
        json_string(json, photo_format_to_string(info->format));
        json_known(json, "width", info->source_width);
        json_known(json, "height", info->source_height);
        json_known(json, "quality", info->source_quality);
        json_known(json, "orientation", info->orientation);
        json_known(json, "taken", info->taken);
        json_close(json, '}');
}

/* Every measure, so that scripts need not ask which a photo has. */
void photo_json_measured(JsonWriter *json, const PhotoMeasured *measured)
{
        json_key(json, "measured");
        json_open(json, '{');
        for (int i = 0; i < _PHOTO_MEASURE_MAX; i++) {
                json_key(json, photo_measure_to_string((PhotoMeasure)i));
                json_number(json, measured->known >> i & 1 ? measured->values[i] : (double)NAN);
        }
        json_close(json, '}');
}

void photo_json_geometry(JsonWriter *json, const PhotoInfo *info)
{
        const PhotoGeometry *g = &info->geometry;
        const struct {
                const char *key;
                double value;
        } values[] = {
                {"head_top", g->head_top},     {"eye_line", g->eye_line},
                {"face_width", g->face_width}, {"face_centre", g->face_centre},
                {"head_tilt", g->head_tilt},
        };
        bool known = false;

        for (size_t i = 0; i < ELEMENTSOF(values); i++)
                known |= isfinite(values[i].value) && values[i].value != 0;
        json_key(json, "geometry");
        if (!known) {
                json_null(json);
                return;
        }
        json_open(json, '{');
        for (size_t i = 0; i < ELEMENTSOF(values); i++) {
                json_key(json, values[i].key);
                json_number(json, values[i].value);
        }
        json_close(json, '}');
}

void photo_json_finished(JsonWriter *json, const PhotoResult *result, const char *written)
{
        char hex[SHA256_HEX_SIZE], phash[17];
        Sha256 hash;

        json_key(json, "photo");
        if (!result->jpeg) {
                json_null(json);
                return;
        }
        (void)snprintf(phash, sizeof(phash), "%016" PRIx64, result->info.phash);
        json_open(json, '{');
        json_key(json, "bytes");
        json_integer(json, (int64_t)result->jpeg_size);
        json_known(json, "quality", result->info.quality);
        json_key(json, "sha256");
        json_string(json, sha256_data(result->jpeg, result->jpeg_size, &hash) == 0
                                  ? sha256_to_hex(&hash, hex)
                                  : NULL);
        json_key(json, "phash");
        json_string(json, result->info.phash != 0 ? phash : NULL);
        json_key(json, "written");
        json_string(json, written);
        json_close(json, '}');
}

void photo_json_centre(JsonWriter *json, const uint8_t *jpeg, size_t size, const char *written)
{
        char hex[SHA256_HEX_SIZE];
        Sha256 hash;

        json_key(json, "centre");
        if (!jpeg) {
                json_null(json);
                return;
        }
        json_open(json, '{');
        json_key(json, "bytes");
        json_integer(json, (int64_t)size);
        json_key(json, "sha256");
        json_string(json, sha256_data(jpeg, size, &hash) == 0 ? sha256_to_hex(&hash, hex) : NULL);
        json_key(json, "written");
        json_string(json, written);
        json_close(json, '}');
}

void photo_json_values(JsonWriter *json, const Finding *finding)
{
        json_key(json, "measured");
        json_number(json, finding->measured);
        json_key(json, "measured2");
        json_number(json, finding->measured2);
        json_key(json, "min");
        json_number(json, finding->min);
        json_key(json, "max");
        json_number(json, finding->max);
}

void photo_json_findings(JsonWriter *json, const Findings *findings, Language language)
{
        json_key(json, "findings");
        json_open(json, '[');
        for (size_t i = 0; i < findings->n; i++) {
                const Finding *finding = &findings->items[i];

                json_open(json, '{');
                json_key(json, "code");
                json_string(json, reason_to_string(finding->code));
                json_key(json, "level");
                json_string(json, finding_level_to_string(finding->level));
                photo_json_values(json, finding);
                json_key(json, "detail");
                json_string(json, finding->detail);
                json_key(json, "title");
                json_string(json, reason_title(finding->code, language));
                json_key(json, "advice");
                json_string(json, reason_advice(finding->code, language));
                json_close(json, '}');
        }
        json_close(json, ']');
}

void photo_json_name(JsonWriter *json, const FilenameIdentity *identity)
{
        bool valid;

        json_key(json, "name");
        if (!identity) {
                json_null(json);
                return;
        }
        valid = identity->kind != FILENAME_NONE && identity->valid && !identity->ambiguous;
        json_open(json, '{');
        json_key(json, "kind");
        json_string(json, name_kind_to_string(identity->kind));
        json_key(json, "valid");
        json_bool(json, valid);
        json_key(json, "number");
        json_string(json, identity->kind != FILENAME_NONE ? identity->number.text : NULL);
        json_key(json, "problem");
        json_string(json, valid ? NULL : reason_to_string(identity->problem));
        json_close(json, '}');
}
