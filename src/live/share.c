/* SPDX-License-Identifier: MIT */
#include "share.h"

#include <idphoto/mutex.h>

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

enum {
        BUCKETS = 256,
        BYTES_A_FILE = 32768,
};

typedef struct User {
        uid_t uid;
        unsigned n;
        struct User *next;
} User;

struct Shares {
        unsigned limit;
        unsigned all;
        pthread_mutex_t lock;   /* innermost */
        unsigned taken;         /* protected by lock */
        User *buckets[BUCKETS]; /* protected by lock; those that have something */
};

int shares_new(unsigned limit, unsigned all, Shares **ret)
{
        Shares *shares = calloc(1, sizeof(*shares));

        if (!shares)
                return -ENOMEM;
        shares->limit = limit;
        shares->all = all;
        (void)pthread_mutex_init(&shares->lock, NULL);
        *ret = shares;
        return 0;
}

void shares_free(Shares *shares)
{
        if (!shares)
                return;
        for (size_t i = 0; i < BUCKETS; i++)
                for (User *u = shares->buckets[i], *next; u; u = next) {
                        next = u->next;
                        free(u);
                }
        (void)pthread_mutex_destroy(&shares->lock);
        free(shares);
}

/* Caller holds the lock. The link to the user, or to where they go. */
static User **find(Shares *shares, uid_t uid)
{
        User **link = &shares->buckets[uid % BUCKETS];

        while (*link && (*link)->uid != uid)
                link = &(*link)->next;
        return link;
}

static int take_locked(Shares *shares, uid_t uid, unsigned n)
{
        User **link = find(shares, uid);
        unsigned has = *link ? (*link)->n : 0, left = shares->all - shares->taken;

        if (n > shares->limit || has > shares->limit - n || n > left || has + n > left - n)
                return -EMFILE;
        if (!*link) {
                *link = calloc(1, sizeof(**link));
                if (!*link)
                        return -ENOMEM;
                (*link)->uid = uid;
        }
        (*link)->n += n;
        shares->taken += n;
        return 0;
}

int share_take(Shares *shares, uid_t uid, unsigned n)
{
        int r;
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&shares->lock);

        r = take_locked(shares, uid, n);
        return r;
}

void share_give_back(Shares *shares, uid_t uid, unsigned n)
{
        User **link, *user;

        if (n == 0)
                return;
        (void)pthread_mutex_lock(&shares->lock);
        link = find(shares, uid);
        user = *link;
        assert(user && user->n >= n);
        user->n -= n;
        shares->taken -= n;
        if (user->n == 0) {
                *link = user->next;
                free(user);
        }
        (void)pthread_mutex_unlock(&shares->lock);
}

unsigned share_of_bytes(uint64_t bytes)
{
        return (unsigned)MIN(bytes / BYTES_A_FILE, (uint64_t)UINT32_MAX / 4);
}
