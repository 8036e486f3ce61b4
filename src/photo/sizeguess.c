/* SPDX-License-Identifier: MIT */
#include "sizeguess.h"

#include <math.h>
#include <string.h>

enum {
        /* What 4:2:0 codes together. */
        TILE = 16,
        /* Every sixth in a row, and two further to the side in the next one, so that the tiles of
         * the sample are no stripes. */
        EVERY = 6,
        ASIDE = 2,
        TILES_ACROSS = 10,
        TILES_DOWN = PHOTO_WIDTH / TILE * (PHOTO_HEIGHT / TILE) / EVERY / TILES_ACROSS,
        /* What no quality changes. */
        HEADER_BYTES = 620,
        /* The usual one of a portrait with grain. */
        QUALITY_FIRST = 88,
};

static void copy_tile(const Raster *from, uint32_t x, uint32_t y, const Raster *to, unsigned i)
{
        size_t stride = (size_t)to->width * 3;
        uint8_t *out = to->pixels + i / TILES_ACROSS * TILE * stride +
                       (size_t)(i % TILES_ACROSS) * TILE * 3;

        for (uint32_t row = 0; row < TILE; row++, out += stride)
                memcpy(out, raster_at(from, x, y + row), TILE * 3);
}

int size_guess_new(const Raster *raster, bool full_chroma, SizeGuess *ret)
{
        SizeGuess guess = {.full_chroma = full_chroma, .share = 1.0 / EVERY};
        unsigned n = 0;
        int r = raster_new(TILES_ACROSS * TILE, TILES_DOWN * TILE, &guess.sample);

        if (r < 0)
                return r;
        for (uint32_t y = 0; y < PHOTO_HEIGHT / TILE; y++)
                for (uint32_t x = ASIDE * y % EVERY; x < PHOTO_WIDTH / TILE; x += EVERY)
                        copy_tile(raster, x * TILE, y * TILE, &guess.sample, n++);
        *ret = guess;
        return 0;
}

void size_guess_done(SizeGuess *guess)
{
        raster_done(&guess->sample);
}

/* Of the sample, without its header. */
static int sample_size(SizeGuess *guess, unsigned quality, double *ret)
{
        if (guess->sizes[quality] == 0) {
                _cleanup_encoded_ Encoded jpeg = {};
                int r = encode_jpeg(&guess->sample, quality, guess->full_chroma, &jpeg);

                if (r < 0)
                        return r;
                guess->sizes[quality] = jpeg.size;
        }
        *ret = fmax((double)guess->sizes[quality] - HEADER_BYTES, 1);
        return 0;
}

int size_guess_learn(SizeGuess *guess, unsigned quality, size_t size)
{
        double sample;
        int r = sample_size(guess, quality, &sample);

        if (r >= 0)
                guess->share = sample / fmax((double)size - HEADER_BYTES, 1);
        return MIN(r, 0);
}

/* By how much the logarithm of the size grows with each quality about this one, usually. */
static double usual_slope(unsigned quality)
{
        return quality >= 93 ? 0.065 : quality >= 85 ? 0.045 : 0.028;
}

/* The logarithm of the size is close to linear in the quality over a few steps. So two or three
 * encodes of the sample do where bisection needs six. */
int size_guess_find(SizeGuess *guess, unsigned fits, unsigned fails, size_t max, unsigned *ret)
{
        double want = fmax((double)max - HEADER_BYTES, 1) * guess->share;
        double fitting = 0, failing = 0; /* sizes at the bounds, where they are known */
        double next = QUALITY_FIRST;

        while (fails - fits > 1) {
                unsigned quality = (unsigned)CLAMP(next, fits + 1.0, fails - 1.0);
                double size, slope = usual_slope(quality);
                int r = sample_size(guess, quality, &size);

                if (r < 0)
                        return r;
                if (size <= want) {
                        fits = quality;
                        fitting = size;
                } else {
                        fails = quality;
                        failing = size;
                }
                if (fitting > 0 && failing > 0)
                        slope = log(failing / fitting) / (fails - fits);
                next = quality + floor(log(want / size) / slope);
        }
        *ret = fits;
        return 0;
}
