/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/export.h>

/*
 * An unfinished file of an export. Only this store can make its name, so an existing file of that
 * name is a leftover of a killed export of this store. It is removed, never written to; the file is
 * always a new one. Files of other people are left alone, whatever their names.
 */

typedef struct ExportPart {
        int dirfd; /* owned by the caller */
        char *name;
        int fd;
} ExportPart;

#define EXPORT_PART_NONE ((ExportPart){.fd = -EBADF})

/* Creates the unfinished file for `name` in the directory behind dirfd. mark: audit_mark(). -EBUSY:
 * another export is writing that file. */
int export_part_begin(int dirfd, const char *mark, const char *name, ExportPart *ret);
/* Makes the file durable and renames it to `name`, replacing any file of that name. */
int export_part_finish(ExportPart *part, const char *name);
/* Removes the file unless it is finished. */
void export_part_done(ExportPart *part);
#define _cleanup_part_ _cleanup_(export_part_done)

/* Whether `file` is the name of an unfinished file of an export with this mark. */
bool export_is_part(const char *mark, const char *file);
