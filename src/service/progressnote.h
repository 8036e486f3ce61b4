/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/progress.h>

/* Counts a note, and keeps it if there is room. Strings are copied; NULL becomes "". 0 or -ENOMEM.
 */
int progress_add_note(ProgressImport *import, const ProgressNote *note);
