#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Many clients, everything at random, the daemon killed among it; after each round nothing acknowledged may be missing.

A round ends at a quiet barrier: no client runs, the daemon is alive or mounted anew, every verdict has come. Then checker.py
compares what the store shows with what the clients' journals allow. Prints one table and, of each violation, the journal and
the rows; the status is 1 when there was one. IDPHOTO_STRESS_SECONDS or --minutes says how long, IDPHOTO_SEED or --seed repeats.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "mount"))

import harness  # noqa: E402
import matrix  # noqa: E402
from chaos import Chaos, Office, died  # noqa: E402
from checker import INCONSISTENT, LOST, STUCK, UNEXPLAINED, WRONG, Checker, Group, Violation  # noqa: E402
from content import Contents, number  # noqa: E402
from harness import IDPHOTOCTL, SAMPLES, Mount, need_fuse, run  # noqa: E402
from journal import load  # noqa: E402
from snapshot import Snapshot  # noqa: E402

POINTS = ("沈阳分校", "大连分校", "鞍山分校")  # the last has a roster
GID, UID = 61001, 60001
PICTURES_EACH, STUDENTS_EACH = 3, 2
SHOWN_MAX = 8  # violations printed in full
ALLOWED_LOG = ("cannot decide about submission", "cannot make the centre's rendition")  # its worker was killed


class Round:
    def __init__(self, serial):
        self.serial = serial
        self.outages = []              # (from, until) no daemon served
        self.hurries = []              # (from, until) somebody waited for verdicts
        self.worker_kills = []         # a photo may be rejected because its examiner died
        self.purges = serial % 2 == 0  # what was rejected may then be erased at any moment
        self.ended = 0.0
        self.odd, self.blurred = [], []


