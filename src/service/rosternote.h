/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/rosterimport.h>

/* Counts a note, and keeps it if there is room. Strings are copied; NULL becomes "". 0 or -ENOMEM.
 */
int roster_import_add_note(RosterImport *import, const RosterImportNote *note);
