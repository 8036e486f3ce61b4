/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/view.h>

/* Appends the part of STATUS.txt about who is late: teaching points near the batch's last day and
 * after it, and students after the collection centre. Appends nothing when nobody is late. */
void status_append_late(Text *text, const StatusModel *model, Language language);
