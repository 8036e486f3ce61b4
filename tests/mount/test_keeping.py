#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the office keeps and erases, beside a working daemon: history, backup, verify, purge."""

import errno
import json
import os
import pty
import threading
import unittest

from harness import IDPHOTOCTL, MountTest, main, read, run, wait_for


class Keeping(MountTest):
    options = ("delay=100", "settle=300", "settle-empty=600")

    def drop(self, *sources):
        for source in sources:
            with open(self.mount.point(os.path.basename(source)), "wb") as f:
                f.write(read(source))
        self.mount.settle()

    def drop_text(self, name, data=b"no photo at all\n"):
        with open(self.mount.point(name), "wb") as f:
            f.write(data)
        self.mount.settle()

    def json(self, *arguments):
        return json.loads(self.mount.ctl(*arguments, "--json").stdout)

    def remount(self):
        self.mount.end()
        self.mount.start()

    def blob(self, name):
        """Path of the blob behind a photo in the mount."""
        digest = run("sha256sum", self.mount.point(name)).stdout.split()[0]
        return os.path.join(self.mount.store, "blobs", digest[:2], digest[2:])

    def on_terminal(self, *arguments):
        """The exit status, and what a terminal got on standard error."""
        pid, fd = pty.fork()
        if pid == 0:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            os.execv(IDPHOTOCTL, [IDPHOTOCTL, f"--store={self.mount.store}", *arguments])
        seen = b""
        try:
            while data := os.read(fd, 65536):
                seen += data
        except OSError:  # nobody has the other side any more
            pass
        os.close(fd)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), seen.decode()

    def test_a_terminal_sees_how_far_long_work_is_and_a_pipe_nothing(self):
        self.drop(*self.good(12))
        numbers = [name[:18] for name in self.mount.photos()]
        self.mount.ctl("review", "approve", *numbers)
        for i, command in enumerate((["backup"], ["verify"], ["export"])):
            place = [[os.path.join(self.directory, f"place{i}{kind}")] if command != ["verify"] else []
                     for kind in ("terminal", "pipe")]
            status, seen = self.on_terminal(*command, *place[0])
            self.assertEqual(status, 0, seen)
            self.assertRegex(seen, r"\[#{20}\] (\d+)/\1")
            self.assertTrue(seen.endswith("\r\x1b[K"), repr(seen))
            self.assertEqual(self.mount.ctl(*command, *place[1]).stderr, "")

    def test_the_story_of_a_photo_is_told_in_order(self):
        good = self.good(1)[0]
        number = os.path.basename(good)[:18]
        self.drop_text(f"{number}.jpg")
        self.drop(good)
        os.unlink(self.mount.point(f"{number}.jpg"))
        story = self.json("history", number)
        self.assertEqual([entry["kind"] for entry in story], ["received", "rejected", "received", "accepted", "withdrawn"])
        self.assertTrue(all(entry["uid"] == os.getuid() for entry in story))
        self.assertTrue(all(entry["file"] == f"{number}.jpg" for entry in story))
        self.assertTrue(story[1]["reasons"][0]["title"])
        self.assertIn("The log is intact", self.mount.ctl("audit", "verify").stdout)
        self.assertNotIn("received", read(self.mount.point("STATUS.txt")).decode().split("CHANGED")[-1])

    def test_a_backup_made_while_photos_are_dropped_is_a_whole_store(self):
        sources = self.good(12)
        backup, restored = os.path.join(self.directory, "backup"), os.path.join(self.directory, "restored")
        self.drop(*sources[:4])
        thread = threading.Thread(target=self.drop, args=sources[4:])
        thread.start()
        for _ in range(3):
            self.mount.ctl("backup", backup)
        thread.join()
        self.mount.ctl("backup", backup)
        self.assertIn("copied now: 0 ", self.mount.ctl("backup", backup).stdout)
        self.mount.ctl("verify")
        photos = {name: read(self.mount.point(name)) for name in self.mount.photos()}
        self.assertEqual(len(photos), 12)
        self.mount.end()
        run(IDPHOTOCTL, "restore", backup, restored)
        for path in (backup, restored):
            run(IDPHOTOCTL, f"--store={path}", "verify")
            run(IDPHOTOCTL, f"--store={path}", "audit", "verify")
        self.mount.store = restored
        self.mount.start()
        self.assertEqual({name: read(self.mount.point(name)) for name in self.mount.photos()}, photos)

    def test_a_lost_photo_comes_back_with_the_next_mount(self):
        self.drop(*self.good(2))
        name = self.mount.photos()[0]
        photo, blob = read(self.mount.point(name)), self.blob(name)
        self.mount.end()
        os.unlink(blob)
        self.assertEqual(self.mount.ctl("verify", check=False).returncode, 1)
        self.assertIn("(repaired)", self.mount.ctl("verify", "--repair").stdout)
        self.mount.start()
        self.mount.settle()
        wait_for(lambda: name in self.mount.photos(), "the photo is made again")
        self.assertEqual(read(self.mount.point(name)), photo)
        self.mount.ctl("verify")
        # It was received once.
        self.assertEqual([e["kind"] for e in self.json("history", name[:18])], ["received", "accepted", "accepted"])

    def test_purged_files_leave_rejected_and_photos_stay(self):
        good = self.good(1)[0]
        self.drop(good)
        self.drop_text("nobody.jpg")
        self.assertIn("nobody.jpg", self.mount.rejected())
        self.mount.ctl("purge", "--days=0", "--dry-run")
        self.assertIn("nobody.jpg", self.mount.rejected())
        self.mount.ctl("purge", "--days=0")
        wait_for(lambda: not self.mount.rejected(), "the purged file leaves rejected/")
        self.assertEqual(self.mount.photos(), [os.path.basename(good)])
        # What was sent stays known, so that nobody sends it again by mistake.
        self.assertIn("nobody.jpg", os.listdir(self.mount.point("submitted")))
        for directory in ("submitted", "."):
            for flags in (os.O_RDONLY, os.O_RDWR, os.O_WRONLY | os.O_APPEND):
                with self.assertRaises(OSError) as raised:
                    os.close(os.open(self.mount.point(directory, "nobody.jpg"), flags))
                self.assertEqual(raised.exception.errno, errno.ENODATA)
        self.mount.ctl("verify")
        self.remount()
        self.assertEqual(self.mount.rejected(), {})
        self.mount.ctl("purge", "--days=0")
        self.mount.end()
        self.mount.ctl("purge", "--days=0")
        self.assertEqual(self.json("verify"), [])
        bytes_left = b"".join(read(os.path.join(root, name)) for root, _, names in os.walk(self.mount.store)
                              for name in names)
        self.assertNotIn(b"no photo at all", bytes_left)

    def test_a_mounted_or_open_batch_is_not_purged(self):
        self.drop(*self.good(1))
        batch = self.mount.ctl("batch", "list").stdout.splitlines()[1].split()[0]
        refused = self.mount.ctl("purge", f"--batch={batch}", check=False)
        self.assertEqual(refused.returncode, 2)
        self.assertIn("is mounted", refused.stderr)
        self.mount.end()
        refused = self.mount.ctl("purge", f"--batch={batch}", check=False)
        self.assertIn("is open", refused.stderr)
        self.mount.ctl("batch", "close", batch)
        self.assertIn("Students erased: 1, ", self.mount.ctl("purge", f"--batch={batch}").stdout)
        self.assertEqual(self.json("verify"), [])
        self.mount.start()
        self.assertEqual(self.mount.photos(), [])


if __name__ == "__main__":
    main()
