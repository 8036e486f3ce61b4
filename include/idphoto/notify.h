/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/util.h>

/* Sends lines such as "READY=1" to the service manager at $NOTIFY_SOCKET, as sd_notify(3) does.
 * Returns 1 when they were sent, 0 when $NOTIFY_SOCKET is not set, -EINVAL for an invalid address,
 * or the errno of socket(2) or sendto(2). May block while the socket's queue is full. */
int notify_manager(const char *state);
