#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The daemon killed in the middle of work: every file whose close() returned has its verdict after a restart."""

import os
import threading
import time
import unittest

from harness import MountTest, NUMBERS, main, read, run, wait_for

PHOTOS = 200


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


if __name__ == "__main__":
    main()
