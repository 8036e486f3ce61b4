/* SPDX-License-Identifier: MIT */
#pragma once

#include "storefixture.h"

#include <intake/intake.h>
#include <live/binding.h>
#include <live/ghost.h>
#include <live/lease.h>
#include <live/replacement.h>
#include <tree/snapshot.h>
#include <tree/tree.h>

/* The world of a mounted store without a mount: the store of storefixture.h, and a clock that only
 * the test moves. */

typedef struct FixtureWorld {
        Config config;
        Tree tree;
        Intake intake;
        Writer *writer; /* NULL unless the test opens one */
        UploadTable *uploads;
        Leases *leases;
        Bindings *bindings;
        Replacements *replacements;
} FixtureWorld;

static FixtureWorld fixture_world;
/* Leases are about real time: a test that waits for them sets the system's clock before. */
static const Clock *fixture_lease_clock;
static int64_t fixture_monotonic;

static inline int64_t fixture_wall_nsec(void *userdata _unused_)
{
        return fixture.now;
}

static inline int64_t fixture_monotonic_nsec(void *userdata _unused_)
{
        return fixture_monotonic;
}

static const Clock fixture_clock = {
        .wall_nsec = fixture_wall_nsec,
        .monotonic_nsec = fixture_monotonic_nsec,
};

static inline int fixture_fs_close(void **state)
{
        leases_free(TAKE_PTR(fixture_world.leases));
        ghosts_free(TAKE_PTR(fixture_world.tree.ghosts));
        bindings_free(TAKE_PTR(fixture_world.bindings));
        replacements_free(TAKE_PTR(fixture_world.replacements));
        snapshots_free(TAKE_PTR(fixture_world.tree.snapshots));
        upload_table_free(TAKE_PTR(fixture_world.uploads));
        return fixture_rollback(state);
}

static inline int fixture_fs_open(void **state)
{
        int r = fixture_begin(state);

        fixture_monotonic = 1000 * NSEC_PER_SEC;
        fixture_world = (FixtureWorld){
                .tree = {.store = fixture.store,
                         .clock = &fixture_clock,
                         .config = &fixture_world.config,
                         .language = LANGUAGE_EN,
                         .batch = fixture.batch,
                         .uid = 11,
                         .gid = 12},
        };
        if (r >= 0)
                r = ghosts_new(&fixture_clock, &fixture_world.tree.ghosts);
        if (r >= 0)
                r = leases_new(fixture_lease_clock ? fixture_lease_clock : &fixture_clock,
                               &fixture_world.leases);
        if (r >= 0)
                r = bindings_new(&fixture_world.bindings);
        if (r >= 0)
                r = replacements_new(&fixture_clock, &fixture_world.replacements);
        if (r >= 0)
                r = snapshots_new(&fixture_world.tree.snapshots);
        if (r >= 0)
                r = upload_table_new(
                        &(UploadTableOptions){.hooks = {.adopt = upload_adopt_now,
                                                        .world = &fixture_world.intake},
                                              .store = fixture.store,
                                              .clock = &fixture_clock,
                                              .leases = fixture_world.leases},
                        &fixture_world.uploads);
        fixture_world.tree.uploads = fixture_world.uploads;
        fixture_world.intake = (Intake){.tree = &fixture_world.tree,
                                        .store = fixture.store,
                                        .clock = &fixture_clock,
                                        .uploads = fixture_world.uploads,
                                        .leases = fixture_world.leases,
                                        .replacements = fixture_world.replacements};
        return r;
}

#define fs_test(test) cmocka_unit_test_setup_teardown(test, fixture_fs_open, fixture_fs_close)
