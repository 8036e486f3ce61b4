#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the kernel may answer itself, so that ls -l and rsync are as fast as on a disk [F3] [F4], and never wrongly."""

import os
import shutil
import time
import unittest

from harness import MountTest, main, read, run, wait_for

NAMES = 48


class Kept(MountTest):
    options = ("delay=100", "settle=200", "settle-empty=400")

    def setUp(self):
        super().setUp()
        self.source = os.path.join(self.directory, "sent")
        os.mkdir(self.source)
        photos = self.good(12)
        for i in range(NAMES):
            # The same photo of a student under several names: all but one change nothing.
            photo = photos[i % len(photos)]
            shutil.copy(photo, os.path.join(self.source, f"照片{i:02} {os.path.basename(photo)}"))
        run("rsync", "-a", self.source + "/", self.mount.point() + "/")
        self.mount.settle()

    def look_up_some(self):
        for name in sorted(os.listdir(self.source))[:40]:
            os.stat(self.mount.point(name))

    def test_what_needs_no_request(self):
        photo = self.mount.point(self.mount.photos()[0])
        last = self.mount.point(sorted(os.listdir(self.source))[-1])

        def listed():
            for _ in os.scandir(self.mount.point()):
                pass
            return self.mount.answered_without_daemon(photo)
        wait_for(listed, "the kernel has the entries of a listing")

        def fetched():
            self.look_up_some()
            time.sleep(0.05)
            return self.mount.answered_without_daemon(last)
        wait_for(fetched, "the kernel has the dropped names")

        for _ in range(3):
            sent = run("rsync", "-ai", "--no-perms", self.source + "/", self.mount.point() + "/").stdout
            self.assertEqual([line for line in sent.splitlines() if not line.endswith(" ./")], [])

    def test_what_was_fetched_is_not_stale(self):
        last = sorted(os.listdir(self.source))[-1]

        def fetched():
            self.look_up_some()
            time.sleep(0.05)
            return self.mount.answered_without_daemon(self.mount.point(last))
        wait_for(fetched, "the kernel has the dropped names")
        # Replaced under another name of the same directory, as rsync does.
        newer = self.copy_of(self.good(12)[0], last)
        run("rsync", "-a", newer, self.mount.point() + "/")
        self.assertEqual(os.stat(self.mount.point(last)).st_mtime, os.stat(newer).st_mtime)
        self.assertEqual(read(self.mount.point(last)), read(newer))
        os.unlink(self.mount.point(last))
        self.assertFalse(os.path.lexists(self.mount.point("submitted", last)))


if __name__ == "__main__":
    main()
