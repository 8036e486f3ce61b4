/* SPDX-License-Identifier: MIT */
#include "catalog-internal.h"

#include <idphoto/batch.h>

/* Graduation batches. */

void batch_row_done(BatchRow *row)
{
        free(row->name);
        *row = (BatchRow){};
}

int catalog_add_batch(Catalog *catalog, const char *name, int64_t now, int64_t *ret_id)
{
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        int r;

        r = catalog_query(catalog, "INSERT INTO batch (name, created) VALUES (?1, ?2)",
                          VALUES(TEXT(name), INTEGER(now)), &s);
        if (r < 0)
                return r;
        r = statement_run(s);
        if (r < 0)
                return r;
        *ret_id = catalog_last_id(catalog);
        return 0;
}

int catalog_find_batch(Catalog *catalog, const char *name, int64_t *ret_id)
{
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        int r;

        r = catalog_query(catalog, "SELECT id FROM batch WHERE name = ?1", VALUES(TEXT(name)), &s);
        if (r < 0)
                return r;
        r = statement_step(s);
        if (r > 0)
                *ret_id = sqlite3_column_int64(s, 0);
        return r;
}

int catalog_batch_name(Catalog *catalog, int64_t batch, char **ret)
{
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        int r;

        r = catalog_query(catalog, "SELECT name FROM batch WHERE id = ?1", VALUES(INTEGER(batch)),
                          &s);
        if (r < 0)
                return r;
        r = statement_step(s);
        if (r <= 0)
                return r;
        r = column_text(s, 0, ret);
        return r < 0 ? r : 1;
}

int catalog_batch_closed(Catalog *catalog, int64_t batch)
{
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        int r;

        r = catalog_query(catalog, "SELECT closed FROM batch WHERE id = ?1", VALUES(INTEGER(batch)),
                          &s);
        if (r < 0)
                return r;
        r = statement_step(s);
        if (r < 0)
                return r;
        return r > 0 && sqlite3_column_int(s, 0);
}

int catalog_set_batch_closed(Catalog *catalog, int64_t batch, bool closed)
{
        _cleanup_statement_ sqlite3_stmt *s = NULL, *seen = NULL;
        int r;

        r = catalog_query(catalog, "UPDATE batch SET closed = ?2 WHERE id = ?1",
                          VALUES(INTEGER(batch), INTEGER(closed)), &s);
        if (r < 0)
                return r;
        r = statement_run(s);
        if (r < 0)
                return r;
        /* Every status file tells of it. */
        r = catalog_prepare(catalog, "UPDATE point SET version = version + 1", &seen);
        return r < 0 ? r : statement_run(seen);
}

int catalog_list_batches(Catalog *catalog, BatchCallback callback, void *userdata)
{
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        int r;

        r = catalog_prepare(catalog, "SELECT id, name, closed, created FROM batch ORDER BY id", &s);
        if (r < 0)
                return r;
        while ((r = statement_step(s)) > 0) {
                _cleanup_batch_ BatchRow row = {
                        .id = sqlite3_column_int64(s, 0),
                        .closed = sqlite3_column_int(s, 2),
                        .created = sqlite3_column_int64(s, 3),
                };

                r = column_text(s, 1, &row.name);
                if (r >= 0)
                        r = callback(&row, userdata);
                if (r != 0)
                        return r;
        }
        return r;
}
