/* SPDX-License-Identifier: MIT */
#include "upload-state.h"

#include <stddef.h>

static const char *const state_names[_UPLOAD_STATE_MAX] = {
        [UPLOAD_FRESH] = "fresh",       [UPLOAD_WRITING] = "writing",   [UPLOAD_HELD] = "held",
        [UPLOAD_RECEIVED] = "received", [UPLOAD_SETTLING] = "settling", [UPLOAD_JUDGED] = "judged",
        [UPLOAD_GONE] = "gone",
};

/* Zero is no transition; every state is stored plus one. */
#define TO(state) ((state) + 1)

static const unsigned char transitions[_UPLOAD_STATE_MAX][_UPLOAD_EVENT_MAX] = {
        [UPLOAD_FRESH] =
                {
                        [UPLOAD_OPENED] = TO(UPLOAD_WRITING),
                        [UPLOAD_CLOSED_CLEAN] = TO(UPLOAD_GONE),
                        [UPLOAD_NAMED] = TO(UPLOAD_FRESH),
                        [UPLOAD_NAMED_TEMP] = TO(UPLOAD_FRESH),
                        [UPLOAD_DELETED] = TO(UPLOAD_GONE),
                },
        [UPLOAD_WRITING] =
                {
                        [UPLOAD_OPENED] = TO(UPLOAD_WRITING),
                        [UPLOAD_CLOSED] = TO(UPLOAD_RECEIVED),
                        [UPLOAD_CLOSED_TEMP] = TO(UPLOAD_HELD),
                        [UPLOAD_CLOSED_CLEAN] = TO(UPLOAD_GONE),
                        [UPLOAD_NAMED] = TO(UPLOAD_WRITING),
                        [UPLOAD_NAMED_TEMP] = TO(UPLOAD_WRITING),
                        [UPLOAD_DELETED] = TO(UPLOAD_GONE),
                },
        [UPLOAD_HELD] =
                {
                        [UPLOAD_OPENED] = TO(UPLOAD_WRITING),
                        [UPLOAD_NAMED] = TO(UPLOAD_RECEIVED),
                        [UPLOAD_NAMED_TEMP] = TO(UPLOAD_HELD),
                        [UPLOAD_DELETED] = TO(UPLOAD_GONE),
                },
        [UPLOAD_RECEIVED] =
                {
                        [UPLOAD_OPENED] = TO(UPLOAD_WRITING),
                        [UPLOAD_NAMED] = TO(UPLOAD_RECEIVED),
                        [UPLOAD_NAMED_TEMP] = TO(UPLOAD_HELD),
                        [UPLOAD_FOUND_INCOMPLETE] = TO(UPLOAD_SETTLING),
                        [UPLOAD_VERDICT] = TO(UPLOAD_JUDGED),
                        [UPLOAD_DELETED] = TO(UPLOAD_GONE),
                },
        [UPLOAD_SETTLING] =
                {
                        [UPLOAD_OPENED] = TO(UPLOAD_WRITING),
                        [UPLOAD_NAMED] = TO(UPLOAD_RECEIVED),
                        [UPLOAD_NAMED_TEMP] = TO(UPLOAD_HELD),
                        [UPLOAD_SETTLED] = TO(UPLOAD_RECEIVED),
                        [UPLOAD_DELETED] = TO(UPLOAD_GONE),
                },
        [UPLOAD_JUDGED] =
                {
                        [UPLOAD_OPENED] = TO(UPLOAD_WRITING),
                        [UPLOAD_NAMED] = TO(UPLOAD_RECEIVED),
                        [UPLOAD_NAMED_TEMP] = TO(UPLOAD_HELD),
                        [UPLOAD_SHOWN] = TO(UPLOAD_GONE),
                        [UPLOAD_DELETED] = TO(UPLOAD_GONE),
                },
};

const char *upload_state_to_string(UploadState state)
{
        return state >= 0 && state < _UPLOAD_STATE_MAX ? state_names[state] : NULL;
}

UploadState upload_state_next(UploadState state, UploadEvent event)
{
        unsigned char next;

        if (state < 0 || state >= _UPLOAD_STATE_MAX || (int)event < 0 || event >= _UPLOAD_EVENT_MAX)
                return _UPLOAD_STATE_INVALID;
        next = transitions[state][event];
        return next == 0 ? _UPLOAD_STATE_INVALID : (UploadState)(next - 1);
}
