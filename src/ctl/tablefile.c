/* SPDX-License-Identifier: MIT */
#include "tablefile.h"

#include "complain.h"

#include <idphoto/io.h>
#include <idphoto/message.h>
#include <idphoto/roster.h>

#include <fcntl.h>
#include <string.h>

static int read_one(const char *path, TablefileTake take, void *userdata)
{
        _cleanup_close_ int fd = open_regular_at(AT_FDCWD, path, NULL);
        _cleanup_free_ char *data = NULL;
        size_t size;
        int r = fd < 0 ? fd : read_whole_fd(fd, ROSTER_BYTES_MAX, &data, &size);

        return r < 0 ? r : take(data, size, path_name(path), userdata);
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
