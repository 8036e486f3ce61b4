#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Looks at an upload that two gateways may act on in every order of their steps: gateways.pml, with spin.

By the protocol no order may break a property, and the search must be exhaustive. Without any one of its rules something
must break, or the model could not have found it with the rule either.
"""

import sys

import search

# Bits of CHECK in gateways.pml.
LOST, TWICE, ZOMBIE, TAKEN, STUCK = (1 << bit for bit in range(5))

# What happens beside one client's upload and another's rename or opening of it. All at once would be too many states; those
# of THOROUGH (gateways.py --thorough) take minutes.
PROTOCOL = [
    ("a lease runs out", "LAPSES=1 SECOND_AT=B"),
    ("the gateway of the first client dies", "CRASHES_A=1 CLOSES=1 SECOND_AT=B"),
    ("the other gateway dies", "CRASHES_B=1 CLOSES=1 SECOND_AT=B"),
    ("a connection breaks, given away", "BREAKS=1 GIVES=1 CLOSES=1 SECOND_AT=B"),
    ("a connection breaks, deleted", "BREAKS=1 CLOSES=1 UNLINK"),
]
THOROUGH = [
    ("a lease runs out, two clients anywhere", "LAPSES=1"),
    ("the gateway of the first client dies, two clients anywhere", "CRASHES_A=1"),
    ("the other gateway dies, two clients anywhere", "CRASHES_B=1"),
    ("a connection breaks, given away, two clients anywhere", "BREAKS=1 GIVES=1"),
    ("a lease runs out, given away, deleted", "LAPSES=1 GIVES=1 UNLINK CLOSES=1"),
    ("a lease runs out, a connection breaks", "LAPSES=1 BREAKS=1 CLOSES=1"),
    ("two leases run out", "LAPSES=2 CLOSES=1"),
    ("both gateways die", "CRASHES_A=1 CRASHES_B=1 CLOSES=1 SECOND_AT=B"),
    ("a lease runs out, the gateway of the first client dies", "LAPSES=1 CRASHES_A=1 CLOSES=1 SECOND_AT=B"),
    ("a lease runs out, the other gateway dies", "LAPSES=1 CRASHES_B=1 CLOSES=1"),
    ("the gateway of the first client dies, a connection breaks", "CRASHES_A=1 BREAKS=1 CLOSES=1 SECOND_AT=B"),
]

# Without which rule, what breaks, and what must happen for it.
WITHOUT = [
    ("no fence: a gateway that was given up writes", ZOMBIE, "NO_FENCE LAPSES=1"),
    ("no fence: acknowledged bytes lost", LOST, "NO_FENCE LAPSES=1"),
    ("a takeover leaves the terms: acknowledged bytes lost", LOST, "TERMS_KEPT LAPSES=1"),
    ("a takeover is not fenced itself: uploads go to a gateway that is not there",
     LOST, "TAKEOVER_UNFENCED LAPSES=2 CLOSES=1"),
    ("a takeover in two transactions, killed between: acknowledged bytes lost",
     LOST, "TAKEOVER_APART LAPSES=1 CRASHES_B=1 CLOSES=1 SECOND_AT=B"),
    ("who I am is read before the term: an upload belongs to a gateway that is not there", LOST, "ID_APART LAPSES=1 CLOSES=1"),
    ("no generation: acknowledged bytes lost", LOST, "NO_GENERATION"),
    ("close() asks for no generation: 0 for a writer whose upload was taken", TAKEN, "CLOSE_WITHOUT_GENERATION LAPSES=1 SECOND_AT=A"),
    ("a verdict asks for no generation: that of older bytes", LOST, "RECORD_WITHOUT_GENERATION CLOSES=1"),
    ("a client takes without a new generation: acknowledged bytes lost", LOST, "TAKE_KEEPS_GENERATION"),
    ("a takeover without a new generation: acknowledged bytes lost", LOST, "TAKEOVER_KEEPS_GENERATION LAPSES=2 CLOSES=1 SECOND_AT=B"),
    ("what is final may be taken: shown twice", TWICE, "TAKE_FINAL CLOSES=1"),
    ("memory keeps the last answer, not the highest generation: stuck", STUCK, "LAST_COUNTS LAPSES=1"),
    ("acknowledged before the commit: acknowledged bytes lost", LOST, "EARLY CRASHES_A=1 CLOSES=1"),
    ("a lost answer is asked for under the old term: committed late, over newer bytes", LOST, "TOKEN_WITHOUT_TERM BREAKS=1"),
    ("a lost answer counts as committed: acknowledged bytes lost", LOST, "LOST_IS_DONE BREAKS=1 CLOSES=1"),
    ("a lost answer counts as not committed: stuck", STUCK, "LOST_IS_UNDONE BREAKS=1 GIVES=1 CLOSES=1"),
]


def main(arguments):
    thorough = "--thorough" in arguments
    protocol = PROTOCOL + (THOROUGH if thorough else [])
    runs = [(f"protocol: {name}", False, flags.split()) for name, flags in protocol]
    runs += [(f"without: {name}", True, [*flags.split(), f"CHECK={check}"]) for name, check, flags in WITHOUT]
    return search.look_at("gateways.pml", "An upload and two gateways in every order of their steps", runs,
                          "-O2" if thorough else "-O0")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
