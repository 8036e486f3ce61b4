/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/metadata.h>

#include "namespace.h"

/*
 * A dropped folder, a dropped file and an alias have all of them, and so have a teaching point's own
 * directory and its submitted/, of which only root and the daemon's own user set more than the time.
 * What the store makes is as it is: -EPERM when the request would change something, 0 when not.
 *
 * See metadata.h for what a finished file takes.
 */
int setattr_apply(Names *names, Node node, const MetadataChange *set);
