/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>

/* Graduation batches. Errors are those of catalog.h. */

int catalog_add_batch(Catalog *catalog, const char *name, int64_t now, int64_t *ret_id);
int catalog_find_batch(Catalog *catalog, const char *name, int64_t *ret_id); /* 1, 0 */
int catalog_batch_name(Catalog *catalog, int64_t batch, char **ret);         /* 1, 0 */

typedef struct BatchRow {
        int64_t id;
        char *name;
        bool closed;
        int64_t created;
} BatchRow;

typedef int (*BatchCallback)(const BatchRow *row, void *userdata);
int catalog_list_batches(Catalog *catalog, BatchCallback callback, void *userdata);
/* Whether the batch is closed, so that nothing in it may change: 1, 0 (also when there is no such
 * batch). */
int catalog_batch_closed(Catalog *catalog, int64_t batch);
int catalog_set_batch_closed(Catalog *catalog, int64_t batch, bool closed);
