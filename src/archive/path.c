/* SPDX-License-Identifier: MIT */
#include "path.h"

#include <idphoto/archive.h>
#include <idphoto/clientname.h>

#include <string.h>

static PathKind kind_of_class(NameClass class)
{
        switch (class) {
        case NAME_NORMAL:
                return PATH_TAKEN;
        case NAME_FORBIDDEN:
                return PATH_REFUSED;
        default:
                return PATH_LITTER;
        }
}

/* What one part is, after which `rest` follows. */
static PathKind kind_of_part(const char *part, size_t n, bool folder)
{
        char name[NAME_BYTES_MAX + 1];

        if (n > NAME_BYTES_MAX)
                return PATH_REFUSED;
        memcpy(name, part, n);
        name[n] = '\0';
        return kind_of_class(folder ? name_class_of_folder(name) : name_class_of_file(name));
}

PathKind path_kind(const char *path)
{
        PathKind kind = PATH_TAKEN;
        int depth = 0;

        if (strlen(path) > ARCHIVE_PATH_BYTES_MAX)
                return PATH_REFUSED;
        for (;;) {
                size_t n = strcspn(path, "/");
                bool folder = path[n] == '/';
                PathKind part = kind_of_part(path, n, folder);

                /* What lies in a folder of litter is litter, whatever it is called. */
                if (part == PATH_LITTER)
                        return part;
                if (part == PATH_REFUSED)
                        kind = part;
                if (!folder)
                        return depth > ARCHIVE_DEPTH_MAX ? PATH_REFUSED : kind;
                depth++;
                path += n + 1;
        }
}
