#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The office's half of the tree: moving is deciding [R1]-[R3], and the teaching point sees it at once."""

import csv
import errno
import hashlib
import os
import subprocess
import time
import unittest

from harness import IDPHOTOFS, MountTest, NUMBERS, POINT, main, read, run, wait_for

OTHER = "大连分校"
SELECTION = int(os.environ.get("IDPHOTO_SELECTION", "30"))


class Office(MountTest):
    options = ("delay=100", "settle=200", "settle-empty=400")
    points = (POINT, OTHER)

    def drop(self, n=1, point=POINT):
        """Accepted photos of the first n students."""
        for number, path in zip(NUMBERS[:n], self.good(n)):
            run("cp", self.copy_of(path, f"同学 {number}.jpg"), self.mount.point(point=point))
        self.mount.settle(point)
        self.assertEqual(self.mount.photos(point), [f"{number}.jpg" for number in sorted(NUMBERS[:n])])

    def office(self, *parts):
        return os.path.join(self.mount.path, "OFFICE", *parts)

    def waiting(self):
        """The photos in pending/POINT/, beside the page to review by."""
        names = os.listdir(self.office("pending", POINT))
        self.assertIn("index.html", names)
        return sorted(set(names) - {"index.html"})

    def move(self, source, target):
        os.rename(self.office(*source), self.office(*target, source[-1]))

    def fails(self, code, source, target, name=None):
        with self.assertRaises(OSError) as caught:
            os.rename(self.office(*source), self.office(*target, name or source[-1]))
        self.assertEqual(caught.exception.errno, code, caught.exception)

    def mode(self, *parts, point=POINT):
        return os.stat(self.mount.point(*parts, point=point)).st_mode & 0o777

    def watch(self, path):
        """Starts a watcher; what it returns tells whether an event was seen."""
        log = os.path.join(self.directory, "events")
        with open(log, "w") as out, open(log + ".err", "w") as err:
            watcher = subprocess.Popen(["inotifywait", "-m", "-r", "--format", "%e %w%f", path], stdout=out, stderr=err)
        self.addCleanup(watcher.wait)
        self.addCleanup(watcher.terminate)
        wait_for(lambda: b"Watches established" in read(log + ".err"), "the watcher watches")

        def saw(event, name, since=0):
            return f"{event} {name}\n".encode() in read(log)[since:]

        saw.by_now = lambda: os.path.getsize(log)
        return saw

    def test_tree(self):
        self.drop()
        photo = f"{NUMBERS[0]}.jpg"
        self.assertLessEqual({"approved", "export", "pending", "rejected"}, set(os.listdir(self.office())))
        self.assertEqual(sorted(os.listdir(self.office("pending"))), sorted([POINT, OTHER, "index.html"]))
        self.assertEqual(self.waiting(), [photo])
        self.assertEqual(os.listdir(self.office("pending", OTHER)), ["index.html"])
        self.assertIn("glasses-reflection", os.listdir(self.office("rejected")))
        self.assertEqual(read(self.office("pending", POINT, photo)), read(self.mount.point(photo)))
        self.assertEqual(os.listdir(self.office("export", "platform")), [])

    @staticmethod
    def inode(path):
        """None where nothing is."""
        try:
            return os.stat(path).st_ino
        except FileNotFoundError:
            return None

    def list_all(self):
        """Lists and stats as file managers do; the kernel may keep what it was told for a moment."""
        for directory in (self.mount.point(), self.office("pending", POINT)):
            with os.scandir(directory) as entries:
                for entry in entries:
                    entry.stat()

    def list_until_kept(self, path):
        """Right after a change nothing is kept. Afterwards what was listed just now is."""
        def kept():
            self.list_all()
            return self.mount.answered_without_daemon(path)
        wait_for(kept, "the kernel keeps what it was told")
        self.list_all()

    def test_what_was_just_listed_is_not_where_it_was(self):
        """[T1], whatever the kernel keeps."""
        self.drop(2)
        moved, deleted = (f"{number}.jpg" for number in NUMBERS[:2])
        photo = os.stat(self.mount.point(moved)).st_ino
        self.list_until_kept(self.mount.point(moved))
        self.move(("pending", POINT, moved), ("rejected", "light"))
        # Until watchers are told the name may stand for what was sent, but not for the photo.
        self.assertNotEqual(self.inode(self.mount.point(moved)), photo)
        self.list_until_kept(self.mount.point(deleted))
        os.unlink(self.mount.point(deleted))
        self.assertFalse(os.path.lexists(self.office("pending", POINT, deleted)))

    def test_approving_by_a_move(self):
        self.drop()
        photo = f"{NUMBERS[0]}.jpg"
        inode = os.stat(self.office("pending", POINT, photo)).st_ino
        self.move(("pending", POINT, photo), ("approved", POINT))
        self.assertEqual(self.waiting(), [])
        self.assertEqual(os.listdir(self.office("approved", POINT)), [photo])
        self.assertEqual(os.stat(self.office("approved", POINT, photo)).st_ino, inode)
        self.assertEqual(os.listdir(self.office("export", "platform")), [photo])
        wait_for(lambda: self.mode(photo) == 0o440, "the point sees that it is approved")
        with self.assertRaises(PermissionError):
            os.unlink(self.mount.point(photo))
        # A newcomer does not replace it [D9].
        run("cp", self.copy_of(self.good(2)[1], f"新 {NUMBERS[0]}.jpg"), self.mount.point())
        self.mount.settle()
        self.assertIn("already approved", self.mount.rejected()[f"新 {NUMBERS[0]}.jpg"])
        self.move(("approved", POINT, photo), ("pending", POINT))
        wait_for(lambda: self.mode(photo) == 0o640, "the point sees that it is open again")

    def test_rejecting_shows_at_the_point_with_reason_and_words(self):
        self.drop()
        photo, name = f"{NUMBERS[0]}.jpg", f"同学 {NUMBERS[0]}.jpg"
        sent = read(self.mount.point("submitted", name))
        self.move(("pending", POINT, photo), ("rejected", "hair"))
        self.assertEqual(self.mount.photos(), [])
        self.assertIn("Hair covers", self.mount.rejected()[name])
        self.assertEqual(read(self.mount.point("rejected", name)), sent)
        self.assertEqual(sorted(os.listdir(self.office("rejected", "hair"))), [photo, photo + ".txt"])
        note = self.office("rejected", "hair", photo + ".txt")
        with open(note, "a", encoding="utf-8") as f:
            f.write("左边眉毛看不见\n")
        self.assertIn("左边眉毛看不见", read(note).decode())
        wait_for(lambda: "  > 左边眉毛看不见\n" in self.mount.rejected()[name], "the point sees the reviewer's words")
        self.assertIn("rejected photos of this student 1 time", self.mount.rejected()[name])
        self.assertEqual(os.stat(note).st_size, len(read(note)))
        with self.assertRaises(OSError) as caught:
            with open(note, "w", encoding="utf-8") as f:
                f.write("x" * 3000)
        self.assertEqual(caught.exception.errno, errno.EFBIG)
        # Another reason, then back to where it was.
        self.move(("rejected", "hair", photo), ("rejected", "pose"))
        self.assertNotIn("Hair covers", self.mount.rejected()[name])
        self.move(("rejected", "pose", photo), ("approved", POINT))
        self.assertEqual(self.mount.photos(), [photo])
        self.assertEqual(self.mount.rejected(), {})

    def test_the_rejected_bytes_again_stay_rejected(self):
        self.drop()
        photo, again = f"{NUMBERS[0]}.jpg", f"再交 {NUMBERS[0]}.jpg"
        self.move(("pending", POINT, photo), ("rejected", "selfie"))
        run("cp", self.copy_of(self.good(1)[0], again), self.mount.point())
        self.mount.settle()
        self.assertEqual(self.mount.photos(), [])
        self.assertIn("selfie", self.mount.rejected()[again])
        # A better one is taken.
        run("cp", self.copy_of(self.good(2)[1], f"新 {NUMBERS[0]}.jpg"), self.mount.point())
        self.mount.settle()
        self.assertEqual(self.mount.photos(), [photo])
        self.assertEqual(os.listdir(self.office("rejected", "selfie")), [])
        self.assertEqual(self.waiting(), [photo])

    def test_moves_that_mean_nothing_fail_and_change_nothing(self):
        self.drop()
        photo = f"{NUMBERS[0]}.jpg"
        pending = ("pending", POINT, photo)
        self.fails(errno.EACCES, pending, ("approved", OTHER))
        self.fails(errno.EACCES, pending, ("approved", POINT), name="other.jpg")
        self.fails(errno.EACCES, pending, ("approved",))
        self.fails(errno.EACCES, pending, ("rejected",))
        self.fails(errno.EACCES, pending, ("export", "platform"))
        self.fails(errno.EACCES, ("rejected", "hair"), ("approved",))
        self.fails(errno.ENOENT, ("pending", POINT, "nobody.jpg"), ("approved", POINT))
        with self.assertRaises(OSError) as caught:
            os.rename(self.office(*pending), self.mount.point("stolen.jpg"))
        self.assertEqual(caught.exception.errno, errno.EACCES)
        for call in (lambda: os.unlink(self.office(*pending)), lambda: os.rmdir(self.office("approved")),
                     lambda: os.mkdir(self.office("approved", "new")),
                     lambda: open(self.office("approved", POINT, "new.jpg"), "wb"),
                     lambda: open(self.office(*pending), "r+b")):
            self.assertRaises(PermissionError, call)
        self.assertEqual(self.waiting(), [photo])
        self.assertEqual(self.mount.photos(), [photo])

    def test_a_selection_at_once(self):
        """IDPHOTO_SELECTION=500 is what a reviewer may drag."""
        for path in self.good(SELECTION):
            run("cp", path, self.mount.point())
        self.mount.settle()
        names = self.mount.photos()
        self.assertEqual(len(names), SELECTION)
        run("sh", "-c", f"mv '{self.office('pending', POINT)}'/*.jpg '{self.office('approved', POINT)}'/")
        self.assertEqual(sorted(os.listdir(self.office("approved", POINT))), names)
        half = names[:SELECTION // 2]
        run("gio", "move", *[self.office("approved", POINT, n) for n in half], self.office("rejected", "clothes"))
        self.assertEqual(sorted(self.mount.photos()), names[SELECTION // 2:])
        self.assertEqual(sorted(self.mount.rejected()), half)

    def test_the_point_s_watchers_see_a_decision(self):
        self.drop()
        photo, name = f"{NUMBERS[0]}.jpg", f"同学 {NUMBERS[0]}.jpg"
        saw = self.watch(self.mount.point())
        self.move(("pending", POINT, photo), ("rejected", "pose"))
        wait_for(lambda: saw("MOVED_FROM", self.mount.point(photo)), "the photo leaves the point")
        wait_for(lambda: saw("MOVED_TO", self.mount.point("rejected", name)), "and comes to rejected/")
        self.assertFalse(os.path.exists(self.mount.point(photo)))
        # The verdict on the drop may have been seen as the same event.
        before = saw.by_now()
        self.move(("rejected", "pose", photo), ("pending", POINT))
        wait_for(lambda: saw("MOVED_TO", self.mount.point(photo), before), "it comes back")
        self.assertFalse(os.path.exists(self.mount.point("rejected", name)))

    def test_a_command_decides_and_watchers_see_it(self):
        self.drop(2)
        photo, name = f"{NUMBERS[0]}.jpg", f"同学 {NUMBERS[0]}.jpg"
        saw = self.watch(self.mount.path)
        self.mount.ctl("review", "reject", "--reason=eyes-closed", "--note=右眼", NUMBERS[0])
        self.assertIn("右眼", read(self.office("rejected", "eyes-closed", photo + ".txt")).decode())
        self.assertEqual(list(self.mount.rejected()), [name])
        wait_for(lambda: saw("MOVED_TO", self.mount.point("rejected", name)), "the point's watcher sees it")
        wait_for(lambda: saw("MOVED_TO", self.office("rejected", "eyes-closed", photo)), "the office's too")
        self.mount.ctl("review", "reopen", NUMBERS[0])
        wait_for(lambda: saw("MOVED_TO", self.mount.point(photo)), "it is back")
        self.mount.ctl("review", "approve", *NUMBERS[:2])
        wait_for(lambda: saw("MOVED_TO", self.office("approved", POINT, photo)), "it is approved")
        self.assertEqual(len(os.listdir(self.office("approved", POINT))), 2)
        self.assertEqual(self.mount.ctl("review", "approve", NUMBERS[5], check=False).returncode, 1)
        self.assertEqual(self.mount.ctl("review", "reject", NUMBERS[0], check=False).returncode, 2)

    def test_ready_has_what_is_approved_and_nothing_else(self):
        """[T8]: select all, upload."""
        self.drop(3)
        ready, first = self.mount.point("ready"), f"{NUMBERS[0]}.jpg"
        self.assertEqual(os.listdir(ready), ["manifest.csv"])
        self.mount.ctl("review", "approve", *NUMBERS[:2])
        self.assertEqual(sorted(os.listdir(ready)), [first, f"{NUMBERS[1]}.jpg", "manifest.csv"])
        path = os.path.join(ready, first)
        self.assertEqual(read(path), read(self.mount.point(first)))
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o440)
        table = read(os.path.join(ready, "manifest.csv"))
        self.assertEqual(os.stat(os.path.join(ready, "manifest.csv")).st_size, len(table))
        rows = list(csv.DictReader(table.decode("utf-8-sig").splitlines()))
        self.assertEqual([row["file"] for row in rows], [first, f"{NUMBERS[1]}.jpg"])
        for row in rows:
            data = read(os.path.join(ready, row["file"]))
            self.assertEqual((row["bytes"], row["sha256"]), (str(len(data)), hashlib.sha256(data).hexdigest()))
        for call in (lambda: os.unlink(path), lambda: open(path, "r+b"), lambda: os.rename(path, self.mount.point("x.jpg")),
                     lambda: open(os.path.join(ready, "new.jpg"), "wb"), lambda: os.mkdir(os.path.join(ready, "new")),
                     lambda: os.unlink(os.path.join(ready, "manifest.csv"))):
            self.assertRaises(PermissionError, call)
        self.mount.ctl("review", "reopen", NUMBERS[0])
        wait_for(lambda: sorted(os.listdir(ready)) == [f"{NUMBERS[1]}.jpg", "manifest.csv"], "what is reopened leaves it")

    def test_a_new_point_is_seen(self):
        saw = self.watch(self.mount.path)
        self.mount.ctl("point", "add", "鞍山分校")
        wait_for(lambda: saw("CREATE,ISDIR", os.path.join(self.mount.path, "鞍山分校")), "the new point is seen")
        self.assertIn("鞍山分校", os.listdir(self.mount.path))
        # Who was in it already stays in it.
        self.assertIn("rejected", os.listdir(self.mount.point(point="鞍山分校")))
        inside = os.open(self.mount.point(point="鞍山分校"), os.O_RDONLY)
        self.mount.ctl("point", "add", "锦州分校")
        wait_for(lambda: saw("CREATE,ISDIR", os.path.join(self.mount.path, "锦州分校")), "the second is seen")
        self.assertIn("rejected", os.listdir(inside))
        os.close(inside)

    def test_the_centre_s_rendition_comes_with_the_approval(self):
        self.drop(2)
        names = sorted(f"{number}.jpg" for number in NUMBERS[:2])
        self.assertEqual(os.listdir(self.office("export", "centre")), [])
        self.move(("pending", POINT, names[0]), ("approved", POINT))
        self.mount.ctl("review", "approve", names[1][:-4])
        wait_for(lambda: sorted(os.listdir(self.office("export", "centre"))) == names, "both are rendered")
        for name in names:
            path = self.office("export", "centre", name)
            data = read(path)
            self.assertEqual(os.stat(path).st_size, len(data))
            self.assertTrue(61440 <= len(data) <= 500000, len(data))
            shown = run("exiftool", "-s3", "-ImageSize", "-XResolution", path).stdout.split()
            self.assertEqual(shown, ["480x640", "300"])
        listed = run("sha256sum", "-c", "SHA256SUMS", cwd=self.office("export")).stdout
        self.assertEqual(listed.count(": OK"), 5, listed)
        self.assertEqual(read(self.office("export", "manifest.csv")).count(b"\r\n"), 3)
        for name in ("manifest.csv", "SHA256SUMS"):
            self.assertEqual(os.stat(self.office("export", name)).st_size, len(read(self.office("export", name))))
            self.assertRaises(PermissionError, open, self.office("export", name), "r+b")
        self.move(("approved", POINT, names[0]), ("rejected", "pose"))
        self.assertEqual(os.listdir(self.office("export", "centre")), names[1:])
        self.assertEqual(sorted(os.listdir(self.office("export"))), ["SHA256SUMS", "centre", "manifest.csv", "platform"])

    def dropped_list(self, name, text):
        """The report on a list that was dropped into import/."""
        with open(self.office("import", name), "wb") as f:
            f.write(text.encode("gb18030"))
        report = self.office("import", name + ".report.txt")
        wait_for(lambda: os.path.exists(report), "the report appears")
        return read(report).decode()

    def test_lists_dropped_into_import(self):
        rows = [f"{number},学生{chr(0x7532 + i)},S{i:03}" for i, number in enumerate(NUMBERS[:3])]
        report = self.dropped_list("名册.csv", "身份证号,姓名,学号,教学点\r\n" + "".join(f"{r},{POINT}\r\n" for r in rows))
        self.assertIn("3", report)
        self.assertEqual(len(os.listdir(self.mount.point("missing"))), 3)
        self.drop(2)
        self.mount.ctl("review", "approve", NUMBERS[0], NUMBERS[1])
        report = self.dropped_list("进度.csv", f"学号,状态\r\nS000,已完成\r\nS001,驳回\r\nS999,已完成\r\n")
        self.assertIn("S999", report)
        self.assertEqual(list(self.mount.rejected()), [f"同学 {NUMBERS[1]}.jpg"])
        self.fails(errno.EPERM, ("approved", POINT, f"{NUMBERS[0]}.jpg"), ("pending", POINT))
        # What is dropped stays until it is deleted, and its report goes with it; nothing of it is imported again.
        self.mount.end()
        self.mount.start()
        self.assertEqual(sorted(os.listdir(self.office("import"))),
                         sorted(["名册.csv", "名册.csv.report.txt", "进度.csv", "进度.csv.report.txt"]))
        os.unlink(self.office("import", "名册.csv"))
        self.assertEqual(len(os.listdir(self.office("import"))), 2)
        self.assertRaises(PermissionError, open, self.office("import", "进度.csv.report.txt"), "r+b")
        # A client's temporary name is no drop before it is renamed.
        temporary = self.office("import", ".名册.csv.aB3dEf")
        with open(temporary, "w", encoding="utf-8") as f:
            f.write("no list at all")
        self.assertEqual(len(os.listdir(self.office("import"))), 2)
        os.rename(temporary, self.office("import", "名册.csv"))
        wait_for(lambda: os.path.exists(self.office("import", "名册.csv.report.txt")), "the report appears")

    def test_names_survive_a_remount(self):
        self.drop()
        photo = f"{NUMBERS[0]}.jpg"
        self.move(("pending", POINT, photo), ("rejected", "pose"))
        inode = os.stat(self.office("rejected", "pose", photo)).st_ino
        self.mount.end()
        self.mount.start()
        self.assertEqual(os.stat(self.office("rejected", "pose", photo)).st_ino, inode)
        self.move(("rejected", "pose", photo), ("pending", POINT))
        self.assertEqual(self.mount.photos(), [photo])


class ChineseOffice(MountTest):
    options = ("delay=100", "settle=200", "settle-empty=400")
    lang = "zh"

    def test_reports_have_chinese_names(self):
        place = os.path.join(self.mount.path, "校本部", "导入")
        with open(os.path.join(place, "名册.csv"), "w", encoding="utf-8") as f:
            f.write(f"身份证号,姓名,教学点\n{NUMBERS[0]},张三,{POINT}\n")
        report = "名册.csv.导入报告.txt"
        wait_for(lambda: report in os.listdir(place), "the report appears")
        self.assertIn("新增 1", read(os.path.join(place, report)).decode())
        self.assertRaises(PermissionError, open, os.path.join(place, report), "r+b")
        # In another language it is still the report of that list, which is not imported again.
        self.mount.end()
        self.mount.options.append("lang=en")
        self.mount.start()
        place = os.path.join(self.mount.path, "OFFICE", "import")
        self.assertEqual(sorted(os.listdir(place)), ["名册.csv", report])
        os.unlink(os.path.join(place, "名册.csv"))
        self.assertEqual(os.listdir(place), [])


@unittest.skipIf(os.geteuid() != 0, "only root can be other users")
class OfficeGroup(MountTest):
    """Who is of the office's group may decide; nobody else sees what there is."""

    def setUp(self):
        super().setUp()
        os.chmod(self.directory, 0o711)
        self.mount.end()
        with open(os.path.join(self.mount.store, "idphotofs.conf"), "a", encoding="utf-8") as f:
            f.write("\n[office]\noffice-group = games\n")
        self.mount.start()
        path = self.good(1)[0]
        run("cp", path, self.mount.point(f"{NUMBERS[0]}.jpg"))
        self.mount.settle()
        self.photo = os.path.join(self.mount.path, "OFFICE", "pending", POINT, f"{NUMBERS[0]}.jpg")

    def as_user(self, group, *command):
        return run("setpriv", "--reuid=nobody", f"--regid={group}", "--clear-groups", *command, check=False)

    def test_the_office_decides(self):
        target = self.photo.replace("pending", "approved")
        result = self.as_user("games", "mv", self.photo, target)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertEqual(self.as_user("games", "cat", target).returncode, 0)

    def test_others_learn_nothing(self):
        office = os.path.join(self.mount.path, "OFFICE")
        for command in (("ls", office), ("stat", self.photo), ("cat", self.photo), ("ls", os.path.join(office, "nothing")),
                        ("mv", self.photo, self.photo.replace("pending", "approved")),
                        ("touch", os.path.join(office, "import", "x.csv"))):
            result = self.as_user("nogroup", *command)
            self.assertNotEqual(result.returncode, 0, command)
            self.assertIn("Permission denied", result.stderr)
            self.assertEqual(result.stdout, "")
        self.assertTrue(os.path.exists(self.photo))

    def test_an_unknown_group_is_said(self):
        self.mount.end()
        conf = os.path.join(self.mount.store, "idphotofs.conf")
        with open(conf, encoding="utf-8") as f:
            text = f.read().replace("office-group = games", "office-group = no-such-group")
        with open(conf, "w", encoding="utf-8") as f:
            f.write(text)
        result = run(IDPHOTOFS, self.mount.store, self.mount.path, check=False)
        self.assertEqual(result.returncode, 1)
        self.assertIn("no-such-group", result.stderr)


if __name__ == "__main__":
    main()
