/* SPDX-License-Identifier: MIT */
#include <idphoto/fixedname.h>

#include <idphoto/clientname.h>

#include <string.h>

static const char *const names[_FIXED_MAX][_LANGUAGE_MAX] = {
        [FIXED_STATUS_TXT] = {"STATUS.txt", "状态.txt"},
        [FIXED_STATUS_CSV] = {"status.csv", "状态.csv"},
        [FIXED_STATUS_XLSX] = {"status.xlsx", "状态.xlsx"},
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

/* The names of its devices, also with a dot or blanks and anything behind: CON.txt. */
static bool windows_device(const char *name)
{
        static const char *const devices[] = {"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"};
        static const char *const ports[] = {"COM", "LPT"};
        static const char *const digits[] = {"1", "2", "3", "4",        "5",        "6",
                                             "7", "8", "9", "\xc2\xb9", "\xc2\xb2", "\xc2\xb3"};
        size_t n = strcspn(name, ".");

        while (n > 0 && name[n - 1] == ' ')
                n--;
        for (size_t i = 0; i < ELEMENTSOF(devices); i++)
                if (n == strlen(devices[i]) && strncasecmp(name, devices[i], n) == 0)
                        return true;
        for (size_t i = 0; i < ELEMENTSOF(ports); i++)
                for (size_t j = 0; j < ELEMENTSOF(digits); j++)
                        if (n == 3 + strlen(digits[j]) && strncasecmp(name, ports[i], 3) == 0 &&
                            memcmp(name + 3, digits[j], n - 3) == 0)
                                return true;
        return false;
}

static bool windows_can_write(const char *name)
{
        char last = name[strlen(name) - 1];

        return !name[strcspn(name, "\"*:<>?\\|")] && last != '.' && last != ' ' &&
               !windows_device(name);
}

bool point_name_valid(const char *name)
{
        _cleanup_free_ char *folded = NULL;

        if (!*name || strchr(name, '/') || name[0] == '.' || strlen(name) > 255 ||
            !windows_can_write(name))
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
