/* SPDX-License-Identifier: MIT */
#include "tablefile.h"

#include "complain.h"

#include <idphoto/io.h>
#include <idphoto/roster.h>

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

static int read_bytes(const char *path, char **ret, size_t *ret_size)
{
        /* A named pipe must not hold it up. */
        _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        struct stat st;

        if (fd < 0 || fstat(fd, &st) < 0)
                return -errno;
        if (!S_ISREG(st.st_mode))
                return S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
        return read_whole_fd(fd, ROSTER_BYTES_MAX, ret, ret_size);
}

int tablefile_read(const char *path, char **ret, size_t *ret_size)
{
        int r = read_bytes(path, ret, ret_size);

        if (r >= 0)
                return COMMAND_OK;
        command_error("cannot read '%s': %s", path,
                      r == -EINVAL ? "Not a regular file" : strerror(-r));
        return COMMAND_WRONG;
}

const char *tablefile_name(const char *path)
{
        const char *slash = strrchr(path, '/');

        return slash ? slash + 1 : path;
}
