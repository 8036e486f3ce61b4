/* SPDX-License-Identifier: MIT */
#include <idphoto/view.h>

static const char *const names[_FIXED_MAX][_LANGUAGE_MAX] = {
        [FIXED_STATUS_TXT] = {"STATUS.txt", "状态.txt"},
        [FIXED_STATUS_CSV] = {"status.csv", "状态.csv"},
        [FIXED_INDEX_HTML] = {"index.html", "总览.html"},
        [FIXED_REJECTED] = {"rejected", "驳回"},
        [FIXED_MISSING] = {"missing", "未交"},
        [FIXED_SUBMITTED] = {"submitted", "原件"},
        [FIXED_OFFICE] = {"OFFICE", "校本部"},
        [FIXED_PENDING] = {"pending", "待审"},
        [FIXED_APPROVED] = {"approved", "通过"},
        [FIXED_EXPORT] = {"export", "导出"},
        [FIXED_IMPORT] = {"import", "导入"},
};

const char *fixed_name(FixedName name, Language language)
{
        if (name < 0 || name >= _FIXED_MAX || language < 0 || language >= _LANGUAGE_MAX)
                return NULL;
        return names[name][language];
}
