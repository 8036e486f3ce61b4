# SPDX-License-Identifier: MIT
"""What scripts/bench server runs: the catalog's work for a dropped photo, and a listing, with the catalog on a PostgreSQL server
that is as far away as another machine of the same room."""

import os
import re
import sys
import time

from figures import AT_LEAST, AT_MOST, Row, say
from harness import run
from rig import remove

sys.path.insert(1, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "postgresql"))

import wire  # noqa: E402
from server import BIN, nodes  # noqa: E402

AWAY_SECONDS = 0.0003
DROPPERS = 32
PHOTOS = 400
LISTED = 5000


def recorded(rig, store):
    """Photos recorded in a second."""
    out = run(rig.program("tests", "bench", "bench-record"), store, str(PHOTOS), str(DROPPERS)).stdout
    return float(re.search(r"([\d.]+) photos/s", out)[1])


def list_times(rig, store, point):
    with rig.mount(store) as mount:
        path = os.path.join(mount.path, point)
        os.listdir(path)
        times = []
        for _ in range(rig.rounds):
            time.sleep(1.2)  # by then the kernel has forgotten what it was lent
            begun = time.monotonic()
            run("ls", "-l", path)
            times.append((time.monotonic() - begun) * 1e3)
        return times


def measure(rig):
    if not BIN:
        rig.note("PostgreSQL is not installed: the part server was left out.")
        return [Row("", "the catalog on a server", [])]
    directory = rig.folder("server")
    record = {"embedded": [], "socket": [], "away": []}
    with nodes(1) as (node,):
        node.make().start()
        with wire.Away(node.socket, AWAY_SECONDS) as away:
            n = 0

            def catalog(through=None):
                nonlocal n
                n += 1
                node.sql(f"CREATE DATABASE photos{n} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'")
                url = node.url(f"photos{n}")
                return url.replace(node.socket, through.directory) if through else url

            say("  recording verdicts")
            for _ in range(rig.rounds):
                for where in record:
                    store = os.path.join(directory, f"{where}{n}")
                    url = {"embedded": [], "socket": [catalog()], "away": [catalog(away)]}[where]
                    run(rig.program("src", "idphotoctl"), "init", "--batch=202601", store, *url)
                    record[where].append(recorded(rig, store))
                    remove(store)
            say("  listing")
            store = os.path.join(directory, "listed")
            run(rig.program("tests", "bench", "bench-store"), f"--students={LISTED}", "--points=1", "--missing=0", "--rejected=0",
                "--catalog=" + catalog(away), store)
            listed = list_times(rig, store, "教学点001")
    what = f"verdicts recorded by {DROPPERS} threads"
    return [
        Row("", what + ", catalog in the store", record["embedded"], "photos/s"),
        Row("", what + ", server on a socket", record["socket"], "photos/s"),
        Row("", what + f", server {AWAY_SECONDS * 1e3:g} ms away", record["away"], "photos/s", bound=AT_LEAST, limit=60),
        Row("", f"ls -l of {LISTED:,} photos, server {AWAY_SECONDS * 1e3:g} ms away", listed, bound=AT_MOST, limit=800),
    ]
