/* SPDX-License-Identifier: MIT */
#pragma once

#include "xml.h"

/*
 * The parts of an office document, which is a zip archive with XML files in it. Reading is by
 * streaming, so that no part is ever whole in memory. What a part may unpack to is bounded in
 * itself and in proportion to the archive.
 */

enum {
        PACKAGE_ENTRIES_MAX = 10000,
        PACKAGE_PART_MAX = 512 * 1024 * 1024,
        PACKAGE_RATIO_MAX = 300,
};

/*
 * Reads the part of that name (ASCII case is ignored) as XML. 0; -ENOENT when there is no such
 * part; what a handler returned when not 0; -EBADMSG for a damaged archive or XML; -EFBIG beyond
 * the limits; -ENOMEM.
 */
int package_read_part(const void *data, size_t size, const char *name, const XmlHandler *handler,
                      void *userdata);
