/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/text.h>

/* Explains why there is no rendition for the collection centre, by the errno of making it. The
 * string lives as long as that of message_errno(). */
const char *rendition_error_text(int error, Language language);
