/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/util.h>

/*
 * Recognises two photos as one picture, even when one was saved again, scaled, cropped by a percent
 * or stripped of metadata. One number cannot do that, so there are two steps. By a hash of 64 bits
 * a database finds a few candidates among a hundred thousand photos. A fingerprint then decides
 * about each candidate. Hashes of different people before the same wall do collide; their
 * fingerprints do not.
 */

enum {
        /* Largest number of differing bits between two hashes of one picture. */
        PHOTO_PHASH_SAME = 4,
        PHOTO_FINGERPRINT_SIZE = 128,
        /*
         * Largest distance between two fingerprints of one picture. Measured distances: at most 7
         * when saved at quality 30 or 60 or scaled; within 16 for nine of ten when cropped by a
         * percent. Among pairs of different people whose hashes match, the smallest is 124 for real
         * people. It is 28 for drawn people, who are far more alike, in 4.5 million pairs.
         */
        PHOTO_FINGERPRINT_SAME = 16,
};

/* Amplitudes of the lowest frequencies in the finished photo's luma. Any bytes are valid. */
typedef struct PhotoFingerprint {
        int8_t waves[PHOTO_FINGERPRINT_SIZE];
} PhotoFingerprint;

/* Makes the hash and the fingerprint from the luma of a finished photo, 480 x 640. The hash is
 * never 0, which means "unknown". */
void photo_fingerprint_make(const uint8_t *luma, uint64_t *ret_phash, PhotoFingerprint *ret);

/* Number of differing bits, 0..64. */
unsigned photo_phash_distance(uint64_t a, uint64_t b);

/* The difference that shifting and stretching by a few pixels cannot explain. Symmetric; 0 for
 * equal fingerprints. */
unsigned photo_fingerprint_distance(const PhotoFingerprint *a, const PhotoFingerprint *b);
