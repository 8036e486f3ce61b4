/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/finding.h>

/*
 * How far a student is, and what may happen next [D9] [D10]. One table holds every edge, and
 * nothing else decides what is allowed. This is about the one photo that counts: files in rejected/
 * and stages of the collection centre have states of their own.
 */

typedef enum ReviewState {
        REVIEW_MISSING,  /* nothing usable came */
        REVIEW_REJECTED, /* what came was rejected, by the checks or by a person */
        REVIEW_PENDING,  /* a photo passed the checks and waits for the office */
        REVIEW_APPROVED, /* by the office */
        REVIEW_LOCKED,   /* final review passed: nothing may change */
        _REVIEW_STATE_MAX,
        _REVIEW_STATE_INVALID = -EINVAL,
} ReviewState;

typedef enum ReviewEvent {
        REVIEW_PHOTO_ACCEPTED,   /* a new photo passed the checks and becomes the student's */
        REVIEW_PHOTO_REJECTED,   /* a new photo failed them; a photo that the student has stays
                                    [D9] */
        REVIEW_PHOTO_WITHDRAWN,  /* the point deleted its photo [D10] */
        REVIEW_PHOTO_RESTORED,   /* the point brings a withdrawn photo back [D10] */
        REVIEW_REJECT_DISMISSED, /* the point deleted the last rejected file [D10] */
        REVIEW_APPROVE,          /* decisions of the office [R1] */
        REVIEW_REJECT,
        REVIEW_REOPEN,
        REVIEW_FINAL_PASS,       /* from a progress list [R5] */
        REVIEW_REGISTRY_FAILURE, /* from a progress list: quality or face match */
        _REVIEW_EVENT_MAX,
        _REVIEW_EVENT_INVALID = -EINVAL,
} ReviewEvent;

const char *review_state_to_string(ReviewState state); /* "missing", "rejected", … */
ReviewState review_state_from_string(const char *s);
/* Whether the office has approved the photo, locked since or not. */
bool review_state_approved(ReviewState state);

/*
 * Finds the state that follows `event` in `state`. has_photo: there is a photo that passed the
 * checks once and can be decided about (a rejected student may have one that a person rejected).
 * Returns 1 with the new state in *ret; 0 when the event changes nothing, with the old state in
 * *ret; or
 *
 *     -EPERM   not in this state: approved and locked photos are neither replaced nor withdrawn,
 *              locked ones are not reopened, and only approved ones pass finally
 *     -ENOENT  there is no photo to decide about
 *     -EEXIST  there is a photo already, so none can be brought back
 *     -EINVAL  no such state or event
 */
int review_next(ReviewState state, ReviewEvent event, bool has_photo, ReviewState *ret);

/* Why a good new photo is not taken in this state: REASON_ALREADY_APPROVED, REASON_LOCKED.
 * _REASON_INVALID: it is taken. */
ReasonCode review_refusal(ReviewState state);
