/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>
#include <idphoto/student.h>

/* Other numbers for students, as a command or a later roster gives them [W6]. */

typedef struct Renumbering {
        StudentRow student; /* as it was; its strings are the caller's */
        const char *number; /* the right one */
        int64_t kept;       /* the student's row afterwards */
        bool merged;        /* another row had the number */
        bool two_photos;    /* another row has the number, and both have a photo */
} Renumbering;

typedef struct RenumberContext {
        Catalog *catalog;
        uid_t actor;
        int64_t now;
} RenumberContext;

/*
 * Gives every student in the list the right number, all at once, and records it. Another row that
 * has the number already becomes one with the student's, unless both have a photo. 0; 1: some have
 * two photos, and the caller has to undo what was done; or an errno.
 */
int renumber(const RenumberContext *context, Renumbering *items, size_t n);
