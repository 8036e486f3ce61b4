/* SPDX-License-Identifier: MIT */
#pragma once

#include "barrier.h"

#include <idphoto/writer.h>

/*
 * What barriers need to know of other gateways (gateway.h): whether photos that were dropped there have
 * their places, and which barriers wait there for photos that are here. All functions may be called on
 * any thread and, but for the last three, wait for the catalog.
 */

typedef struct Elsewhere Elsewhere;

int elsewhere_new(Writer *writer, Elsewhere **ret);
void elsewhere_free(Elsewhere *elsewhere);
DEFINE_CLEANUP(Elsewhere, elsewhere_free)

/* Whether something of the scope waits in the catalog that is not this gateway's, or may be just about
 * to become so: 1, 0; or a negative errno, when the catalog does not tell. waited_msec: how long the
 * barrier has waited; a file that somebody closed and did not let go of is waited for a while only, as
 * one here is. NULL: 0. */
int elsewhere_pending(Elsewhere *elsewhere, const BarrierScope *scope, int64_t waited_msec);
/* Lets the other gateways hurry what is in the scope, for some seconds. */
void elsewhere_hurry(Elsewhere *elsewhere, const BarrierScope *scope);

/* Reads what barriers of other gateways wait for, and calls back for each: hurry that, too. */
typedef void (*ElsewhereCallback)(int64_t point, int64_t max_id, void *userdata);
void elsewhere_poll(Elsewhere *elsewhere, Catalog *catalog, ElsewhereCallback callback,
                    void *userdata);

/* Whether a barrier of another gateway waits for that upload. NULL: false. */
bool elsewhere_covers(Elsewhere *elsewhere, int64_t point, int64_t upload);
/* Whether there are other gateways. */
void elsewhere_set_others(Elsewhere *elsewhere, bool others);
/* From now on uploads may be this gateway's in the catalog and not yet in its table; nothing counts as
 * done elsewhere meanwhile. Each is ended by the other. */
void elsewhere_begin_change(Elsewhere *elsewhere);
void elsewhere_end_change(Elsewhere *elsewhere);
