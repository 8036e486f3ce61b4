/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/util.h>

#include <pthread.h>

/*
 * Holds a mutex until the end of a scope, so that no return statement can forget to unlock it:
 *
 *     _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&pool->lock);
 *
 * mutex_unlock(&locked) unlocks it earlier; the end of the scope then does nothing. `locked` can be
 * passed to pthread_cond_wait().
 */

/* Waits for the mutex, locks it and returns it. */
static inline pthread_mutex_t *mutex_lock(pthread_mutex_t *mutex)
{
        (void)pthread_mutex_lock(mutex);
        return mutex;
}

static inline void mutex_unlock(pthread_mutex_t **locked)
{
        if (*locked)
                (void)pthread_mutex_unlock(*locked);
        *locked = NULL;
}

#define _cleanup_unlock_ _unused_ _cleanup_(mutex_unlock)
