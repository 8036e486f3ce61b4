/* SPDX-License-Identifier: MIT */
#include <idphoto/worker.h>

#include <idphoto/clock.h>

#include <time.h>

/* A worker that died too often may be started again within a second or so. */
enum { TRIES = 40, PAUSE_MSEC = 250 };

/* Whether to try again, after a pause. */
static bool again(int result, int *tries)
{
        const struct timespec pause = {.tv_nsec = PAUSE_MSEC * NSEC_PER_MSEC};

        if (result != -EAGAIN || ++*tries == TRIES)
                return false;
        (void)nanosleep(&pause, NULL);
        return true;
}

int worker_examine_patiently(Worker *worker, int input_fd, uint64_t size, PhotoResult *ret)
{
        int r, tries = 0;

        do
                r = worker_examine(worker, input_fd, size, ret);
        while (again(r, &tries));
        return r;
}

int worker_render_centre_patiently(Worker *worker, int input_fd, uint64_t size, uint8_t **ret_jpeg,
                                   size_t *ret_size)
{
        int r, tries = 0;

        do
                r = worker_render_centre(worker, input_fd, size, ret_jpeg, ret_size);
        while (again(r, &tries));
        return r;
}
