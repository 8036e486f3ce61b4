/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/view.h>

/* Appends the part of OFFICE/STATUS.txt about what waits for review. Appends nothing when nothing
 * waits. */
void status_append_review(Text *text, const StatusModel *model, Language language);
