/* SPDX-License-Identifier: MIT */
#pragma once

#include "fs.h"

/*
 * Extended attributes [T5]. user.idphotofs.* tells what the store knows of a file, read only:
 *
 *   state         pending, approved, locked of a photo; received, rejected, … of what was dropped
 *   student       ID number, where the name tells one      name          of the student, from the
 * roster submitted-as  the dropped name                         sha256        of the bytes shown
 *   reasons       codes of what rejects, by commas         warnings      codes of what warns
 *   quality       JPEG quality of a photo; absent when its coefficients were copied
 *
 * Other names in user. are taken and forgotten: Samba and file managers set some as a habit and
 * report a refusal as a failed copy.
 */

/* The value of one, without a NUL. -ENODATA: there is none. */
int xattr_get(Fs *fs, Catalog *catalog, Node node, const char *name, char **ret, size_t *ret_size);
/* All names that have a value, each with its NUL. */
int xattr_list(Fs *fs, Catalog *catalog, Node node, char **ret, size_t *ret_size);
/* Whether it may be set or removed: 0, -EPERM for ours, -EOPNOTSUPP for other than user. */
int xattr_may_set(const char *name);
