/* SPDX-License-Identifier: MIT */
#include "complain.h"
#include "opened.h"
#include "progress.h"

#include <idphoto/clock.h>
#include <idphoto/event.h>
#include <idphoto/importreport.h>

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

/* `idphotoctl import`: a roster or a progress list, whichever its headings say; also what the mount
 * runs for a file dropped into OFFICE/import/. */

static bool read_actor(const CommandContext *context, uid_t *ret)
{
        const char *option = command_option(context, "actor");
        unsigned long n;
        char *end;

        *ret = getuid();
        if (!option)
                return true;
        errno = 0;
        n = strtoul(option, &end, 10);
        *ret = (uid_t)n;
        /* Only who may be anybody may say who it was. */
        return errno == 0 && end != option && *end == '\0' && n == *ret &&
               (geteuid() == 0 || *ret == getuid());
}

static int take_over(const Opened *opened, const ImportFile *file, ImportOptions *options,
                     Language language)
{
        _cleanup_import_result_ ImportResult result = {};
        _cleanup_free_ char *report = NULL;
        int r = catalog_expect_many(opened->catalog), taken;
        Busy *busy;

        if (r >= 0)
                r = catalog_begin(opened->catalog, true);
        if (r < 0)
                return r;
        busy = busy_begin(BUSY_IMPORTING, language);
        taken = import_file_apply(opened->catalog, file, options, &result);
        r = taken < 0 ? taken : import_report_text(file, &result, language, &report);
        if (r >= 0)
                r = catalog_commit(opened->catalog);
        else
                catalog_rollback(opened->catalog);
        busy_end(busy);
        if (r < 0)
                return r;
        (void)fputs(report, stdout);
        return taken;
}

int command_import(CommandContext *context, int argc, char **argv)
{
        _cleanup_opened_ Opened opened = {};
        ImportOptions options = {.mode = 02770};
        struct stat st;
        int worst = COMMAND_OK, r;

        if (!read_actor(context, &options.actor))
                return command_usage_error(context, "--actor is no user that you may be");
        r = opened_open_batch(context, command_option(context, "batch"), &opened);
        if (r != COMMAND_OK)
                return r;
        /* New points belong to whoever owns the store: that is who mounts it. */
        if (fstat(store_dirfd(opened.store), &st) < 0) {
                command_error("cannot look at the store: %s", strerror(errno));
                return COMMAND_WRONG;
        }
        options.uid = st.st_uid;
        options.gid = st.st_gid;
        options.batch = opened.batch;
        options.now = clock_wall_nsec(clock_system());
        for (int i = 0; i < argc; i++) {
                _cleanup_(import_file_freep) ImportFile *file = NULL;
                const char *slash = strrchr(argv[i], '/');
                _cleanup_close_ int fd = open(argv[i], O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

                r = fd < 0 ? -errno
                           : import_file_read(slash ? slash + 1 : argv[i], fd,
                                              catalog_now(opened.catalog, options.now), &file);
                if (r >= 0)
                        r = take_over(&opened, file, &options, context->language);
                if (r < 0)
                        command_error(r == -EROFS ? "the batch is closed"
                                                  : "cannot import the file: %s",
                                      strerror(-r));
                worst = MAX(worst, r < 0 ? COMMAND_WRONG : r > 0 ? COMMAND_NO : COMMAND_OK);
        }
        return worst;
}
