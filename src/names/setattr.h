/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/metadata.h>

#include "namespace.h"

/*
 * A teaching point's own directory, its submitted/, a dropped folder, a dropped file and an alias
 * have all of them. What the store makes is as it is: -EPERM when the request
 * would change something, 0 when not.
 *
 * See metadata.h for what a finished file takes.
 */
int setattr_apply(Fs *fs, Node node, const MetadataChange *set);
