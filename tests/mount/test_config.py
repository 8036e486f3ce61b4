#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A mounted store works by its configuration, and by the options of the mount before that."""

import errno
import os
import shutil
import subprocess
import tempfile

from harness import IDPHOTOFS, Mount, MountTest, NUMBERS, main, wait_for

NAME = f"{NUMBERS[0]}.jpg"


class Configured(MountTest):
    def setUp(self):
        """The mount waits for start()."""
        self.directory = tempfile.mkdtemp(prefix="idphoto-test-")
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)
        self.mount = Mount(self.directory)
        self.addCleanup(self.mount.force_end)

    def start(self, config, *options):
        with open(os.path.join(self.mount.store, "idphotofs.conf"), "w", encoding="utf-8") as f:
            f.write(config)
        self.mount.options = list(options)
        self.mount.start()

    def drop_empty(self):
        with open(self.mount.point(NAME), "wb"):
            pass

    def wait_for_rejection(self):
        # Without the setting it would come after ten minutes, or after a day.
        wait_for(lambda: NAME in self.mount.rejected(), "the empty file is rejected", timeout=30)

    def write(self, size):
        """errno of the write, 0 when it is taken. After a refused one close() fails as well."""
        refused = 0
        fd = os.open(self.mount.point(NAME), os.O_WRONLY | os.O_CREAT)
        try:
            os.pwrite(fd, b"x", size - 1)
        except OSError as error:
            refused = error.errno
        try:
            os.close(fd)
        except OSError as error:
            self.assertEqual(error.errno, refused)
        return refused

    def test_files_above_the_configured_size_are_refused(self):
        self.start("[input]\nmax-file-size = 1 MiB\n[upload]\nsettle = 100 ms\n")
        self.assertEqual(self.write((1 << 20) + 1), errno.EFBIG)
        self.assertEqual(self.write(1 << 20), 0)

    def test_files_below_the_configured_size_are_taken(self):
        self.start("[input]\nmax-file-size = 40 MiB\n[upload]\nsettle = 100 ms\n")
        self.assertEqual(self.write(30 << 20), 0)

    def test_waiting_times_are_the_configured_ones(self):
        self.start("[upload]\ndelay = 50 ms\nsettle-empty = 200 ms\n")
        self.drop_empty()
        self.wait_for_rejection()

    def test_options_of_the_mount_count_more(self):
        self.start("[upload]\nsettle-empty = 24 h\n", "settle-empty=200", "delay=50")
        self.drop_empty()
        self.wait_for_rejection()

    def test_photos_are_judged_by_the_configured_rules(self):
        with open(self.good()[0], "rb") as f:
            photo = f.read()
        self.start("[picture]\nbackdrops = #FF0000\n")
        with open(self.mount.point(NAME), "wb") as f:
            f.write(photo)
        self.mount.settle()
        self.assertIn("background", self.mount.rejected()[NAME].lower())

    def test_the_status_counts_the_configured_days(self):
        with open(os.path.join(self.mount.store, "holidays.txt"), "w", encoding="utf-8") as f:
            f.write("2001-01-01 holiday\n")
        self.start("[batch]\ndeadline = 2001-01-31\nholidays = holidays.txt\n")
        with open(self.mount.point("STATUS.txt"), encoding="utf-8") as f:
            self.assertIn("The last day was 2001-01-31", f.read())

    def test_a_store_whose_calendar_is_wrong_is_not_mounted(self):
        with open(os.path.join(self.mount.store, "idphotofs.conf"), "w", encoding="utf-8") as f:
            f.write("[batch]\nholidays = holidays.txt\n")
        with open(os.path.join(self.mount.store, "holidays.txt"), "w", encoding="utf-8") as f:
            f.write("2001-01-01 off\n")
        result = subprocess.run([IDPHOTOFS, self.mount.store, self.mount.path], capture_output=True, encoding="utf-8",
                                timeout=30, check=False)
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("holidays.txt, line 1:", result.stderr)


if __name__ == "__main__":
    main()
