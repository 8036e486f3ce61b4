/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/text.h>

/*
 * How far the collection centre and the national register are with a student [R5]. Only progress
 * lists set it. It is not part of the review state, though some stages cause a review event. The
 * catalog stores the names, so they never change.
 */

#define STAGES(X) \
        X(NONE, "") \
        X(FIRST_PASSED, "first-passed")     /* 初审合格 */ \
        X(TO_PAY, "to-pay")                 /* 待支付 */ \
        X(FINAL_REVIEW, "final-review")     /* 终审 */ \
        X(DONE, "done")                     /* 已完成: the final review passed */ \
        X(SHIPPED, "shipped")               /* 已发货: the paper photo is on its way */ \
        X(PAPER_RECEIVED, "paper-received") /* the student has the paper photo */ \
        X(REFUSED, "refused")               /* 驳回 by the centre */ \
        X(REGISTRY_VERIFIED, "registry-verified") \
        X(REGISTRY_FAILED, "registry-failed")

typedef enum Stage {
#define X(symbol, name) STAGE_##symbol,
        STAGES(X)
#undef X
                _STAGE_MAX,
        _STAGE_INVALID = -EINVAL,
} Stage;

const char *stage_to_string(Stage stage); /* the stored name; NULL out of range */
Stage stage_from_string(const char *s);
const char *stage_title(Stage stage, Language language); /* the name for people */
