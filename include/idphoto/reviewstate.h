/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/finding.h>

/*
 * The review state of a student, and what may happen next [D9] [D10]. One table holds every
 * transition; nothing else decides what is allowed. The state concerns only the photo that counts:
 * files in rejected/ and stages of the collection centre have states of their own.
 */

typedef enum ReviewState {
        REVIEW_MISSING,  /* no usable photo was dropped */
        REVIEW_REJECTED, /* the checks or a person rejected what was dropped */
        REVIEW_PENDING,  /* a photo passed the checks and waits for the office */
        REVIEW_APPROVED, /* the office approved the photo */
        REVIEW_LOCKED,   /* the final review passed: nothing may change */
        _REVIEW_STATE_MAX,
        _REVIEW_STATE_INVALID = -EINVAL,
} ReviewState;

typedef enum ReviewEvent {
        REVIEW_PHOTO_ACCEPTED,   /* a new photo passed the checks and becomes the student's */
        REVIEW_PHOTO_REJECTED,   /* a new photo failed the checks; the student keeps an earlier one
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

/* One set of words [S5]: every text, table, page and program says these, and a student is in exactly
 * one of the states, so that their counts add up to all students. The order of the enumeration is
 * the order in which people read them. */
const char *review_state_to_string(ReviewState state); /* "missing", …, "final"; for programs */
/* The same in the reader's language; "" out of range. */
const char *review_state_word(ReviewState state, Language language);
ReviewState review_state_from_string(const char *s);
/* Whether the office has approved the photo, locked since or not. */
bool review_state_approved(ReviewState state);

/*
 * Finds the state that follows `event` in `state`. has_photo: the student has a photo that passed
 * the checks and can be decided about; a rejected student may have one that a person rejected.
 * Returns 1 with the new state in *ret; 0 when the event changes nothing, with the old state in
 * *ret; or
 *
 *     -EPERM   not allowed in this state: approved and locked photos are neither replaced nor
 *              withdrawn, locked ones are not reopened, and only approved ones pass finally
 *     -ENOENT  there is no photo to decide about
 *     -EEXIST  there is a photo already, so none can be brought back
 *     -EINVAL  no such state or event
 */
int review_next(ReviewState state, ReviewEvent event, bool has_photo, ReviewState *ret);

/* The reason why this state refuses a new photo that passed the checks: REASON_ALREADY_APPROVED or
 * REASON_LOCKED. _REASON_INVALID: it accepts one. */
ReasonCode review_refusal(ReviewState state);
