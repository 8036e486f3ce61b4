/* SPDX-License-Identifier: MIT */
#include <idphoto/reviewstate.h>

#include <string.h>

static const char *const state_names[_REVIEW_STATE_MAX] = {
        [REVIEW_MISSING] = "missing", [REVIEW_REJECTED] = "rejected",
        [REVIEW_PENDING] = "pending", [REVIEW_APPROVED] = "approved",
        [REVIEW_LOCKED] = "final",
};

static const char *const state_names_zh[_REVIEW_STATE_MAX] = {
        [REVIEW_MISSING] = "未交",  [REVIEW_REJECTED] = "驳回",   [REVIEW_PENDING] = "待审",
        [REVIEW_APPROVED] = "通过", [REVIEW_LOCKED] = "终审通过",
};

/* An edge leads to a state (as it is, or only with a photo to decide about) or to an errno. */
typedef struct Edge {
        int to; /* a ReviewState, or a negative errno */
        bool needs_photo;
} Edge;

/* One row is one event. */
/* clang-format off */
#define TO(state)   {REVIEW_##state, false}
#define WITH(state) {REVIEW_##state, true}
#define NO(error)   {-(error), false}

static const Edge edges[_REVIEW_EVENT_MAX][_REVIEW_STATE_MAX] = {
        /*       missing         rejected        pending         approved        locked */
        [REVIEW_PHOTO_ACCEPTED] =
                {TO(PENDING),    TO(PENDING),    TO(PENDING),    NO(EPERM),      NO(EPERM)},
        [REVIEW_PHOTO_REJECTED] =
                {TO(REJECTED),   TO(REJECTED),   TO(PENDING),    TO(APPROVED),   TO(LOCKED)},
        [REVIEW_PHOTO_WITHDRAWN] =
                {NO(ENOENT),     NO(ENOENT),     TO(MISSING),    NO(EPERM),      NO(EPERM)},
        [REVIEW_PHOTO_RESTORED] =
                {TO(PENDING),    TO(PENDING),    NO(EEXIST),     NO(EPERM),      NO(EPERM)},
        [REVIEW_REJECT_DISMISSED] =
                {TO(MISSING),    TO(MISSING),    TO(PENDING),    TO(APPROVED),   TO(LOCKED)},
        [REVIEW_APPROVE] =
                {NO(ENOENT),     WITH(APPROVED), WITH(APPROVED), TO(APPROVED),   NO(EPERM)},
        [REVIEW_REJECT] =
                {NO(ENOENT),     WITH(REJECTED), WITH(REJECTED), WITH(REJECTED), WITH(REJECTED)},
        [REVIEW_REOPEN] =
                {NO(ENOENT),     WITH(PENDING),  TO(PENDING),    WITH(PENDING),  NO(EPERM)},
        [REVIEW_FINAL_PASS] =
                {NO(ENOENT),     NO(EPERM),      NO(EPERM),      WITH(LOCKED),   TO(LOCKED)},
        [REVIEW_REGISTRY_FAILURE] =
                {NO(ENOENT),     WITH(REJECTED), WITH(REJECTED), WITH(REJECTED), WITH(REJECTED)},
};

#undef TO
#undef WITH
#undef NO
/* clang-format on */

static bool state_known(ReviewState state)
{
        return state >= 0 && state < _REVIEW_STATE_MAX;
}

static bool event_known(ReviewEvent event)
{
        return event >= 0 && event < _REVIEW_EVENT_MAX;
}

const char *review_state_to_string(ReviewState state)
{
        return state_known(state) ? state_names[state] : NULL;
}

const char *review_state_word(ReviewState state, Language language)
{
        if (!state_known(state))
                return "";
        return language == LANGUAGE_ZH ? state_names_zh[state] : state_names[state];
}

ReviewState review_state_from_string(const char *s)
{
        return (ReviewState)text_find(state_names, _REVIEW_STATE_MAX, s);
}

bool review_state_approved(ReviewState state)
{
        return state == REVIEW_APPROVED || state == REVIEW_LOCKED;
}

int review_next(ReviewState state, ReviewEvent event, bool has_photo, ReviewState *ret)
{
        const Edge *edge;

        if (!state_known(state) || !event_known(event))
                return -EINVAL;
        edge = &edges[event][state];
        if (edge->to < 0)
                return edge->to;
        if (edge->needs_photo && !has_photo)
                return -ENOENT;
        *ret = (ReviewState)edge->to;
        return *ret != state;
}

ReasonCode review_refusal(ReviewState state)
{
        ReviewState next;

        if (!state_known(state) || review_next(state, REVIEW_PHOTO_ACCEPTED, true, &next) >= 0)
                return _REASON_INVALID;
        return state == REVIEW_LOCKED ? REASON_LOCKED : REASON_ALREADY_APPROVED;
}
