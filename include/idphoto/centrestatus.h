/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/finding.h>
#include <idphoto/moment.h>
#include <idphoto/stage.h>

/*
 * Translates what collection centres and the register write into the status column of a progress
 * list to a stage [R5]. Every known wording stands in one table. A wording that is not in it is not
 * guessed.
 *
 * Behind a wording may stand when and why: "驳回：照片模糊", "终审通过（2026-05-02）",
 * "已完成 2026-05-03". Words that take the wording back ("已完成（已撤销）") make it an unknown one.
 */

typedef struct CentreStatus {
        Stage stage;       /* a known wording for: nothing has happened yet */
        ReasonCode reason; /* of REFUSED and REGISTRY_FAILED, one of DECISION_CODES; else
                              _REASON_INVALID */
        Moment moment;     /* that stands behind the wording; year 0: none */
        char *words;       /* owned: the words behind it, "" where there are none */
} CentreStatus;

void centre_status_done(CentreStatus *status);
#define _cleanup_centre_status_ _cleanup_(centre_status_done)

/*
 * Ignores width, case, blanks, brackets and hyphens. reason is the text beside the status ("" or
 * NULL: none); it tells why the register failed a photo where the status does not. 1 with *ret; 0:
 * the wording is unknown; -EILSEQ: invalid UTF-8; -ENOMEM.
 */
int centre_status_parse(const char *status, const char *reason, CentreStatus *ret);
