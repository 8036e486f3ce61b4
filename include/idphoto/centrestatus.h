/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/finding.h>
#include <idphoto/stage.h>

/*
 * What collection centres and the register write into the status column of a progress list, as a
 * stage [R5]. Every known wording stands in one table; what is not in it is not guessed.
 */

typedef struct CentreStatus {
        Stage stage;       /* STAGE_NONE: known to mean that nothing has happened yet */
        ReasonCode reason; /* REFUSED and REGISTRY_FAILED: a decision's; else _REASON_INVALID */
} CentreStatus;

/*
 * Width, case, blanks and hyphens do not matter. reason ("" or NULL: none) is the text beside the
 * status, which tells why the register failed a photo where the status itself does not. 1 with
 * *ret; 0 for an unknown wording; -EILSEQ for invalid UTF-8, -ENOMEM.
 */
int centre_status_parse(const char *status, const char *reason, CentreStatus *ret);
