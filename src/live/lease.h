/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/clock.h>

#include <idphoto/writer.h>

#include <stdbool.h>
#include <stdint.h>

/*
 * How long the kernel may answer from a listing instead of asking again, and where it asks at all.
 *
 * What a name in a teaching point means may change at any time, because of a verdict, a decision or
 * the deletion of the file's other half. So a name that was looked up is good for one use only. But
 * a client that lists a directory goes on to stat every entry, and a request for each makes ls -l
 * of a large point fifty times slower. A listing therefore lends its entries to the kernel for a
 * moment. Whoever changes what names of that point mean waits until nothing is lent any more, so
 * that nobody sees a name stand for what it no longer is.
 *
 * As soon as a change waits, and for a moment after it, its point lends nothing. So however many
 * clients list the point, a change waits only for what is lent already: for twice the length of a
 * lease at most, and not at all while photos are arriving. The root is never lent: everybody may
 * list it, and it holds only directories and status files.
 */

/* The OFFICE/ tree is lent as one, because every change in a point is a change there too. */
enum { LEASE_OFFICE = 0 };

/* Seconds for which entries are lent to a client that lists, and to one that looks up one name
 * after another (prefetch.h). */
#define LEASE_SECONDS          0.25
#define LEASE_PREFETCH_SECONDS 1.0

typedef struct Leases Leases;

int leases_new(const Clock *clock, Leases **ret);
void leases_free(Leases *leases);
DEFINE_CLEANUP(Leases, leases_free)

/*
 * Begins one step of a listing in that point, before the step reads anything. True: its entries are
 * lent. Then call lease_sent() when they are on their way, and lease_end() when the client has
 * shown that it has them, by asking for more or by closing. From then on the kernel keeps them for
 * that many seconds. A client that is stopped in between is waited for that long once more, not for
 * ever.
 */
bool lease_begin(Leases *leases, int64_t point);
void lease_sent(Leases *leases, int64_t point, double seconds);
void lease_end(Leases *leases, int64_t point, double seconds);

/* Something is about to change: nothing is lent for a moment. Does not wait. */
void lease_announce(Leases *leases, int64_t point);
/* Nothing is lent while an upload is on its way to its verdict, so that the thread that carries out
 * the verdicts of all points never waits for somebody who lists one of them. Each hold must be let
 * go. */
void lease_hold(Leases *leases, int64_t point);
void lease_let_go(Leases *leases, int64_t point);

/* Begins to count what the kernel has. Without this every point counts as looked at. */
void lease_count(Leases *leases);
/* The kernel is told of a directory of the point: because somebody looked at it by name, or by a listing
 * of the directory above. Such a name must not be lent as long as nobody has looked at the point. */
void lease_told(Leases *leases, int64_t point, bool by_name);
/* It has forgotten that directory, as often as it was told of it. */
void lease_forgotten(Leases *leases, int64_t point, uint64_t times);
/* Whether anybody has looked at the point, and the kernel has not forgotten it since. If not, nobody
 * watches a directory of it or has one open, and nothing needs to be announced there. */
bool lease_is_looked_at(Leases *leases, int64_t point);

/* Waits until nothing of the point is lent any more, and lends nothing for a moment. The caller
 * must hold no lock that a listing takes, such as an upload's. */
void lease_wait(Leases *leases, int64_t point);
/* lease_wait(), then writer_run() of a task that changes what finished names of the point mean. */
int lease_run(Leases *leases, Writer *writer, int64_t point, WriterTask task, void *userdata,
              WriterFlags flags);
