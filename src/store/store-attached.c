/* SPDX-License-Identifier: MIT */
#include "store-internal.h"

#include <idphoto/catalogurl.h>
#include <idphoto/io.h>

#include <fcntl.h>
#include <ini.h>
#include <string.h>

/* Where an attached store is: in [store] of its configuration, which src/config reads as a whole. Here
 * three keys matter, and a store opens whatever is wrong with the others. */

void store_place_done(StorePlace *place)
{
        free(place->catalog);
        free(place->blobs);
}

typedef struct Search {
        StorePlace found;
        bool out_of_memory;
} Search;

static void take_text(Search *search, char **text, const char *value)
{
        free(*text);
        *text = strdup(value);
        search->out_of_memory |= !*text;
}

static int take_key(void *userdata, const char *section, const char *name, const char *value)
{
        Search *search = userdata;

        if (strcmp(section, "store") != 0 || !value || !*value)
                return 1;
        if (strcmp(name, "catalog") == 0)
                take_text(search, &search->found.catalog, value);
        else if (strcmp(name, "blobs") == 0)
                take_text(search, &search->found.blobs, value);
        else if (strcmp(name, "gateway") == 0 && gateway_name_valid(value))
                (void)strcpy(search->found.gateway, value);
        return 1;
}

static int check_place(const StorePlace *place)
{
        int r = place->catalog ? catalog_url_check(place->catalog) : 0;

        if (r >= 0 && place->blobs && (!place->catalog || !blobs_path_valid(place->blobs)))
                r = -EPROTOTYPE;
        return r;
}

int store_read_place(int dirfd, StorePlace *ret)
{
        int fd = openat(dirfd, STORE_CONFIG_FILE, O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
        _cleanup_fclose_ FILE *file = NULL;
        Search search = {};
        int r;

        if (fd < 0 && errno != ENOENT)
                return -errno;
        if (fd >= 0) {
                file = fdopen(fd, "re");
                if (!file) {
                        (void)safe_close(fd);
                        return -ENOMEM;
                }
                (void)ini_parse_file(file, take_key, &search);
        }
        r = search.out_of_memory ? -ENOMEM : check_place(&search.found);
        if (r < 0) {
                store_place_done(&search.found);
                return r;
        }
        if (!*search.found.gateway)
                (void)gateway_name_of_host(search.found.gateway);
        *ret = search.found;
        return 0;
}

int store_write_place(int dirfd, const StorePlace *place)
{
        _cleanup_close_ int fd = openat(dirfd, STORE_CONFIG_FILE,
                                        O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        _cleanup_free_ char *text = NULL;
        int r;

        if (fd < 0)
                return -errno;
        if (asprintf(&text, "[store]\ncatalog = %s\n%s%s\n", place->catalog,
                     place->blobs ? "blobs = " : "", place->blobs ? place->blobs : "") < 0)
                return -ENOMEM;
        r = write_full(fd, text, strlen(text));
        if (r < 0)
                return r;
        return fsync(fd) < 0 ? -errno : 0;
}
