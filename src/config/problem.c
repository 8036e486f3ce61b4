/* SPDX-License-Identifier: MIT */
#include "key.h"
#include "value.h"

#include <idphoto/catalogurl.h>
#include <idphoto/message.h>

#include <assert.h>
#include <string.h>

/*
 * The one table of what can be wrong with a file. In braces stands what is put in: {typed} what
 * stands in the file, {key} and {section} of the key that is meant, {allowed} what it takes,
 * {other} the number of ConfigProblem.other, {error} what
 * ConfigProblem.error means.
 */
static const char *const sentences[_CONFIG_FAULT_MAX][_LANGUAGE_MAX] = {
        [CONFIG_FAULT_FILE_TOO_LARGE] = {"a configuration has at most 65536 bytes",
                                         "配置文件最多 65536 字节"},
        [CONFIG_FAULT_NOT_TEXT] = {"the line is not UTF-8 text, or holds control characters",
                                   "该行不是 UTF-8 文字，或含有控制字符"},
        [CONFIG_FAULT_LINE_TOO_LONG] = {"a line has at most {other} bytes",
                                        "每行最多 {other} 字节"},
        [CONFIG_FAULT_SYNTAX] = {"'{typed}' is neither 'key = value' nor '[section]'",
                                 "“{typed}”既不是“键 = 值”，也不是“[节]”"},
        [CONFIG_FAULT_NO_SECTION] = {"'{typed}' stands before the first '[section]'",
                                     "“{typed}”之前应先有“[节]”"},
        [CONFIG_FAULT_UNKNOWN_SECTION] = {"there is no section '[{typed}]', only {sections}",
                                          "没有“[{typed}]”节，只有 {sections}"},
        [CONFIG_FAULT_UNKNOWN_KEY] = {"there is no key '{typed}'; 'idphotoctl config show' lists "
                                      "them all",
                                      "没有“{typed}”这个键；idphotoctl config show 列出所有键"},
        [CONFIG_FAULT_MISSPELT_KEY] = {"there is no key '{typed}', did you mean '{key}'?",
                                       "没有“{typed}”这个键，是否应为“{key}”？"},
        [CONFIG_FAULT_OTHER_SECTION] = {"'{key}' belongs in the section [{section}]",
                                        "“{key}”应写在 [{section}] 节中"},
        [CONFIG_FAULT_TWICE] = {"'{key}' is already set in line {other}",
                                "“{key}”在第 {other} 行已经写过"},
        [CONFIG_FAULT_VALUE] = {"'{key}' takes {allowed}, not '{typed}'",
                                "“{key}”应为{allowed}，而不是“{typed}”"},
        [CONFIG_FAULT_BAND_ORDER] = {"'{key} = {typed}' contradicts itself: the range of 'warn' "
                                     "must lie within that of 'reject', and something must pass",
                                     "“{key} = {typed}”自相矛盾：warn 范围必须在 reject "
                                     "范围之内，且必须有数值可以通过"},
        [CONFIG_FAULT_CALENDAR] = {"the line is not of the form '2025-10-01 holiday', '2025-09-28 "
                                   "workday' or '2025-10-01..2025-10-08 holiday', or contradicts "
                                   "another line",
                                   "该行的写法不是“2025-10-01 holiday”“2025-09-28 workday”或"
                                   "“2025-10-01..2025-10-08 holiday”，或与其他行矛盾"},
        [CONFIG_FAULT_NO_GROUP] = {"'{key}': the system has no group '{typed}'",
                                   "“{key}”：系统中没有用户组“{typed}”"},
        [CONFIG_FAULT_CATALOG] = {"'{key}': {error}", "“{key}”：{error}"},
        [CONFIG_FAULT_NEEDS_CATALOG] =
                {"'{key}' is only for a store whose 'catalog' is on a server",
                 "只有 catalog 在服务器上时才能设置“{key}”"},
        [CONFIG_FAULT_UNREADABLE] = {"'{key}': cannot read '{typed}': {error}",
                                     "“{key}”：无法读取“{typed}”：{error}"},
        [CONFIG_FAULT_SIZE_ORDER] = {"'min-size' must be smaller than 'max-size'",
                                     "min-size 必须小于 max-size"},
};
static_assert(CONFIG_FILE_BYTES_MAX == 65536, "stands in the sentences");

static void append_sections(Text *text)
{
        for (int i = 0; i < _CONFIG_SECTION_MAX; i++)
                text_printf(text, "%s[%s]", i > 0 ? " " : "",
                            config_section_to_string((ConfigSection)i));
}

static void append_part(Text *text, const char *name, size_t size, const ConfigProblem *problem,
                        Language language)
{
        ConfigKey key = {.name = ""};

        if (problem->key >= 0)
                config_key_get(problem->key, &key);
        if (strncmp(name, "typed", size) == 0)
                text_append(text, problem->typed);
        else if (strncmp(name, "key", size) == 0)
                text_append(text, key.name);
        else if (strncmp(name, "section", size) == 0)
                text_append(text, config_section_to_string(key.section));
        else if (strncmp(name, "sections", size) == 0)
                append_sections(text);
        else if (strncmp(name, "other", size) == 0)
                text_printf(text, "%u", problem->other);
        else if (strncmp(name, "error", size) == 0)
                text_append(text, problem->error == EINVAL
                                          ? MESSAGE(CAUSE_NOT_REGULAR, language)
                                          : catalog_error(-problem->error, language));
        else if (strncmp(name, "allowed", size) == 0)
                config_value_append_allowed(&key, language, text);
}

int config_problem_text(const ConfigProblem *problem, const char *file, Language language,
                        char **ret)
{
        const char *p = sentences[problem->fault][language];
        _cleanup_text_ Text text = {};

        text_append(&text, file);
        if (problem->line > 0)
                text_printf(&text, MESSAGE(CONFIG_LINE, language), problem->line);
        text_append(&text, MESSAGE(COLON, language));
        while (*p) {
                size_t n = strcspn(p, "{");

                text_append_data(&text, p, n);
                p += n;
                if (*p) {
                        n = strcspn(p, "}");
                        append_part(&text, p + 1, n - 1, problem, language);
                        p += n + 1;
                }
        }
        return text_take(&text, ret, NULL);
}
