/* SPDX-License-Identifier: MIT */
#pragma once

#include "tree.h"

#include <idphoto/catalog.h>

/*
 * Extended attributes [T5]. user.idphotofs.* tells what the store knows of a file, read only:
 *
 *   state         pending, approved, locked of a photo; received, rejected, … of what was dropped
 *   student       ID number, where the name tells one      name          of the student, from the
 * roster submitted-as  the dropped name                         sha256        of the bytes shown
 *   reasons       codes of what rejects, by commas         warnings      codes of what warns
 *   quality       JPEG quality of a photo; absent when its coefficients were copied
 *
 * Nobody sets or removes any: EOPNOTSUPP, which copying programs take for a filesystem that has
 * none.
 */

/* The value of one, without a NUL. -ENODATA: there is none. */
int xattr_get(const Tree *tree, Catalog *catalog, Node node, const char *name, char **ret,
              size_t *ret_size);
/* All names that have a value, each with its NUL. None of what was sent, as uploads and aliases
 * show it, though each can be asked for: copying programs would want them at home too. */
int xattr_list(const Tree *tree, Catalog *catalog, Node node, char **ret, size_t *ret_size);
