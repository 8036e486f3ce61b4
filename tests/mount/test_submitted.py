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

    def dropped_folder(self):
        """一班 with two photos and 一班/第一组 with one, dropped into the point and judged."""
        inner = self.mount.point("一班", "第一组")
        os.makedirs(inner)
        for i, path in enumerate(self.good(3)):
            run("cp", "-p", self.copy_of(path, f"学生 {i} {NUMBERS[i]}.jpg"), inner if i == 2 else os.path.dirname(inner))
        photos = {f"{n}.jpg" for n in NUMBERS[:3]}
        wait_for(lambda: photos <= set(self.mount.listed()) == set(self.mount.photos()), "the folder is gone, and photos are there")
        return self.mount.point("submitted", "一班")

    def test_shows_dropped_folders(self):
        folder = self.dropped_folder()
        self.assertEqual(sorted(os.listdir(folder)), [f"学生 0 {NUMBERS[0]}.jpg", f"学生 1 {NUMBERS[1]}.jpg", "第一组"])
        self.assertEqual(os.listdir(os.path.join(folder, "第一组")), [f"学生 2 {NUMBERS[2]}.jpg"])
        self.assertEqual(read(os.path.join(folder, f"学生 0 {NUMBERS[0]}.jpg")), read(self.good(1)[0]))
        self.assertEqual(os.listdir(self.mount.point("submitted")), ["一班"])
        before = os.stat(folder).st_ino
        self.mount.end()
        self.mount.start()
        self.assertEqual(os.stat(folder).st_ino, before)
        self.assertEqual(len(os.listdir(folder)), 3)

    def test_a_folder_that_lists_something_is_not_empty(self):
        """Of both kinds: dropped into the point, and mirrored into submitted/."""
        folder = self.dropped_folder()
        mirrored = self.mount.point("submitted", "二班")
        os.mkdir(mirrored)
        run("cp", self.copy_of(self.good(4)[3], f"{NUMBERS[3]}.jpg"), mirrored)
        self.mount.settle()
        for path in folder, os.path.join(folder, "第一组"), mirrored:
            self.assertRaises(OSError, os.rmdir, path)
            self.assertTrue(os.listdir(path))
        self.assertEqual(run("rm", "-r", folder, mirrored).stderr, "")
        self.assertEqual(os.listdir(self.mount.point("submitted")), [])
        # The photos stay, and the names are free.
        self.assertEqual(len(self.mount.photos()), 4)
        os.mkdir(folder)
        self.assertEqual(os.listdir(self.mount.point("submitted")), ["一班"])
        os.rmdir(folder)

    def test_a_mirror_goes_on_with_a_dropped_folder(self):
        """One folder for who looks, whichever way its files came."""
        self.dropped_folder()
        directory = os.path.join(self.directory, "mirror")
        os.makedirs(os.path.join(directory, "一班", "第一组"))
        for i, path in enumerate(self.good(5)):
            shutil.copyfile(path, os.path.join(directory, "一班", "第一组" if i == 2 else "", f"学生 {i} {NUMBERS[i]}.jpg"))
            os.utime(os.path.join(directory, "一班", "第一组" if i == 2 else "", f"学生 {i} {NUMBERS[i]}.jpg"),
                     (1700000000, 1700000000))
        sent = self.mirror(directory)
        self.assertNotIn(NUMBERS[0], sent)
        self.assertIn(NUMBERS[4], sent)
        wait_for(lambda: len(self.mount.photos()) == 5, "the new ones are judged")
        self.assertEqual(len(os.listdir(self.mount.point("submitted", "一班"))), 5)
        self.assertNotIn("学生", self.mirror(directory))

    def test_both_ways_under_one_path(self):
        mirrored = self.mount.point("submitted", "一班")
        os.mkdir(mirrored)
        run("cp", self.copy_of(self.good(4)[3], f"{NUMBERS[3]}.jpg"), mirrored)
        self.mount.settle()
        self.dropped_folder()
        self.assertEqual(sorted(os.listdir(mirrored)),
                         [f"{NUMBERS[3]}.jpg", f"学生 0 {NUMBERS[0]}.jpg", f"学生 1 {NUMBERS[1]}.jpg", "第一组"])
        for name in os.listdir(mirrored):
            self.assertTrue(os.stat(os.path.join(mirrored, name)))

    def test_out_of_submitted_is_a_new_drop(self):
        """[D10]: moved or copied, out of a folder too; each has a verdict of its own."""
        folder, name = self.dropped_folder(), f"学生 0 {NUMBERS[0]}.jpg"
        original = read(os.path.join(folder, name))
        for bring_back in ("cp", "mv"):
            os.unlink(self.mount.point(f"{NUMBERS[0]}.jpg"))
            self.mount.settle()
            self.assertNotIn(f"{NUMBERS[0]}.jpg", self.mount.photos())
            run(bring_back, os.path.join(folder, name), self.mount.point(f"{NUMBERS[0]}.jpg"))
            self.mount.settle()
            self.assertIn(f"{NUMBERS[0]}.jpg", self.mount.photos(), bring_back)
        self.assertNotIn(name, os.listdir(folder))
        self.assertEqual(read(self.mount.point("submitted", f"{NUMBERS[0]}.jpg")), original)
        # While the photo is there: it stays, and nothing else does.
        run("mv", os.path.join(folder, f"学生 1 {NUMBERS[1]}.jpg"), self.mount.point("还是我.jpg"))
        self.mount.settle()
        self.assertEqual(list(self.mount.rejected()), ["还是我.jpg"])
        self.assertNotIn(f"{NUMBERS[1]}.jpg", self.mount.photos())
        self.mount.ctl("verify")

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
