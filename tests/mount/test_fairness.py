#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""One client or one point cannot hold up the others.

In each test one user does something alone, and then the same while another one does their worst; both are who such people
are, members of their point's group or of none. Beside the attacker it may take twice as long as alone, and what a test says
besides. A table of it all stands at the end.
"""

import itertools
import os
import re
import resource
import signal
import statistics
import subprocess
import sys
import time

from harness import BUILD, MountTest, NUMBERS, need, read, run, skip, wait_for
import harness
import matrix
from users import as_user

OWN, OTHER = "沈阳分校", "大连学习中心"
OWN_GROUP, OTHER_GROUP, ATTACKER, VICTIM, STRANGER = 61001, 61002, 60001, 60003, 65533
HANGLIST = os.path.join(BUILD, "tests", "mount", "hanglist")
LEASE = 0.25
# What others' programs may cost on a machine of two cores that has more to do.
SCHEDULING = float(os.environ.get("IDPHOTO_TEST_SCHEDULING", "0.6"))

table = []


# ---- what attackers do; say() tells the test ----


def list_for_ever(say, directory):
    """Begins one listing after the other, takes one step of it, and keeps it open."""
    held = []
    while True:
        listing = os.scandir(directory)
        next(listing, None)
        held.append(listing)
        if len(held) == 1:
            say("begun")
        if len(held) > 60:
            held.pop(0).close()
        time.sleep(0.02)


def sync_for_ever(say, *paths):
    fds = [os.open(path, os.O_RDONLY) for path in paths]
    for n in itertools.count():
        for fd in fds:
            os.fsync(fd)
        if n == 0:
            say("begun")


def open_all(say, path):
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    fds = []
    try:
        while True:
            fds.append(os.open(path, os.O_RDONLY))
    except OSError as error:
        say(f"{len(fds)} {error.errno}")
    time.sleep(600)


def keep_versions(say, point, n):
    """Of a page: between two of them something changes."""
    fds = []
    for i in range(n):
        fds.append(os.open(f"{point}/index.html", os.O_RDONLY))
        os.close(os.open(f"{point}/{i}.bin", os.O_CREAT | os.O_WRONLY))
        os.unlink(f"{point}/{i}.bin")
    found = [os.fstat(fd) for fd in fds]
    say(f"{len({st.st_ino for st in found})} {sum(st.st_size for st in found)}")
    whole = os.pread(fds[0], 1 << 26, 0)
    say(f"{len(whole) - found[0].st_size} {whole.rstrip()[-7:].decode()}")
    time.sleep(600)


class Attacker:
    """A process of a user that runs one of these."""

    def __init__(self, function, args, uid, gid):
        r, w = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                os.close(r)
                os.setgroups([])
                os.setresgid(gid, gid, gid)
                os.setresuid(uid, uid, uid)
                function(lambda text: os.write(w, (text + "\n").encode()), *args)
            finally:
                os._exit(1)
        os.close(w)
        self.stdout = os.fdopen(r)

    def terminate(self):
        os.kill(self.pid, signal.SIGKILL)

    def wait(self, timeout):
        wait_for(lambda: os.waitpid(self.pid, os.WNOHANG)[0], "the attacker's end", timeout=timeout)


def id_number(serial):
    """A valid one that nobody has."""
    body = f"219999{1990 + serial // 900}{1 + serial // 75 % 12:02}01{serial % 75 + 100}"
    return body + "10X98765432"[sum(int(c) * 2 ** (17 - i) for i, c in enumerate(body)) % 11]


def median_of(action, n=3):
    times = []
    for i in range(n):
        start = time.monotonic()
        action(i)
        times.append(time.monotonic() - start)
    return statistics.median(times)


def longest_of(action, n):
    """With pauses, so that each meets another moment of what goes on beside it."""
    times = []
    for i in range(n):
        time.sleep(0.07)
        times.append(median_of(action, 1))
    return max(times)


class Fairness(MountTest):
    options = ("delay=200", "settle=60000")
    points = ()

    @classmethod
    def setUpClass(cls):
        if os.geteuid() != 0:
            skip("other users need root")
        need("cjpeg")
        super().setUpClass()

    def setUp(self):
        super().setUp()
        os.chmod(self.directory, 0o755)
        for point, group in ((OWN, OWN_GROUP), (OTHER, OTHER_GROUP)):
            self.mount.ctl("point", "add", point, f"--group={group}")
        wait_for(lambda: {OWN, OTHER} <= set(os.listdir(self.mount.path)), "the points are there")
        self.sources = [read(path) for path in self.good(12)]
        self.used = 0

    def tearDown(self):
        self.end_attackers()
        super().tearDown()

    attackers = ()

    def end_attackers(self):
        for process in self.attackers:
            process.terminate()
            process.wait(timeout=20)
            process.stdout.close()
        self.attackers = ()

    # ---- who ----

    def attack(self, function, *args, uid=ATTACKER, gid=OWN_GROUP):
        """Returns the attacker and the first line they say."""
        process = Attacker(function, args, uid, gid)
        self.attackers = (*self.attackers, process)
        return process, process.stdout.readline()

    def as_victim(self, function, group=OTHER_GROUP):
        return as_user(VICTIM, [group], function)

    def drop(self, point, name, data):
        path = self.mount.point(name, point=point)
        with open(path, "wb") as f:
            f.write(data)

    def verdict_time(self, n=3):
        """Median seconds from a drop to its place, for the victim in the other point."""
        first, self.used = self.used, self.used + n
        point = self.mount.point(point=OTHER)

        def one(i):
            number = NUMBERS[first + i]
            self.drop(OTHER, f"照{number}.jpg", self.sources[first + i])
            wait_for(lambda: f"{number}.jpg" in os.listdir(point), "the verdict is shown", timeout=45)

        return self.as_victim(lambda: median_of(one, n))

    # ---- how long ----

    def compare(self, line, alone, beside, constant=0.0):
        limit = 2 * alone + constant + SCHEDULING
        table.append((line, alone, beside, limit))
        self.assertLessEqual(beside, limit, f"{line}: {alone:.3f} s alone, {beside:.3f} s beside the attacker")

    def lock(self, directory, uid=ATTACKER, gid=OWN_GROUP):
        scratch = os.path.join(self.directory, "scratch")
        os.mkdir(scratch)
        # The request that it never answers is no leak.
        process = subprocess.Popen([HANGLIST, scratch, str(uid), str(gid), directory], stdout=subprocess.PIPE, text=True,
                                   env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"})
        self.attackers = (*self.attackers, process)
        self.assertEqual(process.stdout.readline(), "locked\n")
        return process

    # ---- tests ----

    def test_a_locked_directory(self):
        alone = self.verdict_time()
        as_user(ATTACKER, [OWN_GROUP], lambda: self.drop(OWN, f"照{NUMBERS[8]}.jpg", self.sources[8]))
        as_user(ATTACKER, [OWN_GROUP], lambda: self.drop(OWN, "IMG_1.jpg", self.sources[9]))
        self.lock(self.mount.point(point=OWN))
        # All of it is decided and has its place, the attacker's own too; only nobody can look there.
        self.mount.ctl("wait", timeout=30)
        self.compare("a directory's lock is held: verdicts elsewhere", alone, self.verdict_time())
        self.end_attackers()
        self.assertEqual(self.mount.photos(point=OWN), [f"{NUMBERS[8]}.jpg"])
        self.assertEqual(list(self.mount.rejected(point=OWN)), ["IMG_1.jpg"])
        # And the hand that hung shows what comes next.
        as_user(ATTACKER, [OWN_GROUP], lambda: self.drop(OWN, f"照{NUMBERS[10]}.jpg", self.sources[10]))
        self.mount.settle(point=OWN)
        self.assertEqual(len(self.mount.photos(point=OWN)), 2)

    def test_the_daemon_ends_though_a_directory_is_locked(self):
        as_user(ATTACKER, [OWN_GROUP], lambda: self.drop(OWN, f"照{NUMBERS[8]}.jpg", self.sources[8]))
        self.lock(self.mount.point(point=OWN))
        self.mount.ctl("wait", timeout=30)
        self.mount.daemon.terminate()
        wait_for(lambda: not os.path.ismount(self.mount.path), "the mount is gone", timeout=20)
        # Its last thread is the kernel's until the lock is free.
        self.end_attackers()
        self.assertEqual(self.mount.daemon.wait(timeout=20), 0)
        self.mount.daemon = None
        self.mount.start()
        self.assertEqual(self.mount.photos(point=OWN), [f"{NUMBERS[8]}.jpg"])

    def large_photo(self):
        """17 megapixels, progressive: some tenths of a second for a worker."""
        width, height = 3600, 4800
        rows = [bytes((x * 255 // (3 * width) + x * (y + 3) * 7919 % 41) & 255 for x in range(3 * width)) for y in range(8)]
        pixels = b"P6 %d %d 255\n" % (width, height) + b"".join(rows) * (height // 8)
        return subprocess.run(["cjpeg", "-progressive", "-quality", "50"], input=pixels, stdout=subprocess.PIPE, check=True).stdout

    def test_many_slow_photos(self):
        large, n = self.large_photo(), 24
        as_user(ATTACKER, [OWN_GROUP], lambda: self.drop(OWN, "first.jpg", large))
        start = time.monotonic()
        self.mount.settle(point=OWN)
        one = time.monotonic() - start
        alone = self.verdict_time()

        def flood():
            for i in range(n):
                self.drop(OWN, f"{i}.jpg", large)

        as_user(ATTACKER, [OWN_GROUP], flood)
        beside = self.verdict_time()
        waiting = sum(f"{i}.jpg" not in self.mount.rejected(point=OWN) for i in range(n))
        self.assertGreater(waiting, 3, "the attacker's photos are still in the queue")
        # All workers have one of the large ones: the next that is done makes room.
        self.compare("many slow photos of another point", alone, beside, constant=one)

    def test_every_descriptor(self):
        as_user(ATTACKER, [OWN_GROUP], lambda: self.drop(OWN, f"{NUMBERS[8]}.jpg", self.sources[8]))
        self.mount.settle(point=OWN)
        alone = self.verdict_time()
        photo = self.mount.point(f"{NUMBERS[8]}.jpg", point=OWN)
        _, said = self.attack(open_all, photo)
        n, error = map(int, said.split())
        self.assertEqual(error, 24, "EMFILE")
        self.assertLessEqual(n, 4096)
        # The daemon's own descriptors are left, and the victim's: files and directories.
        self.compare("every descriptor taken: verdicts", alone, self.verdict_time())
        listed = self.as_victim(lambda: os.listdir(self.mount.point(point=OTHER)))
        name = next(name for name in listed if re.fullmatch(r"\d{17}[\dX]\.jpg", name))
        self.assertGreater(len(self.as_victim(lambda: read(self.mount.point(name, point=OTHER)).hex())), 40000)
        # The greedy one is refused directories as well.
        self.assertEqual(as_user(ATTACKER, [OWN_GROUP], lambda: test_errno(os.listdir, self.mount.point(point=OWN))), 24)

    def test_versions_of_a_page_held_open(self):
        roster = "学号,姓名,身份证号,教学点\r\n" + "".join(f"S{i:05},学生{i},{id_number(i)},{OWN}\r\n" for i in range(1500))
        path = os.path.join(self.directory, "roster.csv")
        with open(path, "w", encoding="utf-8") as f:
            f.write(roster)
        self.mount.ctl("roster", "import", path)

        def memory():
            status = read(f"/proc/{self.mount.daemon.pid}/status").decode()
            return int(re.search(r"RssAnon:\s+(\d+)", status)[1]) * 1024

        as_user(ATTACKER, [OWN_GROUP], lambda: len(read(self.mount.point("index.html", point=OWN))))
        before = memory()
        process, said = self.attack(keep_versions, self.mount.point(point=OWN), 60)
        versions, size = map(int, said.split())
        self.assertEqual(process.stdout.readline(), "0 </html>\n")
        self.assertGreater(versions, 40)
        self.assertGreater(size, 20 << 20)
        grown = memory() - before
        table.append((f"{versions} versions of a page held open, {size >> 20} MiB: the daemon grows by {grown >> 10} KiB",))
        # A sanitizer keeps what is freed for a while.
        if not re.search(rb"lib[at]san", read(f"/proc/{self.mount.daemon.pid}/maps")):
            self.assertLess(grown, size / 3)

    def test_listings_without_end(self):
        def remove(i):
            os.unlink(self.mount.point(f"{NUMBERS[i]}.jpg", point=OWN))
            time.sleep(0.4)

        def put():
            for i in range(6):
                self.drop(OWN, f"{NUMBERS[i]}.jpg", self.sources[i])

        self.as_victim(put, OWN_GROUP)
        self.mount.settle(point=OWN)
        time.sleep(0.4)
        alone = self.as_victim(lambda: median_of(remove, 3), OWN_GROUP) - 0.4
        self.assertEqual(self.attack(list_for_ever, self.mount.point(point=OWN))[1], "begun\n")
        self.assertEqual(self.attack(list_for_ever, self.mount.path, uid=STRANGER, gid=STRANGER)[1], "begun\n")
        beside = self.as_victim(lambda: median_of(lambda i: remove(i + 3), 3), OWN_GROUP) - 0.4
        self.compare("listings without end: a deletion", alone, beside, constant=2 * LEASE)

    def test_a_stranger_s_sync_ends_nobody_s_settle_time(self):
        data = self.sources[0]
        name = f"{NUMBERS[0]}.jpg"

        def begin():
            self.drop(OTHER, name, data[: len(data) // 2])

        def go_on():
            with open(self.mount.point(name, point=OTHER), "ab") as f:
                f.write(data[len(data) // 2:])

        targets = (self.mount.path, os.path.join(self.mount.path, "STATUS.txt"))
        self.attack(sync_for_ever, *targets, uid=STRANGER, gid=STRANGER)
        self.attack(sync_for_ever, *targets, self.mount.point(point=OWN))
        self.as_victim(begin)
        time.sleep(1.5)
        self.assertEqual(self.mount.rejected(point=OTHER), {}, "it is left alone")
        self.as_victim(go_on)
        self.mount.settle(point=OTHER)
        self.assertEqual(self.mount.photos(point=OTHER), [name])
        # Who may read the point ends it.
        self.as_victim(lambda: self.drop(OTHER, f"{NUMBERS[1]}.jpg", data[: len(data) // 2]))
        self.as_victim(lambda: run("sync", os.path.join(self.mount.path, "STATUS.txt")).returncode)
        self.assertEqual(list(self.mount.rejected(point=OTHER)), [f"{NUMBERS[1]}.jpg"])

    def test_syncs_of_directories_hold_up_no_reader(self):
        large, n = self.large_photo(), 24
        point, names = self.mount.point(point=OWN), iter(range(10000))

        def look(_):
            os.listdir(point)
            read(os.path.join(point, "STATUS.txt"))
            os.path.exists(os.path.join(point, f"none{next(names)}"))
            os.listdir(self.mount.path)
            os.path.exists(os.path.join(self.mount.path, f"none{next(names)}"))

        def flood():
            for i in range(n):
                self.drop(OWN, f"{i}.jpg", large)

        as_user(ATTACKER, [OWN_GROUP], flood)
        alone = self.as_victim(lambda: median_of(look, 9), OWN_GROUP)
        syncs = [subprocess.Popen(["sync", path], user=ATTACKER, group=OWN_GROUP, extra_groups=[], stdout=subprocess.PIPE)
                 for path in (point, self.mount.path)]
        self.attackers = (*self.attackers, *syncs)
        beside = self.as_victim(lambda: median_of(look, 9), OWN_GROUP)
        self.assertTrue(all(sync.poll() is None for sync in syncs), "the syncs are still waiting")
        self.compare("sync DIR and sync MOUNT: ls, cat, look-ups", alone, beside)
        # By fsync alone, over and over: each holds the lock for a tenth of a second. A look asks for it four times.
        self.attack(sync_for_ever, point)
        longest = self.as_victim(lambda: longest_of(look, 6), OWN_GROUP)
        self.compare("fsync of the directory without end: the longest", alone, longest, constant=4 * 0.1)
        for sync in syncs:
            self.assertEqual(sync.wait(timeout=4 * harness.PATIENCE), 0)
        self.assertEqual(len(self.mount.rejected(point=OWN)), n)


def test_errno(function, *args):
    try:
        function(*args)
    except OSError as error:
        return error.errno
    return 0


def print_table():
    rows = []
    for line, *seconds in table:
        cells = {"beside others' worst": line}
        if seconds:
            alone, beside, limit = seconds
            cells |= {"alone, ms": round(1000 * alone, 1), "beside, ms": round(1000 * beside, 1),
                      "ratio": round(beside / max(alone, 1e-6), 1), "allowed, ms": round(1000 * limit)}
        rows.append(matrix.record_row("Nobody holds up the others", cells))
    if rows:
        print("\n" + matrix.row_table(rows))


if __name__ == "__main__":
    result = harness.unittest.main(exit=False, verbosity=2).result
    print_table()
    sys.exit(0 if result.wasSuccessful() else 1)
