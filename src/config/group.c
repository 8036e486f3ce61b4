/* SPDX-License-Identifier: MIT */
#include <idphoto/config.h>

#include <grp.h>

int config_find_group(const char *name, gid_t *ret)
{
        struct group entry, *found = NULL;
        char buffer[16384];

        if (getgrnam_r(name, &entry, buffer, sizeof(buffer), &found) != 0 || !found)
                return -ENOENT;
        *ret = found->gr_gid;
        return 0;
}
