/* SPDX-License-Identifier: MIT */
#include <idphoto/attached.h>
#include <idphoto/util.h>

#include <assert.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#define NAME_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_"

bool gateway_name_valid(const char *name)
{
        const size_t size = strlen(name);

        return size > 0 && size < GATEWAY_NAME_SIZE && *name != '.' &&
               strspn(name, NAME_CHARACTERS) == size;
}

const char *gateway_name_of_host(char buf[static GATEWAY_NAME_SIZE])
{
        static_assert(GATEWAY_NAME_SIZE > HOST_NAME_MAX, "each name fits");

        if (gethostname(buf, GATEWAY_NAME_SIZE) < 0)
                *buf = '\0';
        for (char *p = buf; *p; p++)
                if (!strchr(NAME_CHARACTERS, *p) || (p == buf && *p == '.'))
                        *p = '-';
        if (!*buf)
                (void)strcpy(buf, "localhost");
        return buf;
}

bool blobs_path_valid(const char *path)
{
        const size_t size = strlen(path);

        return *path == '/' && size < BLOBS_PATH_SIZE && path[size - 1] != ' ' &&
               utf8_valid(path) && !text_has_control(path) && !strstr(path, " ;");
}
