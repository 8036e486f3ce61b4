/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>
#include <idphoto/reviewstate.h>

/*
 * People's decisions about photos [R1]-[R4]. reviewstate.h says what is allowed. The functions here
 * carry it out: the state of the student, the place of the photo, the findings that the teaching
 * point reads, and the entry of the audit log. Each is called inside a transaction and either does
 * all or returns a negative errno.
 */

typedef struct ReviewDecision {
        ReviewEvent event; /* APPROVE, REJECT, REOPEN, FINAL_PASS or REGISTRY_FAILURE */
        ReasonCode reason; /* REJECT and REGISTRY_FAILURE: one of DECISION_CODES */
        const char *note;  /* the reviewer's own words for a rejection; NULL: none */
        uid_t actor;
        int64_t now;
} ReviewDecision;

/*
 * Decides about a photo: the current one of its student, or one that a person rejected and that
 * stands rejected. Rejecting moves the photo's file to rejected/ of its point and counts as one
 * more rejection of the student. Rejecting it again with another reason changes only the reason.
 * Approving or reopening brings it back.
 *
 * 1: decided; 0: it was decided so already. -ENOENT: there is no such photo, or a newer one has
 * taken its place. -EPERM: not in this state (reviewstate.h). -EINVAL: the event is no decision, or
 * the reason is none. -EROFS: the batch is closed.
 */
int review_decide(Catalog *catalog, int64_t photo, const ReviewDecision *decision);

/* The detail of the event when a rejected photo was approved or reopened. */
#define REVIEW_BROUGHT_BACK "brought-back"

#define REVIEW_NOTE_MAX 2000

/* Sets the reviewer's own words, which the point's reason file shows: at most REVIEW_NOTE_MAX bytes
 * of UTF-8, "" removes them. -ENOENT: no rejection of the photo stands; -E2BIG; -EILSEQ. */
int review_note(Catalog *catalog, int64_t photo, const char *note, uid_t actor, int64_t now);
