#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A worker whose decoder a photo has taken over, under a mounted daemon [Z1]: each attack costs that photo a verdict.

The worker is tests/worker-hostile.c: the bytes of the "photo" say what it tries. What it tries in vain ends in an ordinary
verdict; what the sandbox kills ends in one that says that the photo could not be examined.
"""

import os
import time
import unittest

from harness import BUILD, MountTest, NUMBERS, main, read, run, skip

HOSTILE = os.path.join(BUILD, "tests", "worker-hostile")
KILLED = ("open", "socket", "fork", "exec", "ptrace", "kill", "executable-memory", "foreign-message", "flood-output", "crash",
          "quiet-end", "short-answer", "lie-code", "lie-infinity", "lie-escape-detail", "lie-mapped-output")
# A sanitizer's own run-time library needs these calls, so the sandbox of such a build lets them pass.
SANITIZERS_ALLOW = ("open", "executable-memory")
IN_VAIN = ("write-input", "inherited-files", "earlier-memory")


class Sandbox(MountTest):
    options = ("delay=50", "settle=100", "settle-empty=200", "workers=1")

    @classmethod
    def setUpClass(cls):
        if not os.path.exists(HOSTILE):
            skip("the hostile worker is not built")
        os.environ["IDPHOTO_WORKER"] = HOSTILE
        super().setUpClass()

    @classmethod
    def tearDownClass(cls):
        del os.environ["IDPHOTO_WORKER"]
        super().tearDownClass()

    def drop(self, name, data):
        with open(self.mount.point(name), "wb") as f:
            f.write(data)

    def tearDown(self):
        """The daemon that was attacked takes a photo as before."""
        pid = self.mount.daemon.pid
        self.drop(f"{NUMBERS[0]}.jpg", b"an honest photo")
        self.mount.settle()
        self.assertEqual(self.mount.photos(), [f"{NUMBERS[0]}.jpg"])
        self.assertIsNone(self.mount.daemon.poll())
        self.assertEqual(self.mount.daemon.pid, pid)
        super().tearDown()

    def children(self):
        return run("ps", "-o", "pid=", "--ppid", str(self.mount.daemon.pid), check=False).stdout.split()

    def test_each_attack_costs_its_own_photo_a_verdict(self):
        sanitized = any(name in read(HOSTILE) for name in (b"__asan_init", b"__tsan_init"))
        attacks = [word for word in KILLED if not sanitized or word not in SANITIZERS_ALLOW]
        for word in attacks:
            self.drop(f"{word}.jpg", word.encode())
        self.mount.settle()
        rejected = self.mount.rejected()
        self.assertEqual(set(rejected), {f"{word}.jpg" for word in attacks})
        for word in attacks:
            with self.subTest(attack=word):
                self.assertIn("examin", rejected[f"{word}.jpg"])

    def test_what_is_tried_in_vain_is_no_crash(self):
        for word, number in zip(IN_VAIN, NUMBERS[1:]):
            self.drop(f"{number}.jpg", word.encode())
        self.mount.settle()
        self.assertEqual(self.mount.rejected(), {})
        self.assertEqual(self.mount.photos(), [f"{number}.jpg" for number in NUMBERS[1:1 + len(IN_VAIN)]])
        for number in NUMBERS[1:1 + len(IN_VAIN)]:
            os.unlink(self.mount.point(f"{number}.jpg"))

    def test_four_gigabytes(self):
        self.drop("memory.jpg", b"large-allocation")
        self.mount.settle()
        self.assertEqual(list(self.mount.rejected()), ["memory.jpg"])

    def test_an_endless_loop_ends(self):
        self.mount.end()
        with open(os.path.join(self.mount.store, "idphotofs.conf"), "w", encoding="utf-8") as f:
            f.write("[input]\nmax-time = 2 s\n")
        self.mount.start()
        start = time.monotonic()
        self.drop("loop.jpg", b"endless-loop")
        self.mount.settle()
        self.assertGreater(time.monotonic() - start, 1.9)
        self.assertIn("in time", self.mount.rejected()["loop.jpg"])

    def test_an_attacker_sends_again_and_again(self):
        for i in range(40):
            self.drop(f"again {i}.jpg", b"crash" if i % 2 else b"open")
        self.mount.settle()
        self.assertEqual(len(self.mount.rejected()), 40)
        self.assertLessEqual(len(self.children()), 2)


if __name__ == "__main__":
    main()
