/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/text.h>

/*
 * What the name of a new entry tells about the program that makes it. A table holds the temporary
 * names that file managers, editors, rsync, browsers and servers were seen to use. The class
 * decides whether a file is judged after its close, only after a rename, or never. Invisible
 * characters (text.h) do not count.
 */
enum { NAME_BYTES_MAX = 255 };

typedef enum NameClass {
        NAME_NORMAL,    /* a photo, or a folder of photos: judged */
        NAME_TEMPORARY, /* a program's unfinished file or folder: hidden, judged once renamed to a
                           normal name [D2] */
        NAME_LITTER,    /* litter of operating systems: taken, never judged, listed or kept [D8] */
        NAME_MARKER,    /* a folder that a synchronising program needs to find: kept and listed, its
                           content is not judged */
        NAME_TRASH,     /* .Trash-*: cannot be created [D8] */
        NAME_FORBIDDEN, /* invalid UTF-8, control characters, nothing to be seen, longer than 255
                           bytes: EACCES [D3] */
        _NAME_CLASS_MAX,
        _NAME_CLASS_INVALID = -EINVAL,
} NameClass;

/* Returns the class of a file's name (one component, no slash). Never fails. */
NameClass name_class_of_file(const char *name);
/* The same for a folder's name. */
NameClass name_class_of_folder(const char *name);
