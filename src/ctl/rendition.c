/* SPDX-License-Identifier: MIT */
#include "rendition.h"

#include <idphoto/message.h>

const char *rendition_error_text(int error, Language language)
{
        switch (error) {
        case -ERANGE:
                return MESSAGE(CAUSE_TOO_SMALL, language);
        case -ENODATA:
                return MESSAGE(CAUSE_SHAPE, language);
        case -ENOENT:
                return MESSAGE(CAUSE_PURGED, language);
        case -EPROTO:
                return MESSAGE(CAUSE_FAILED, language);
        case -ETIMEDOUT:
                return MESSAGE(CAUSE_TOO_LONG, language);
        default:
                return message_errno(-error, language);
        }
}
