/* SPDX-License-Identifier: MIT */
#include "complain.h"
#include "opened.h"

#include <idphoto/io.h>
#include <idphoto/message.h>
#include <idphoto/page.h>

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* `idphotoctl page`: a point's overview as a file anywhere. */

/* The mount's names follow the store, not the reader. */
static int language_of_store(Catalog *catalog, Language *ret)
{
        _cleanup_free_ char *name = NULL;
        int r = catalog_get_setting(catalog, "language", &name);

        *ret = r > 0 ? language_from_string(name) : LANGUAGE_EN;
        if (*ret < 0)
                *ret = LANGUAGE_EN;
        return MIN(r, 0);
}

/* As a whole or not at all: a page that is cut off looks like one of fewer students. */
static int write_page(const char *path, const char *text, size_t size)
{
        _cleanup_free_ char *temporary = NULL;
        _cleanup_close_ int fd = -EBADF;
        int r;

        if (asprintf(&temporary, "%s.XXXXXX", path) < 0)
                return -ENOMEM;
        /* Its mode is 0600: names and numbers stand in it. */
        fd = mkostemp(temporary, O_CLOEXEC);
        if (fd < 0)
                return -errno;
        r = write_full(fd, text, size);
        if (r >= 0 && rename(temporary, path) < 0)
                r = -errno;
        if (r < 0)
                (void)unlink(temporary);
        return r;
}

int command_page(CommandContext *context, int argc _unused_, char **argv)
{
        _cleanup_opened_ Opened opened = {};
        _cleanup_free_ char *text = NULL;
        PageOptions options = {.language = context->language};
        int64_t point;
        size_t size;
        int r = opened_open_batch(context, command_option(context, "batch"), &opened);

        if (r != COMMAND_OK)
                return r;
        point = opened_find_point(&opened, argv[0]);
        if (point < 0)
                return COMMAND_WRONG;
        if (command_option(context, "embed")) {
                options.picture = page_embed_picture;
                options.userdata = opened.store;
        }
        r = language_of_store(opened.catalog, &options.names);
        if (r >= 0)
                r = page_of_point(opened.catalog, opened.batch, point, &options, &text, &size);
        if (r < 0) {
                command_error(MESSAGE(ERROR_READ_STORE, context->language),
                              message_errno(-r, context->language));
                return COMMAND_WRONG;
        }
        r = write_page(argv[1], text, size);
        if (r < 0) {
                command_error(MESSAGE(ERROR_WRITE, context->language), argv[1],
                              message_errno(-r, context->language));
                return COMMAND_WRONG;
        }
        return COMMAND_OK;
}
