/* SPDX-License-Identifier: MIT */
#include <idphoto/centrestatus.h>

#include <string.h>

typedef struct Wording {
        const char *text; /* folded */
        Stage stage;
        ReasonCode reason;
} Wording;

#define PLAIN _REASON_INVALID

/* One row is one wording. */
/* clang-format off */
static const Wording wordings[] = {
        {"", STAGE_NONE, PLAIN},
        {"未提交", STAGE_NONE, PLAIN},
        {"未采集", STAGE_NONE, PLAIN},
        {"待提交", STAGE_NONE, PLAIN},
        {"已提交", STAGE_NONE, PLAIN},
        {"待审核", STAGE_NONE, PLAIN},
        {"审核中", STAGE_NONE, PLAIN},
        {"待初审", STAGE_NONE, PLAIN},
        {"撤回审核", STAGE_NONE, PLAIN},
        {"submitted", STAGE_NONE, PLAIN},
        {"notsubmitted", STAGE_NONE, PLAIN},
        {"初审合格", STAGE_FIRST_PASSED, PLAIN},
        {"初审通过", STAGE_FIRST_PASSED, PLAIN},
        {"firstpassed", STAGE_FIRST_PASSED, PLAIN},
        {"firstreviewpassed", STAGE_FIRST_PASSED, PLAIN},
        {"待支付", STAGE_TO_PAY, PLAIN},
        {"待付款", STAGE_TO_PAY, PLAIN},
        {"topay", STAGE_TO_PAY, PLAIN},
        {"tobepaid", STAGE_TO_PAY, PLAIN},
        {"终审", STAGE_FINAL_REVIEW, PLAIN},
        {"终审中", STAGE_FINAL_REVIEW, PLAIN},
        {"待终审", STAGE_FINAL_REVIEW, PLAIN},
        {"finalreview", STAGE_FINAL_REVIEW, PLAIN},
        {"inthefinalreview", STAGE_FINAL_REVIEW, PLAIN},
        {"已完成", STAGE_DONE, PLAIN},
        {"终审通过", STAGE_DONE, PLAIN},
        {"终审合格", STAGE_DONE, PLAIN},
        {"待制作", STAGE_DONE, PLAIN},
        {"制作中", STAGE_DONE, PLAIN},
        {"done", STAGE_DONE, PLAIN},
        {"completed", STAGE_DONE, PLAIN},
        {"finalpassed", STAGE_DONE, PLAIN},
        {"finalreviewpassed", STAGE_DONE, PLAIN},
        {"已发货", STAGE_SHIPPED, PLAIN},
        {"已寄出", STAGE_SHIPPED, PLAIN},
        {"shipped", STAGE_SHIPPED, PLAIN},
        {"paperphotosent", STAGE_SHIPPED, PLAIN},
        {"已收到纸质照片", STAGE_PAPER_RECEIVED, PLAIN},
        {"收到纸质照片", STAGE_PAPER_RECEIVED, PLAIN},
        {"已收到照片", STAGE_PAPER_RECEIVED, PLAIN},
        {"已收照片", STAGE_PAPER_RECEIVED, PLAIN},
        {"paperreceived", STAGE_PAPER_RECEIVED, PLAIN},
        {"paperphotoreceived", STAGE_PAPER_RECEIVED, PLAIN},
        {"驳回", STAGE_REFUSED, REASON_CENTRE_REFUSED},
        {"已驳回", STAGE_REFUSED, REASON_CENTRE_REFUSED},
        {"被驳回", STAGE_REFUSED, REASON_CENTRE_REFUSED},
        {"审核未通过", STAGE_REFUSED, REASON_CENTRE_REFUSED},
        {"初审未通过", STAGE_REFUSED, REASON_CENTRE_REFUSED},
        {"初审不合格", STAGE_REFUSED, REASON_CENTRE_REFUSED},
        {"终审未通过", STAGE_REFUSED, REASON_CENTRE_REFUSED},
        {"终审不合格", STAGE_REFUSED, REASON_CENTRE_REFUSED},
        {"refused", STAGE_REFUSED, REASON_CENTRE_REFUSED},
        {"rejected", STAGE_REFUSED, REASON_CENTRE_REFUSED},
        {"refusedbythecentre", STAGE_REFUSED, REASON_CENTRE_REFUSED},
        {"学信网已通过", STAGE_REGISTRY_VERIFIED, PLAIN},
        {"学信网通过", STAGE_REGISTRY_VERIFIED, PLAIN},
        {"身份核验通过", STAGE_REGISTRY_VERIFIED, PLAIN},
        {"身份核验已通过", STAGE_REGISTRY_VERIFIED, PLAIN},
        {"registryverified", STAGE_REGISTRY_VERIFIED, PLAIN},
        {"verifiedbytheregister", STAGE_REGISTRY_VERIFIED, PLAIN},
        {"学信网未通过", STAGE_REGISTRY_FAILED, PLAIN},
        {"registryfailed", STAGE_REGISTRY_FAILED, PLAIN},
        {"failedattheregister", STAGE_REGISTRY_FAILED, PLAIN},
        {"图像质量不合格", STAGE_REGISTRY_FAILED, REASON_REGISTRY_QUALITY},
        {"学信网图像质量不合格", STAGE_REGISTRY_FAILED, REASON_REGISTRY_QUALITY},
        {"registryquality", STAGE_REGISTRY_FAILED, REASON_REGISTRY_QUALITY},
        {"人像比对失败", STAGE_REGISTRY_FAILED, REASON_REGISTRY_FACE_MATCH},
        {"人像比对未通过", STAGE_REGISTRY_FAILED, REASON_REGISTRY_FACE_MATCH},
        {"人像比对不通过", STAGE_REGISTRY_FAILED, REASON_REGISTRY_FACE_MATCH},
        {"registryfacematch", STAGE_REGISTRY_FAILED, REASON_REGISTRY_FACE_MATCH},
        {"身份核验未通过", STAGE_REGISTRY_FAILED, REASON_REGISTRY_IDENTITY},
        {"身份核验不通过", STAGE_REGISTRY_FAILED, REASON_REGISTRY_IDENTITY},
        {"身份核验不确定", STAGE_REGISTRY_FAILED, REASON_REGISTRY_IDENTITY},
        {"身份核验异常", STAGE_REGISTRY_FAILED, REASON_REGISTRY_IDENTITY},
        {"registryidentity", STAGE_REGISTRY_FAILED, REASON_REGISTRY_IDENTITY},
};

