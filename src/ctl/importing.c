/* SPDX-License-Identifier: MIT */
#include "importing.h"

#include "complain.h"
#include "progress.h"

#include <idphoto/message.h>

#include <string.h>

int importing_run(const Opened *opened, Language language, bool rosters, ImportingTake take,
                  void *userdata)
{
        _cleanup_busy_ _unused_ Busy *busy = busy_begin(BUSY_IMPORTING, language);
        int r = catalog_expect_many(opened->catalog);

        if (r >= 0)
                r = rosters ? catalog_begin_points(opened->catalog, true)
                            : catalog_begin(opened->catalog, true);
        if (r < 0)
                return r;
        r = take(opened->catalog, userdata);
        if (r == 0)
                return catalog_commit(opened->catalog);
        catalog_rollback(opened->catalog);
        return r;
}

void importing_tell_only_root(Language language)
{
        (void)printf("\n%s\n", MESSAGE(IMPORT_ONLY_ROOT, language));
}

int importing_failed(const CommandContext *context, int error)
{
        if (error == -EROFS)
                command_error(MESSAGE(ERROR_CLOSED, context->language));
        else
                command_error(MESSAGE(ERROR_IMPORT, context->language),
                              message_errno(-error, context->language));
        return COMMAND_WRONG;
}
