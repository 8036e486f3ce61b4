/* SPDX-License-Identifier: MIT */
#include "catalog-internal.h"

#include <idphoto/batch.h>

/* Graduation batches. */

static void batch_row_done(BatchRow *row)
{
        free(row->name);
        *row = (BatchRow){};
}

int catalog_add_batch(Catalog *catalog, const char *name, int64_t now, int64_t *ret_id)
{
        return catalog_insert(catalog,
                              "INSERT INTO batch (name, created) VALUES (?1, ?2) RETURNING id",
                              VALUES(TEXT(name), INTEGER(now)), ret_id);
}

int catalog_find_batch(Catalog *catalog, const char *name, int64_t *ret_id)
{
        return catalog_one(catalog, "SELECT id FROM batch WHERE name = ?1", VALUES(TEXT(name)),
                           read_integer, ret_id);
}

int catalog_batch_name(Catalog *catalog, int64_t batch, char **ret)
{
        return catalog_one(catalog, "SELECT name FROM batch WHERE id = ?1", VALUES(INTEGER(batch)),
                           read_text, ret);
}

int catalog_batch_closed(Catalog *catalog, int64_t batch)
{
        return catalog_one(catalog, "SELECT 1 FROM batch WHERE id = ?1 AND closed != 0",
                           VALUES(INTEGER(batch)), read_nothing, NULL);
}

int catalog_set_batch_closed(Catalog *catalog, int64_t batch, bool closed)
{
        int r = catalog_run(catalog, "UPDATE batch SET closed = ?2 WHERE id = ?1",
                            VALUES(INTEGER(batch), INTEGER(closed)));

        /* Every status file shows it. */
        return r < 0 ? r
                     : catalog_run(catalog, "UPDATE point SET version = version + 1", NO_VALUES);
}

typedef struct BatchList {
        BatchCallback callback;
        void *userdata;
} BatchList;

static int take_batch(const SqlRows *s, void *userdata)
{
        const BatchList *list = userdata;
        _cleanup_(batch_row_done) BatchRow row = {
                .id = sql_integer(s, 0),
                .closed = sql_integer(s, 2),
                .created = sql_integer(s, 3),
        };
        int r = sql_copy_text(s, 1, &row.name);

        return r < 0 ? r : list->callback(&row, list->userdata);
}

int catalog_list_batches(Catalog *catalog, BatchCallback callback, void *userdata)
{
        return catalog_each(catalog, "SELECT id, name, closed, created FROM batch ORDER BY id",
                            NO_VALUES, take_batch, &(BatchList){callback, userdata});
}
