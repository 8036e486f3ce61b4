/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/util.h>

/* The most that numbered_name() may be asked for. */
enum { NUMBERED_NAME_MAX = 9999 };

/* Makes NAME for 1, else "NAME (2)", with the number before the suffix: for a name that is taken.
 * What would be longer than a name may be is cut off before the number. 0 and a new string,
 * -ENOMEM. */
int numbered_name(const char *name, int number, char **ret);
