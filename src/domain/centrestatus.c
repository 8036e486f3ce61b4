/* SPDX-License-Identifier: MIT */
#include <idphoto/centrestatus.h>

#include <string.h>

typedef struct Wording {
        const char *text; /* folded */
        Stage stage;
        ReasonCode reason;
} Wording;

#define PLAIN _REASON_INVALID

/* No wording, with the blanks and brackets in it, is longer. */
enum { WORDING_BYTES_MAX = 128 };

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
        {"审核不通过", STAGE_REFUSED, REASON_CENTRE_REFUSED},
        {"审核驳回", STAGE_REFUSED, REASON_CENTRE_REFUSED},
        {"初审驳回", STAGE_REFUSED, REASON_CENTRE_REFUSED},
        {"初审未通过", STAGE_REFUSED, REASON_CENTRE_REFUSED},
        {"初审不通过", STAGE_REFUSED, REASON_CENTRE_REFUSED},
        {"初审不合格", STAGE_REFUSED, REASON_CENTRE_REFUSED},
        {"终审驳回", STAGE_REFUSED, REASON_CENTRE_REFUSED},
        {"终审未通过", STAGE_REFUSED, REASON_CENTRE_REFUSED},
        {"终审不通过", STAGE_REFUSED, REASON_CENTRE_REFUSED},
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

/* Behind a wording these say that it is not so, or no longer. */
static const char *const takes_back_a_pass[] = {
        "未", "不", "没", "驳", "拒", "退", "败", "错", "撤", "取消", "作废", "重新", "重拍",
        "not", "fail", "refus", "reject", "cancel", "withdr", "again", "?",
};
static const char *const takes_back_a_failure[] = {
        "已通过", "撤", "取消", "作废", "已重新", "误", "cancel", "withdr", "passed", "?",
};
/* clang-format on */

/* ---- characters ---- */

static bool is_blank(int32_t c)
{
        return (c > 0 && c <= ' ') || c == 0xa0 || c == 0x3000;
}

static bool is_digit(int32_t c)
{
        return c >= '0' && c <= '9';
}

static bool is_dash(int32_t c)
{
        return c == '-' || (c >= 0x2010 && c <= 0x2015) || c == 0x2212;
}

static bool is_closing(int32_t c)
{
        return c == ')' || c == ']' || c == '}' || c == '>' || c == 0x3011 || c == 0x3015 ||
               c == 0x3009 || c == 0x300b || c == 0x300d || c == 0x300f;
}

static bool is_bracket(int32_t c)
{
        return is_closing(c) || c == '(' || c == '[' || c == '{' || c == '<' || c == 0x3010 ||
               c == 0x3014 || c == 0x3008 || c == 0x300a || c == 0x300c || c == 0x300e;
}

/* What sets words off from the status: marks, but no question mark. */
static bool is_mark(int32_t c)
{
        return is_bracket(c) || c == ':' || c == ';' || c == ',' || c == '.' || c == '|' ||
               c == '/' || c == '=' || c == 0x3001 || c == 0x3002;
}

static bool is_separator(int32_t c)
{
        return is_blank(c) || is_dash(c) || is_mark(c);
}

/* Whether a wording may end there: at the end of a word, or where a bracket around it closes. */
static bool may_end_at(const char *text, size_t end)
{
        size_t n, at = end - 1;
        int32_t next = text_usual_width(text_next(text + end, &n)), last;

        while (at > 0 && ((unsigned char)text[at] & 0xc0) == 0x80)
                at--;
        last = text_usual_width(text_next(text + at, &n));
        if (is_closing(last))
                return true;
        return !is_separator(last) && (next == 0 || is_separator(next) || is_digit(next));
}

/* ---- the wording ---- */

/* Brackets and colons go too: 终审（通过） is 终审通过. */
static int fold(const char *text, char **ret)
{
        _cleanup_free_ char *folded = NULL;
        char *out;
        int r = text_fold(text, &folded);

        if (r < 0)
                return r;
        out = folded;
        for (const char *p = folded; *p;) {
                size_t n;
                int32_t c = text_next(p, &n);

                if (c >= 'A' && c <= 'Z')
                        *out++ = (char)(c - 'A' + 'a');
                else if (!is_blank(c) && !is_dash(c) && !is_bracket(c) && c != '_' && c != ':') {
                        memmove(out, p, n);
                        out += n;
                }
                p += n;
        }
        *out = '\0';
        *ret = TAKE_PTR(folded);
        return 0;
}

/* 1 with *ret; 0: no known wording. */
static int find_wording(const char *text, const Wording **ret)
{
        _cleanup_free_ char *folded = NULL;
        int r = fold(text, &folded);

        for (size_t i = 0; r >= 0 && i < ELEMENTSOF(wordings); i++)
                if (strcmp(wordings[i].text, folded) == 0) {
                        *ret = &wordings[i];
                        return 1;
                }
        return MIN(r, 0);
}

