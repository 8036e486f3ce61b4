/* SPDX-License-Identifier: MIT */
#include "guarded.h"

#include <idphoto/batch.h>

int import_guarded(Catalog *catalog, int64_t batch, bool dry_run, GuardedRun run, void *userdata)
{
        int r = catalog_batch_closed(catalog, batch), undone;

        if (r != 0)
                return r < 0 ? r : -EROFS;
        r = catalog_savepoint(catalog);
        if (r < 0)
                return r;
        r = run(userdata);
        if (r == 0 && !dry_run) {
                r = catalog_savepoint_release(catalog);
                if (r >= 0)
                        return r;
        }
        /* An I/O error may have ended the whole transaction. */
        undone = catalog_in_transaction(catalog) ? catalog_savepoint_rollback(catalog) : 0;
        return r < 0 ? r : undone;
}
