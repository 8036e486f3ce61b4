/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>
#include <idphoto/view.h>

/* STATUS.txt of a point (0: of the whole batch, then with counts only and no file names [S4]) as
 * the catalog is now. The caller frees *ret. */
int overview_status_text(Catalog *catalog, int64_t batch, int64_t point, Language language,
                         char **ret, size_t *ret_size);

/* Counts as people count them. point 0: all. */
int overview_counts(Catalog *catalog, int64_t batch, int64_t point, StatusCounts *ret);

/* What happened, in words: "accepted". kind must be a valid one. */
const char *event_kind_text(EventKind kind, Language language);
