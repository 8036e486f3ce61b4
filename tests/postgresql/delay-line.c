/* SPDX-License-Identifier: MIT */
#include <idphoto/io.h>
#include <idphoto/util.h>

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

/*
 * delay-line LISTEN SERVER MICROSECONDS
 *
 * Listens on the socket LISTEN, and hands on what comes to the socket SERVER and back, each way
 * MICROSECONDS later: a network between two machines that are one. Says a line when it listens. It
 * ends with the process that started it.
 *
 * A thread for each way of each connection; it sleeps with what it has read, and reads everything
 * that came meanwhile at once.
 */

typedef struct Way {
        int from;
        int to;
} Way;

static int64_t delay_usec;

static bool is_address(const char *path, struct sockaddr_un *ret)
{
        *ret = (struct sockaddr_un){.sun_family = AF_UNIX};
        if (strlen(path) >= sizeof(ret->sun_path))
                return false;
        memcpy(ret->sun_path, path, strlen(path));
        return true;
}

static void *hand_on(void *userdata)
{
        _cleanup_free_ Way *way = userdata;
        const struct timespec delay = {.tv_nsec = (long)delay_usec * 1000};
        char data[65536];
        ssize_t n;

        (void)prctl(PR_SET_TIMERSLACK, 1000UL);
        while ((n = read(way->from, data, sizeof(data))) > 0) {
                (void)clock_nanosleep(CLOCK_MONOTONIC, 0, &delay, NULL);
                if (write_full(way->to, data, (size_t)n) < 0)
                        break;
        }
        /* The other way ends by this, too. */
        (void)shutdown(way->from, SHUT_RDWR);
        (void)shutdown(way->to, SHUT_RDWR);
        return NULL;
}

static int begin(int from, int to, pthread_t *ret)
{
        Way *way = malloc(sizeof(*way));

        if (!way)
                return -ENOMEM;
        *way = (Way){from, to};
        return -pthread_create(ret, NULL, hand_on, way);
}

static void *serve(void *userdata)
{
        _cleanup_free_ Way *client = userdata;
        pthread_t there, back;

        if (begin(client->from, client->to, &there) < 0 ||
            begin(client->to, client->from, &back) < 0)
                abort();
        (void)pthread_join(there, NULL);
        (void)pthread_join(back, NULL);
        (void)close(client->from);
        (void)close(client->to);
        return NULL;
}

static int take(int client, const struct sockaddr_un *server)
{
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        Way *way = malloc(sizeof(*way));
        pthread_t thread;

        if (fd < 0 || !way || connect(fd, (const struct sockaddr *)server, sizeof(*server)) < 0) {
                /* As a server does that is away. */
                (void)close(client);
                if (fd >= 0)
                        (void)close(fd);
                free(way);
                return 0;
        }
        *way = (Way){client, fd};
        if (pthread_create(&thread, NULL, serve, way) != 0)
                return -EAGAIN;
        return -pthread_detach(thread);
}

int main(int argc, char *argv[])
{
        struct sockaddr_un own, server;
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

        if (argc != 4 || !is_address(argv[1], &own) || !is_address(argv[2], &server)) {
                (void)fprintf(stderr, "Usage: delay-line LISTEN SERVER MICROSECONDS\n");
                return 2;
        }
        delay_usec = strtoll(argv[3], NULL, 10);
        (void)signal(SIGPIPE, SIG_IGN);
        if (fd < 0 || prctl(PR_SET_PDEATHSIG, (unsigned long)SIGKILL) < 0 ||
            bind(fd, (const struct sockaddr *)&own, sizeof(own)) < 0 || listen(fd, 64) < 0) {
                perror("delay-line");
                return 1;
        }
        (void)puts("listening");
        (void)fflush(stdout);
        for (;;) {
                int client = accept4(fd, NULL, NULL, SOCK_CLOEXEC);

                if (client < 0 ? errno != EINTR : take(client, &server) < 0) {
                        perror("delay-line");
                        return 1;
                }
        }
}
