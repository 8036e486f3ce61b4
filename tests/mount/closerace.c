/* SPDX-License-Identifier: MIT */
/* closerace DIRECTORY N: opens a deleted file by its handle while another thread closes that, N
 * times. Says how often the opening came first. */
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { PAUSE_MAX = 3000 };

static atomic_int to_close = -1;
static atomic_bool done;

static void pause_a_little(unsigned *seed)
{
        for (volatile int i = rand_r(seed) % PAUSE_MAX; i > 0; i--)
                ;
}

static void *close_them(void *userdata)
{
        unsigned seed = 1;

        (void)userdata;
        while (!done) {
                if (to_close < 0)
                        continue;
                pause_a_little(&seed);
                (void)close(to_close);
                to_close = -1;
        }
        return NULL;
}

static int race(const char *name, unsigned *seed)
{
        char proc[64];
        int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0644), again;

        if (fd < 0 || unlink(name) < 0) {
                perror(name);
                exit(EXIT_FAILURE);
        }
        (void)snprintf(proc, sizeof(proc), "/proc/self/fd/%d", fd);
        to_close = fd;
        pause_a_little(seed);
        again = open(proc, O_RDWR | O_CLOEXEC);
        while (to_close >= 0)
                ;
        if (again >= 0)
                (void)close(again);
        return again >= 0;
}

int main(int argc, char **argv)
{
        unsigned seed = 2;
        pthread_t thread;
        char name[4096];
        int n = 0;

        if (argc != 3 || pthread_create(&thread, NULL, close_them, NULL) != 0)
                return EXIT_FAILURE;
        (void)snprintf(name, sizeof(name), "%s/%d.part", argv[1], (int)getpid());
        for (int i = atoi(argv[2]); i > 0; i--)
                n += race(name, &seed);
        done = true;
        (void)pthread_join(thread, NULL);
        (void)printf("%d\n", n);
        return EXIT_SUCCESS;
}
