/* SPDX-License-Identifier: MIT */
#include "complain.h"
#include "opened.h"
#include "progress.h"

#include <idphoto/backup.h>
#include <idphoto/message.h>

#include <inttypes.h>
#include <string.h>

/* `idphotoctl backup` and `idphotoctl restore`. */

static int print_report(const BackupReport *report, Language language)
{
        (void)printf(MESSAGE(BACKUP_DONE, language), report->blobs, report->copied,
                     report->bytes / 1000);
        if (report->mended > 0)
                (void)printf(MESSAGE(BACKUP_MENDED, language), report->mended);
        if (report->damaged == 0)
                return COMMAND_OK;
        (void)printf(MESSAGE(BACKUP_DAMAGED, language), report->damaged);
        return COMMAND_NO;
}

int command_backup(CommandContext *context, int argc _unused_, char **argv)
{
        _cleanup_opened_ Opened opened = {};
        Progress bar = {};
        BackupOptions options = {.check = command_option(context, "check") != NULL,
                                 .step = progress_step,
                                 .userdata = &bar};
        BackupReport report;
        int r = opened_open(context, &opened);

        if (r != COMMAND_OK)
                return r;
        r = store_backup(opened.store, opened.catalog, argv[0], &options, &report);
        progress_clear(&bar);
        if (r >= 0)
                return print_report(&report, context->language);
        if (r == -ENOTEMPTY)
                command_error(MESSAGE(ERROR_NOT_BACKUP, context->language), argv[0]);
        else if (r == -EBUSY)
                command_error(MESSAGE(ERROR_BACKUP_BUSY, context->language), argv[0]);
        else
                command_error(MESSAGE(ERROR_BACKUP, context->language), argv[0],
                              message_errno(-r, context->language));
        return COMMAND_WRONG;
}

int command_restore(CommandContext *context, int argc _unused_, char **argv)
{
        Progress bar = {};
        BackupOptions options = {.step = progress_step, .userdata = &bar};
        BackupReport report;
        int r = store_restore(argv[0], argv[1], &options, &report);

        progress_clear(&bar);
        if (r >= 0)
                return print_report(&report, context->language);
        if (r == -ENOTEMPTY)
                command_error(MESSAGE(ERROR_NOT_EMPTY, context->language), argv[1]);
        else if (r == -EBUSY)
                command_error(MESSAGE(ERROR_RESTORE_BUSY, context->language), argv[1]);
        else if (r == -ENOENT)
                command_error(MESSAGE(ERROR_NO_BACKUP, context->language), argv[0]);
        else if (r == -EPROTO)
                command_error(MESSAGE(ERROR_NEWER_BACKUP, context->language), argv[0]);
        else if (r == -EINPROGRESS)
                command_error(MESSAGE(ERROR_BACKUP_UNFINISHED, context->language), argv[0]);
        else if (r == -EUCLEAN)
                command_error(MESSAGE(ERROR_BACKUP_DAMAGED, context->language), argv[0]);
        else
                command_error(MESSAGE(ERROR_RESTORE, context->language), argv[0],
                              message_errno(-r, context->language));
        return COMMAND_WRONG;
}
