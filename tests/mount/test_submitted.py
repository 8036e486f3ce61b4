#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""submitted/ lists what was sent, as it was sent, and may be mirrored into [D4]; missing/ and the tables."""

import os
import shutil

from harness import MountTest, NUMBERS, main, need, read, run, wait_for


class Submitted(MountTest):
    options = ("delay=200", "settle=300", "settle-empty=600")

    def sources(self, n=3):
        paths = [self.copy_of(path, f"学生 {i} {NUMBERS[i]}.jpg") for i, path in enumerate(self.good(n))]
        directory = os.path.dirname(paths[0])
        os.chmod(directory, 0o2770)
        # A time of its own, so that it shows whether the mount keeps it.
        os.utime(directory, (1600000000, 1600000000))
        return directory

    def test_lists_what_was_dropped_into_the_point(self):
        directory = self.sources(2)
        run("cp", "-p", *[os.path.join(directory, n) for n in os.listdir(directory)], self.mount.point())
        run("cp", "-p", self.copy_of(self.good(3)[2], "IMG_1.jpg"), self.mount.point())
        self.mount.settle()
        self.assertEqual(sorted(os.listdir(self.mount.point("submitted"))), sorted(os.listdir(directory)))
        for name in os.listdir(directory):
            sent, kept = os.path.join(directory, name), self.mount.point("submitted", name)
            self.assertEqual(read(kept), read(sent))
            self.assertEqual(int(os.stat(kept).st_mtime), int(os.stat(sent).st_mtime))

    def mirror(self, directory):
        return run("rsync", "-ai", "--delete", directory + "/", self.mount.point("submitted") + "/").stdout

    def test_mirror_with_delete_is_safe_and_repeatable(self):
        directory = self.sources()
        self.mirror(directory)
        wait_for(lambda: len(self.mount.photos()) == 3, "three photos")
        self.assertEqual(self.mirror(directory), "")
        self.assertEqual(sorted(os.listdir(self.mount.point("submitted"))), sorted(os.listdir(directory)))
        # Deleted at home: no longer listed; the photo was accepted and stays.
        os.unlink(os.path.join(directory, f"学生 1 {NUMBERS[1]}.jpg"))
        self.assertIn("*deleting", self.mirror(directory))
        self.assertEqual(self.mirror(directory), "")
        self.assertEqual(self.mount.photos(), [f"{n}.jpg" for n in NUMBERS[:3]])
        # Changed at home: judged again.
        before = read(self.mount.point(f"{NUMBERS[0]}.jpg"))
        shutil.copyfile(self.good(5)[4], os.path.join(directory, f"学生 0 {NUMBERS[0]}.jpg"))
        self.mirror(directory)
        wait_for(lambda: read(self.mount.point(f"{NUMBERS[0]}.jpg")) != before, "the photo is replaced")
        self.assertEqual(self.mirror(directory), "")

    def test_mirror_of_folders(self):
        directory = self.sources()
        inner = os.path.join(directory, "一班")
        os.mkdir(inner)
        os.rename(os.path.join(directory, f"学生 1 {NUMBERS[1]}.jpg"), os.path.join(inner, f"学生 1 {NUMBERS[1]}.jpg"))
        os.chmod(inner, 0o755)
        os.utime(inner, (1600000000, 1600000000))
        self.mirror(directory)
        wait_for(lambda: len(self.mount.photos()) == 3, "three photos")
        self.assertEqual(self.mirror(directory), "")
        self.assertEqual(os.listdir(self.mount.point("submitted", "一班")), [f"学生 1 {NUMBERS[1]}.jpg"])
        self.assertEqual(self.mount.listed(), self.mount.photos())

    def test_verdict_is_seen_to_appear(self):
        need("inotifywait")
        directory = self.sources(1)
        out = os.path.join(self.directory, "events")
        import subprocess
        point = self.mount.point() + "/"
        watcher = subprocess.Popen(["inotifywait", "-m", "-q", "--format", "%w %e %f", "-o", out, point],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_for(lambda: os.listdir(point) and os.path.exists(out) and os.path.getsize(out), "the watcher watches")
            self.mirror(directory)
            wait_for(lambda: f"{point} CREATE {NUMBERS[0]}.jpg" in read(out).decode(), "the photo is seen to appear")
        finally:
            watcher.terminate()
            watcher.wait()

    def test_rejected_from_submitted(self):
        run("cp", self.copy_of(self.good(1)[0], "IMG_1.jpg"), self.mount.point("submitted"))
        self.mount.settle()
        self.assertEqual(list(self.mount.rejected()), ["IMG_1.jpg"])
        self.assertEqual(os.listdir(self.mount.point("submitted")), ["IMG_1.jpg"])

    def test_tables(self):
        run("cp", self.copy_of(self.good(1)[0], f"{NUMBERS[0]}.jpg"), self.mount.point())
        self.mount.settle()
        table = read(self.mount.point("status.csv"))
        self.assertTrue(table.startswith(b"\xef\xbb\xbf"))
        self.assertEqual(os.stat(self.mount.point("status.csv")).st_size, len(table))
        self.assertIn(f'=""{NUMBERS[0]}""', table.decode())
        root = read(os.path.join(self.mount.path, "status.csv")).decode()
        self.assertNotIn(NUMBERS[0], root)
        self.assertIn('"沈阳分校",1,0,0,1,0,0', root)

    def test_missing_refuses_drops(self):
        result = run("cp", self.good(1)[0], self.mount.point("missing"), check=False)
        self.assertNotEqual(result.returncode, 0)
        self.assertEqual(os.listdir(self.mount.point("missing")), [])


if __name__ == "__main__":
    need("rsync")
    main()
