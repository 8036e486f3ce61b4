/* SPDX-License-Identifier: MIT */
#include "store-internal.h"

#include <idphoto/catalogurl.h>
#include <idphoto/io.h>

#include <fcntl.h>
#include <ini.h>
#include <string.h>

/* Where an attached store's catalog is: in [store] of its configuration, which src/config reads as a
 * whole. Here one key matters, and a store opens whatever is wrong with the others. */

typedef struct Search {
        char *found;
        bool out_of_memory;
} Search;

static int take_key(void *userdata, const char *section, const char *name, const char *value)
{
        Search *search = userdata;

        if (strcmp(section, "store") != 0 || strcmp(name, "catalog") != 0 || !value || !*value)
                return 1;
        free(search->found);
        search->found = strdup(value);
        search->out_of_memory = !search->found;
        return 1;
}

int store_read_catalog(int dirfd, char **ret)
{
        int fd = openat(dirfd, STORE_CONFIG_FILE, O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
        _cleanup_fclose_ FILE *file = NULL;
        Search search = {};
        int r;

        *ret = NULL;
        if (fd < 0)
                return errno == ENOENT ? 0 : -errno;
        file = fdopen(fd, "re");
        if (!file) {
                (void)safe_close(fd);
                return -ENOMEM;
        }
        (void)ini_parse_file(file, take_key, &search);
        if (search.out_of_memory)
                return -ENOMEM;
        r = search.found ? catalog_url_check(search.found) : 0;
        if (r < 0) {
                free(search.found);
                return r;
        }
        *ret = search.found;
        return 0;
}

int store_write_catalog(int dirfd, const char *url)
{
        _cleanup_close_ int fd = openat(dirfd, STORE_CONFIG_FILE,
                                        O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        _cleanup_free_ char *text = NULL;
        int r;

        if (fd < 0)
                return -errno;
        if (asprintf(&text, "[store]\ncatalog = %s\n", url) < 0)
                return -ENOMEM;
        r = write_full(fd, text, strlen(text));
        if (r < 0)
                return r;
        return fsync(fd) < 0 ? -errno : 0;
}
