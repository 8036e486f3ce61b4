/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>
#include <idphoto/idnumber.h>

/*
 * Whose photo a dropped file is [W1]: from its name, else from its folder's, against the roster of
 * the point where there is one [W3]. Exactly one student must result; every other case has its own
 * reason, which never tells anything of another point.
 */

typedef struct Identity {
        char number[DOCUMENT_NUMBER_SIZE]; /* "" when it is nobody's */
        int64_t student; /* 0: not known yet, made by the verdict where there is no roster */
        char suggestion[DOCUMENT_NUMBER_SIZE]; /* the point's one number that is a digit away, ""
                                            for none [W2] */
} Identity;

/* What is asked. */
typedef struct IdentityQuery {
        int64_t batch;
        int64_t point;
        const char *name;
        const char *folder_name; /* NULL: it lies in no folder */
        Date today;
} IdentityQuery;

/* Adds the findings. 0 or the errno of the catalog. */
int identity_resolve(Catalog *catalog, const IdentityQuery *query, Findings *findings,
                     Identity *ret);
