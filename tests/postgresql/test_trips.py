# SPDX-License-Identifier: MIT
"""How often the daemon waits for its database while clients work: each time is a way over the network and back. What these numbers
are for stands in idphotofs-gateways(7)."""

import math
import os
import re
import sys
import time

from server import need_postgresql, postgresql
from wire import Wire

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "mount"))

from harness import *  # noqa: E402

MOST = {"cp": 20, "rsync": 30, "stat": 1, "cat STATUS.txt": 3, "a step of a listing": 3}
IDLE = re.compile(r"e\.outside = 1|\bgateway\b|upload_claim|WHERE owner = \$1 AND state < 4 ORDER BY id|seal|SyncRep")
TRIES = 20
MANY = 200  # names in a directory
FEW = 30  # entries of an index, of which a look-up may read so many, with what goes on beside
STEP_ENTRIES = 20  # of a page of 4 KiB at least


class Trips(MountTest):
    def warm(self):
        """Whoever works in a directory has looked at it a moment ago; the kernel asks again after a second."""
        os.stat(self.mount.point())

    def counted(self, *command, done=lambda: True):
        """The trips from the beginning of the command until what it began is done. Not counted is what a gateway asks several times
        a second whether anybody works or not: for news, for what nobody has, for others."""
        while self.taken():
            time.sleep(0.3)  # for what was begun before
        self.warm()
        self.taken()
        run(*command, cwd=self.mount.point())
        wait_for(done, f"what {command[0]} began is done")
        time.sleep(0.3)
        return self.taken()

    @staticmethod
    def taken():
        return [trip for trip in wire.taken() if not any(IDLE.search(text) for text in trip)]

    def told(self, name, count, most=None):
        """count() is tried until it needs no more than it may: on a busy machine a second is over soon, and then the kernel asks
        for what it has just been told."""
        most = most or MOST[name]
        tries = []
        while not tries or (len(tries[-1]) > most and len(tries) < TRIES):
            tries.append(count())
        trips = min(tries, key=len)
        print(f"{name}: {len(trips)} trips, at most {most}")
        self.assertLessEqual(len(trips), most, "\n".join(" | ".join(text[:90] for text in trip) for trip in trips))

    def applied(self, n):
        """Asked beside the wire: so many submissions have their places."""
        return lambda: int(run("psql", "--no-psqlrc", "--csv", "--tuples-only", self.mount.catalog.replace(wire.directory, socket),
                               "--command", "SELECT count(*) FROM submission WHERE state >= 4").stdout) == n

    def test_a_dropped_photo(self):
        sources = iter(self.good(2 * TRIES + 1))
        dropped = 0

        def drop(*command):
            nonlocal dropped
            dropped += 1
            return self.counted(*command, next(sources), ".", done=self.applied(dropped))

        drop("cp")
        self.told("cp", lambda: drop("cp"))
        self.told("rsync", lambda: drop("rsync", "-a"))
        self.assertEqual(self.mount.rejected(), {})

    def looked(self):
        """How often indexes of the uploads were looked into, and how many entries were read there."""
        [(scans, entries)] = self.mount.query("SELECT sum(idx_scan), sum(idx_tup_read) FROM pg_stat_user_indexes"
                                              " WHERE relname = 'submission' AND schemaname = current_schema()")
        return int(scans), int(entries)

    def test_a_name_among_many(self):
        """Found by the index of names, even if the server knows nothing of the table yet."""
        self.mount.query("ALTER TABLE submission SET (autovacuum_enabled = false)")
        for i in range(MANY):
            with open(self.mount.point(f"IMG_{i:04}.jpg"), "w", encoding="utf-8") as f:
                f.write(f"no photo {i}")
        self.mount.settle()
        # The server counts up to some seconds later, so the first time what went on before may be among them.
        tries = []
        while not tries or (tries[-1] >= MANY * FEW and len(tries) < 5):
            scans, entries = self.looked()
            for i in range(MANY):
                self.assertFalse(os.path.exists(self.mount.point(f"nothing {len(tries)} {i}")))
            wait_for(lambda scans=scans: self.looked()[0] >= scans + MANY, "the look-ups are counted")
            tries.append(self.looked()[1] - entries)
        self.assertLess(min(tries), MANY * FEW)

    def test_looking(self):
        *later, first = self.good(60)
        run("cp", *later[TRIES:], first, self.mount.point())
        self.mount.settle()

        def status():
            """A new one each time."""
            run("cp", later.pop(0), self.mount.point())
            self.mount.settle()
            return self.counted("cat", "STATUS.txt")

        self.told("stat", lambda: self.counted("stat", os.path.basename(first)))
        self.told("cat STATUS.txt", status)
        # The names, with a step for what comes after the last one.
        entries = len(os.listdir(self.mount.point()))
        self.told("a step of a listing", lambda: self.counted("ls", "-f"),
                  MOST["a step of a listing"] * (math.ceil(entries / STEP_ENTRIES) + 1))


if __name__ == "__main__":
    need_postgresql()
    with postgresql() as made:
        socket = re.search("host=([^&]*)", made).group(1)
        with Wire(socket) as wire:
            os.environ["IDPHOTO_TEST_CATALOG"] = made.replace(socket, wire.directory)
            main()
