/* SPDX-License-Identifier: MIT */
#include "complain.h"
#include "opened.h"
#include "progress.h"

#include <idphoto/clock.h>
#include <idphoto/gateway.h>
#include <idphoto/message.h>
#include <idphoto/purge.h>

#include <inttypes.h>
#include <string.h>

/* `idphotoctl purge`: old files of all batches, or one closed batch. */

enum { DEFAULT_DAYS = 30, DAYS_MAX = 36500 };

static int parse_days(const char *s, unsigned *ret)
{
        char *tail;
        unsigned long n;

        errno = 0;
        n = strtoul(s, &tail, 10);
        if (errno != 0 || tail == s || *tail != '\0' || *s == '-' || n > DAYS_MAX)
                return -EINVAL;
        *ret = (unsigned)n;
        return 0;
}

static void print_report(const PurgeReport *report, bool whole_batch, bool dry_run,
                         Language language)
{
        const uint64_t files = report->submissions, students = report->students;
        const uint64_t kilobytes = report->bytes / 1000;

        if (whole_batch && dry_run)
                (void)printf(MESSAGE(PURGE_BATCH_DRY, language), students, files, kilobytes);
        else if (whole_batch)
                (void)printf(MESSAGE(PURGE_BATCH, language), students, files, kilobytes);
        else if (dry_run)
                (void)printf(MESSAGE(PURGE_OLD_DRY, language), files, kilobytes);
        else
                (void)printf(MESSAGE(PURGE_OLD, language), files, kilobytes);
        if (report->remains)
                (void)fputs(MESSAGE(PURGE_REMAINS, language), stdout);
}

static int find_shown(const GatewayRow *row, void *userdata)
{
        return row->left >= 0 && row->batch == *(const int64_t *)userdata;
}

/* Whether a mount shows the batch: 1, 0. What a gateway shows stands in the catalog; a daemon beside
 * an embedded store shows the batch in use, as far as is known. */
static int is_shown(const Opened *opened, const char *in_use, const char *name)
{
        int64_t batch = opened->batch;
        int r = in_use && strcmp(in_use, name) == 0 ? gateway_serves(opened->catalog) : 0;

        return r != 0 ? r : gateway_list(opened->catalog, find_shown, &batch);
}

static int purge_batch(const Opened *opened, const char *name, int64_t now, bool dry_run,
                       Language language, PurgeReport *ret)
{
        _cleanup_free_ char *in_use = NULL;
        Busy *busy;
        int r = catalog_get_setting(opened->catalog, "batch", &in_use);

        if (r < 0)
                return r;
        /* The mount would go on showing what it has in memory. */
        r = is_shown(opened, in_use, name);
        if (r < 0)
                return r;
        if (r > 0) {
                command_error(MESSAGE(ERROR_BATCH_MOUNTED, language), name);
                return 1;
        }
        busy = busy_begin(BUSY_PURGING, language);
        r = store_purge_batch(opened->store, opened->catalog, opened->batch, now, dry_run, ret);
        busy_end(busy);
        if (r == -EPERM) {
                command_error(MESSAGE(ERROR_BATCH_OPEN, language), name);
                return 1;
        }
        if (r == -EBUSY) {
                command_error(MESSAGE(ERROR_BATCH_WAITING, language), name);
                return 1;
        }
        return r;
}

int command_purge(CommandContext *context, int argc _unused_, char **argv _unused_)
{
        const char *batch = command_option(context, "batch"),
                   *days_text = command_option(context, "days");
        bool dry_run = command_option(context, "dry-run");
        int64_t now = clock_wall_nsec(clock_system());
        Busy *busy;
        _cleanup_opened_ Opened opened = {};
        unsigned days = DEFAULT_DAYS;
        PurgeReport report;
        int r;

        if (batch && days_text)
                return command_usage_error(context,
                                           MESSAGE(ERROR_BATCH_OR_DAYS, context->language));
        if (days_text && parse_days(days_text, &days) < 0)
                return command_usage_error(context, MESSAGE(ERROR_DAYS, context->language),
                                           days_text);
        r = opened_open_batch(context, batch, &opened);
        if (r != COMMAND_OK)
                return r;
        if (batch)
                r = purge_batch(&opened, batch, now, dry_run, context->language, &report);
        else {
                busy = busy_begin(BUSY_PURGING, context->language);
                r = store_purge_old(opened.store, opened.catalog,
                                    now - (int64_t)days * 24 * 3600 * NSEC_PER_SEC, now, dry_run,
                                    &report);
                busy_end(busy);
        }
        if (r > 0)
                return COMMAND_WRONG;
        if (r == -ESTALE) {
                command_error(MESSAGE(ERROR_RESTORED, context->language));
                return COMMAND_WRONG;
        }
        if (r < 0) {
                command_error(MESSAGE(ERROR_PURGE, context->language),
                              message_errno(-r, context->language));
                return COMMAND_WRONG;
        }
        print_report(&report, batch, dry_run, context->language);
        return COMMAND_OK;
}
