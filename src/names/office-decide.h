/* SPDX-License-Identifier: MIT */
#pragma once

#include "names.h"

#include "live/actor.h"
#include "live/node.h"

/* What reviewers do in OFFICE/ (office.h): moving a photo, and writing the note beside it. */

/*
 * Decides [R1]. -EACCES: not a photo, another point, another name, or no place to move to; -EPERM:
 * not in this state; -ENOENT; -EROFS: the batch is closed. Nothing has changed then.
 */
int office_rename(Names *names, Node parent, const char *name, Node new_parent,
                  const char *new_name, Actor actor);

/* Takes the note from what was written into ID.jpg.txt: all below the line that says so, or
 * everything where the line is gone. -EFBIG, -EILSEQ, -ENOENT. */
int office_note_save(Names *names, int64_t photo, const char *text, size_t size, Actor actor);
