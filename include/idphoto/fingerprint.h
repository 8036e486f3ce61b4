/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/util.h>

/*
 * Whether two photos are one picture: saved again, scaled, cropped by a percent, stripped of
 * metadata. Two steps, since one number cannot do both: a hash of 64 bits by which a database finds
 * the few candidates among a hundred thousand, and a fingerprint that settles each of them. Hashes
 * of different people before one wall do collide; their fingerprints do not.
 */

enum {
        /* Bits in which the hashes of one picture may differ. */
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

/* From the luma of a finished photo, 480 x 640. The hash is never 0, which stands for unknown. */
void photo_fingerprint_make(const uint8_t *luma, uint64_t *ret_phash, PhotoFingerprint *ret);

/* Number of differing bits, 0..64. */
unsigned photo_phash_distance(uint64_t a, uint64_t b);

/* How much differs that shifting and stretching by a few pixels cannot explain; the same in either
 * order, 0 for equal ones. */
unsigned photo_fingerprint_distance(const PhotoFingerprint *a, const PhotoFingerprint *b);
