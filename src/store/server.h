/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/store.h>

#include <stdatomic.h>

/*
 * What the connections of a process know of the server of an attached store: how long they wait for
 * it, and what it had when they saw it last. A daemon's call waits as long as the patience lasts and
 * no longer. A command waits that long for a connection; for the answer to a question, which may be
 * about everything, it waits as long as its user does. A program that is about to end hardly waits.
 */
typedef struct Server {
        StorePatience patience;  /* set before there are threads */
        atomic_bool away;        /* it was said that the server does not answer */
        atomic_bool stale;       /* it was said that the server is behind */
        _Atomic int64_t gateway; /* that this process is registered as; 0: none (gateway.h) */
        _Atomic int64_t life;    /* since when that is, which tells it from former processes */
        atomic_bool unsealed;    /* this process has added events since it sealed any (audit.h) */
        /* One of its lanes, and the transactions that are known to be committed there. A server with
         * fewer of them has lost some: an old primary, or a backup. */
        _Atomic int64_t lane;
        _Atomic int64_t tx;
} Server;

#define SERVER_DEFAULT \
        { \
                .patience = {.msec = STORE_PATIENCE_MSEC } \
        }

/* Whether what has been waited for since then, by the monotonic clock, is not waited for any more. */
bool server_wait_is_over(const Server *server, int64_t since);
bool server_is_ending(const Server *server);
/* Whether not even a connection is tried for: the program is about to end, and somebody has tried. */
bool server_is_given_up(const Server *server);
/* Waits a moment before the next try, longer from try to try, and never as long as anybody else.
 * False: the wait is over. */
bool server_pause(const Server *server, int64_t since, unsigned tries);
int64_t server_now(void);

/* A number that nobody else has. 0 or a negative errno. */
int server_draw(int64_t *ret);

/* Say so, once until the contrary is said. */
void server_is_away(Server *server);
void server_is_back(Server *server);
void server_is_stale(Server *server);
