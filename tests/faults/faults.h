/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * A disk that fails when asked to. The library stands before the C library's calls; those that
 * change files below one directory are counted, and the n-th fails, or is the last before the power
 * goes. Linked into a program, or preloaded into one with
 *
 *     FAULT_ROOT=DIRECTORY FAULT_N=n FAULT_ERRNO=28 [FAULT_ONCE=1]
 *
 * A failing write has written half of its bytes, as a disk that fills up does.
 */

typedef enum FaultKind {
        FAULT_NONE,  /* only counted */
        FAULT_ERROR, /* the n-th call fails */
        /* Before the n-th sync the process ends, and what a disk holds then is built in another
         * directory: of each file the bytes of its last sync, and */
        FAULT_LOSS_STRICT, /* of each directory the names of its last sync */
        FAULT_LOSS_NAMES, /* every name, as filesystems keep them that write their journal sooner */
        FAULT_NO_MEMORY,  /* the n-th allocation of the calling thread's window fails */
} FaultKind;

typedef struct Fault {
        FaultKind kind;
        const char *root;  /* absolute */
        const char *image; /* what the power loss leaves; its parent is on the root's filesystem */
        unsigned n;        /* from 1; 0: none */
        int error;
        bool once; /* else every call from the n-th on */
} Fault;

enum { FAULT_POWER_LOST = 99 }; /* exit status */

/* One thread of the process may change files when it is called. */
void faults_arm(const Fault *fault);
void faults_disarm(void);
/* Calls counted since it was armed. */
unsigned faults_count(void);
