#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A member of the teaching point at a desktop: a real file manager, driven by its keyboard, shows every verdict without a refresh."""

import contextlib
import os
import shutil
import signal
import subprocess
import time

from harness import NUMBERS, main, need, read, wait_for
from users import StaffTest

GOOD = (f"同学 {NUMBERS[0]}.jpg", f"一班/同学 {NUMBERS[1]}.jpg", f"一班/同学 {NUMBERS[2]}.jpg")
BAD = "IMG_2031.jpg"
PHOTOS = [f"{number}.jpg" for number in NUMBERS[:3]]


class FileManager(StaffTest):
    options = ("delay=1500", "settle=800", "settle-empty=1500")

    def setUp(self):
        super().setUp()
        self.programs = []
        self.addCleanup(self.end_programs)
        r, w = os.pipe()
        self.programs.append(subprocess.Popen(["Xvfb", "-displayfd", str(w), "-screen", "0", "1000x700x24", "-nolisten", "tcp"],
                                              pass_fds=[w], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                              stderr=subprocess.DEVNULL, start_new_session=True))
        os.close(w)
        with os.fdopen(r) as f:
            display = f.readline().strip()
        # No bus: the file manager is to start nothing that outlives it.
        self.environment = {"DISPLAY": f":{display}", "DBUS_SESSION_BUS_ADDRESS": "disabled:", "GIO_USE_VFS": "local"}

    def end_program(self):
        """The last, with what it started. A file manager that asks something ends by force only."""
        process = self.programs.pop()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def end_programs(self):
        while self.programs:
            self.end_program()

    def tearDown(self):
        # The file manager is in the mount.
        self.end_programs()
        super().tearDown()

    # ---- what is done and seen ----

    def xdotool(self, *args, check=True):
        return self.staff.member.run("xdotool", *args, env=self.environment, check=check).stdout

    def windows(self):
        """Those of the file manager that are seen: more than one while it works, asks or complains."""
        return self.xdotool("search", "--onlyvisible", "--class", "pcmanfm", check=False).split()

    def open(self, folder):
        # On a busy machine it may start and show nothing.
        for attempt in range(3):
            log_path = os.path.join(self.directory, f"pcmanfm-{attempt}.log")
            with open(log_path, "wb") as log:
                self.programs.append(self.staff.member.popen("pcmanfm", "--no-desktop", folder, env=self.environment,
                                                             stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                                             start_new_session=True))
            with contextlib.suppress(AssertionError):
                window = wait_for(self.windows, "a window opens")[0]
                break
            self.end_program()
        else:
            self.fail(f"no window opens: {read(log_path).decode(errors='replace')}")
        self.xdotool("windowfocus", "--sync", window)
        self.assert_shows(os.path.basename(folder), window)
        return window, self.picture(window)

    def assert_shows(self, name, window):
        wait_for(lambda: self.xdotool("getwindowname", window).strip() == name, f"the window shows {name}")

    def picture(self, window):
        """The window when nothing moves in it, without the line that tells the free space."""
        path = os.path.join(self.staff.member.home, "window.ppm")

        def shot():
            self.staff.member.run("import", "-window", window, "-crop", "640x450+0+0", path, env=self.environment)
            return read(path)

        seen = [shot()]

        def still():
            time.sleep(0.5)
            seen.append(shot())
            return len(seen) >= 4 and len(set(seen[-4:])) == 1 and seen[-1]

        return wait_for(still, "nothing moves in the window")

    def photos_at_home(self):
        """A folder with photos and a folder of photos."""
        top = os.path.join(self.staff.member.home, "photos")
        os.makedirs(os.path.join(top, "一班"))
        for name, photo in zip((*GOOD, BAD), self.good(4)):
            shutil.copyfile(photo, os.path.join(top, name))
        self.staff.member.give(top)
        return top

    def test_photos_and_a_folder_are_pasted_and_seen_to_find_their_places(self):
        window, home = self.open(self.photos_at_home())
        self.xdotool("key", "ctrl+a")
        self.assertNotEqual(self.picture(window), home)
        self.xdotool("key", "--delay", "200", "ctrl+c", "ctrl+l", "ctrl+a")
        # No keyboard of X has Chinese characters: some of those that are typed are lost on a busy machine.
        link = os.path.join(self.staff.member.home, "point")
        os.symlink(self.mount.point(), link)
        self.xdotool("type", link)
        self.xdotool("key", "Return")
        self.assert_shows("point", window)
        empty = self.picture(window)
        self.xdotool("key", "ctrl+v")
        wait_for(lambda: self.mount.listed() == PHOTOS, f"three photos: {self.mount.listed()}, {self.mount.rejected()}")
        self.assertEqual(list(self.mount.rejected()), [BAD])
        wait_for(lambda: self.windows() == [window], f"nothing is asked or told: {self.windows()}")

        # What it shows now is what it shows after a refresh.
        shown = self.picture(window)
        self.assertNotEqual(shown, empty)
        self.xdotool("key", "F5")
        self.assertEqual(self.picture(window), shown)

        # And as a colleague goes on.
        self.assertEqual(self.staff.colleague.shell('mv "$1/rejected/$2" "$1/$3.jpg"', self.mount.point(), BAD, NUMBERS[3]), [0, ""])
        self.mount.settle()
        more = self.picture(window)
        self.assertNotEqual(more, shown)
        self.xdotool("key", "F5")
        self.assertEqual(self.picture(window), more)
        self.assertEqual(self.windows(), [window])

    def test_a_photo_is_deleted(self):
        self.staff.member.shell('cp "$1"/*.jpg "$2/"', self.photos_at_home(), self.mount.point())
        self.mount.settle()
        window, before = self.open(self.mount.point())
        # The first photo is found by typing the beginning of its name.
        self.xdotool("type", NUMBERS[0][:8])
        self.xdotool("key", "--delay", "200", "Escape", "shift+Delete")
        wait_for(lambda: len(self.windows()) == 2, "it asks")
        self.xdotool("key", "Return")
        wait_for(lambda: self.mount.listed() == [], f"the photo is withdrawn: {self.mount.listed()}")
        wait_for(lambda: self.windows() == [window], "nothing more is told")
        self.assertNotEqual(self.picture(window), before)


if __name__ == "__main__":
    need("Xvfb", "import", "pcmanfm", "xdotool")
    main()
