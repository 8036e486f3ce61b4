/* SPDX-License-Identifier: MIT */
#include <idphoto/stage.h>

#include <string.h>

static const char *const names[_STAGE_MAX] = {
#define X(symbol, name) [STAGE_##symbol] = name,
        STAGES(X)
#undef X
};

static const char *const titles[_STAGE_MAX][_LANGUAGE_MAX] = {
        [STAGE_NONE] = {"", ""},
        [STAGE_FIRST_PASSED] = {"first review passed", "初审合格"},
        [STAGE_TO_PAY] = {"to be paid", "待支付"},
        [STAGE_FINAL_REVIEW] = {"in the final review", "终审"},
        [STAGE_DONE] = {"final review passed", "已完成"},
        [STAGE_SHIPPED] = {"paper photo sent", "已发货"},
        [STAGE_PAPER_RECEIVED] = {"paper photo received", "已收到纸质照片"},
        [STAGE_REFUSED] = {"refused by the centre", "驳回"},
        [STAGE_REGISTRY_VERIFIED] = {"verified by the register", "学信网已通过"},
        [STAGE_REGISTRY_FAILED] = {"failed at the register", "学信网未通过"},
};

const char *stage_to_string(Stage stage)
{
        return stage >= 0 && stage < _STAGE_MAX ? names[stage] : NULL;
}

Stage stage_from_string(const char *s)
{
        return (Stage)text_find(names, _STAGE_MAX, s);
}

const char *stage_title(Stage stage, Language language)
{
        if (stage < 0 || stage >= _STAGE_MAX || language < 0 || language >= _LANGUAGE_MAX)
                return "";
        return titles[stage][language];
}
