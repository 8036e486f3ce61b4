/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/export.h>

/*
 * A file under way. Its name is one that only this store can make, so that what lies there is what
 * a killed export of this store left: it is removed, never written on. The file is always a new
 * one. Files of other people, whatever they are called, are left alone.
 */

typedef struct ExportPart {
        int dirfd; /* the caller's */
        char *name;
        int fd;
} ExportPart;

#define EXPORT_PART_NONE ((ExportPart){.fd = -EBADF})

/* Of the file `name` in the directory behind dirfd. -EBUSY: another export is writing it. */
int export_part_begin(int dirfd, const char *mark, const char *name, ExportPart *ret);
/* Makes it durable and gives it the name, in place of what has it. */
int export_part_finish(ExportPart *part, const char *name);
/* Removes it unless it was finished. */
void export_part_done(ExportPart *part);
#define _cleanup_part_ _cleanup_(export_part_done)

/* Whether a file of this name was left by an export with this mark. */
bool export_is_part(const char *mark, const char *file);
