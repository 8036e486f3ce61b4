/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/finding.h>
#include <idphoto/stage.h>

/*
 * Translates the status column of a progress list, as collection centres and the register write it,
 * to a stage [R5]. One table holds every known wording. Unknown wordings are not guessed.
 */

typedef struct CentreStatus {
        Stage stage;       /* STAGE_NONE: a known wording for "nothing has happened yet" */
        ReasonCode reason; /* one of DECISION_CODES for STAGE_REFUSED and STAGE_REGISTRY_FAILED;
                              else _REASON_INVALID */
} CentreStatus;

/*
 * Parses a status. Ignores width, case, blanks and hyphens. `reason` is the text beside the status
 * ("" or NULL: none). It explains why the register failed a photo when the status does not. Returns
 * 1 with *ret; 0: the wording is unknown; -EILSEQ: invalid UTF-8; -ENOMEM.
 */
int centre_status_parse(const char *status, const char *reason, CentreStatus *ret);
