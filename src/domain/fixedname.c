/* SPDX-License-Identifier: MIT */
#include <idphoto/fixedname.h>

#include <idphoto/clientname.h>

#include <string.h>

static const char *const names[_FIXED_MAX][_LANGUAGE_MAX] = {
        [FIXED_STATUS_TXT] = {"STATUS.txt", "状态.txt"},
        [FIXED_STATUS_CSV] = {"status.csv", "状态.csv"},
        [FIXED_INDEX_HTML] = {"index.html", "总览.html"},
        [FIXED_REJECTED] = {"rejected", "驳回"},
        [FIXED_MISSING] = {"missing", "未交"},
        [FIXED_SUBMITTED] = {"submitted", "原件"},
        [FIXED_READY] = {"ready", "可上传"},
        [FIXED_OFFICE] = {"OFFICE", "校本部"},
        [FIXED_PENDING] = {"pending", "待审"},
        [FIXED_APPROVED] = {"approved", "通过"},
        [FIXED_EXPORT] = {"export", "导出"},
        [FIXED_IMPORT] = {"import", "导入"},
        [FIXED_PLATFORM] = {"platform", "平台"},
        [FIXED_CENTRE] = {"centre", "采集中心"},
        [FIXED_MANIFEST] = {"manifest.csv", "清单.csv"},
        [FIXED_SUMS] = {"SHA256SUMS", "SHA256SUMS"},
};

const char *fixed_name(FixedName name, Language language)
{
        if (name < 0 || name >= _FIXED_MAX || language < 0 || language >= _LANGUAGE_MAX)
                return NULL;
        return names[name][language];
}

int name_of_photo(const char *id_number, char **ret)
{
        char *name;

        if (asprintf(&name, "%s.jpg", id_number) < 0)
                return -ENOMEM;
        *ret = name;
        return 0;
}

#define NOTE_SUFFIX ".txt"

int name_of_note(const char *name, char **ret)
{
        char *note;

        if (asprintf(&note, "%s" NOTE_SUFFIX, name) < 0)
                return -ENOMEM;
        *ret = note;
        return 0;
}

int name_of_noted(const char *note, char **ret)
{
        char *name;

        if (!text_ends_with(note, NOTE_SUFFIX))
                return 0;
        name = strndup(note, strlen(note) - strlen(NOTE_SUFFIX));
        if (!name)
                return -ENOMEM;
        *ret = name;
        return 1;
}

bool point_name_valid(const char *name)
{
        _cleanup_free_ char *folded = NULL;

        if (!*name || strchr(name, '/') || name[0] == '.' || strlen(name) > 255)
                return false;
        if (name_class_of_folder(name) != NAME_NORMAL || !text_is_plain(name) ||
            text_fold(name, &folded) < 0)
                return false;
        for (int i = 0; i < _FIXED_MAX; i++)
                for (int language = 0; language < _LANGUAGE_MAX; language++)
                        if (strcasecmp(folded, names[i][language]) == 0)
                                return false;
        return true;
}
