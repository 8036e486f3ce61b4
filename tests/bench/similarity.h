/* SPDX-License-Identifier: MIT */
#pragma once

#include "reference.h"

/* Mean structural similarity (Wang, Bovik, Sheikh and Simoncelli, 2004) of two planes of one size:
 * a Gaussian window of 11 x 11 and sigma 1.5, K1 0.01, K2 0.03, range 255. 1 for equal planes. 0,
 * -EINVAL for sizes that differ or are below the window, -ENOMEM. */
int similarity_ssim(const Plane *a, const Plane *b, double *ret);

/* Mean square of the difference; the planes are of one size. */
double similarity_mse(const Plane *a, const Plane *b);
