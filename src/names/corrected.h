/* SPDX-License-Identifier: MIT */
#pragma once

#include "names.h"

#include <idphoto/event.h>

/* Tells watchers what was put right beside the daemon [W6]: photos that have another name or stand
 * at another point, and points that have another name or are gone. Events of other kinds are left
 * alone. On the announcer's thread; catalog is that thread's. */
void corrected_tell(Names *names, Catalog *catalog, const EventRow *event);
