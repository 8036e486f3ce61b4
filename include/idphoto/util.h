/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Helpers that every room uses: cleanup at the end of a scope, transfer of ownership, small
 * arithmetic.
 *
 * Declare a resource with its cleanup attribute and initialise it at once. Only TAKE_PTR() and
 * TAKE_FD() let it outlive the scope, so every transfer of ownership is visible.
 */

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define _cleanup_(f)        __attribute__((cleanup(f)))
#define _cleanup_free_      _cleanup_(cleanup_free)
#define _cleanup_close_     _cleanup_(cleanup_close)
#define _cleanup_fclose_    _cleanup_(cleanup_fclose)
#define _printf_(fmt, args) __attribute__((format(printf, fmt, args)))
#define _unused_            __attribute__((unused))

#define ELEMENTSOF(a)    (sizeof(a) / sizeof((a)[0]))
#define MIN(a, b)        ((a) < (b) ? (a) : (b))
#define MAX(a, b)        ((a) > (b) ? (a) : (b))
#define CLAMP(v, lo, hi) MIN(MAX((v), (lo)), (hi))

#define NSEC_PER_SEC  1000000000LL
#define NSEC_PER_MSEC 1000000LL
#define USEC_PER_SEC  1000000ULL

static inline void cleanup_free(void *p)
{
        free(*(void **)p);
}

/* close() that keeps errno and accepts a closed fd (< 0). Returns the value of a closed fd,
 * -EBADF. */
static inline int safe_close(int fd)
{
        if (fd >= 0) {
                int saved = errno;
                (void)close(fd);
                errno = saved;
        }
        return -EBADF;
}

static inline void cleanup_close(const int *fd)
{
        (void)safe_close(*fd);
}

static inline void cleanup_fclose(FILE **f)
{
        if (*f)
                (void)fclose(*f);
}

#define TAKE_PTR(p) \
        ({ \
                __typeof__(p) taken_ = (p); \
                (p) = NULL; \
                taken_; \
        })

#define TAKE_FD(fd) \
        ({ \
                int taken_ = (fd); \
                (fd) = -EBADF; \
                taken_; \
        })

/* Defines fnp() for _cleanup_(fnp), from a destructor `void fn(type *)`. */
#define DEFINE_CLEANUP(type, fn) \
        static inline void fn##p(type **p) \
        { \
                if (*p) \
                        fn(*p); \
        }
