/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/util.h>

/* What tells an archive [D12] without reading it: its first bytes, and its name. */

/* Bytes of which the first ones tell. */
#define ARCHIVE_KIND_BYTES 512

/* The kind of archive that the bytes begin as: "ZIP", "RAR", "tar" …; NULL: none. Documents of
 * offices and programs may begin as a ZIP too. */
const char *archive_kind(const void *data, size_t size);

/* Length of the name without the suffix of an archive: 2 of "ab.tar.gz". The whole length when it
 * has none. */
size_t archive_stem(const char *name);
