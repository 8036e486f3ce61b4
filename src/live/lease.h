/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/clock.h>

#include <idphoto/writer.h>

#include <stdbool.h>
#include <stdint.h>

/*
 * How long the kernel may answer from a listing instead of asking again.
 *
 * What a name in a teaching point means may change any time by what others do: a verdict, a
 * decision, a deletion of the file's other half. So a looked-up name is good for one use only. But
 * who lists a directory goes on to stat every entry, and asking for each once more makes ls -l of a
 * large point fifty times slower. A listing therefore lends its entries to the kernel for a moment,
 * and who changes what names of that point mean waits until nothing lent is out: nobody ever sees a
 * name stand for what it no longer is. As soon as a change waits, and for a moment after it, its
 * point lends nothing: however many list it, a change waits for what is out already, twice the
 * length of a lease at most, and while photos are arriving not at all. The root is never lent:
 * everybody may list it, and it holds nothing but directories and status files.
 */

/* The OFFICE/ tree is lent as one: every change in a point is a change there too. */
enum { LEASE_OFFICE = 0 };

/* Seconds for which entries are lent: to who lists, and to who looks up one name after another
 * (prefetch.h). */
#define LEASE_SECONDS          0.25
#define LEASE_PREFETCH_SECONDS 1.0

typedef struct Leases Leases;

int leases_new(const Clock *clock, Leases **ret);
void leases_free(Leases *leases);
DEFINE_CLEANUP(Leases, leases_free)

/*
 * One step of a listing of a directory of that point begins, before it reads anything. Whether its
 * entries are lent; then lease_sent() follows when they are on their way, and lease_end() when the
 * client has shown that it has them, by asking for more or by closing. From then on the kernel
 * keeps them for so many seconds. A client that is stopped in between is waited for as long again,
 * not for ever.
 */
bool lease_begin(Leases *leases, int64_t point);
void lease_sent(Leases *leases, int64_t point, double seconds);
void lease_end(Leases *leases, int64_t point, double seconds);

/* Nothing is lent for a moment, as something is about to change. Does not wait. */
void lease_announce(Leases *leases, int64_t point);
/* Nothing is lent as long as an upload is on its way to its verdict, so that the thread which
 * carries out the verdicts of all points need not wait for who lists one of them. Each hold is let
 * go. */
void lease_hold(Leases *leases, int64_t point);
void lease_let_go(Leases *leases, int64_t point);

/* Waits until nothing of the point is lent any more; nothing will be for a moment. The caller holds
 * no lock that a listing takes, an upload's least of all. */
void lease_wait(Leases *leases, int64_t point);
/* writer_run() of a task that changes what finished names of the point mean, after lease_wait(). */
int lease_run(Leases *leases, Writer *writer, int64_t point, WriterTask task, void *userdata,
              WriterFlags flags);
