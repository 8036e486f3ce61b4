/* SPDX-License-Identifier: MIT */
#include "source.h"

#include <string.h>

static const SourceFormat *const formats[_PHOTO_FORMAT_MAX] = {
#if HAVE_SPNG
        [PHOTO_FORMAT_PNG] = &source_png,
#endif
#if HAVE_WEBP
        [PHOTO_FORMAT_WEBP] = &source_webp,
#endif
#if HAVE_TIFF
        [PHOTO_FORMAT_TIFF] = &source_tiff,
#endif
#if HAVE_HEIC
        [PHOTO_FORMAT_HEIC] = &source_heic,
#endif
#if HAVE_AVIF
        [PHOTO_FORMAT_AVIF] = &source_avif,
#endif
};

int source_prepare(void)
{
        for (size_t i = 0; i < ELEMENTSOF(formats); i++) {
                int r = formats[i] && formats[i]->prepare ? formats[i]->prepare() : 0;

                if (r < 0)
                        return r;
        }
        return 0;
}

bool source_wanted(PhotoFormat format, const PhotoRules *rules)
{
        return formats[format] && (rules->formats & PHOTO_FORMAT_BIT(format)) != 0;
}

static void reject(Findings *findings, ReasonCode code, const char *detail)
{
        Finding *f = findings_add(findings, code, FINDING_REJECT);

        (void)snprintf(f->detail, sizeof(f->detail), "%s", detail);
}

/* Of what a format's functions return. 1 for 0; 0: there is a finding; -ENOMEM. */
static int judge(const Source *source, int r, Findings *findings)
{
        switch (r) {
        case 0:
                return 1;
        case -ENODATA:
                reject(findings, REASON_TRUNCATED, source->name);
                return 0;
        case -EOPNOTSUPP:
                reject(findings, formats[source->format]->reason, source->detail);
                return 0;
        case -ENOMEM:
                return r;
        default:
                reject(findings, REASON_CORRUPT, source->name);
                return 0;
        }
}

int source_open(const uint8_t *data, size_t size, PhotoFormat format, Source *ret,
                Findings *findings)
{
        int r;

        *ret = (Source){
                .data = data,
                .size = size,
                .format = format,
                .name = formats[format]->name,
                .orientation = 1,
        };
        r = judge(ret, formats[format]->open(ret), findings);
        if (r <= 0)
                return r;
        if (ret->several)
                reject(findings, REASON_SEVERAL_PICTURES, ret->name);
        if (ret->cmyk)
                reject(findings, REASON_CMYK, ret->name);
        return !ret->several && !ret->cmyk;
}

static bool fits_memory(const Source *source, const PhotoRules *rules, uint64_t canvas,
                        Findings *findings)
{
        const uint64_t needed = source->memory + canvas;

        if (needed <= rules->max_memory_bytes)
                return true;
        (void)findings_add_value(findings, REASON_EXAMINER_MEMORY, FINDING_REJECT, (double)needed,
                                 NAN, (double)rules->max_memory_bytes);
        return false;
}

int source_decode(Source *source, const PhotoRules *rules, uint32_t want_width,
                  uint32_t want_height, Decoded *ret, bool *ret_see_through, Findings *findings)
{
        const uint32_t width = source->width, height = source->height;
        _cleanup_canvas_ Canvas canvas = {};
        int r;

        if (!fits_memory(source, rules, canvas_memory(width, height, want_width, want_height),
                         findings))
                return 0;
        r = canvas_begin(&canvas, width, height, want_width, want_height);
        if (r >= 0) {
                r = formats[source->format]->decode(source, &canvas);
                if (r == 0 && !canvas_complete(&canvas))
                        r = -EBADMSG;
        }
        r = judge(source, r, findings);
        if (r <= 0)
                return r;
        *ret = (Decoded){.raster = canvas.raster, .shrink = canvas.shrink, .end = source->size};
        canvas.raster = (Raster){};
        *ret_see_through = canvas.see_through;
        return 0;
}

void source_done(Source *source)
{
        free(source->profile);
        *source = (Source){};
}

void source_take_exif(Source *source, const uint8_t *exif, size_t size)
{
        static const uint8_t head[] = {'E', 'x', 'i', 'f', 0, 0};
        Exif read;

        if (size >= sizeof(head) && memcmp(exif, head, sizeof(head)) == 0) {
                exif += sizeof(head);
                size -= sizeof(head);
        }
        exif_read(exif, size, &read);
        source->orientation = read.orientation;
        source->taken = read.taken;
        source->has_metadata = true;
        /* As telephones write it into the comment of the user. */
        if (size > 0 && memmem(exif, size, "Screenshot", strlen("Screenshot")))
                source->screenshot = true;
}

int source_take_profile(Source *source, const void *profile, size_t size)
{
        /* A byte of a longer one is as good as all of it. */
        const size_t taken = size > SOURCE_METADATA_MAX ? 1 : size;

        if (size == 0 || source->profile)
                return 0;
        source->profile = malloc(taken);
        if (!source->profile)
                return -ENOMEM;
        memcpy(source->profile, profile, taken);
        source->profile_size = taken;
        source->has_metadata = true;
        return 0;
}