/* Words of a reason for which the register fails a photo; the first that occurs counts. */
static const struct {
        const char *part;
        ReasonCode reason;
} registry_reasons[] = {
        {"人像比对", REASON_REGISTRY_FACE_MATCH}, {"facematch", REASON_REGISTRY_FACE_MATCH},
        {"身份核验", REASON_REGISTRY_IDENTITY},   {"identity", REASON_REGISTRY_IDENTITY},
        {"图像质量", REASON_REGISTRY_QUALITY},    {"照片质量", REASON_REGISTRY_QUALITY},
        {"质量不合格", REASON_REGISTRY_QUALITY},  {"quality", REASON_REGISTRY_QUALITY},
};
/* clang-format on */

static int fold(const char *text, char **ret)
{
        _cleanup_free_ char *folded = NULL;
        char *out;
        int r = text_fold(text, &folded);

        if (r < 0)
                return r;
        out = folded;
        for (const char *p = folded; *p; p++) {
                if ((unsigned char)*p <= ' ' || *p == '-' || *p == '_')
                        continue;
                *out++ = *p >= 'A' && *p <= 'Z' ? (char)(*p - 'A' + 'a') : *p;
        }
        *out = '\0';
        *ret = TAKE_PTR(folded);
        return 0;
}

/* The register failed it, and only the words beside say why; without any it is "other". */
static int registry_reason(const char *text, ReasonCode *ret)
{
        _cleanup_free_ char *folded = NULL;
        int r = fold(text ? text : "", &folded);

        if (r < 0)
                return r;
        *ret = REASON_OTHER;
        for (size_t i = 0; i < ELEMENTSOF(registry_reasons); i++)
                if (strstr(folded, registry_reasons[i].part)) {
                        *ret = registry_reasons[i].reason;
                        break;
                }
        return 0;
}

int centre_status_parse(const char *status, const char *reason, CentreStatus *ret)
{
        _cleanup_free_ char *folded = NULL;
        int r = fold(status, &folded);

        if (r < 0)
                return r;
        for (size_t i = 0; i < ELEMENTSOF(wordings); i++) {
                CentreStatus found = {wordings[i].stage, wordings[i].reason};

                if (strcmp(wordings[i].text, folded) != 0)
                        continue;
                if (found.stage == STAGE_REGISTRY_FAILED && found.reason < 0)
                        r = registry_reason(reason, &found.reason);
                if (r < 0)
                        return r;
                *ret = found;
                return 1;
        }
        return 0;
}
