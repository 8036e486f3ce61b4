#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The right photo to the right student, whatever the roster and the file's name look like [W1], [W5]."""

import os
import shutil
import sqlite3

from harness import MountTest, NUMBERS, POINT, main


class Undecided(MountTest):
    """A verdict that the catalog refuses every time, as a fault of the program or of the disk would make it."""

    def catalog(self, sql):
        with sqlite3.connect(os.path.join(self.mount.store, "catalog.db"), timeout=30) as connection:
            connection.execute(sql)

    def test_it_is_tried_some_times_and_then_told(self):
        # What the drop is found to be cannot be written down; that nothing was found out can.
        self.catalog("CREATE TRIGGER refuse BEFORE INSERT ON finding WHEN new.code = 'name-no-number'"
                     " BEGIN SELECT RAISE(ABORT, 'refused'); END")
        shutil.copyfile(self.good(1)[0], self.mount.point("IMG_1.jpg"))
        self.mount.settle()  # ends
        self.assertIn("could not decide", self.mount.rejected()["IMG_1.jpg"])
        with open(self.mount.log_path, encoding="utf-8") as f:
            lines = [line for line in f if "submission" in line]
        self.assertEqual(len(lines), 2, lines)  # that it is tried again, and that it is given up: no line a try
        self.assertIn("gave up", lines[1])
        self.mount.log_checked = len(self.mount.log())

        # It is put right as every other file is.
        os.rename(self.mount.point("rejected", "IMG_1.jpg"), self.mount.point(f"{NUMBERS[0]}.jpg"))
        self.mount.settle()
        self.assertEqual(self.mount.photos(), [f"{NUMBERS[0]}.jpg"])
        shutil.copyfile(self.good(2)[1], self.mount.point("IMG_2.jpg"))
        self.catalog("DROP TRIGGER refuse")
        self.mount.settle()
        self.assertIn("IMG_2.jpg", self.mount.rejected())
        self.assertNotIn("could not decide", self.mount.rejected()["IMG_2.jpg"])
        self.mount.ctl("verify")


if __name__ == "__main__":
    main()
