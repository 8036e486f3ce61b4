/* SPDX-License-Identifier: MIT */
#pragma once

#include "catalog-internal.h"

/* Stores the perceptual hash of the newest photo of the submission, by which catalog-picture.c finds
 * photos of one picture. */
int catalog_add_phash(Catalog *catalog, int64_t submission, uint64_t phash);
