/* SPDX-License-Identifier: MIT */
#pragma once

#include "names.h"

#include "live/node.h"

/*
 * A roster or a progress list that is dropped into OFFICE/import/ (inbox.h) is imported by
 * `idphotoctl import`, a process of its own, whose output becomes the report beside it. A file that
 * has no report yet is imported at the next start.
 */

/* The last handle that wrote is closed: imports the file if its name is one for good. */
void inbox_written(Names *names, Node node);
/* A temporary name that becomes one for good is a drop. */
int inbox_rename(Names *names, const char *name, const char *new_name, bool noreplace);
/* At start: imports what has no report. */
int inbox_import_recover(Names *names);