/* The longest beginning of the text that is a wording and ends where a word may end; *ret_end is
 * where the rest begins. As find_wording(). */
static int find_beginning(const char *text, const Wording **ret, size_t *ret_end)
{
        for (size_t end = text_prefix(text, WORDING_BYTES_MAX); end > 0; end--) {
                _cleanup_free_ char *head = NULL;
                int r;

                if (((unsigned char)text[end] & 0xc0) == 0x80 || !may_end_at(text, end))
                        continue;
                head = strndup(text, end);
                if (!head)
                        return -ENOMEM;
                r = find_wording(head, ret);
                if (r > 0 && *(*ret)->text == '\0')
                        return 0;
                if (r != 0) {
                        *ret_end = end;
                        return r;
                }
        }
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

/* ---- what stands behind it ---- */

/* Separators at both ends go. */
static char *trimmed(const char *text, size_t length)
{
        size_t from = length, to = 0, n;

        for (size_t at = 0; at < length; at += n) {
                int32_t c = text_usual_width(text_next(text + at, &n));

                if (is_separator(c))
                        continue;
                from = MIN(from, at);
                to = at + n;
        }
        return from < to ? strndup(text + from, to - from) : strdup("");
}

/* The rest in two parts: when, and in which words. Words on both sides of the moment are joined. */
static int take_rest(const char *rest, CentreStatus *ret)
{
        size_t at = 0, n = moment_find(rest, &at, &ret->moment);
        _cleanup_free_ char *before = NULL, *behind = NULL;

        if (n == 0)
                at = strlen(rest);
        before = trimmed(rest, at);
        behind = trimmed(rest + at + n, strlen(rest + at + n));
        if (!before || !behind)
                return -ENOMEM;
        if (*before && *behind)
                return asprintf(&ret->words, "%s %s", before, behind) < 0 ? -ENOMEM : 0;
        ret->words = *before ? TAKE_PTR(before) : TAKE_PTR(behind);
        return 0;
}

static int holds_any(const char *text, const char *const *parts, size_t n)
{
        _cleanup_free_ char *folded = NULL;
        int r = fold(text, &folded);

        for (size_t i = 0; r >= 0 && i < n; i++)
                if (strstr(folded, parts[i]))
                        return 1;
        return MIN(r, 0);
}

/*
 * Whether the rest leaves the wording as it is; 1 or 0. The words behind a refusal are its reason.
 * Those behind anything else are no part of the wording only if a mark sets them off. What follows
 * at once with a digit is part of a wording that is not known.
 */
static int rest_agrees(const CentreStatus *status, const char *rest)
{
        const Wording *other;
        size_t n;
        int32_t first = text_usual_width(text_next(rest, &n));
        int r;

        if (!*status->words)
                return 1;
        if (is_digit(first))
                return 0;
        if (status->stage == STAGE_REFUSED || status->stage == STAGE_REGISTRY_FAILED) {
                r = holds_any(status->words, takes_back_a_failure,
                              ELEMENTSOF(takes_back_a_failure));
                return r < 0 ? r : !r;
        }
        while (is_blank(first)) {
                rest += n;
                first = text_usual_width(text_next(rest, &n));
        }
        if (!is_mark(first))
                return 0;
        if (status->stage == STAGE_NONE)
                return 1;
        r = find_wording(status->words, &other);
        if (r == 0)
                r = holds_any(status->words, takes_back_a_pass, ELEMENTSOF(takes_back_a_pass));
        return r < 0 ? r : !r;
}

void centre_status_done(CentreStatus *status)
{
        free(status->words);
        *status = (CentreStatus){};
}

int centre_status_parse(const char *status, const char *reason, CentreStatus *ret)
{
        _cleanup_centre_status_ CentreStatus found = {};
        const Wording *wording;
        size_t end = strlen(status);
        int r = find_wording(status, &wording);

        if (r == 0)
                r = find_beginning(status, &wording, &end);
        if (r <= 0)
                return r;
        found.stage = wording->stage;
        found.reason = wording->reason;
        r = take_rest(status + end, &found);
        if (r >= 0)
                r = rest_agrees(&found, status + end);
        if (r <= 0)
                return r;
        if (found.stage == STAGE_REGISTRY_FAILED && found.reason < 0) {
                r = registry_reason(found.words, &found.reason);
                if (r >= 0 && found.reason == REASON_OTHER)
                        r = registry_reason(reason, &found.reason);
                if (r < 0)
                        return r;
        }
        *ret = found;
        found.words = NULL;
        return 1;
}
