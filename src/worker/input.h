/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/util.h>

/* What a child gets of the regular file behind fd: a descriptor of its own, by which the file
 * cannot be changed. 0; -EINVAL: it is no regular file; or another negative errno. */
int input_open_read_only(int fd, int *ret);
