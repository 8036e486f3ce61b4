/* SPDX-License-Identifier: MIT */
#include "command.h"
#include "complain.h"

#include <idphoto/catalogurl.h>
#include <idphoto/config.h>
#include <idphoto/hash.h>
#include <idphoto/message.h>
#include <idphoto/store.h>

#include <string.h>

/* Making a store, and attaching this machine to one whose catalog is on a server. */

/* A store works without a configuration too; the file is there to be found and edited. */
static int write_config(const char *path, const char *catalog, const char *blobs, Language language)
{
        _cleanup_(store_freep) Store *store = NULL;
        int r = store_open(path, &store);

        return r < 0 ? r : config_write_default(store_dirfd(store), catalog, blobs, language);
}

/* error: of store_create() or store_attach() */
static int say_not_made(const CommandContext *context, const char *store, const char *sentence,
                        int error)
{
        if (error == -EEXIST)
                command_error(MESSAGE(ERROR_STORE_EXISTS, context->language), store);
        else if (error == -ENOTEMPTY)
                command_error(MESSAGE(ERROR_NOT_EMPTY, context->language), store);
        else
                command_error(sentence, store, catalog_error(error, context->language));
        return COMMAND_WRONG;
}

static int finish(const CommandContext *context, const char *store, const char *catalog)
{
        int r = write_config(store, catalog, command_option(context, "blobs"), context->language);

        if (r >= 0)
                return COMMAND_OK;
        command_error(MESSAGE(ERROR_WRITE_CONFIG, context->language), store, CONFIG_FILE,
                      message_errno(-r, context->language));
        return COMMAND_WRONG;
}

int command_init(CommandContext *context, int argc, char **argv)
{
        StoreInit init = {.language = context->language,
                          .batch = command_option(context, "batch"),
                          .catalog = argc > 1 ? argv[1] : NULL,
                          .blobs = command_option(context, "blobs")};
        int r = store_create(argv[0], &init);

        if (r == -EINVAL)
                return command_usage_error(context, MESSAGE(ERROR_BATCH_NAME, context->language),
                                           init.batch);
        if (r < 0)
                return say_not_made(context, argv[0], MESSAGE(ERROR_MAKE_STORE, context->language),
                                    r);
        return finish(context, argv[0], init.catalog);
}

/* A pipe, as it comes through ssh, or a file. One byte more than a key would be no key. */
static size_t read_key(uint8_t key[static SHA256_SIZE + 1])
{
        size_t size = 0;
        ssize_t n;

        do {
                n = read(STDIN_FILENO, key + size, SHA256_SIZE + 1 - size);
                size += n > 0 ? (size_t)n : 0;
        } while (size <= SHA256_SIZE && (n > 0 || (n < 0 && errno == EINTR)));
        return size;
}

int command_attach(CommandContext *context, int argc _unused_, char **argv)
{
        uint8_t key[SHA256_SIZE + 1];
        size_t size = read_key(key);
        int r;

        if (size != SHA256_SIZE) {
                command_error("%s", MESSAGE(ERROR_NO_KEY, context->language));
                return COMMAND_WRONG;
        }
        r = store_attach(argv[0], argv[1], command_option(context, "blobs"), key, size);
        explicit_bzero(key, sizeof(key));
        if (r < 0)
                return say_not_made(context, argv[0], MESSAGE(ERROR_ATTACH, context->language), r);
        return finish(context, argv[0], argv[1]);
}
