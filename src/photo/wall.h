/* SPDX-License-Identifier: MIT */
#pragma once

#include "lab.h"

/*
 * How different a wall looks from an allowed colour, in units of CIELAB. CIE76 alone takes a pink
 * wall for a better white one than a white wall in the shade. So for white and grey any tint beyond
 * that of indoor light counts threefold. For blue, a turn towards purple counts more than one
 * towards green, as CIELAB's blues lie closer there, and darkness counts more than light.
 */
float wall_distance(const Lab *allowed, const Lab *wall);
