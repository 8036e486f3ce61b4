/* SPDX-License-Identifier: MIT */
#include "answer.h"

#include <math.h>
#include <string.h>

/* Dates of years 1 to 9999, which is what every formatter can show. */
#define TAKEN_MIN (-62135596800LL)
#define TAKEN_MAX 253402300799LL

/* No reason measures more: bytes of the largest file there could be. */
#define VALUE_MAX 1e15

/* The last reason that a picture can give; what follows is said of names, students and storage. */
#define LAST_PHOTO_REASON REASON_OLD_PHOTO

static bool value_sound(double value)
{
        return isnan(value) || (isfinite(value) && fabs(value) <= VALUE_MAX);
}

/* One NaN for all, so that a payload hidden in it goes no further. */
static double value_clean(double value)
{
        return isnan(value) ? (double)NAN : value;
}

/* An enum member may hold any bits here, and comparing it as its own type lets the compiler assume
 * that it does not. */
static bool enum_sound(const void *member, size_t size, int max)
{
        int value;

        if (size != sizeof(value))
                return false;
        memcpy(&value, member, sizeof(value));
        return value >= 0 && value < max;
}

static bool finding_sound(const Finding *finding)
{
        return enum_sound(&finding->code, sizeof(finding->code), LAST_PHOTO_REASON + 1) &&
               enum_sound(&finding->level, sizeof(finding->level), _FINDING_LEVEL_MAX) &&
               value_sound(finding->measured) && value_sound(finding->measured2) &&
               value_sound(finding->min) && value_sound(finding->max) &&
               memchr(finding->detail, '\0', sizeof(finding->detail)) &&
               utf8_valid(finding->detail) && !text_has_control(finding->detail);
}

static Finding finding_clean(const Finding *from)
{
        Finding finding = {
                .code = from->code,
                .level = from->level,
                .measured = value_clean(from->measured),
                .measured2 = value_clean(from->measured2),
                .min = value_clean(from->min),
                .max = value_clean(from->max),
        };

        memcpy(finding.detail, from->detail, strlen(from->detail));
        return finding;
}

static bool info_sound(const PhotoInfo *info)
{
        return enum_sound(&info->format, sizeof(info->format), _PHOTO_FORMAT_MAX) &&
               info->source_quality <= 100 && info->orientation <= 8 && info->quality <= 100 &&
               info->taken >= TAKEN_MIN && info->taken <= TAKEN_MAX &&
               photo_geometry_valid(&info->geometry);
}

/* Only values that are known, and nothing beside them. */
static PhotoMeasured measured_clean(const PhotoMeasured *from)
{
        PhotoMeasured measured = {};

        for (int i = 0; i < _PHOTO_MEASURE_MAX; i++)
                if (from->known >> i & 1 && isfinite(from->values[i]) &&
                    fabs(from->values[i]) <= VALUE_MAX) {
                        measured.known |= UINT64_C(1) << i;
                        measured.values[i] = from->values[i];
                }
        return measured;
}

static PhotoGeometry geometry_clean(const PhotoGeometry *from)
{
        return (PhotoGeometry){
                .head_top = value_clean(from->head_top),
                .eye_line = value_clean(from->eye_line),
                .face_width = value_clean(from->face_width),
                .face_centre = value_clean(from->face_centre),
                .head_tilt = value_clean(from->head_tilt),
        };
}

static bool jpeg_size_allowed(size_t size, const PhotoRules *rules)
{
        return size > 0 && size >= rules->output_bytes_min && size <= rules->output_bytes_max &&
               size <= WORKER_OUTPUT_MAX;
}

static bool envelope_sound(const WorkerAnswer *answer, size_t size, uint32_t sequence)
{
        return size == sizeof(*answer) && answer->magic == WORKER_PROTOCOL_MAGIC &&
               answer->sequence == sequence;
}

int answer_check(const WorkerAnswer *answer, size_t size, uint32_t sequence,
                 const PhotoRules *rules, PhotoResult *ret, size_t *ret_jpeg_size)
{
        PhotoResult result = {};

        if (!envelope_sound(answer, size, sequence))
                return -EBADMSG;
        if (answer->error != 0)
                return answer->error == -ENOMEM || answer->error == -EIO ? answer->error : -EBADMSG;
        if (!info_sound(&answer->info) || answer->findings.n > FINDINGS_MAX)
                return -EBADMSG;
        result.info = answer->info;
        result.info.geometry = geometry_clean(&answer->info.geometry);
        result.info.measured = measured_clean(&answer->info.measured);
        for (size_t i = 0; i < answer->findings.n; i++) {
                if (!finding_sound(&answer->findings.items[i]))
                        return -EBADMSG;
                result.findings.items[i] = finding_clean(&answer->findings.items[i]);
        }
        result.findings.n = answer->findings.n;
        if (findings_reject(&result.findings) ? answer->jpeg_size != 0
                                              : !jpeg_size_allowed(answer->jpeg_size, rules))
                return -EBADMSG;
        *ret = result;
        *ret_jpeg_size = answer->jpeg_size;
        return 0;
}

int answer_check_centre(const WorkerAnswer *answer, size_t size, uint32_t sequence,
                        size_t *ret_jpeg_size)
{
        static const int errors[] = {-ENOMEM, -EIO, -ERANGE, -ENODATA};

        if (!envelope_sound(answer, size, sequence))
                return -EBADMSG;
        for (size_t i = 0; i < ELEMENTSOF(errors); i++)
                if (answer->error == errors[i])
                        return answer->jpeg_size == 0 ? answer->error : -EBADMSG;
        if (answer->error != 0 || answer->findings.n != 0 ||
            answer->jpeg_size < PHOTO_CENTRE_BYTES_MIN ||
            answer->jpeg_size > PHOTO_CENTRE_BYTES_MAX || answer->jpeg_size > WORKER_OUTPUT_MAX)
                return -EBADMSG;
        *ret_jpeg_size = answer->jpeg_size;
        return 0;
}

bool answer_jpeg_plausible(const uint8_t *data, size_t size)
{
        return size >= 5 && data[0] == 0xff && data[1] == 0xd8 && data[2] == 0xff &&
               data[size - 2] == 0xff && data[size - 1] == 0xd9;
}
