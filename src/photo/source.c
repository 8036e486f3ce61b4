/* SPDX-License-Identifier: MIT */
#include "source.h"

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

static bool fits_memory(const Source *source, const PhotoRules *rules, const CanvasWish *wish,
                        uint64_t spare, Findings *findings)
{
        const uint64_t needed = source->memory + canvas_memory(wish) +
                                canvas_pixels(wish) * source->memory_a_pixel + spare;

        if (needed <= rules->max_memory_bytes)
                return true;
        (void)findings_add_value(findings, REASON_EXAMINER_MEMORY, FINDING_REJECT, (double)needed,
                                 NAN, (double)rules->max_memory_bytes);
        return false;
}

/* `spare` is the memory that is taken already. *ret is not touched where there is a finding. */
static int decode(Source *source, const PhotoRules *rules, const CanvasWish *wish, uint64_t spare,
                  Decoded *ret, bool *ret_see_through, Findings *findings)
{
        _cleanup_canvas_ Canvas canvas = {};
        int r;

        if (!fits_memory(source, rules, wish, spare, findings))
                return 0;
        r = canvas_begin(&canvas, wish);
        if (r >= 0) {
                r = formats[source->format]->decode(source, &canvas);
                if (r == 0 && !canvas_complete(&canvas))
                        r = -EBADMSG;
        }
        r = judge(source, r, findings);
        if (r <= 0)
                return r;
        *ret = (Decoded){
                .raster = canvas.raster,
                .x = canvas.x,
                .y = canvas.y,
                .shrink = canvas.shrink,
                .end = source->size,
        };
        canvas.raster = (Raster){};
        *ret_see_through = canvas.see_through;
        return 0;
}

int source_decode(Source *source, const PhotoRules *rules, uint32_t want_width,
                  uint32_t want_height, Decoded *ret, bool *ret_see_through, Findings *findings)
{
        const CanvasWish wish = {
                .width = source->width,
                .height = source->height,
                .want_width = want_width,
                .want_height = want_height,
        };

        return decode(source, rules, &wish, 0, ret, ret_see_through, findings);
}

int source_decode_part(Source *source, const PhotoRules *rules, uint32_t want_width,
                       uint32_t want_height, const RasterWindow *window, uint64_t spare,
                       Decoded *ret)
{
        const CanvasWish wish = {
                .width = source->width,
                .height = source->height,
                .want_width = want_width,
                .want_height = want_height,
                .window = window,
        };
        Findings told = {}; /* what they say was said when the whole was decoded */
        bool see_through;

        return decode(source, rules, &wish, spare, ret, &see_through, &told);
}

void source_done(Source *source)
{
        free(source->profile);
        *source = (Source){};
}
