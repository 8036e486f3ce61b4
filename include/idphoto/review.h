/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>
#include <idphoto/reviewstate.h>

/*
 * Decisions of people about photos [R1]-[R4]. reviewstate.h defines what is allowed. The functions
 * here change the state of the student, the place of the photo and the findings that the teaching
 * point reads, and add an entry to the audit log. Each is called inside a transaction. It either
 * succeeds completely or returns a negative errno.
 */

typedef struct ReviewDecision {
        ReviewEvent event; /* APPROVE, REJECT, REOPEN, FINAL_PASS or REGISTRY_FAILURE */
        ReasonCode reason; /* REJECT and REGISTRY_FAILURE: one of DECISION_CODES */
        const char *note;  /* the reviewer's note on a rejection; NULL: none */
        uid_t actor;
        int64_t now;
        int64_t point; /* that the transaction is of (catalog_begin_at()); 0: of all */
} ReviewDecision;

/*
 * Decides about a photo. The photo must be the current one of its student, or one that a person
 * rejected and that is still rejected. Rejecting moves the photo's file to rejected/ of its point
 * and adds one to the student's rejections. Rejecting it again with another reason changes only the
 * reason. Approving or reopening brings the photo back.
 *
 * 1: decided; 0: the photo had this decision already. -ENOENT: there is no such photo, or a newer
 * one has replaced it. -EPERM: not allowed in this state (reviewstate.h). -EINVAL: the event is not
 * a decision, or the reason is not one of DECISION_CODES. -EROFS: the batch is closed. -EXDEV: the
 * photo is at another point than the transaction's; nothing was changed.
 */
int review_decide(Catalog *catalog, int64_t photo, const ReviewDecision *decision);

/* Detail of the event that approves or reopens a rejected photo. */
#define REVIEW_BROUGHT_BACK "brought-back"

#define REVIEW_NOTE_MAX 2000

/* Sets the reviewer's note, which the point's reason file shows: at most REVIEW_NOTE_MAX bytes of
 * UTF-8; "" removes it. 1: changed; 0: it was the same. -ENOENT: the photo is not rejected; -E2BIG;
 * -EILSEQ. */
int review_note(Catalog *catalog, int64_t photo, const char *note, uid_t actor, int64_t now);
