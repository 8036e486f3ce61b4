/* SPDX-License-Identifier: MIT */
#include "colour.h"

#include <lcms2.h>
#include <string.h>

enum {
        /* Camera and display profiles have 0.5 to 4 KB, with tables up to a megabyte. */
        PROFILE_SIZE_MIN = 128,
        PROFILE_SIZE_MAX = 4 * 1024 * 1024,
        GRID = 6,
        SAME_WITHIN = 2,
};

struct Colour {
        cmsContext context;
        cmsHTRANSFORM transform;
};

void colour_free(Colour *colour)
{
        if (!colour)
                return;
        if (colour->transform)
                cmsDeleteTransform(colour->transform);
        if (colour->context)
                cmsDeleteContext(colour->context);
        free(colour);
}

static void ignore_profile(Findings *findings)
{
        (void)findings_add(findings, REASON_COLOUR_PROFILE_IGNORED, FINDING_WARN);
}

/* 1 with the chunks joined; 0: the profile is to be ignored. */
static int join_profile(const JpegHeader *header, uint8_t **ret, size_t *ret_size,
                        Findings *findings)
{
        size_t size = 0, at = 0;
        uint8_t *profile;

        if (header->icc_bad || header->icc_seen != header->icc_total) {
                ignore_profile(findings);
                return 0;
        }
        for (unsigned i = 0; i < header->icc_total; i++)
                size += header->icc[i].size;
        if (size < PROFILE_SIZE_MIN || size > PROFILE_SIZE_MAX) {
                ignore_profile(findings);
                return 0;
        }
        profile = malloc(size);
        if (!profile)
                return -ENOMEM;
        for (unsigned i = 0; i < header->icc_total; i++) {
                memcpy(profile + at, header->icc[i].data, header->icc[i].size);
                at += header->icc[i].size;
        }
        *ret = profile;
        *ret_size = size;
        return 1;
}

/* Whether the transform leaves a grid of colours unchanged. Most profiles are some edition of sRGB,
 * and photos with one may keep their coefficients. */
static bool is_identity(cmsHTRANSFORM transform)
{
        uint8_t in[GRID * GRID * GRID * 3], out[sizeof(in)];
        uint8_t *p = in;

        for (int i = 0; i < GRID * GRID * GRID; i++) {
                *p++ = (uint8_t)(i % GRID * 51);
                *p++ = (uint8_t)(i / GRID % GRID * 51);
                *p++ = (uint8_t)(i / GRID / GRID * 51);
        }
        cmsDoTransform(transform, in, out, GRID * GRID * GRID);
        for (size_t i = 0; i < sizeof(in); i++)
                if (abs(in[i] - out[i]) > SAME_WITHIN)
                        return false;
        return true;
}

static bool make_transform(Colour *colour, const uint8_t *profile, size_t size)
{
        cmsHPROFILE from =
                cmsOpenProfileFromMemTHR(colour->context, profile, (cmsUInt32Number)size);
        cmsHPROFILE to = cmsCreate_sRGBProfileTHR(colour->context);

        if (from && to && cmsGetColorSpace(from) == cmsSigRgbData &&
            cmsGetDeviceClass(from) != cmsSigNamedColorClass &&
            cmsGetDeviceClass(from) != cmsSigLinkClass)
                colour->transform = cmsCreateTransformTHR(colour->context, from, TYPE_RGB_8, to,
                                                          TYPE_RGB_8, INTENT_RELATIVE_COLORIMETRIC,
                                                          cmsFLAGS_BLACKPOINTCOMPENSATION);
        if (from)
                cmsCloseProfile(from);
        if (to)
                cmsCloseProfile(to);
        return colour->transform != NULL;
}

int colour_new(const JpegHeader *header, Colour **ret, Findings *findings)
{
        _cleanup_(colour_freep) Colour *colour = NULL;
        _cleanup_free_ uint8_t *profile = NULL;
        size_t size = 0;
        int r;

        *ret = NULL;
        if (header->icc_total == 0 && !header->icc_bad)
                return 0;
        r = join_profile(header, &profile, &size, findings);
        if (r <= 0)
                return r;
        colour = calloc(1, sizeof(*colour));
        if (!colour)
                return -ENOMEM;
        /* A context of its own: no state shared between threads, no error handler that prints. */
        colour->context = cmsCreateContext(NULL, NULL);
        if (!colour->context)
                return -ENOMEM;
        if (!make_transform(colour, profile, size)) {
                ignore_profile(findings);
                return 0;
        }
        if (is_identity(colour->transform))
                return 0;
        *ret = TAKE_PTR(colour);
        return 0;
}

void colour_convert(const Colour *colour, Raster *raster)
{
        if (colour)
                cmsDoTransform(colour->transform, raster->pixels, raster->pixels,
                               raster->width * raster->height);
}
