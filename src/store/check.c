/* SPDX-License-Identifier: MIT */
#include "check-internal.h"

#include <idphoto/gateway.h>

/* The check as a whole. */

int store_check(const Store *store, Catalog *catalog, const StoreCheck *check)
{
        Checking checking = {.store = store, .catalog = catalog, .check = check};
        int r = gateway_serves(catalog);

        checking.daemon = r > 0;
        if (r >= 0)
                r = store_was_restored(store, catalog);
        checking.restored = r > 0;
        if (r > 0)
                r = checking_report(&checking, STORE_RESTORED, false, 0, 0, NULL);
        if (r == 0)
                r = check_database(&checking);
        if (r == 0)
                r = check_blobs(&checking);
        if (r == 0)
                r = check_staging(&checking);
        if (r == 0)
                r = check_students(&checking);
        /* Last, so that the results of the repairs are counted too. */
        if (r == 0)
                r = check_counts(&checking);
        if (r == 0 && checking.restored)
                r = store_accept_restored(store, catalog);
        if (checking.claimed)
                store_release(store);
        return r;
}
