#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What removes files from the store beside a working daemon removes nothing that a row names, and leaves nothing that none does."""

import contextlib
import hashlib
import os
import sqlite3
import threading
import time

from harness import MountTest, NUMBERS, main, read, wait_for

SECONDS = 4


class Collect(MountTest):
    options = ("delay=0", "settle=100", "settle-empty=100")

    def rows(self):
        """Hashes that rows name."""
        with sqlite3.connect(f"file:{self.mount.store}/catalog.db?mode=ro", uri=True) as catalog:
            return {row[0].hex() for row in catalog.execute(
                "SELECT original FROM submission WHERE original IS NOT NULL UNION SELECT blob FROM photo WHERE length(blob) > 0"
                " UNION SELECT centre FROM photo WHERE centre IS NOT NULL")}

    def blobs(self):
        root = os.path.join(self.mount.store, "blobs")
        return {folder + name for folder in os.listdir(root) for name in os.listdir(os.path.join(root, folder))}

    def test_the_same_bytes_again_and_again_beside_purges_and_repairs(self):
        """Every original is wanted by nobody and dropped again all the time, and so is one good photo."""
        good = read(self.good(1)[0])
        stop = threading.Event()
        failures = []

        def drop_and_dismiss():
            while not stop.is_set():
                for i in range(24):
                    with open(self.mount.point(f"a{i}.jpg"), "wb") as f:
                        f.write(b"GIF89a" + b"%08d" % i * 64)
                with open(self.mount.point(f"{NUMBERS[0]}.jpg"), "wb") as f:
                    f.write(good)
                self.mount.settle()
                for name in os.listdir(self.mount.point("rejected")):
                    if not name.endswith(".txt"):
                        with contextlib.suppress(FileNotFoundError):  # the purge took it from there
                            os.unlink(self.mount.point("rejected", name))
                if self.mount.photos():
                    os.unlink(self.mount.point(f"{NUMBERS[0]}.jpg"))

        def guarded(work):
            try:
                work()
            except BaseException as error:  # of a thread, to be seen by the test
                failures.append(error)

        def keep_on(*command):
            while not stop.is_set():
                result = self.mount.ctl(*command, check=False)
                if result.returncode != 0:
                    raise AssertionError(f"{command}: {result.returncode}\n{result.stdout}{result.stderr}")

        threads = [threading.Thread(target=guarded, args=(work,)) for work in (
            drop_and_dismiss, lambda: keep_on("purge", "--days=0"), lambda: keep_on("verify", "--repair"))]
        for thread in threads:
            thread.start()
        stop.wait(SECONDS)
        stop.set()
        for thread in threads:
            thread.join()
        if failures:
            raise failures[0]
        self.mount.settle()
        self.assertEqual(self.rows() - self.blobs(), set())
        with sqlite3.connect(f"file:{self.mount.store}/catalog.db?mode=ro", uri=True) as catalog:
            dropped, erased = catalog.execute(
                "SELECT (SELECT count(*) FROM submission), (SELECT count(*) FROM event WHERE kind = 'purged')").fetchone()
        # Both were at work.
        self.assertGreater(dropped, 10)
        self.assertGreater(erased, 1)
        self.mount.ctl("purge", "--days=0")
        self.assertEqual(self.blobs(), self.rows())
        self.mount.end()
        self.assertIn("in order", self.mount.ctl("verify").stdout)

    def test_a_purge_erases_what_was_rejected_a_moment_ago(self):
        data = b"GIF89a" + b"0123456" * 99
        with open(self.mount.point("x.jpg"), "wb") as f:
            f.write(data)
        self.mount.settle()
        digest = hashlib.sha256(data).hexdigest()
        self.assertIn(digest, self.blobs())
        self.mount.ctl("purge", "--days=0")
        self.assertNotIn(digest, self.blobs())

    def test_the_name_of_an_erased_file_can_be_dropped_again(self):
        for data in (b"GIF89a first", b"GIF89a second"):
            with open(self.mount.point("x.jpg"), "wb") as f:
                f.write(data)
            self.mount.settle()
            self.assertEqual(read(self.mount.point("rejected", "x.jpg")), data)
            os.unlink(self.mount.point("rejected", "x.jpg"))
            self.mount.ctl("purge", "--days=0")

    def test_a_start_removes_what_a_killed_command_left(self):
        with open(self.good(1)[0], "rb") as source, open(self.mount.point(f"{NUMBERS[0]}.jpg"), "wb") as f:
            f.write(source.read())
        self.mount.settle()
        named = self.blobs()
        self.mount.end()
        digest = hashlib.sha256(b"left").hexdigest()
        with open(os.path.join(self.mount.store, "blobs", digest[:2], digest[2:]), "wb") as f:
            f.write(b"left")
        self.assertEqual(self.blobs(), named | {digest})
        begun = time.monotonic()
        self.mount.start()
        self.assertEqual(self.mount.photos(), [f"{NUMBERS[0]}.jpg"])
        wait_for(lambda: self.blobs() == named, f"the file is gone {time.monotonic() - begun:.1f} s after the start")


if __name__ == "__main__":
    main()
