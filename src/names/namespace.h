/* SPDX-License-Identifier: MIT */
#pragma once

#include "names.h"

#include "live/actor.h"
#include "tree/tree.h"

#include <idphoto/clientname.h>

/* What clients do to names: each function is one request, done when it returns. Negative errno as
 * the client sees it. */

/* 0, or -EROFS: the batch is closed, and no client may change anything. Verdicts that are due are
 * still carried out. */
int namespace_writable(Names *names);

/* Whether a name may be made in this directory: the class of the name for files (or folders), or
 * -EACCES (fixed entries, names that cannot be taken), -ENAMETOOLONG, -EROFS. */
int namespace_check(Names *names, Node parent, const char *name, bool folder);

/* How often a name is looked up anew that comes to mean something else before it can be changed: at
 * most one verdict is shown for each. */
enum { NAMESPACE_TRIES = 8 };

/* Whether a change that came to this is tried again: the name means something else by now, or the
 * bytes that were made a blob were collected before the row could name them. */
static inline bool namespace_again(int error)
{
        return error == -ESTALE || error == -EAGAIN;
}

/* What the name means: 1; 0: nothing. */
int namespace_find(Names *names, Node parent, const char *name, Entry *ret);
int namespace_place(Names *names, Node directory, Place *ret);

int namespace_unlink(Names *names, Node parent, const char *name, Actor actor);
/* A name in a directory. */
typedef struct DirectoryName {
        Node parent;
        const char *name;
} DirectoryName;
int namespace_rename(Names *names, DirectoryName from, DirectoryName to, bool noreplace,
                     Actor actor);
/* A rename by the announcer: commits the verdict of `showing`, or only lets it be seen when that is
 * 0. */
int namespace_announce(Names *names, int64_t showing, Node parent, const char *name,
                       Node new_parent, const char *new_name);
/* The same for what was dropped into submitted/ and stays listed there: only the new name appears.
 */
int namespace_announce_link(Names *names, int64_t showing, Node new_parent, const char *new_name,
                            Entry *ret);
/* The announcer makes a directory that is there. */
int namespace_announce_directory(Names *names, Node parent, const char *name, Entry *ret);
/* Only of an upload under a temporary name, as a rename in two steps [Z3]. */
int namespace_link(Names *names, Node node, Node new_parent, const char *new_name, Entry *ret);
