/* SPDX-License-Identifier: MIT */
#pragma once

#include "live/actor.h"
#include "namespace.h"

/*
 * A teaching point's own directory, its submitted/, a dropped folder, a dropped file and an alias
 * have all of them. What the store makes is as it is: -EPERM when the request
 * would change something, 0 when not.
 *
 * Programs that copy set times and modes by path, when the file that they sent may have become a
 * photo already. So a photo that is pending, and a file in rejected/, take the time; mode and owner
 * are kept with what was sent, as its alias shows it, during the first seconds.
 */
int setattr_apply(Fs *fs, Node node, const SetRequest *set);
