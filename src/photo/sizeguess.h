/* SPDX-License-Identifier: MIT */
#pragma once

#include "encode.h"

/*
 * The sizes that a finished picture would have at other qualities, guessed from a sample: a sixth of
 * its blocks, spread evenly. From one quality to the next the sample grows as the picture does,
 * within a percent. Its size itself is less exact, a few percent, until one size of the picture
 * is known.
 */
typedef struct SizeGuess {
        Raster sample;
        bool full_chroma;
        double share;      /* of the picture's size, in the sample's */
        size_t sizes[101]; /* the sample's, by quality; 0: not known */
} SizeGuess;

/* Takes the sample of a raster of 480 x 640. 0, -ENOMEM. */
int size_guess_new(const Raster *raster, bool full_chroma, SizeGuess *ret);
void size_guess_done(SizeGuess *guess);
#define _cleanup_size_guess_ _cleanup_(size_guess_done)

/* Guesses by a size of the picture that is known from now on. 0, -ENOMEM. */
int size_guess_learn(SizeGuess *guess, unsigned quality, size_t size);

/* Finds the largest quality above `fits` and below `fails` whose size is at most `max` by the guess;
 * *ret is `fits` where none is. 0, -ENOMEM. */
int size_guess_find(SizeGuess *guess, unsigned fits, unsigned fails, size_t max, unsigned *ret);
