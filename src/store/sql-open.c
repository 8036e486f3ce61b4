/* SPDX-License-Identifier: MIT */
#include "sql-driver.h"
#include "store-internal.h"

/* Which engine a database is of. */

int sql_open(const Store *store, Sql **ret)
{
        _cleanup_free_ char *path = NULL;

        if (store->catalog)
                return HAVE_POSTGRESQL ? sql_postgres_open(store, store->catalog, ret)
                                       : -EPROTONOSUPPORT;
        if (asprintf(&path, "%s/" CATALOG_FILE, store->path) < 0)
                return -ENOMEM;
        return sql_sqlite_open(store, path, ret);
}

int sql_open_file(const char *path, Sql **ret)
{
        return sql_sqlite_open(NULL, path, ret);
}
