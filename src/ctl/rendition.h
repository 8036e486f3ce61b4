/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/text.h>

/* Why there is no rendition for the collection centre: what the errno of making it means. */
const char *rendition_error_text(int error, Language language);
