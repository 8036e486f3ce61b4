/* SPDX-License-Identifier: MIT */
#include <idphoto/numberedname.h>

#include <idphoto/text.h>

#include <string.h>

enum {
        NAME_BYTES = 255,
        SUFFIX_MAX = 32,
        NUMBER_ROOM = 8, /* " (9999)" */
};

int numbered_name(const char *name, int number, char **ret)
{
        const char *dot = strrchr(name, '.'), *suffix;
        size_t stem = dot && dot != name ? (size_t)(dot - name) : strlen(name), room, keep;
        char text[16] = "";

        /* Whatever stands behind the last dot of such a name, it is no suffix. */
        if (strlen(name + stem) > SUFFIX_MAX)
                stem = strlen(name);
        suffix = name + stem;
        room = NAME_BYTES - NUMBER_ROOM - strlen(suffix);
        keep = stem <= room ? stem : text_prefix(name, room);
        if (number > 1)
                (void)snprintf(text, sizeof(text), " (%d)", number);
        return asprintf(ret, "%.*s%s%s", (int)keep, name, text, suffix) < 0 ? -ENOMEM : 0;
}
