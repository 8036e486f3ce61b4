/* SPDX-License-Identifier: MIT */
#pragma once

#include "catalog-internal.h"

/* Records the hash of a photo, so that photos of the same picture are found (catalog-picture.c). */
int catalog_add_phash(Catalog *catalog, int64_t photo, uint64_t phash);
