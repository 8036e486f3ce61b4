/* SPDX-License-Identifier: MIT */
#pragma once

#include "intake/intake.h"

typedef struct Watch Watch;

/* What clients and the office do to names goes through these. */
typedef struct Names {
        Intake *intake;
        const Tree *tree;
        Store *store;
        Writer *writer;
        WorkerPool *pool;
        const Clock *clock;
        UploadTable *uploads;
        Agenda *agenda;
        Leases *leases;
        Replacements *replacements;
        Watch *watch; /* used by the announcer's thread */
        /* Monotonic: until then the batch counts as open, for what may be late. 0: it was closed when
         * it was looked at last. */
        _Atomic int64_t writable_until;
} Names;

static inline int64_t names_now(const Names *names)
{
        return clock_wall_nsec(names->clock);
}
