/* SPDX-License-Identifier: MIT */
#include "opened.h"

#include <string.h>

void opened_done(Opened *opened)
{
        catalog_free(opened->catalog);
        store_free(opened->store);
        *opened = (Opened){};
}

int opened_open(const CommandContext *context, Opened *ret)
{
        _cleanup_opened_ Opened opened = {};
        _cleanup_free_ char *batch = NULL;
        int r;

        r = store_open(context->store, &opened.store);
        if (r == -ENOENT) {
                command_error("there is no store at '%s'; 'idphotoctl init' makes one",
                              context->store);
                return COMMAND_WRONG;
        }
        if (r >= 0)
                r = catalog_open(opened.store, &opened.catalog);
        if (r >= 0)
                r = catalog_get_setting(opened.catalog, "batch", &batch);
        if (r >= 0)
                r = batch ? catalog_find_batch(opened.catalog, batch, &opened.batch) : -EUCLEAN;
        if (r < 0) {
                command_error("cannot open the store at '%s': %s", context->store, strerror(-r));
                return COMMAND_WRONG;
        }
        *ret = opened;
        opened = (Opened){};
        return COMMAND_OK;
}
