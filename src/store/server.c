/* SPDX-License-Identifier: MIT */
#include "server.h"

#include <idphoto/clock.h>
#include <idphoto/log.h>

#include <sys/random.h>
#include <time.h>

enum {
        ENDING_MSEC = 3000, /* of a server that is there, the last answers still come */
        FIRST_PAUSE_MSEC = 20,
        LONGEST_PAUSE_MSEC = 1000,
        SLICE_MSEC = 50,
};

int64_t server_now(void)
{
        return clock_monotonic_nsec(clock_system());
}

bool server_is_ending(const Server *server)
{
        return server->patience.ending && server->patience.ending(server->patience.userdata);
}

bool server_wait_is_over(const Server *server, int64_t since)
{
        int64_t msec = server->patience.msec;

        if (server_is_ending(server))
                msec = atomic_load(&server->away) ? 0 : MIN(msec, (int64_t)ENDING_MSEC);
        return server_now() - since >= msec * NSEC_PER_MSEC;
}

bool server_is_given_up(const Server *server)
{
        return server_is_ending(server) && atomic_load(&server->away);
}

int server_draw(int64_t *ret)
{
        uint64_t number;

        if (getrandom(&number, sizeof(number), 0) != (ssize_t)sizeof(number))
                return errno ? -errno : -EIO;
        *ret = (int64_t)(number >> 2) + 1;
        return 0;
}

bool server_pause(const Server *server, int64_t since, unsigned tries)
{
        int64_t msec =
                MIN((int64_t)FIRST_PAUSE_MSEC << MIN(tries, 16U), (int64_t)LONGEST_PAUSE_MSEC);
        int64_t number = 0, until;

        (void)server_draw(&number);
        until = server_now() + (msec / 2 + number % (msec / 2)) * NSEC_PER_MSEC;
        do {
                const struct timespec slice =
                        timespec_from_nsec(MIN(until - server_now(), SLICE_MSEC * NSEC_PER_MSEC));

                if (server_is_ending(server) || server_wait_is_over(server, since))
                        return false;
                (void)nanosleep(&slice, NULL);
        } while (server_now() < until);
        return true;
}

void server_is_away(Server *server)
{
        if (!atomic_exchange(&server->away, true) && !server_is_ending(server))
                log_warning("the server of the catalog does not answer; waiting for it");
}

void server_is_back(Server *server)
{
        if (atomic_exchange(&server->away, false))
                log_info("the server of the catalog answers again");
        atomic_store(&server->stale, false);
}

void server_is_stale(Server *server)
{
        if (!atomic_exchange(&server->stale, true))
                log_error("the server of the catalog lacks what was committed before: it is no "
                          "primary, or an old one; it is not used");
}
