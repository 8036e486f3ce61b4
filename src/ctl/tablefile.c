/* SPDX-License-Identifier: MIT */
#include "tablefile.h"

#include "complain.h"

#include <idphoto/io.h>
#include <idphoto/message.h>
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

static const char *last_part(const char *path)
{
        const char *slash = strrchr(path, '/');

        return slash ? slash + 1 : path;
}

static int read_one(const char *path, TablefileTake take, void *userdata)
{
        _cleanup_free_ char *data = NULL;
        size_t size;
        int r = read_bytes(path, &data, &size);

        return r < 0 ? r : take(data, size, last_part(path), userdata);
}

int tablefile_read_all(char **paths, size_t n, TablefileTake take, void *userdata,
                       Language language)
{
        for (size_t i = 0; i < n; i++) {
                int r = read_one(paths[i], take, userdata);

                if (r >= 0)
                        continue;
                command_error(MESSAGE(ERROR_READ, language), paths[i],
                              r == -EINVAL ? MESSAGE(CAUSE_NOT_REGULAR, language)
                                           : message_errno(-r, language));
                return COMMAND_WRONG;
        }
        return COMMAND_OK;
}
