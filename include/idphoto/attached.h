/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/text.h>

/* What a machine is told of a store that it shares with others. */

enum { GATEWAY_NAME_SIZE = 65, BLOBS_PATH_SIZE = 181 };

/* Whether the name may be a machine's: 1 to 64 letters, digits, points, dashes and underscores, the
 * first no point. It is part of names of files. */
bool gateway_name_valid(const char *name);

/* Makes such a name of the host's; other characters become dashes. Returns buf. */
const char *gateway_name_of_host(char buf[static GATEWAY_NAME_SIZE]);

/* Whether a configuration can name the directory: an absolute path of at most 180 bytes that is one
 * line, without what begins a comment there. */
bool blobs_path_valid(const char *path);
