/* SPDX-License-Identifier: MIT */
#pragma once

#include "tree.h"

#include <idphoto/catalog.h>

/*
 * Extended attributes [T5]. user.idphotofs.* tells what the store knows of a file, read only:
 *
 *   state         of a photo: pending, approved, final; of a dropped file: received, rejected, …
 *   student       ID number, where the name tells one
 *   name          of the student, from the roster
 *   submitted-as  the dropped name
 *   sha256        of the bytes shown
 *   reasons       codes of what rejects, separated by commas
 *   warnings      codes of what warns, the same
 *   measured      both, with what was measured and is allowed: blur=12;min=30,head-top=41;min=50
 *   quality       JPEG quality of a photo; absent when its coefficients were copied
 *   checking      of a point's directory: how many files have no verdict yet
 *
 * Setting and removing one is EOPNOTSUPP, which copying programs take for a filesystem without
 * extended attributes.
 */

/* The value of one, without a NUL. -ENODATA: there is none. */
int xattr_get(const Tree *tree, Catalog *catalog, Node node, const char *name, char **ret,
              size_t *ret_size);
/* All names that have a value, each with its NUL. The list of an upload, an alias or a point is empty,
 * though each name can be asked for: copying programs would carry listed ones back home. */
int xattr_list(const Tree *tree, Catalog *catalog, Node node, char **ret, size_t *ret_size);
