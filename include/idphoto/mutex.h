/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/util.h>

#include <pthread.h>

/*
 * A mutex held for a scope, so that no return can forget to unlock it:
 *
 *     _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&pool->lock);
 *
 * Where a scope has to let go of it earlier, mutex_unlock(&locked) does, and the end of the scope
 * then does nothing. pthread_cond_wait() takes `locked` as it is.
 */

/* Waits for the mutex; returns it. */
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
