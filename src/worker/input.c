/* SPDX-License-Identifier: MIT */
#include "input.h"

#include <fcntl.h>
#include <sys/stat.h>

int input_open_read_only(int fd, int *ret)
{
        char path[sizeof("/proc/self/fd/") + 3 * sizeof(int)];
        int flags = fcntl(fd, F_GETFL), opened;
        struct stat st;

        if (flags < 0 || fstat(fd, &st) < 0)
                return -errno;
        if (!S_ISREG(st.st_mode))
                return -EINVAL;
        if ((flags & O_ACCMODE) == O_RDONLY)
                opened = fcntl(fd, F_DUPFD_CLOEXEC, 0);
        else {
                (void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
                opened = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
        }
        if (opened < 0)
                return -errno;
        *ret = opened;
        return 0;
}
