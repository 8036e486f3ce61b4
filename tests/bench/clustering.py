# SPDX-License-Identifier: MIT
"""What scripts/bench cluster runs: two gateways of one store, on this one machine, where one shows what the other does and goes on
with it. The droppers, the judging and the server share its cores."""

import contextlib
import os
import sys

from figures import AT_LEAST, AT_MOST, Row, say
from harness import POINT, SAMPLES, run

for part in ("postgresql", "cluster"):
    sys.path.insert(1, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, part))

import measure as measured  # noqa: E402
from cluster import make_gateways, serve  # noqa: E402
from server import BIN, nodes  # noqa: E402
from wire import Away  # noqa: E402

AWAY_SECONDS = 0.0003
DROPPERS = 16
DROPS_EACH = 25
RENAMES = 200
SHARED = 400
POINTS = [f"教学点{i:03}" for i in range(1, 21)]


@contextlib.contextmanager
def gateways(rig, node, name, points, away=None):
    """Two of a new store, mounted."""
    node.sql(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'")
    url = node.url(name)
    mounts = make_gateways(rig.folder(name), ("a", "b"), url.replace(node.socket, away.directory) if away else url, points=points,
                           options=["delay=300", "settle=300"])
    try:
        for mount in mounts:
            mount.start()
        yield mounts
    finally:
        for mount in mounts:
            mount.force_end()


def together(mounts, rig, points, sources, prefix):
    """Photos in a second, and deadlocks."""
    rate = measured.drop_together(rig.directory, mounts, points, sources, DROPPERS, DROPS_EACH, prefix)
    measured.wait_for(lambda: measured.is_settled(mounts[0]), "all are judged", timeout=600)
    return rate, measured.deadlocks(mounts[0])


def measure(rig):
    if not BIN:
        rig.note("PostgreSQL is not installed: the part cluster was left out.")
        return [Row("", "two gateways on one store", [])]
    photos = rig.folder("dropped")
    # Of so many different people: who looks like somebody else costs more.
    run(SAMPLES, photos, "--plain", str(SHARED), "--seed", "13")
    sources = [os.path.join(photos, name) for name in sorted(os.listdir(photos))]
    with nodes(1) as (node,):
        serve(node)
        with gateways(rig, node, "one", [POINT]) as (a, b):
            say("  killing one of two")
            over = [measured.takeover(a, b, sources[12 + i]) for i in range(rig.few_rounds)]
            again = [measured.restart(a, sources[20 + i]) for i in range(rig.rounds)]
            say("  looking at what the other does")
            seen = [1e3 * seconds for seconds in measured.seen_after(a, b, RENAMES, "IMG_")]
            waits = [1e3 * measured.barrier(a, b, sources[30:38])[1]]
            say("  dropping at one point")
            rates, stuck = zip(*(together((a, b), rig, [POINT], sources, f"d{i}") for i in range(rig.few_rounds)))
            say("  judging")
            shares = measured.shares(a, b, rig.directory, sources, SHARED, "s", DROPPERS)
        with Away(node.socket, AWAY_SECONDS) as away, gateways(rig, node, "away", POINTS, away) as mounts:
            say("  dropping at many points")
            far, far_stuck = together(mounts, rig, POINTS, sources, "d")
    if any(stuck) or far_stuck:
        raise AssertionError(f"transactions of the droppers waited for each other: {stuck}, {far_stuck}")
    return [
        Row("", "killed after close(): until the other one shows the verdict", over, "s", bound=AT_MOST, limit=15),
        Row("", "the same, started again at once: until it shows it itself", again, "s", bound=AT_MOST, limit=2),
        Row("", f"a verdict's rename seen at the other one after this one, median of {RENAMES}", [seen[len(seen) // 2]]),
        Row("", f"the same, 99 % of {RENAMES}", [seen[len(seen) * 99 // 100]], bound=AT_MOST, limit=1000),
        Row("", "a barrier at the other one, after the last verdict", waits, bound=AT_MOST, limit=2000),
        Row("", f"{DROPPERS} droppers over both, one point", list(rates), "photos/s", bound=AT_LEAST, limit=100),
        Row("", f"the same, {len(POINTS)} points, server {AWAY_SECONDS * 1e3:g} ms away", [far], "photos/s", bound=AT_LEAST,
            limit=150),
        Row("", f"of {SHARED} photos dropped at one, judged by who judged fewer", [100 * min(shares) / sum(shares)], "%",
            bound=AT_LEAST, limit=30),
    ]
