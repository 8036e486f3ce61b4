/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/view.h>

/* The part of STATUS.txt that says who is late: teaching points near the batch's last day and after
 * it, and students behind the collection centre. Nothing when nobody is. */
void status_append_late(Text *text, const StatusModel *model, Language language);
