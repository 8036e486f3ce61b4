/* SPDX-License-Identifier: MIT */
#include "check-internal.h"

/* Reporting faults. */

#define YOUNG_NSEC (3600 * NSEC_PER_SEC)

static const char *const fault_names[_STORE_FAULT_MAX] = {
        [STORE_DATABASE] = "database",
        [STORE_RESTORED] = "restored",
        [STORE_REFERENCE] = "reference",
        [STORE_ORIGINAL_MISSING] = "original-missing",
        [STORE_ORIGINAL_CHANGED] = "original-changed",
        [STORE_PHOTO_MISSING] = "photo-missing",
        [STORE_PHOTO_CHANGED] = "photo-changed",
        [STORE_ORPHAN] = "orphan",
        [STORE_STAGING] = "staging",
        [STORE_COUNTS] = "counts",
        [STORE_STUDENT] = "student",
};

const char *store_fault_to_string(StoreFault fault)
{
        return fault < _STORE_FAULT_MAX ? fault_names[fault] : NULL;
}

int checking_report(Checking *checking, StoreFault fault, bool repaired, int64_t submission,
                    int64_t student, const char *what)
{
        StoreProblem problem = {.fault = fault,
                                .repaired = repaired,
                                .submission = submission,
                                .student = student,
                                .what = what ? what : ""};

        return checking->check->problem(&problem, checking->check->userdata);
}

bool checking_is_young(const Checking *checking, int64_t used_nsec)
{
        return checking->daemon && checking->check->now - used_nsec < YOUNG_NSEC;
}
