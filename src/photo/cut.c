/* SPDX-License-Identifier: MIT */
#include "cut.h"

#include <math.h>

/* Bounds the time that faces are looked for in a picture of any shape: four times the finished
 * photo. */
static const double SURVEY_PIXELS_MAX = 4.0 * PHOTO_WIDTH * PHOTO_HEIGHT;

RasterWindow cut_centre(const Cut *cut)
{
        double w = cut_width(cut), h = cut_height(cut);
        double zoom = fmin(w / PHOTO_WIDTH, h / PHOTO_HEIGHT);

        return (RasterWindow){
                .x = fmax(w - PHOTO_WIDTH * zoom, 0) / 2,
                .y = fmax(h - PHOTO_HEIGHT * zoom, 0) / 2,
                .width = PHOTO_WIDTH * zoom,
                .height = PHOTO_HEIGHT * zoom,
        };
}

/* From upright pixels to stored ones. */
static RasterWindow lay_down(const Cut *cut, const RasterWindow *w)
{
        double width = cut->header->width, height = cut->header->height;

        switch (cut->quarters) {
        case 1:
                return (RasterWindow){w->y, height - w->x - w->width, w->height, w->width};
        case 2:
                return (RasterWindow){width - w->x - w->width, height - w->y - w->height, w->width,
                                      w->height};
        case 3:
                return (RasterWindow){width - w->y - w->height, w->x, w->height, w->width};
        default:
                return *w;
        }
}

/* Whether the raster shows the window, which is in stored pixels. */
static bool covers(const Decoded *decoded, const RasterWindow *w)
{
        double shrink = decoded->shrink;

        return decoded->raster.pixels && w->x >= decoded->x * shrink &&
               w->y >= decoded->y * shrink &&
               w->x + w->width <= (decoded->x + decoded->raster.width) * shrink &&
               w->y + w->height <= (decoded->y + decoded->raster.height) * shrink;
}

/* As decode_jpeg() leaves it: DCT scaling only while there are twice the pixels that are needed. */
static bool sharp_enough(const Decoded *decoded, const RasterWindow *w, uint32_t width,
                         uint32_t height)
{
        return decoded->shrink == 1 || (w->width / decoded->shrink >= 2 * width - 1 &&
                                        w->height / decoded->shrink >= 2 * height - 1);
}

static uint64_t raster_bytes(const Raster *raster)
{
        return (uint64_t)raster->width * raster->height * 3;
}

/* Leaves no pixels in part when the memory does not suffice. */
static int decode_again(Cut *cut, const RasterWindow *w, uint32_t width, uint32_t height)
{
        const uint64_t spare = raster_bytes(&cut->whole->raster);

        decoded_done(&cut->part);
        return cut->source ? source_decode_part(cut->source, cut->rules, width, height, w, spare,
                                                &cut->part)
                           : decode_jpeg_part(cut->data, cut->size, cut->header, cut->rules, width,
                                              height, w, spare, &cut->part);
}

/* Finds the raster to cut from; w is in stored pixels, width and height those of the result as it
 * lies. */
static int find_raster(Cut *cut, const RasterWindow *w, uint32_t width, uint32_t height,
                       const Decoded **ret)
{
        int r;

        *ret = cut->whole;
        if (cut->no_part || sharp_enough(cut->whole, w, width, height))
                return 0;
        if (!covers(&cut->part, w) || !sharp_enough(&cut->part, w, width, height)) {
                r = decode_again(cut, w, width, height);
                if (r < 0)
                        return r;
                cut->no_part = !cut->part.raster.pixels;
        }
        if (!cut->no_part)
                *ret = &cut->part;
        return 0;
}

/* Resizes a part of the raster, given in stored pixels. */
static int resize(const Decoded *decoded, const RasterWindow *w, uint32_t width, uint32_t height,
                  Raster *ret)
{
        const Raster *raster = &decoded->raster;
        double shrink = decoded->shrink;
        RasterWindow window = {
                .x = fmax(w->x / shrink - decoded->x, 0),
                .y = fmax(w->y / shrink - decoded->y, 0),
                .width = w->width / shrink,
                .height = w->height / shrink,
        };

        window.width = fmin(window.width, raster->width - window.x);
        window.height = fmin(window.height, raster->height - window.y);
        return raster_resize(raster, &window, width, height, ret);
}

/* Puts what lies upright; takes what *lying holds. */
static int put_upright(const Cut *cut, Raster *lying, Raster *ret)
{
        static const uint32_t orientations[] = {1, 6, 3, 8};

        if (cut->quarters == 0) {
                *ret = *lying;
                *lying = (Raster){};
                return 0;
        }
        return raster_turn(lying, orientations[cut->quarters], ret);
}

static bool is_whole(const Decoded *decoded, const RasterWindow *w, uint32_t width, uint32_t height)
{
        return decoded->shrink == 1 && decoded->raster.width == width &&
               decoded->raster.height == height && w->width >= width && w->height >= height;
}

int cut_photo(Cut *cut, const RasterWindow *window, Raster *ret)
{
        uint32_t width = cut->quarters % 2 ? PHOTO_HEIGHT : PHOTO_WIDTH;
        uint32_t height = cut->quarters % 2 ? PHOTO_WIDTH : PHOTO_HEIGHT;
        RasterWindow w = lay_down(cut, window);
        _cleanup_raster_ Raster lying = {};
        const Decoded *decoded;
        int r;

        r = find_raster(cut, &w, width, height, &decoded);
        if (r < 0)
                return r;
        if (is_whole(decoded, &w, width, height))
                r = raster_turn(&decoded->raster, 1, &lying);
        else
                r = resize(decoded, &w, width, height, &lying);
        if (r >= 0)
                r = put_upright(cut, &lying, ret);
        if (r < 0)
                return r;
        colour_convert(cut->colour, ret);
        return 0;
}

int cut_survey(Cut *cut, uint32_t *ret_width, uint32_t *ret_height, uint8_t **ret_luma)
{
        double w = cut->header->width, h = cut->header->height;
        double zoom =
                fmin(cut_width(cut) / (double)PHOTO_WIDTH, cut_height(cut) / (double)PHOTO_HEIGHT);
        const RasterWindow all = {.width = w, .height = h};
        _cleanup_raster_ Raster lying = {}, upright = {};
        int r;

        zoom = fmax(fmax(zoom, sqrt(w * h / SURVEY_PIXELS_MAX)), cut->whole->shrink);
        r = resize(cut->whole, &all, (uint32_t)fmax(w / zoom, 1), (uint32_t)fmax(h / zoom, 1),
                   &lying);
        if (r >= 0)
                r = put_upright(cut, &lying, &upright);
        if (r >= 0)
                r = raster_luma(&upright, ret_luma);
        if (r < 0)
                return r;
        *ret_width = upright.width;
        *ret_height = upright.height;
        return 0;
}

void cut_done(Cut *cut)
{
        decoded_done(&cut->part);
}
