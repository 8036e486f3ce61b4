#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A share with real logins: what the kernel's permissions say of each who works over one smbd."""

import os
import shutil

from harness import NUMBERS, POINT, main, need, skip, wait_for
from servers import Samba
from users import StaffTest, WRAPPER


class Colleagues(StaffTest):
    """Two members of one teaching point, each logged in under their own name."""

    def setUp(self):
        super().setUp()
        self.server = Samba(self.directory, self.mount.path, staff=self.staff)
        self.addCleanup(self.server.end)

    def tearDown(self):
        self.server.end()
        super().tearDown()

    def test_go_on_with_what_the_other_began(self):
        member, colleague = self.staff.member, self.staff.colleague
        for user, photo in zip((member, colleague), self.good(2)):
            shutil.copyfile(photo, os.path.join(user.home, "photo.jpg"))
            user.give(user.home)
        here = f'cd "{POINT}"'
        self.server.client(here, 'mkdir "一班"', 'put photo.jpg IMG_1.jpg', user=member)
        self.server.client(here, f'put photo.jpg "一班/同学 {NUMBERS[1]}.jpg"', user=colleague)
        self.mount.settle()
        # The folder goes a moment after the photo has left it.
        wait_for(lambda: self.mount.listed() == [f"{NUMBERS[1]}.jpg"], "the folder is gone")
        self.server.client(here, f'rename "rejected/IMG_1.jpg" "{NUMBERS[0]}.jpg"', user=colleague)
        self.mount.settle()
        self.assertEqual(self.mount.listed(), [f"{NUMBERS[0]}.jpg", f"{NUMBERS[1]}.jpg"])
        self.server.client(here, f'rm "{NUMBERS[1]}.jpg"', user=member)
        self.assertEqual(self.mount.listed(), [f"{NUMBERS[0]}.jpg"])
        # Back from where it was kept.
        self.server.client(here, f'rename "submitted/一班/同学 {NUMBERS[1]}.jpg" "{NUMBERS[1]}.jpg"', user=member)
        self.mount.settle()
        self.assertEqual(self.mount.listed(), [f"{NUMBERS[0]}.jpg", f"{NUMBERS[1]}.jpg"])
        stranger = self.server.client(here, "ls", check=False, user=self.staff.stranger)
        self.assertIn("NT_STATUS_ACCESS_DENIED", stranger)
        self.assertNotIn(NUMBERS[0], stranger)


if __name__ == "__main__":
    need("smbd", "smbclient")
    if not WRAPPER:
        skip("libnss_wrapper is not installed")
    main()
