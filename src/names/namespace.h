/* SPDX-License-Identifier: MIT */
#pragma once

#include "names.h"

#include "live/actor.h"
#include "tree/tree.h"

#include <idphoto/clientname.h>

/* What clients do to names. Each function is one request and is done when it returns. A negative
 * errno is what the client sees. */

/* 0; or -EROFS: the batch is closed, and clients may change nothing. Verdicts that are due are
 * still carried out. */
int namespace_writable(Names *names);
/* For what changes neither a name nor bytes. Where the catalog is on a server the answer may be a
 * second old. */
int namespace_writable_lately(Names *names);

/* Whether a file or a folder of that name may be made in the directory. Returns the class of the
 * name, or -EACCES (a fixed entry, or a name that cannot be taken), -ENAMETOOLONG, -EROFS. */
int namespace_check(Names *names, Node parent, const char *name, bool folder);

/* Looks ahead for what the next three will read of the name (catalog.h). */
void namespace_expect(Names *names, Node parent, const char *name);

/* How often a name is looked up again when it means something else before it can be changed. At
 * most one verdict is shown for each try. */
enum { NAMESPACE_TRIES = 8 };

/* Whether a change that failed so is tried again. The name means something else by now, or the
 * bytes were made a blob and collected before the row could name it. */
static inline bool namespace_again(int error)
{
        return error == -ESTALE || error == -EAGAIN;
}

/* 1: *ret is what the name means. 0: it means nothing. */
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
/* A rename by the announcer. Commits the verdict of the upload `showing`. When that is 0 the rename
 * is only to be seen. */
int namespace_announce(Names *names, int64_t showing, Node parent, const char *name,
                       Node new_parent, const char *new_name);
/* The same for a file that was dropped into submitted/ and stays listed there: only the new name
 * appears. */
int namespace_announce_link(Names *names, int64_t showing, Node new_parent, const char *new_name,
                            Entry *ret);
/* The announcer removes a name that is gone already, so that it is seen. */
void namespace_announce_removal(Names *names, Node parent, const char *name);
/* The announcer makes a directory that is there already. */
int namespace_announce_directory(Names *names, Node parent, const char *name, Entry *ret);
/* A hard link. Allowed only for an upload under a temporary name, as a rename in two steps [Z3]. */
int namespace_link(Names *names, Node node, Node new_parent, const char *new_name, Entry *ret);
