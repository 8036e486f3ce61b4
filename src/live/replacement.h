/* SPDX-License-Identifier: MIT */
#pragma once

#include "place.h"

#include <idphoto/clock.h>
#include <idphoto/util.h>

#include <stdint.h>

#include "actor.h"

/*
 * Which deleted photo a new file takes the place of. Many programs replace a file by deleting it
 * first: mv, install, tar, unzip, file managers on Samba. If the newcomer is rejected, the photo
 * that was deleted for its sake comes back [D9]. Who deletes a photo and later drops another did
 * not do it for the newcomer's sake; so only the process that deleted the name is believed, and
 * only for a moment.
 */

typedef struct Replacements Replacements;

int replacements_new(const Clock *clock, Replacements **ret);
void replacements_free(Replacements *replacements);
DEFINE_CLEANUP(Replacements, replacements_free)

/* The photo of that submission was deleted under that name. */
void replacement_note(Replacements *replacements, const Place *place, const char *name,
                      const Actor *actor, int64_t submission);
/* The submission whose place a new file of that name takes, 0: none. It is forgotten. */
int64_t replacement_of(Replacements *replacements, const Place *place, const char *name,
                       const Actor *actor);
