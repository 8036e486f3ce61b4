#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Power cuts: what a sync has acknowledged is in the store again, whenever the power fails behind it.

Usage: test_power.py FILESYSTEM, one of those in blockdevice.py. A daemon serves a store on that filesystem while every
block request below it is recorded. Then the disk is built as it would be after a cut, the filesystem is mounted, which
replays its journal, and the store is asked for every fact that was durable by then. Some cuts are just behind each
acknowledgement with all lost that was not flushed, the others where and as the seed says.

IDPHOTO_POWER_ROUNDS    how often each workload runs (2)
IDPHOTO_POWER_CUTS      random cuts besides those behind each acknowledgement (40)
IDPHOTO_POWER_MOUNTED   every how many cuts the store is mounted as well (10)
IDPHOTO_SEED            of the noise and of the cuts; when a request comes is never the same twice
"""

import os
import random
import shutil
import signal
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "mount"))

import harness
import matrix
from blockdevice import FILESYSTEMS, Filesystem, memory_or_disk, Recording, Replay
from facts import BATCH, LEFTOVERS, LEFTOVERS_OF_A_START, Recovered
from harness import Mount, run
from workloads import init, purge, Work, WORKLOADS

ROUNDS = int(os.environ.get("IDPHOTO_POWER_ROUNDS", "2"))
CUTS = int(os.environ.get("IDPHOTO_POWER_CUTS", "40"))
MOUNTED = int(os.environ.get("IDPHOTO_POWER_MOUNTED", "10"))
SEED = int(os.environ.get("IDPHOTO_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 32)
# More than all workloads of a round take.
PHOTOS_A_ROUND = 25
SHOWN_MAX = 50


class Counts:
    """A row of the table."""

    def __init__(self):
        self.cuts = self.acknowledged = self.looked_for = self.inconsistent = 0
        self.lost = set()


def need_everything(filesystem):
    harness.need_fuse()
    if os.getuid() != 0:
        harness.skip("only root may mount a filesystem on a loop device")
    harness.need("losetup", "mount", FILESYSTEMS[filesystem]["mkfs"][0])
    if not os.path.exists("/dev/loop-control"):
        harness.skip("there are no loop devices")
    if shutil.which("modprobe"):
        run("modprobe", FILESYSTEMS[filesystem]["type"], check=False)
    with open("/proc/filesystems", encoding="ascii") as f:
        if FILESYSTEMS[filesystem]["type"] not in f.read().split():
            harness.skip(f"this kernel has no {FILESYSTEMS[filesystem]['type']}")


class StoreMount(Mount):
    """A store on the filesystem below, its mountpoint and its log elsewhere."""

    def __init__(self, directory, store):
        super().__init__(directory, options=("delay=0", "settle=200", "settle-empty=400", "noguard", f"batch={BATCH}"),
                         init=False)
        self.store = store
        os.makedirs(self.path, exist_ok=True)


class PowerTest:
    def __init__(self, filesystem, images, directory):
        self.filesystem = filesystem
        self.images = images
        self.directory = directory
        self.random = random.Random(SEED)
        self.counts = {}
        self.failures = 0
        self.unsynced_lost = set()
        self.work = None
        self.recording = Recording(filesystem, images, directory)

    def subdirectory(self, name):
        path = os.path.join(self.directory, name)
        os.mkdir(path)
        return path

    # ---- the recording ----

    def record(self):
        samples = self.subdirectory("samples")
        run(harness.SAMPLES, samples, "--plain", str(PHOTOS_A_ROUND * ROUNDS))
        photos = sorted(os.path.join(samples, name) for name in os.listdir(samples))
        with self.recording:
            mount = StoreMount(self.subdirectory("recorded"), os.path.join(self.recording.path, "store"))
            self.work = Work(mount, self.recording, photos, self.random)
            self.work.run(init)
            mount.start()
            try:
                self.work.run(purge)
                for _ in range(ROUNDS):
                    for workload in WORKLOADS:
                        self.work.run(workload)
                mount.end()
            finally:
                mount.force_end()

    # ---- the cuts ----

    def plan(self):
        """(position, what survives of what was not flushed), in the order of the log."""
        facts = self.work.facts
        first, last = facts[0].position, self.recording.end
        found = {(fact.position, "nothing") for fact in facts + self.work.unsynced}
        for _ in range(CUTS):
            found.add((self.random.randint(first, last), self.random.choice(["nothing", "all", "prefix", "subset"])))
        return sorted(found)

    def survivors(self, mode):
        share = self.random.random()
        draw = random.Random(self.random.random())
        return {
            "nothing": lambda i, n: False,
            "all": lambda i, n: True,
            "prefix": lambda i, n: i < share * n,
            "subset": lambda i, n: draw.random() < share,
        }[mode]

    def workload_at(self, position):
        """The workload that was under way, or the last one that was."""
        found = None
        for name, spans in self.work.spans.items():
            for first, _ in spans:
                if first <= position and (found is None or first >= found[0]):
                    found = (first, name)
        return found[1]

    def fail(self, where, what):
        self.failures += 1
        if self.failures <= SHOWN_MAX:
            print(f"{self.filesystem}, cut {where}: {what}", flush=True)

    def look_for_facts(self, where, facts, holds):
        for fact in facts:
            counts = self.counts[fact.workload]
            counts.looked_for += 1
            if not holds(fact):
                # At most of the later cuts it is lost again.
                if fact not in counts.lost:
                    self.fail(where, f"lost: {fact.text} ({fact.workload}, durable at {fact.position})")
                counts.lost.add(fact)

    def check_mounted(self, where, counts, store, facts):
        """As its users see it, after the daemon has recovered what it needs to."""
        mount = StoreMount(self.subdirectory(f"mounted-{where.split()[0]}"), store)
        try:
            mount.start()
            mount.settle()
            self.look_for_facts(f"{where}, mounted", facts, lambda fact: fact.is_seen(mount))
            mount.end()
        finally:
            mount.force_end()
        for problem in Recovered(store).problems(LEFTOVERS_OF_A_START):
            counts.inconsistent += 1
            self.fail(where, f"after a mount, {problem}")

    def check(self, where, position, mounted):
        counts = self.counts[self.workload_at(position)]
        counts.cuts += 1
        facts = [fact for fact in self.work.facts if fact.due(position)]
        try:
            with Filesystem(self.filesystem, os.path.join(self.images, "cut"),
                            os.path.join(self.directory, "recovered")) as disk:
                store = os.path.join(disk.path, "store")
                recovered = Recovered(store)
                for problem in recovered.problems(LEFTOVERS):
                    counts.inconsistent += 1
                    self.fail(where, problem)
                recovered.load()
                self.look_for_facts(where, facts, lambda fact: fact.holds(recovered))
                self.unsynced_lost.update(fact for fact in self.work.unsynced
                                          if fact.position == position and not fact.holds(recovered))
                if mounted:
                    self.check_mounted(where, counts, store, facts)
        except Exception as error:
            counts.inconsistent += 1
            self.fail(where, f"{type(error).__name__}: {error}")

    def replay(self):
        self.counts = {workload: Counts() for workload in self.work.spans}
        for fact in self.work.facts:
            self.counts[fact.workload].acknowledged += 1
        replay = Replay(self.recording, self.images)
        try:
            for i, (position, mode) in enumerate(self.plan()):
                replay.cut(position, self.survivors(mode))
                self.check(f"{position} {mode}", position, mounted=i % MOUNTED == MOUNTED - 1)
        finally:
            replay.close()

    # ---- what is told ----

    def report(self):
        rows = [matrix.record_power(self.filesystem, workload, {
            "cuts": counts.cuts, "acknowledged": counts.acknowledged, "looked for": counts.looked_for,
            "lost": len(counts.lost), "inconsistent": counts.inconsistent}, SEED)
            for workload, counts in self.counts.items()]
        print(matrix.power_table(rows))
        print(f"{len(self.unsynced_lost)} of {len(self.work.unsynced)} drops that nobody synced were lost")
        if not self.unsynced_lost:
            self.fail("anywhere", "nothing is ever lost: these cuts show nothing")


def main():
    filesystem = sys.argv[1]
    need_everything(filesystem)
    # Whoever loses patience shall find no mounts left.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by a signal"))
    images = tempfile.mkdtemp(prefix="idphoto-power-", dir=memory_or_disk())
    directory = tempfile.mkdtemp(prefix="idphoto-power-")
    print(f"{filesystem}, seed {SEED}", flush=True)
    try:
        test = PowerTest(filesystem, images, directory)
        test.record()
        test.replay()
        test.report()
    finally:
        shutil.rmtree(images, ignore_errors=True)
        shutil.rmtree(directory, ignore_errors=True)
    sys.exit(1 if test.failures else 0)


if __name__ == "__main__":
    main()
