/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/util.h>

/* Sends lines such as "READY=1" about this process to the service manager named by $NOTIFY_SOCKET.
 * Returns 1 when they were sent, 0 when $NOTIFY_SOCKET is not set, -EINVAL for an invalid address,
 * or the errno of socket(2) or sendto(2). May block while the queue of the socket is full. */
int notify_manager(const char *state);
