/* SPDX-License-Identifier: MIT */
#pragma once

#include "catalog-internal.h"

/* Makes the photo findable by what it shows (catalog-picture.c). */
int catalog_add_phash(Catalog *catalog, int64_t photo, uint64_t phash);
