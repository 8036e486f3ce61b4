/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>
#include <idphoto/reviewstate.h>

/*
 * Decisions of people about photos [R1]-[R4]. What is allowed stands in reviewstate.h; here it is
 * carried out: the state of the student, the photo's place, the findings that the teaching point
 * reads, and the entry of the audit log. Called inside a transaction; each function does all or
 * returns a negative errno.
 */

typedef struct ReviewDecision {
        ReviewEvent event; /* APPROVE, REJECT, REOPEN, FINAL_PASS or REGISTRY_FAILURE */
        ReasonCode reason; /* REJECT and REGISTRY_FAILURE: one of DECISION_CODES */
        const char *note;  /* the reviewer's own words for a rejection; NULL: none */
        uid_t actor;
        int64_t now;
} ReviewDecision;

/*
 * Decides about a photo: the current one of its student, or one whose rejection by a person stands.
 * A rejected photo's file goes to rejected/ of its point and counts as one more rejection of the
 * student; another reason for it only changes the reason; approving or reopening brings it back.
 *
 * 1 decided, 0 it was so already. -ENOENT: no such photo, or a newer one took its place. -EPERM:
 * not in this state (reviewstate.h). -EINVAL: an event that is no decision, or a reason that is
 * none. -EROFS: the batch is closed.
 */
int review_decide(Catalog *catalog, int64_t photo, const ReviewDecision *decision);

/* The detail of the event when a rejected photo was approved or reopened. */
#define REVIEW_BROUGHT_BACK "brought-back"

#define REVIEW_NOTE_MAX 2000

/* The reviewer's own words, shown in the point's reason file: at most REVIEW_NOTE_MAX bytes of
 * UTF-8, "" takes them away. -ENOENT when no rejection of it stands, -E2BIG, -EILSEQ. */
int review_note(Catalog *catalog, int64_t photo, const char *note, uid_t actor, int64_t now);
