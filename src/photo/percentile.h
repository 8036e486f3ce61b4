/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* The least value that `share` of the n values in a histogram are not above. */
static inline double percentile(const uint32_t histogram[256], size_t n, double share)
{
        size_t below = 0;

        for (int i = 0; i < 256; i++) {
                below += histogram[i];
                if ((double)below >= share * (double)n)
                        return i;
        }
        return 255;
}
