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
        if (size == 0 || size > PROFILE_SIZE_MAX) {
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

/* Closes `from`, which may be NULL. */
static void make_transform(Colour *colour, cmsHPROFILE from)
{
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
}

static int allocate(Colour **ret)
{
        _cleanup_(colour_freep) Colour *colour = calloc(1, sizeof(*colour));

        if (!colour)
                return -ENOMEM;
        /* A context of its own: no state shared between threads, no error handler that prints. */
        colour->context = cmsCreateContext(NULL, NULL);
        if (!colour->context)
                return -ENOMEM;
        *ret = TAKE_PTR(colour);
        return 0;
}

int colour_new_of_profile(const void *profile, size_t size, Colour **ret, Findings *findings)
{
        _cleanup_(colour_freep) Colour *colour = NULL;
        int r;

        *ret = NULL;
        if (size < PROFILE_SIZE_MIN || size > PROFILE_SIZE_MAX) {
                ignore_profile(findings);
                return 0;
        }
        r = allocate(&colour);
        if (r < 0)
                return r;
        make_transform(colour,
                       cmsOpenProfileFromMemTHR(colour->context, profile, (cmsUInt32Number)size));
        if (!colour->transform)
                ignore_profile(findings);
        else if (!is_identity(colour->transform))
                *ret = TAKE_PTR(colour);
        return 0;
}

int colour_new(const JpegHeader *header, Colour **ret, Findings *findings)
{
        _cleanup_free_ uint8_t *profile = NULL;
        size_t size = 0;
        int r;

        *ret = NULL;
        if (header->icc_total == 0 && !header->icc_bad)
                return 0;
        r = join_profile(header, &profile, &size, findings);
        return r <= 0 ? r : colour_new_of_profile(profile, size, ret, findings);
}

/* ---- primaries by number ---- */

enum { PRIMARIES_BT2020 = 9, PRIMARIES_DISPLAY_P3 = 12 };

/* A curve of sRGB, for which the library has parameters of its own in the profile only. */
static cmsToneCurve *srgb_curve(cmsContext context)
{
        static const cmsFloat64Number parameters[5] = {2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92,
                                                       0.04045};

        return cmsBuildParametricToneCurve(context, 4, parameters);
}

int colour_new_of_primaries(unsigned primaries, Colour **ret)
{
        static const cmsCIExyY white = {0.3127, 0.3290, 1};
        static const cmsCIExyYTRIPLE wide = {
                {0.708, 0.292, 1}, {0.170, 0.797, 1}, {0.131, 0.046, 1}};
        static const cmsCIExyYTRIPLE p3 = {{0.680, 0.320, 1}, {0.265, 0.690, 1}, {0.150, 0.060, 1}};
        _cleanup_(colour_freep) Colour *colour = NULL;
        cmsToneCurve *curve;
        int r;

        *ret = NULL;
        if (primaries != PRIMARIES_BT2020 && primaries != PRIMARIES_DISPLAY_P3)
                return 0;
        r = allocate(&colour);
        if (r < 0)
                return r;
        curve = srgb_curve(colour->context);
        if (!curve)
                return -ENOMEM;
        make_transform(colour,
                       cmsCreateRGBProfileTHR(colour->context, &white,
                                              primaries == PRIMARIES_BT2020 ? &wide : &p3,
                                              (cmsToneCurve *const[]){curve, curve, curve}));
        cmsFreeToneCurve(curve);
        if (!colour->transform)
                return -ENOMEM;
        *ret = TAKE_PTR(colour);
        return 0;
}

void colour_convert(const Colour *colour, Raster *raster)
{
        if (colour)
                cmsDoTransform(colour->transform, raster->pixels, raster->pixels,
                               raster->width * raster->height);
}