class Stress:
    def __init__(self, settings, directory):
        self.settings, self.directory = settings, directory
        self.random = random.Random(settings.seed)
        self.blurred = Counter()
        self.flood_rate = settings.flood
        self.counts, self.violations, self.odd = Counter(), [], []
        self.root = os.geteuid() == 0
        options = ["settle=400", "settle-empty=800"] + (["allow_other"] if self.root else [])
        os.chmod(directory, 0o755)
        self.mount = Mount(directory, points=(), options=options)
        for point in POINTS:
            self.mount.ctl("point", "add", *([f"--group={GID}"] if self.root else []), point)
        self.pictures = self.draw(settings.groups * settings.clients * PICTURES_EACH)
        self.contents = Contents(self.pictures)
        self.checker = Checker(self.contents)
        self.serials = [i for i in range(settings.clients)]
        self.make_groups()
        self.rosters = [self.roster(0), self.roster(1)]
        run(IDPHOTOCTL, f"--store={self.mount.store}", "roster", "import", self.rosters[0])

    def draw(self, count):
        """So many different good photos, drawn by both cores."""
        halves = [os.path.join(self.directory, f"pictures{i}") for i in (0, 1)]
        seed = self.settings.seed % 1000 * 2
        drawing = [subprocess.Popen([SAMPLES, half, "--plain", str(count // 2 + 1), "--seed", str(seed + i)])
                   for i, half in enumerate(halves)]
        if any([process.wait() for process in drawing]):
            raise AssertionError("the samples could not be drawn")
        for name in os.listdir(halves[1]):
            os.rename(os.path.join(halves[1], name), os.path.join(halves[0], "b" + name))
        return halves[0]

    def make_groups(self):
        self.groups, students, pictures = [], 0, 0
        for i in range(self.settings.clients):
            of_client = []
            for j in range(self.settings.groups):
                numbers = [number(students + k) for k in range(STUDENTS_EACH)]
                of_client.append(Group(f"{i}-{j}", POINTS[i % len(POINTS)], numbers,
                                       list(range(pictures, pictures + PICTURES_EACH))))
                students += STUDENTS_EACH
                pictures += PICTURES_EACH
            self.groups.append(of_client)

    def roster(self, kind):
        """Of the last point: all students of it, and some who differ from roster to roster."""
        lines = ["学号,姓名,身份证号,教学点"]
        numbers = [n for groups in self.groups for g in groups if g.point == POINTS[-1] for n in g.students]
        numbers += [number(100000 + kind * 1000 + i) for i in range(50)]
        lines += [f"S26{numbers.index(n):04}{kind if i >= len(numbers) - 50 else 0},某{n[6:17]},{n},{POINTS[-1]}"
                  for i, n in enumerate(numbers)]
        path = os.path.join(self.directory, f"roster{kind}.csv")
        with open(path, "w", encoding="utf-8") as f:
            f.write("\r\n".join(lines) + "\r\n")
        return path

    # ---- a round ----

    def client(self, i, round_, until):
        plan = {
            "mount": self.mount.path, "point": POINTS[i % len(POINTS)], "store": self.mount.store, "ctl": IDPHOTOCTL,
            "pictures": self.pictures, "journal": self.journal_path(i, round_), "seed": self.random.randrange(1 << 32),
            "serial": self.serials[i], "stride": self.settings.clients, "uid": UID + i if self.root else 0, "gid": GID,
            "until": until, "flood": self.flood_rate / self.settings.clients,
            "groups": [{"key": g.key, "students": g.students, "pictures": g.pictures, "old": g.old,
                        "names": [["", f"{s}.jpg"] for s in g.students if s in dict(g.start.photo)]}
                       for g in self.groups[i]],
        }
        self.serials[i] += 100000 // self.settings.clients * self.settings.clients
        path = os.path.join(self.directory, f"plan-{i}.json")
        with open(path, "w", encoding="utf-8") as f:
            json.dump(plan, f)
        return subprocess.Popen([sys.executable, os.path.join(HERE, "client.py"), path])

    def journal_path(self, i, round_):
        return os.path.join(self.directory, f"journal-{round_.serial}-{i}")

    def round(self, serial):
        round_ = Round(serial)
        self.age_blobs()
        until = time.monotonic() + self.settings.round
        clients = [self.client(i, round_, until) for i in range(self.settings.clients)]
        chaos = Chaos(round_, self.mount, clients, self.random.randrange(1 << 32), self.settings)
        office = Office(self.directory, self.mount, round_, self.rosters, self.random.randrange(1 << 32))
        chaos.start()
        office.start()
        time.sleep(max(0.0, until - time.monotonic()))
        for thread in (chaos, office):
            thread.stopped.set()
            thread.join()
        for client in clients:
            client.wait(60)
        if chaos.error:
            raise chaos.error
        self.counts.update({f"kills: {k}" if k != "stops" else "stops": v for k, v in chaos.counts.items()})
        self.counts["commands"] += sum(office.counts.values())
        self.checker.purged |= office.counts["purge"] > 0
        self.violations += [Violation(INCONSISTENT, "command", c) for c in office.complaints]
        deaths = chaos.deaths + died(self.mount)
        self.violations += [Violation(INCONSISTENT, "daemon", death) for death in deaths]
        if self.mount.daemon.poll() is not None:
            self.mount.start()
        for i, client in enumerate(clients):
            if client.returncode not in (0, -9):
                raise AssertionError(f"client {i} ended with {client.returncode}")
        self.check(round_)

    def age_blobs(self):
        """Hours have passed since the last round: what no row names is old enough for purge."""
        for folder, _, files in os.walk(os.path.join(self.mount.store, "blobs")):
            for name in files:
                os.utime(os.path.join(folder, name), (time.time() - 7200, time.time() - 7200))

    def settle(self):
        """The barrier. False: something never gets its verdict."""
        try:
            for point in POINTS:
                run("sync", self.mount.point("STATUS.txt", point=point), timeout=harness.PATIENCE * 2)
            run(IDPHOTOCTL, f"--store={self.mount.store}", "wait", timeout=harness.PATIENCE / 4)
            return True
        except subprocess.TimeoutExpired:
            return False

    def check(self, round_):
        began = time.monotonic()
        waited = self.settle()
        snapshot = Snapshot(self.mount.store)
        stuck = snapshot.stuck()
        self.violations += [Violation(STUCK, "barrier", f"no verdict after the barrier: {row}") for row in stuck]
        if stuck or not waited:
            if not stuck:
                self.violations.append(Violation(STUCK, "barrier", "wait does not end, though nothing waits"))
            # What becomes of it after the next mount.
            self.mount.kill()
            self.mount.start()
            self.settle()
            snapshot = Snapshot(self.mount.store)
        round_.ended = time.monotonic()
        drained = round_.ended - began
        self.counts["drained"] = max(self.counts["drained"], int(drained))
        # As much as keeps the queue busy, and no more than a slow machine can judge.
        self.flood_rate *= 0.6 if drained > 4 else 1.3 if drained < 1 else 1
        before = len(self.violations)
        for i, groups in enumerate(self.groups):
            entries = load(self.journal_path(i, round_))
            self.counts["operations"] += sum(len(e) for e in entries.values())
            self.flood(entries.pop("flood", []), snapshot)
            for group in groups:
                found = self.checker.check(group, entries.get(group.key, []), snapshot, round_)
                for violation in found[:1] if len(self.violations) < self.settings.shown else []:
                    violation.history = [self.history(student) for student in group.students]
                self.violations += found
        self.odd += round_.odd
        self.blurred.update(why for _, why in round_.blurred)
        for command in (["verify"], ["audit", "verify"]):
            done = run(IDPHOTOCTL, f"--store={self.mount.store}", "--lang=en", *command, check=False)
            if done.returncode:
                self.violations.append(Violation(INCONSISTENT, "store", f"{' '.join(command)}: {done.stdout}{done.stderr}"))
        self.listings(snapshot)
        self.counts["rounds"] += 1
        print(f"round {round_.serial}: {self.counts['operations']} operations, {len(self.violations) - before} new violations, "
              f"drained and checked in {time.monotonic() - began:.1f} s", flush=True)

    def history(self, student):
        done = self.mount.ctl("history", student, check=False)
        return f"{student}:\n{done.stdout}{done.stderr}"

    def flood(self, entries, snapshot):
        for entry in entries:
            if entry["error"] != 0:
                continue
            self.checker.totals["acknowledged"] += 1
            digest = self.contents.digest(entry["cid"])
            rows = [r for r in snapshot.by_digest.get(digest, []) if r.name == entry["name"]]
            erased = self.checker.purged and any(r.name == entry["name"]
                                                 for r in snapshot.erased.get(self.contents.size(entry["cid"]), []))
            if not rows and not erased:
                self.violations.append(Violation(LOST, "flood", f"{entry['name']} is not in the store", [entry]))
            elif rows and not any(r.state == 5 for r in rows):
                self.violations.append(Violation(INCONSISTENT, "flood", f"{entry['name']} is not rejected", [entry], rows))

    def listings(self, snapshot):
        """What clients see is what the catalog says."""
        for point in POINTS:
            for what, seen, meant in (
                    ("photos", self.mount.photos(point=point),
                     {f"{r.student}.jpg" for r in snapshot.rows if r.point == point and r.is_photo and r.state == 4}),
                    ("rejected", self.mount.rejected(point=point),
                     {r.shown for r in snapshot.rows if r.point == point and r.state == 5})):
                if set(seen) != meant:
                    self.violations.append(Violation(INCONSISTENT, point, f"{what} listed: only seen {set(seen) - meant}, "
                                                                          f"only in the catalog {meant - set(seen)}"))

    # ---- the end ----

    def failed(self):
        kinds = Counter(v.kind for v in self.violations)
        unexplained = kinds.pop(UNEXPLAINED, 0)
        return bool(kinds) or unexplained > self.counts["rounds"]

    def end(self):
        log = self.mount.log()
        bad = [line for line in log.splitlines() if harness.BAD_LOG.search(line) and
               not ("Sanitizer" not in line and any(word in line for word in ALLOWED_LOG))]
        self.violations += [Violation(INCONSISTENT, "log", line) for line in bad[:20]]
        self.mount.log_checked = len(log)
        self.mount.end()

    def table(self, seconds):
        kinds = Counter(v.kind for v in self.violations)
        totals = self.checker.totals
        row = matrix.record_row("Clients at random, everything killed now and then", {
            "seconds": round(seconds), "rounds": self.counts["rounds"], "kills: daemon": self.counts["kills: daemon"],
            "worker": self.counts["kills: worker"], "client": self.counts["kills: clients"], "stops": self.counts["stops"],
            "commands": self.counts["commands"], "operations": self.counts["operations"],
            "acknowledged": totals["acknowledged"], LOST: kinds[LOST], WRONG: kinds[WRONG], STUCK: kinds[STUCK],
            INCONSISTENT: kinds[INCONSISTENT],
            UNEXPLAINED: kinds[UNEXPLAINED], "seed": self.settings.seed})
        print(matrix.row_table([row]))
        print(f"unexplained answers {totals['odd']}, groups not followed {dict(self.blurred)}, "
              f"longest barrier {self.counts['drained']} s")


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    seconds = float(os.environ.get("IDPHOTO_STRESS_SECONDS", "60"))
    parser.add_argument("--minutes", type=float, default=seconds / 60, help="how long (default: %(default).1f)")
    parser.add_argument("--seed", type=int, default=int(os.environ.get("IDPHOTO_SEED", "0")), help="repeat a run's choices")
    parser.add_argument("--clients", type=int, default=8, help="client processes (default: %(default)s)")
    parser.add_argument("--groups", type=int, default=24, help="groups of two students for each client (default: %(default)s)")
    parser.add_argument("--round", type=float, default=12, help="seconds between barriers (default: %(default)s)")
    parser.add_argument("--flood", type=float, default=30, help="photos of nobody a second beside (default: %(default)s)")
    parser.add_argument("--faults", type=float, default=2.0, help="faults a second (default: %(default)s)")
    parser.add_argument("--daemon-kills", type=float, default=0.7, help="0: the daemon is never killed")
    parser.add_argument("--worker-kills", type=int, default=1, help="0: workers are never killed")
    parser.add_argument("--shown", type=int, default=SHOWN_MAX, help="violations to print in full (default: %(default)s)")
    parser.add_argument("--first", action="store_true", help="end at the first violation")
    parser.add_argument("--keep", action="store_true", help="leave store and journals when something is found")
    parser.add_argument("--odd", action="store_true", help="print answers that fit no world, though they did no harm")
    settings = parser.parse_args()
    settings.seed = settings.seed or random.SystemRandom().randrange(1, 1 << 31)
    return settings


def work(stress, settings):
    """Rounds until the time is over; what keeps them from going on is a violation too."""
    began, serial = time.monotonic(), 0
    try:
        while serial == 0 or time.monotonic() - began < settings.minutes * 60:
            serial += 1
            stress.round(serial)
            if stress.violations and settings.first:
                break
        stress.end()
    except Exception:  # told below, with what was found before
        stress.violations.append(Violation(INCONSISTENT, "run", traceback.format_exc()))
    return time.monotonic() - began


def tell(stress, settings, seconds):
    if settings.odd:
        for group, entry in stress.odd:
            print(f"unexplained [{group}] {entry}")
    for violation in stress.violations[:settings.shown]:
        print(violation)
    for violation in stress.violations[settings.shown:]:
        print(str(violation).split("\n", maxsplit=1)[0])
    stress.table(seconds)


def main():
    settings = parse()
    need_fuse()
    print(f"seed {settings.seed}", flush=True)
    directory = tempfile.mkdtemp(prefix="idphoto-stress-")
    found = True
    stress = Stress(settings, directory)
    try:
        stress.mount.start()
        seconds = work(stress, settings)
        found = stress.failed()
        tell(stress, settings, seconds)
    finally:
        stress.mount.force_end()
        if settings.keep and found:
            print(f"left in {directory}")
        else:
            shutil.rmtree(directory, ignore_errors=True)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
