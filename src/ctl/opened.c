/* SPDX-License-Identifier: MIT */
#include "opened.h"

#include "complain.h"
#include <idphoto/audit.h>
#include <idphoto/batch.h>
#include <idphoto/catalogurl.h>
#include <idphoto/message.h>
#include <idphoto/point.h>

#include <string.h>
#include <sys/stat.h>

void opened_done(Opened *opened)
{
        /* What the command has done is in the audit log; nobody else may be there to seal it. */
        if (opened->catalog)
                (void)catalog_seal_own(opened->catalog);
        catalog_free(opened->catalog);
        store_free(opened->store);
        *opened = (Opened){};
}

/* 1, 0 when there is no such batch. */
static int find_batch(Catalog *catalog, const char *name, int64_t *ret)
{
        _cleanup_free_ char *in_use = NULL;
        int r;

        if (name)
                return catalog_find_batch(catalog, name, ret);
        r = catalog_get_setting(catalog, "batch", &in_use);
        if (r > 0)
                r = catalog_find_batch(catalog, in_use, ret);
        return r == 0 ? -EUCLEAN : r;
}

int opened_say_unopened(const CommandContext *context, int error)
{
        const char *store = context->store;
        const Language language = context->language;

        if (error == -ENOENT)
                command_error(MESSAGE(ERROR_NO_STORE, language), store);
        else if (error == -EPROTO)
                command_error(MESSAGE(ERROR_NEWER_STORE, language), store);
        else
                command_error(MESSAGE(ERROR_OPEN_STORE, language), store,
                              catalog_error(error, language));
        return COMMAND_WRONG;
}

int opened_open_batch(const CommandContext *context, const char *batch, Opened *ret)
{
        _cleanup_opened_ Opened opened = {.language = context->language};
        int r;

        r = store_open(context->store, &opened.store);
        if (r == -ENOENT)
                return opened_say_unopened(context, r);
        if (r >= 0)
                r = catalog_open(opened.store, &opened.catalog);
        if (r >= 0)
                r = find_batch(opened.catalog, batch, &opened.batch);
        if (r == 0) {
                command_error(MESSAGE(ERROR_NO_BATCH, context->language), batch);
                return COMMAND_WRONG;
        }
        if (r < 0)
                return opened_say_unopened(context, r == -ENOENT ? -EUCLEAN : r);
        *ret = opened;
        opened = (Opened){};
        return COMMAND_OK;
}

int opened_open(const CommandContext *context, Opened *ret)
{
        return opened_open_batch(context, NULL, ret);
}

int opened_owner(const Opened *opened, uid_t *ret_uid, gid_t *ret_gid)
{
        struct stat st;

        if (fstat(store_dirfd(opened->store), &st) < 0) {
                command_error(MESSAGE(ERROR_LOOK_STORE, opened->language),
                              message_errno(errno, opened->language));
                return COMMAND_WRONG;
        }
        *ret_uid = st.st_uid;
        *ret_gid = st.st_gid;
        return COMMAND_OK;
}

int64_t opened_find_point(const Opened *opened, const char *name)
{
        _cleanup_point_ PointRow row = {};
        int r;

        if (!name)
                return 0;
        r = catalog_find_point(opened->catalog, name, &row);
        if (r == 0)
                command_error(MESSAGE(ERROR_NO_POINT, opened->language), name);
        else if (r < 0)
                command_error(MESSAGE(ERROR_READ_STORE, opened->language),
                              message_errno(-r, opened->language));
        return r > 0 ? row.id : -ENOENT;
}
