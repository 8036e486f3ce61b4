/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/finding.h>
#include <idphoto/stage.h>

/*
 * Translates what collection centres and the register write into the status column of a progress
 * list to a stage [R5]. Every known wording stands in one table. A wording that is not in it is not
 * guessed.
 */

typedef struct CentreStatus {
        Stage stage;       /* a known wording for: nothing has happened yet */
        ReasonCode reason; /* of REFUSED and REGISTRY_FAILED, one of DECISION_CODES; else
                              _REASON_INVALID */
} CentreStatus;

/*
 * Ignores width, case, blanks and hyphens. reason is the text beside the status ("" or NULL: none);
 * it tells why the register failed a photo where the status does not. 1 with *ret; 0: the wording
 * is unknown; -EILSEQ: invalid UTF-8; -ENOMEM.
 */
int centre_status_parse(const char *status, const char *reason, CentreStatus *ret);
