/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>

/*
 * Gateways: the daemons that serve one store whose catalog is on a server. Each is a row with a lease
 * that it renews; all times are the server's. A process is registered as one gateway at most, and its
 * Store remembers which (store_gateway()). An embedded store has no gateways, and its daemon the
 * number 0.
 *
 * But where it says so, none of these functions may be called inside a transaction. Each is one transaction by itself, and
 * doing it twice leaves what doing it once leaves. A negative errno: nothing is known of what became
 * of it.
 */

enum {
        GATEWAY_LEASE_SECONDS = 10,
        GATEWAY_BEAT_SECONDS = 2, /* how often the lease is renewed */
        GATEWAY_BARRIER_SECONDS = 5,
        GATEWAY_NAME_MAX = 64,
};

typedef struct GatewayRow {
        int64_t id;
        const char *name;    /* of the machine, unique among those that live */
        int64_t batch;       /* that it shows */
        const char *version; /* of the program */
        const char *rules;   /* what it judges by, a line for each key */
        bool judges;         /* has no mount */
        bool here;           /* from this directory: this one, or one that is dead */
        int64_t since;       /* wall nanoseconds, of the server */
        int64_t left;        /* nanoseconds until its lease is over; below 0: it has been */
        int64_t uploads;     /* unfinished ones that are its own */
} GatewayRow;

/*
 * Registers this process: name, batch, version, rules and judges of the row. Whatever was registered
 * from this directory before is dead, because the caller has the store's lock, and is continued: its
 * uploads are this one's. alone: its blobs are where no other machine reads them. -EADDRINUSE: another
 * machine has the name; -EALREADY: there is another gateway, and this one must be alone.
 */
int gateway_enter(Catalog *catalog, const GatewayRow *row, bool alone);
/* Renews the lease. 1 with *ret_now, the wall time of the server; 0: this gateway was given up, and
 * somebody else has what it had. */
int gateway_beat(Catalog *catalog, int64_t *ret_now);
/*
 * Takes over from those whose leases have run out: shuts their connections out, so that whatever they
 * still send changes nothing, and makes their unfinished uploads this one's. *ret: how many those are.
 * 1: somebody was taken over from; 0: nobody.
 */
int gateway_take_over(Catalog *catalog, int64_t *ret);
/* Ends the registration. Its unfinished uploads are nobody's then, and whoever comes first goes on
 * with them. */
int gateway_leave(Catalog *catalog);

/* What a barrier of this gateway waits for: uploads of the point (0: of all) up to max_id, which the
 * others hurry for some seconds. Inside a transaction. */
int gateway_put_barrier(Catalog *catalog, int64_t point, int64_t max_id);
/* Lists what barriers of the other gateways wait for. */
typedef int (*GatewayBarrierCallback)(int64_t point, int64_t max_id, void *userdata);
int gateway_list_barriers(Catalog *catalog, GatewayBarrierCallback callback, void *userdata);

/*
 * A chore is what one gateway does for all, such as to look through all blobs. 1: it is this one's for so
 * long, and again for so long when it has it already; 0: another one has it, and lives. Always 1 on an
 * embedded store. May be called inside a transaction.
 */
int gateway_take_chore(Catalog *catalog, const char *name, unsigned seconds);

/*
 * Whether a daemon has the store: on this directory, or on another machine as a gateway whose lease is
 * not over. 1 or 0. Any process may ask, also inside a transaction. What was registered from this
 * directory counts by the store's lock alone, so that a daemon that died is gone at once.
 */
int gateway_serves(Catalog *catalog);
/* The same of other machines only; on an embedded store 0. */
int gateway_serves_elsewhere(Catalog *catalog);

/* Whether the server holds back what was committed seconds ago, because no synchronous standby has
 * taken it. 1 or 0; on an embedded store 0. */
int gateway_waits_for_standby(Catalog *catalog);

/* Lists all that are registered, also those whose leases have run out, by name. */
typedef int (*GatewayCallback)(const GatewayRow *row, void *userdata);
int gateway_list(Catalog *catalog, GatewayCallback callback, void *userdata);
