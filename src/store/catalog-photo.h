/* SPDX-License-Identifier: MIT */
#pragma once

#include "catalog-internal.h"

/* Stores the perceptual hash of a photo, by which catalog-picture.c finds photos of one picture. */
int catalog_add_phash(Catalog *catalog, int64_t photo, uint64_t phash);
