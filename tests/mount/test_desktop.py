#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a desktop sees without a refresh: GIO's monitor, which the file managers of GNOME and Xfce stand on."""

import os
import re
import signal
import subprocess

from harness import MountTest, NUMBERS, main, need, read, run, wait_for

class Desktop(MountTest):
    options = ("delay=700", "settle=800", "settle-empty=1500")

    def background(self, output, *args):
        """A program and its children, ended together."""
        path = os.path.join(self.directory, output)
        with open(path, "wb") as out, open(path + ".err", "wb") as err:
            process = subprocess.Popen(args, stdin=subprocess.DEVNULL, stdout=out, stderr=err, start_new_session=True,
                                       env={**os.environ, "LC_ALL": "C.UTF-8"})

        def end():
            try:
                os.killpg(process.pid, signal.SIGTERM)
            except ProcessLookupError:
                pass
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

        self.addCleanup(end)
        return lambda: read(path).decode(errors="replace"), end

    def monitor(self):
        """Lines of `gio monitor` on the point, and its end."""
        point = self.mount.point()
        lines, end = self.background("monitor", "stdbuf", "-oL", "gio", "monitor", "-d", point)

        def probed():
            with open(os.path.join(point, ".probe.tmp"), "w", encoding="ascii"):
                pass
            os.unlink(os.path.join(point, ".probe.tmp"))
            return ".probe.tmp" in lines()

        wait_for(probed, "the monitor sees its first event")
        return lines, end

    def test_monitor_sees_a_photo_renamed(self):
        need("gio", "stdbuf")
        lines, end = self.monitor()
        run("cp", self.copy_of(self.good(1)[0], f"张三{NUMBERS[0]}.jpg"), self.mount.point())
        wait_for(lambda: re.search(rf"张三{NUMBERS[0]}\.jpg.*renamed.*{NUMBERS[0]}\.jpg", lines()),
                 f"the rename is seen: {lines()}")
        end()

    def test_monitor_sees_a_rejected_photo_leave(self):
        need("gio", "stdbuf")
        lines, end = self.monitor()
        run("gio", "copy", self.copy_of(self.good(1)[0], "IMG_1.jpg"), self.mount.point())
        wait_for(lambda: re.search(r"IMG_1\.jpg: (moved out|deleted)", lines()), f"it is seen to leave: {lines()}")
        end()


if __name__ == "__main__":
    main()
