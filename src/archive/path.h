/* SPDX-License-Identifier: MIT */
#pragma once

/* The ways of files in an archive. */

typedef enum PathKind {
        PATH_TAKEN,   /* a file that is judged */
        PATH_LITTER,  /* what systems and programs leave behind [D8]: left out */
        PATH_REFUSED, /* some part is no name that can be dropped, or it lies too deep */
} PathKind;

/* What a path is of which no part is empty, "." or "..". */
PathKind path_kind(const char *path);

/* Makes the path in UTF-8 of the name in an archive, which is UTF-8 or else GB18030: without what
 * leads out of the archive, with slashes. 0; -EILSEQ: it is neither; -ENOMEM. The path is "" where
 * nothing is left. The caller frees *ret. */
int path_of_name(const char *name, char **ret);

/* For a process that can open nothing later. */
void path_prepare(void);
