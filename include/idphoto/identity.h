/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>
#include <idphoto/idnumber.h>

/*
 * Finds out whose photo a dropped file is [W1]: from its name, else from the name of its folder,
 * against the roster of the point where there is one [W3]. The answer is exactly one student. Every
 * other case has a reason of its own, which never reveals anything about another point.
 */

typedef struct Identity {
        DocumentNumber number; /* "": nobody's */
        int64_t student;       /* 0: not in the catalog yet; without a roster the verdict adds the
                            student */
        DocumentNumber suggestion; /* the only number of the point that differs by one digit, "":
                                      none [W2] */
} Identity;

/* What is known about the file. */
typedef struct IdentityQuery {
        int64_t batch;
        int64_t point;
        const char *name;
        const char *folder_name; /* NULL: it lies in no folder */
        Date today;
} IdentityQuery;

/* Adds the findings about the name. 0 or the errno of the catalog. */
int identity_resolve(Catalog *catalog, const IdentityQuery *query, Findings *findings,
                     Identity *ret);
