/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/util.h>

/*
 * Finds out whether two photos are one picture that was saved again, scaled, cropped by a percent
 * or stripped of metadata. One number cannot do that, so there are two steps: a hash of 64 bits, by
 * which a database finds the few candidates among a hundred thousand, and a fingerprint that
 * decides about each candidate. The hashes of different people before the same wall do collide;
 * their fingerprints do not.
 */

enum {
        /* The most bits in which the hashes of one picture differ. */
        PHOTO_PHASH_SAME = 4,
        PHOTO_FINGERPRINT_SIZE = 128,
        /*
         * Distance up to which two fingerprints are one picture. Measured: saved at quality 30, 60
         * or scaled, at most 7; cropped by a percent, nine of ten within 16; of 4.5 million pairs
         * of drawn people, far more alike than real ones, the nearest with such hashes is 28, and
         * of real people 124.
         */
        PHOTO_FINGERPRINT_SAME = 16,
};

/* Amplitudes of the longest waves of the finished photo's luma. Any bytes are valid. */
typedef struct PhotoFingerprint {
        int8_t waves[PHOTO_FINGERPRINT_SIZE];
} PhotoFingerprint;

/* Makes both from the luma of a finished photo, 480 x 640. The hash is never 0, which stands for
 * unknown. */
void photo_fingerprint_make(const uint8_t *luma, uint64_t *ret_phash, PhotoFingerprint *ret);

/* Number of differing bits, 0..64. */
unsigned photo_phash_distance(uint64_t a, uint64_t b);

/* How much differs beyond what shifting and stretching by a few pixels can explain. The order of
 * the two does not matter; equal ones give 0. */
unsigned photo_fingerprint_distance(const PhotoFingerprint *a, const PhotoFingerprint *b);
