/* SPDX-License-Identifier: MIT */
#include "server.h"
#include "store-internal.h"

#include <idphoto/clock.h>

#include <fcntl.h>
#include <string.h>
#include <time.h>

/* An open store: where it is, and which daemon has it. */

enum { LOCK_TRIES = 60, LOCK_PAUSE_MSEC = 50 };

bool batch_name_valid(const char *name)
{
        size_t n = strlen(name);

        return n > 0 && n <= 64 && utf8_valid(name) && text_is_plain(name) && !strpbrk(name, "/,");
}

bool store_is_attached(const Store *store)
{
        return store->catalog;
}

bool store_shares_blobs(const Store *store)
{
        return store->shares_blobs;
}

const char *store_gateway_name(const Store *store)
{
        return store->gateway;
}

int64_t store_gateway(const Store *store)
{
        return store->server ? atomic_load(&store->server->gateway) : 0;
}

void store_free(Store *store)
{
        if (!store)
                return;
        (void)safe_close(store->lock);
        (void)safe_close(store->staging);
        (void)safe_close(store->blobs);
        (void)safe_close(store->dirfd);
        free(store->server);
        free(store->catalog);
        free(store->path);
        free(store);
}

/* An open file description lock: it ends with the process, however that ends, and a fork does not
 * lose it. */
int store_claim(const Store *store)
{
        struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

        if (store->daemon)
                return -EBUSY;
        if (fcntl(store->lock, F_OFD_SETLK, &lock) < 0)
                return errno == EAGAIN || errno == EACCES ? -EBUSY : -errno;
        return 0;
}

void store_release(const Store *store)
{
        struct flock lock = {.l_type = F_UNLCK, .l_whence = SEEK_SET};

        (void)fcntl(store->lock, F_OFD_SETLK, &lock);
}

/* A daemon that was killed while it started a worker leaves a process that has the lock until it has
 * become the worker. */
int store_lock_daemon(Store *store)
{
        const struct timespec pause = {.tv_nsec = LOCK_PAUSE_MSEC * NSEC_PER_MSEC};
        int r = store_claim(store);

        for (int i = 0; r == -EBUSY && i < LOCK_TRIES; i++) {
                (void)nanosleep(&pause, NULL);
                r = store_claim(store);
        }
        if (r >= 0)
                store->daemon = true;
        return r;
}

bool store_daemon_running(const Store *store)
{
        struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

        if (fcntl(store->lock, F_OFD_GETLK, &lock) < 0)
                return false;
        return lock.l_type != F_UNLCK;
}

void store_set_patience(Store *store, const StorePatience *patience)
{
        if (store->server)
                store->server->patience = *patience;
}

bool store_is_ending(const Store *store)
{
        return store->server && server_is_ending(store->server);
}

int store_dirfd(const Store *store)
{
        return store->dirfd;
}

const char *store_path(const Store *store)
{
        return store->path;
}
