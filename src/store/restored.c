/* SPDX-License-Identifier: MIT */
#include "check-internal.h"
#include "store-internal.h"

#include <idphoto/io.h>
#include <idphoto/storecheck.h>

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * Blobs and a database on a server are backed up apart. When the database is restored to yesterday,
 * no row names the photos of today, which may be the only copies: nothing must remove them before
 * somebody has seen that. So beside the blobs stands the newest event that the database was known to
 * have, renewed every minute. A database without that event was restored, and the file says so from
 * then on, because its events will come to that number again.
 */

#define NEWEST_FILE "newest"
#define MARK        " restored"

enum { NEWEST_SIZE = 64 };

typedef struct Newest {
        int64_t event;
        bool restored;
} Newest;

static int place_of(const Store *store)
{
        return store_shares_blobs(store) ? store->blobs : store->dirfd;
}

/* Nothing was noted yet: all zero. */
static int read_newest(const Store *store, Newest *ret)
{
        _cleanup_close_ int fd = open_regular_at(place_of(store), NEWEST_FILE, NULL);
        char text[NEWEST_SIZE], *end;
        ssize_t n;

        *ret = (Newest){};
        if (fd < 0)
                return fd == -ENOENT ? 0 : fd;
        n = pread_full(fd, text, sizeof(text) - 1, 0);
        if (n < 0)
                return (int)n;
        text[n] = '\0';
        ret->event = strtoll(text, &end, 10);
        ret->restored = strncmp(end, MARK, strlen(MARK)) == 0;
        return 0;
}

/* Who writes at the same moment has another name for what is not complete. */
static int write_newest(const Store *store, Newest newest)
{
        char text[NEWEST_SIZE], name[sizeof(NEWEST_FILE "..") + GATEWAY_NAME_SIZE + 20];
        _cleanup_close_ int fd = -EBADF;
        const int place = place_of(store);
        int r;

        (void)snprintf(name, sizeof(name), NEWEST_FILE ".%s.%ld", store->gateway, (long)getpid());
        (void)snprintf(text, sizeof(text), "%" PRId64 "%s\n", newest.event,
                       newest.restored ? MARK : "");
        fd = openat(place, name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd < 0)
                return -errno;
        r = write_full(fd, text, strlen(text));
        if (r >= 0 && fsync(fd) < 0)
                r = -errno;
        if (r >= 0 && renameat(place, name, place, NEWEST_FILE) < 0)
                r = -errno;
        if (r < 0)
                (void)unlinkat(place, name, 0);
        return r < 0 ? r : fsync_dir(place, ".");
}

static int newest_event(Catalog *catalog, int64_t *ret)
{
        return catalog_query_integer(catalog, "SELECT coalesce(max(id), 0) FROM event", ret);
}

int store_was_restored(const Store *store, Catalog *catalog)
{
        Newest noted, now = {};
        int r;

        if (!store_is_attached(store))
                return 0;
        r = read_newest(store, &noted);
        if (r >= 0)
                r = newest_event(catalog, &now.event);
        if (r < 0)
                return r;
        now.restored = noted.restored || now.event < noted.event;
        if (now.restored != noted.restored || (!now.restored && now.event > noted.event))
                r = write_newest(store, now);
        return r < 0 ? r : now.restored;
}

int store_accept_restored(const Store *store, Catalog *catalog)
{
        Newest now = {};
        int r = newest_event(catalog, &now.event);

        return r < 0 ? r : write_newest(store, now);
}
