#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The daemon killed in the middle of work: every file whose close() returned has its verdict after a restart."""

import contextlib
import hashlib
import os
import random
import threading
import time

import matrix
from harness import MountTest, NUMBERS, PATIENCE, POINT, blobs_are_shared, main, read, run, wait_for

PHOTOS = 200
# How long the daemon is killed at random instants; minutes give hundreds of cycles.
SECONDS = float(os.environ.get("IDPHOTO_CRASH_SECONDS", "15"))
CYCLES_MIN = 3
OUTSTANDING_MAX = 40
SEED = int(os.environ.get("IDPHOTO_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 32)


class Crash(MountTest):
    options = ("delay=300", "settle=500", "settle-empty=1000")

    def restart(self):
        """The dead mount is still there: the new daemon takes it away."""
        self.mount.start()

    def test_killed_in_the_middle_of_a_copy(self):
        sources = self.good(PHOTOS)
        closed = []
        kill_after = threading.Event()

        def copy():
            for i, source in enumerate(sources):
                try:
                    fd = os.open(self.mount.point(f"学生{i:03} {os.path.basename(source)}"),
                                 os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
                    try:
                        os.write(fd, read(source))
                    finally:
                        os.close(fd)
                except OSError:
                    break
                closed.append(source)
                if i == PHOTOS // 2:
                    kill_after.set()
            kill_after.set()

        thread = threading.Thread(target=copy)
        thread.start()
        kill_after.wait()
        self.mount.kill()
        thread.join()
        self.assertGreater(len(closed), PHOTOS // 2)
        self.restart()
        self.mount.settle()
        expected = {os.path.basename(source) for source in closed}
        found = set(self.mount.photos())
        self.assertEqual(expected - found, set(), self.mount.rejected())
        for name in expected:
            self.assertTrue(20480 <= os.path.getsize(self.mount.point(name)) <= 40000)
        # What was cut off in the middle of its write has a reason; nothing waits for ever.
        wait_for(lambda: self.mount.listed() == self.mount.photos(), f"nothing is left over: {self.mount.listed()}")
        self.assertEqual(os.listdir(os.path.join(self.mount.store, "staging")), [])

    def test_killed_between_the_verdict_and_its_rename(self):
        run("cp", self.copy_of(self.good(1)[0], f"a {NUMBERS[0]}.jpg"), self.mount.point())
        self.mount.kill()
        self.restart()
        wait_for(lambda: self.mount.listed() == [f"{NUMBERS[0]}.jpg"], "the verdict is shown after the restart")

    def test_killed_under_temporary_names(self):
        temporary = self.mount.point(f".{NUMBERS[0]}.jpg.Ab3dEf")
        run("cp", self.good(1)[0], temporary)
        self.mount.kill()
        self.restart()
        self.assertEqual(self.mount.listed(), [])
        os.rename(temporary, self.mount.point(f"{NUMBERS[0]}.jpg"))
        self.mount.settle()
        self.assertEqual(self.mount.photos(), [f"{NUMBERS[0]}.jpg"])

    def lose_bytes(self, state):
        """What a power cut can leave: a row in that state, and no file."""
        staging = os.path.join(self.mount.store, "staging")
        [submission] = os.listdir(staging)
        os.unlink(os.path.join(staging, submission))
        self.mount.query(f"UPDATE submission SET state = {state} WHERE id = {int(submission)}")

    def test_bytes_that_a_power_cut_took(self):
        """Their sender is told, nothing waits for them, and the photo can be sent again. Where blobs are shared, what was closed is
        one, so that this was not, and goes."""
        source = self.good(1)[0]
        name = os.path.basename(source)
        with open(self.mount.point(name), "wb") as f:
            f.write(read(source)[:1000])
            f.flush()
            self.mount.kill()
            with contextlib.suppress(OSError):
                f.close()
        self.lose_bytes(1)
        self.restart()
        self.mount.settle()
        if blobs_are_shared():
            self.assertEqual((self.mount.rejected(), self.mount.listed()), ({}, []))
        else:
            self.assertEqual(list(self.mount.rejected()), [name])
            self.assertIn("empty", self.mount.rejected()[name])
        run("cp", source, self.mount.point())
        self.mount.settle()
        self.assertEqual(self.mount.photos(), [name])
        self.mount.ctl("verify")

    def test_bytes_under_a_temporary_name_that_a_power_cut_took(self):
        temporary = self.mount.point(f".{NUMBERS[0]}.jpg.Ab3dEf")
        run("cp", self.good(1)[0], temporary)
        self.mount.kill()
        self.lose_bytes(0)
        self.restart()
        os.rename(temporary, self.mount.point(f"{NUMBERS[0]}.jpg"))
        self.mount.settle()
        self.assertEqual(self.mount.photos() if blobs_are_shared() else list(self.mount.rejected()), [f"{NUMBERS[0]}.jpg"])

    def test_killed_again_and_again_while_photos_come_in(self):
        sources = self.good(40)
        stop = threading.Event()
        closed = set()

        def copy():
            i = 0
            while not stop.is_set() and i < len(sources):
                try:
                    with open(self.mount.point(os.path.basename(sources[i])), "wb") as f:
                        f.write(read(sources[i]))
                except OSError:
                    time.sleep(0.02)
                    continue
                closed.add(os.path.basename(sources[i]))
                i += 1

        thread = threading.Thread(target=copy)
        thread.start()
        for _ in range(5):
            time.sleep(0.15)
            self.mount.kill()
            self.restart()
        thread.join()
        stop.set()
        self.mount.settle()
        self.assertEqual(len(closed), len(sources))
        self.assertEqual(closed - set(self.mount.photos()), set(), self.mount.rejected())

    def test_mtime_set_before_the_kill_is_kept(self):
        source = self.copy_of(self.good(1)[0], f"b {NUMBERS[0]}.jpg")
        run("cp", "-p", source, self.mount.point())
        self.mount.kill()
        self.restart()
        self.mount.settle()
        self.assertEqual(int(os.stat(self.mount.point(f"{NUMBERS[0]}.jpg")).st_mtime), 1700000000)
        self.assertEqual(int(os.stat(self.mount.point(f"b {NUMBERS[0]}.jpg")).st_mtime), 1700000000)


class Client(threading.Thread):
    """Works until it is told to stop; what its calls on a dead mount say is no error of anybody's."""

    def __init__(self, step, may):
        super().__init__(daemon=True)
        self.step = step
        self.may = may
        self.stop = threading.Event()

    def run(self):
        while not self.stop.is_set():
            try:
                if self.may():
                    self.step()
            except (OSError, AssertionError):
                pass
            # Not faster than verdicts come, or every check waits for a growing queue.
            time.sleep(0.1 * PATIENCE / 60)


class RandomCrash(MountTest):
    """SIGKILL at random instants, with cp, rsync, plain writes, withdrawals and reviews under way.

    Each upload has bytes of its own, so that its original is found by its hash: most are no photo, or one with some bytes
    behind its end, which is as good. A client notes what it sent when close() has returned, or the program has ended well.
    """

    options = ("delay=200", "settle=300", "settle-empty=500")

    def setUp(self):
        super().setUp()
        print(f"seed {SEED}", flush=True)
        self.random = random.Random(SEED)
        self.lock = threading.Lock()
        self.sent = []    # (name, hash) of every upload that was reported as done
        self.checked = 0  # how many of them were looked for after a kill
        self.serial = 0
        self.source = os.path.join(self.directory, "out")
        os.mkdir(self.source)
        self.photos = [read(path) for path in self.good(len(NUMBERS))]

    def make(self):
        """A name and bytes that no upload had before: every third a photo, the others words."""
        with self.lock:
            self.serial += 1
            serial = self.serial
        tail = serial.to_bytes(4, "big")
        if serial % 3 == 0:
            i = serial // 3 % len(NUMBERS)
            return f"同学{serial} {NUMBERS[i]}.jpg", self.photos[i] + tail
        return f"IMG_{serial:05}.jpg", b"only words " + tail * 2000

    def done(self, name, data):
        with self.lock:
            self.sent.append((name, hashlib.sha256(data).hexdigest()))

    def file_with(self, name, data):
        path = os.path.join(self.source, name)
        with open(path, "wb") as f:
            f.write(data)
        return path

    # ---- the clients ----

    def may_send(self):
        """A slow build judges slower than clients send: what waits for its verdict is bounded, or no check would end."""
        with self.lock:
            return len(self.sent) - self.checked < OUTSTANDING_MAX

    def write(self):
        name, data = self.make()
        fd = os.open(self.mount.point(name), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        try:
            os.write(fd, data[:5000])
            os.write(fd, data[5000:])
        finally:
            os.close(fd)
        self.done(name, data)

    def cp(self):
        name, data = self.make()
        path = self.file_with(name, data)
        run("cp", "-p", path, self.mount.point(name))
        self.done(name, data)

    def rsync(self):
        files = [self.make() for _ in range(3)]
        paths = [self.file_with(name, data) for name, data in files]
        run("rsync", "-t", *paths, self.mount.point() + "/")
        for name, data in files:
            self.done(name, data)

    def withdraw(self):
        for name in self.mount.photos()[:1]:
            os.unlink(self.mount.point(name))

    def review(self):
        """The office rejects what it sees first, and brings another one back."""
        office = os.path.join(self.mount.path, "OFFICE")
        pending, hair = os.path.join(office, "pending", POINT), os.path.join(office, "rejected", "hair")
        for source, target in ((pending, hair), (hair, pending)):
            for name in [n for n in os.listdir(source) if n.endswith(".jpg")][:1]:
                os.rename(os.path.join(source, name), os.path.join(target, name))

    # ---- what must hold ----

    def blob(self, digest):
        return os.path.join(self.mount.store, "blobs", digest[:2], digest[2:])

    def lost(self, uploads):
        """Uploads whose original, its bytes or its verdict is not there."""
        known = {(name, original) for name, original in self.mount.query(
            "SELECT name, original FROM submission WHERE state >= 4 AND original IS NOT NULL")}
        missing = []
        for name, digest in uploads:
            try:
                kept = hashlib.sha256(read(self.blob(digest))).hexdigest() == digest
            except FileNotFoundError:
                kept = False
            if not kept or (name, digest) not in known:
                missing.append((name, digest))
        return missing

    def inconsistent(self):
        found = []
        if not self.mount.catalog:
            found += [row for row in self.mount.query("PRAGMA integrity_check") if row != ("ok",)]
            found += self.mount.query("PRAGMA foreign_key_check")
        for (digest,) in self.mount.query("SELECT original FROM submission WHERE original IS NOT NULL"
                                          " UNION SELECT blob FROM photo"):
            if not os.path.exists(self.blob(digest)):
                found.append(f"no blob {digest}")
        return found

    def test_random_kills(self):
        clients = [Client(step, self.may_send) for step in (self.write, self.cp, self.rsync, self.withdraw, self.review)]
        end = time.monotonic() + SECONDS
        cycles, lost, wrong = 0, [], []
        for client in clients:
            client.start()
        try:
            # On a slow machine a few cycles more than the time allows: fewer would show nothing.
            while time.monotonic() < end or cycles <= CYCLES_MIN:
                time.sleep(self.random.uniform(0, 0.7))
                with self.lock:
                    before = self.sent[self.checked:]
                self.mount.kill()
                cycles += 1
                self.mount.start()
                self.mount.settle()
                lost += self.lost(before)
                wrong += self.inconsistent()
                self.checked += len(before)
        finally:
            for client in clients:
                client.stop.set()
            for client in clients:
                client.join(60)
        self.mount.settle()
        lost += self.lost(self.sent)
        wrong += self.inconsistent()
        counts = {"faults": cycles, "cycles": cycles, "uploads": len(self.sent), "lost": len(lost),
                  "inconsistent": len(wrong)}
        matrix.record_faults("SIGKILL", counts)
        print(counts)
        self.assertEqual(lost, [], f"seed {SEED}")
        self.assertEqual(wrong, [], f"seed {SEED}")
        self.assertGreater(cycles, CYCLES_MIN)
        self.assertGreater(len(self.sent), cycles)


if __name__ == "__main__":
    main()
