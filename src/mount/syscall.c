/* SPDX-License-Identifier: MIT */
#include "syscall.h"

#include <idphoto/util.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { TRIES_MAX = 50 };

static bool is_mkdir(long number)
{
#ifdef SYS_mkdir
        if (number == SYS_mkdir)
                return true;
#endif
        return number == SYS_mkdirat;
}

bool syscall_is_mkdir(pid_t tid)
{
        static const struct timespec pause = {.tv_nsec = 100000};
        _cleanup_close_ int fd = -EBADF;
        char path[64], text[64], *end;

        if (tid <= 0)
                return false;
        (void)snprintf(path, sizeof(path), "/proc/%d/syscall", (int)tid);
        fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0)
                return false;
        for (int i = 0; i < TRIES_MAX; i++) {
                ssize_t n = pread(fd, text, sizeof(text) - 1, 0);
                long number;

                if (n <= 0)
                        return false;
                text[n] = '\0';
                number = strtol(text, &end, 10);
                if (end != text)
                        return is_mkdir(number);
                /* "running": it has sent the request and is about to fall asleep. */
                (void)nanosleep(&pause, NULL);
        }
        return false;
}
