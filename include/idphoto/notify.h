/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/util.h>

/* Tells the service manager named by $NOTIFY_SOCKET about this process, in lines such as "READY=1".
 * Returns 1 when it was told, 0 when nobody asked, -EINVAL for an address that cannot be one, or
 * what socket(2) and sendto(2) say. Does not block for longer than the socket's queue is full. */
int notify_manager(const char *state);
