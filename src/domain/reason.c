/* SPDX-License-Identifier: MIT */
#include "reasontable.h"

#include <string.h>

static const char *const code_names[_REASON_MAX] = {
#define X(symbol, name) [REASON_##symbol] = name,
        REASON_CODES(X)
#undef X
};

static bool code_known(ReasonCode code)
{
        return code >= 0 && code < _REASON_MAX;
}

static bool language_known(Language language)
{
        return language >= 0 && language < _LANGUAGE_MAX;
}

const char *reason_to_string(ReasonCode code)
{
        return code_known(code) ? code_names[code] : NULL;
}

ReasonCode reason_from_string(const char *s)
{
        return (ReasonCode)text_find(code_names, _REASON_MAX, s);
}

bool reason_is_no_picture(ReasonCode code)
{
        switch (code) {
        case REASON_NOT_A_PHOTO:
        case REASON_FORMAT_GIF:
        case REASON_FORMAT_ICON:
        case REASON_FORMAT_PDF:
        case REASON_FORMAT_VIDEO:
        case REASON_FORMAT_TEXT:
        case REASON_FORMAT_ARCHIVE:
        case REASON_FORMAT_OFFICE:
        case REASON_FORMAT_PROGRAM:
        case REASON_COLLECTION_CODE:
                return true;
        default:
                return reason_is_about_archive(code);
        }
}

bool reason_is_about_archive(ReasonCode code)
{
        return code >= REASON_ARCHIVE_ENCRYPTED && code <= REASON_ARCHIVE_UNREADABLE;
}

bool reason_is_about_name(ReasonCode code)
{
        return code >= REASON_NAME_NO_NUMBER && code <= REASON_NAME_OF_ANOTHER;
}

bool reason_is_decision(ReasonCode code)
{
        return code >= REASON_EYES_CLOSED && code <= REASON_OTHER;
}

ReasonCode reason_decision(size_t n)
{
        return n <= (size_t)(REASON_OTHER - REASON_EYES_CLOSED)
                       ? (ReasonCode)(REASON_EYES_CLOSED + (int)n)
                       : _REASON_INVALID;
}

const char *reason_folder(ReasonCode code, Language language)
{
        if (!reason_is_decision(code) || !language_known(language))
                return NULL;
        return language == LANGUAGE_ZH ? reason_table[code].folder_zh : code_names[code];
}

ReasonCode reason_from_folder(const char *name)
{
        ReasonCode code;

        for (size_t i = 0; (code = reason_decision(i)) >= 0; i++)
                if (strcmp(name, code_names[code]) == 0 ||
                    strcmp(name, reason_table[code].folder_zh) == 0)
                        return code;
        return _REASON_INVALID;
}

const char *reason_title(ReasonCode code, Language language)
{
        return code_known(code) && language_known(language)
                       ? reason_table[code].text[language].title
                       : "";
}

const char *reason_advice(ReasonCode code, Language language)
{
        return code_known(code) && language_known(language)
                       ? reason_table[code].text[language].advice
                       : "";
}
