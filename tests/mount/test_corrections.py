#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Corrected numbers, and what an operator puts right beside a running mount [W6]: photos, decisions, history and dropped names
follow, members of the point's group see it, and whoever is neither listed nor seen counts nowhere."""

import csv
import io
import json
import os
import subprocess
import threading
import time

from harness import MountTest, NUMBERS, POINT, WORKBOOKS, main, need, read, run, skip, wait_for

DALIAN = "大连分校"
HEAD = "身份证号,姓名,学号,班级,教学点"
USER, GROUP, OTHER_GROUP = 60001, 61001, 61002


class Watcher:
    """inotifywait of somebody of that group; lines as "PATH EVENTS NAME"."""

    def __init__(self, directory, group, *paths):
        self.out = os.path.join(directory, f"events-{group}.txt")
        with open(self.out, "wb") as out:
            self.process = subprocess.Popen(
                ["setpriv", f"--reuid={USER}", f"--regid={group}", "--clear-groups",
                 "inotifywait", "-m", "-q", "--format", "%w %e %f", *paths], stdout=out, stderr=subprocess.DEVNULL)
        # Its watches stand once it has seen an event of our own.
        wait_for(lambda: os.listdir(paths[0]) is not None and self.lines(), "the watcher sees its first event")

    def lines(self):
        with open(self.out, encoding="utf-8") as f:
            return f.read().splitlines()

    def end(self):
        self.process.terminate()
        self.process.wait()


class Corrections(MountTest):
    points = (POINT, DALIAN)
    options = ("delay=100", "settle=300", "settle-empty=600")

    @classmethod
    def setUpClass(cls):
        if os.geteuid() != 0:
            skip("members of a group need root")
        super().setUpClass()

    def setUp(self):
        super().setUp()
        os.chmod(self.directory, 0o755)
        for point in self.points:
            self.mount.ctl("point", "set", point, f"--group={GROUP}", "--mode=2770")
            wait_for(lambda: os.stat(self.mount.point(point=point)).st_gid == GROUP, "the point is the group's")

    def tearDown(self):
        """Whatever was put right: the store is sound, and so is the log."""
        self.mount.ctl("verify")
        self.mount.ctl("audit", "verify")
        super().tearDown()

    # ---- steps ----

    def roster(self, *rows, check=True, options=()):
        path = os.path.join(self.directory, "名册.csv")
        with open(path, "w", encoding="utf-8") as f:
            f.write("\n".join([HEAD, *rows]) + "\n")
        return self.mount.ctl("roster", "import", *options, path, check=check)

    def drop(self, name, person=0, point=POINT):
        target = self.mount.point(name, point=point)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        run("cp", "-p", self.copy_of(self.good(person + 1)[person], os.path.basename(name)), target)
        self.mount.settle(point)

    def spoil(self, name, point=POINT):
        path = os.path.join(self.directory, "spoilt.jpg")
        with open(path, "wb") as f:
            f.write(b"no photo at all")
        run("cp", path, self.mount.point(name, point=point))
        self.mount.settle(point)

    def office(self, *parts):
        return os.path.join(self.mount.path, "OFFICE", *parts)

    def member(self, *args):
        return run("setpriv", f"--reuid={USER}", f"--regid={GROUP}", "--clear-groups", *args).stdout

    def watch(self, *paths, group=GROUP):
        watcher = Watcher(self.directory, group, *paths)
        self.addCleanup(watcher.end)
        return watcher

    def seen(self, watcher, *lines):
        for line in lines:
            wait_for(lambda: line in watcher.lines(), f"{line}; seen: {watcher.lines()}")

    # ---- questions ----

    def counts(self, point=POINT):
        return json.loads(self.mount.ctl("status", "--json", point).stdout)

    def numbers(self, point=POINT):
        """Whom status.csv names."""
        rows = csv.DictReader(io.StringIO(read(self.mount.point("status.csv", point=point)).decode("utf-8-sig")))
        return sorted(row["id_number"].strip('="') for row in rows)

    def missing(self, point=POINT):
        return sorted(name[:18] for name in os.listdir(self.mount.point("missing", point=point)))

    def assert_nowhere(self, number, point=POINT):
        self.assertNotIn(number, self.missing(point))
        self.assertNotIn(number, self.numbers(point))
        self.assertNotIn(number, read(self.mount.point("index.html", point=point)).decode())
        # What happened is told all the same.
        self.assertNotIn(number, read(self.mount.point("STATUS.txt", point=point)).decode().split("LAST CHANGES")[0])
        self.assertNotIn(number, self.mount.ctl("list", "--csv", f"--point={point}").stdout)

    def photo_of(self, number, point=POINT):
        return read(self.mount.point(f"{number}.jpg", point=point))

    # ---- a later roster ----

    def test_the_photo_follows_the_number(self):
        old, new, other = NUMBERS[0], NUMBERS[1], NUMBERS[2]
        self.roster(f"{old},张三,S0001,,{POINT}", f"{other},王五,S0003,,{POINT}")
        self.drop(f"{old}.jpg")
        self.drop("王五.jpg", 1)
        photo, submitted = self.photo_of(old), os.stat(self.mount.point("submitted", f"{old}.jpg")).st_size
        watcher = self.watch(self.mount.point() + "/")
        with open(self.mount.point(f"{old}.jpg"), "rb") as opened:
            said = self.roster(f"{new},张三,S0001,,{POINT}", f"{other},王五,S0003,,{POINT}").stdout
            self.assertIn("numbers corrected 1)", said)
            self.seen(watcher, f"{self.mount.point()}/ MOVED_FROM {old}.jpg", f"{self.mount.point()}/ MOVED_TO {new}.jpg")
            self.assertEqual(opened.read(), photo)
        self.assertEqual(self.member("ls", self.mount.point()).split(),
                         sorted([f"{new}.jpg", f"{other}.jpg", "STATUS.txt", "index.html", "missing", "ready", "rejected",
                                 "status.csv", *WORKBOOKS, "submitted"]))
        self.assertEqual(self.photo_of(new), photo)
        # The dropped name goes on resolving, with what was sent.
        self.assertEqual(os.stat(self.mount.point("submitted", f"{old}.jpg")).st_size, submitted)
        self.assertEqual(os.stat(self.mount.point(f"{old}.jpg")).st_size, submitted)
        self.assertEqual(self.numbers(), sorted([new, other]))
        self.assertEqual(self.missing(), [])
        # The same file again is the same file still.
        self.drop(f"{new}.jpg")
        self.assertEqual(self.mount.photos(), sorted([f"{new}.jpg", f"{other}.jpg"]))
        self.assertEqual(self.mount.rejected(), {})
        # The history is told under either number.
        for number in (old, new):
            kinds = [entry["kind"] for entry in json.loads(self.mount.ctl("history", "--json", number).stdout)]
            self.assertEqual(kinds[:3], ["received", "accepted", "corrected"])

    def test_an_approved_photo_is_renamed_and_exported_again(self):
        old, new = NUMBERS[0], NUMBERS[1]
        out = os.path.join(self.directory, "out")
        self.roster(f"{old},张三,S0001,,{POINT}")
        self.drop(f"{old}.jpg")
        self.mount.ctl("review", "approve", old)
        self.mount.ctl("export", out)
        shelf = self.office("approved", POINT) + "/"
        watcher, reviewer = self.watch(self.mount.point() + "/"), self.watch(shelf, group=os.stat(shelf).st_gid)
        self.roster(f"{new},张三,S0001,,{POINT}")
        self.seen(watcher, f"{self.mount.point()}/ MOVED_TO {new}.jpg")
        self.seen(reviewer, f"{shelf} MOVED_FROM {old}.jpg", f"{shelf} MOVED_TO {new}.jpg")
        self.assertEqual(os.stat(self.mount.point(f"{new}.jpg")).st_mode & 0o777, 0o440)
        self.assertEqual(os.listdir(self.office("approved", POINT)), [f"{new}.jpg"])
        self.assertEqual(os.listdir(self.office("export", "platform")), [f"{new}.jpg"])
        result = self.mount.ctl("export", out, check=False)
        self.assertEqual(result.returncode, 1)
        self.assertIn(f"{old}.jpg", result.stdout + result.stderr)
        self.assertIn(f"{new}.jpg", os.listdir(os.path.join(out, "platform")))
        self.assertIn(new, read(os.path.join(out, "manifest.csv")).decode("utf-8-sig"))
        self.assertNotIn(old, read(os.path.join(out, "manifest.csv")).decode("utf-8-sig"))

    def test_a_correction_is_seen_by_those_who_list_all_the_time(self):
        shelf = self.office("approved", POINT) + "/"
        self.roster(f"{NUMBERS[0]},张三,S0001,,{POINT}")
        self.drop(f"{NUMBERS[0]}.jpg")
        self.mount.ctl("review", "approve", NUMBERS[0])
        reviewer = self.watch(shelf, group=os.stat(shelf).st_gid)
        self.seen(reviewer, f"{shelf} MOVED_TO {NUMBERS[0]}.jpg")
        stop = threading.Event()

        def list_it():
            while not stop.is_set():
                run("ls", "-l", shelf)

        thread = threading.Thread(target=list_it)
        thread.start()
        try:
            for old, new in zip(NUMBERS[:4], NUMBERS[1:]):
                # Beyond the moment after a change in which nothing is lent.
                time.sleep(2)
                self.roster(f"{new},张三,S0001,,{POINT}")
                self.seen(reviewer, f"{shelf} MOVED_FROM {old}.jpg", f"{shelf} MOVED_TO {new}.jpg")
        finally:
            stop.set()
            thread.join()

    def test_two_exchange_their_numbers(self):
        a, b = NUMBERS[0], NUMBERS[1]
        self.roster(f"{a},张三,S0001,,{POINT}", f"{b},李四,S0002,,{POINT}")
        self.drop(f"{a}.jpg")
        self.drop(f"{b}.jpg", 1)
        first, second = self.photo_of(a), self.photo_of(b)
        self.roster(f"{b},张三,S0001,,{POINT}", f"{a},李四,S0002,,{POINT}")
        wait_for(lambda: self.photo_of(b) == first and self.photo_of(a) == second, "the photos have changed places")

    def test_a_list_dropped_into_the_office_corrects_as_well(self):
        old, new = NUMBERS[0], NUMBERS[1]
        self.roster(f"{old},张三,S0001,一班,{POINT}")
        self.drop("张三.jpg")
        watcher = self.watch(self.mount.point() + "/")
        with open(self.office("import", "更正.csv"), "w", encoding="utf-8") as f:
            f.write(f"{HEAD}\n{new},张三,,一班,{POINT}\n")
        self.seen(watcher, f"{self.mount.point()}/ MOVED_TO {new}.jpg")
        self.assertEqual(self.mount.photos(), [f"{new}.jpg"])

    def test_two_photos_refuse_the_list(self):
        a, b = NUMBERS[0], NUMBERS[1]
        self.drop(f"{a}.jpg")
        self.drop(f"{b}.jpg", 1)
        self.roster(f"{a},张三,S0001,,{POINT}")
        result = self.roster(f"{b},张三,S0001,,{POINT}", check=False)
        self.assertEqual(result.returncode, 1)
        self.assertIn("student correct", result.stdout)
        self.assertIn("row 2", result.stdout)
        self.assertEqual(self.mount.photos(), [f"{a}.jpg", f"{b}.jpg"])

    # ---- who counts ----

    def test_a_mistyped_number_leaves_nothing_behind(self):
        wrong, right = NUMBERS[0], NUMBERS[1]
        self.drop(f"{wrong}.jpg")
        os.rename(self.mount.point(f"{wrong}.jpg"), self.mount.point(f"{right}.jpg"))
        self.mount.settle()
        self.assertEqual(self.mount.photos(), [f"{right}.jpg"])
        self.assert_nowhere(wrong)
        self.assertEqual(self.counts()["students"], 1)
        self.drop(f"{NUMBERS[2]}.jpg", 2)
        os.unlink(self.mount.point(f"{NUMBERS[2]}.jpg"))
        self.mount.settle()
        self.assert_nowhere(NUMBERS[2])
        self.assertEqual(self.counts()["students"], 1)
        self.roster(f"{right},张三,S0001,,{POINT}", options=["--prune"])
        self.assert_nowhere(wrong)
        self.assertEqual(self.missing(), [])

    def test_who_left_the_roster_is_gone_with_the_photo(self):
        stays, goes = NUMBERS[0], NUMBERS[1]
        self.roster(f"{stays},张三,S0001,,{POINT}", f"{goes},李四,S0002,,{POINT}")
        self.drop(f"{goes}.jpg")
        self.roster(f"{stays},张三,S0001,,{POINT}", options=["--prune"])
        self.assertEqual(self.numbers(), sorted([stays, goes]))
        os.unlink(self.mount.point(f"{goes}.jpg"))
        self.roster(f"{stays},张三,S0001,,{POINT}", options=["--prune"])
        wait_for(lambda: self.numbers() == [stays], "whoever left the roster is not listed")
        self.assert_nowhere(goes)
        self.assertEqual(self.missing(), [stays])

    # ---- commands about students ----

    def test_student_correct(self):
        old, new = NUMBERS[0], NUMBERS[1]
        self.drop(f"{old}.jpg")
        photo = self.photo_of(old)
        said = self.mount.ctl("student", "correct", old, new, "--dry-run").stdout
        self.assertIn("Nothing was changed", said)
        self.assertIn(f"{old} is corrected to {new}", said)
        self.assertEqual(self.mount.photos(), [f"{old}.jpg"])
        watcher = self.watch(self.mount.point() + "/")
        self.mount.ctl("student", "correct", old, new)
        self.seen(watcher, f"{self.mount.point()}/ MOVED_TO {new}.jpg")
        self.assertEqual(self.photo_of(new), photo)
        self.assertEqual(self.mount.photos(), [f"{new}.jpg"])
        for arguments, status, text in (
                ([old, new], 1, "there is no such student"),
                ([new, new], 1, "it is already so"),
                ([new, new[:-1] + "1"], 2, "cannot be used as a document number")):
            result = self.mount.ctl("student", "correct", *arguments, check=False)
            self.assertEqual(result.returncode, status)
            self.assertIn(text, result.stderr)

    def test_student_move(self):
        number = NUMBERS[0]
        self.drop(f"张三 {number}.jpg")
        self.spoil(f"坏 {number}.jpg")
        self.spoil(f"坏 {number}.jpg", DALIAN)
        photo, sent = self.photo_of(number), os.stat(self.mount.point("submitted", f"张三 {number}.jpg"))
        here, there = self.mount.point() + "/", self.mount.point(point=DALIAN) + "/"
        watcher = self.watch(here, there)
        self.mount.ctl("student", "move", number, f"--to={DALIAN}", "--dry-run")
        self.assertEqual(self.mount.photos(DALIAN), [])
        self.mount.ctl("student", "move", number, f"--to={DALIAN}")
        self.seen(watcher, f"{here} MOVED_FROM {number}.jpg", f"{there} MOVED_TO {number}.jpg")
        self.assertEqual(self.mount.photos(), [])
        self.assertEqual(self.photo_of(number, DALIAN), photo)
        self.assert_nowhere(number)
        for name in (self.mount.point("submitted", f"张三 {number}.jpg", point=DALIAN),
                     self.mount.point(f"张三 {number}.jpg", point=DALIAN)):
            moved = os.stat(name)
            self.assertEqual((moved.st_size, moved.st_mtime), (sent.st_size, sent.st_mtime))
        self.assertFalse(os.path.exists(self.mount.point(f"张三 {number}.jpg")))
        # A second rsync of the same sends nothing, at either end.
        self.assertEqual(self.mount.ctl("student", "move", number, f"--to={DALIAN}", check=False).returncode, 1)
        self.assertEqual(self.mount.ctl("student", "move", number, "--to=别处", check=False).returncode, 2)

    def test_student_remove(self):
        number = NUMBERS[0]
        self.roster(f"{number},张三,S0001,,{POINT}", f"{NUMBERS[1]},李四,S0002,,{POINT}")
        self.drop(f"{number}.jpg")
        self.mount.ctl("review", "approve", number)
        result = self.mount.ctl("student", "remove", number, check=False)
        self.assertEqual(result.returncode, 1)
        self.assertIn("review reopen", result.stderr)
        zh = run(os.path.join(os.environ.get("IDPHOTO_BUILD_ROOT", "build"), "src", "idphotoctl"),
                 f"--store={self.mount.store}", "--lang=zh", "student", "remove", number, check=False)
        self.assertIn("退回待审", zh.stderr)
        self.mount.ctl("review", "reopen", number)
        watcher = self.watch(self.mount.point() + "/")
        self.mount.ctl("student", "remove", "S0001")
        self.seen(watcher, f"{self.mount.point()}/ DELETE {number}.jpg")
        self.assertEqual(self.mount.photos(), [])
        self.assert_nowhere(number)
        self.assertEqual(self.missing(), [NUMBERS[1]])
        # Sent again, it is nobody's.
        self.drop(f"{number}.jpg")
        self.assertIn("is not on this teaching point's roster", "".join(self.mount.rejected().values()))

    # ---- commands about points ----

    def test_point_set(self):
        self.mount.ctl("point", "set", POINT, f"--group={OTHER_GROUP}", "--mode=2750", "--dry-run")
        self.assertEqual(os.stat(self.mount.point()).st_gid, GROUP)
        self.mount.ctl("point", "set", POINT, f"--group={OTHER_GROUP}", "--mode=2750")
        wait_for(lambda: os.stat(self.mount.point()).st_gid == OTHER_GROUP, "the group has changed")
        self.assertEqual(os.stat(self.mount.point()).st_mode & 0o7777, 0o2750)
        self.assertEqual(self.mount.ctl("point", "set", POINT, check=False).returncode, 2)
        self.assertEqual(self.mount.ctl("point", "set", POINT, "--mode=2750", check=False).returncode, 1)

    def test_point_rename(self):
        self.drop(f"{NUMBERS[0]}.jpg")
        new = "沈阳学习中心"
        watcher = self.watch(self.mount.path + "/")
        inside = os.open(self.mount.point(), os.O_RDONLY | os.O_DIRECTORY)
        try:
            self.mount.ctl("point", "rename", POINT, new, "--dry-run")
            self.assertEqual(self.mount.photos(), [f"{NUMBERS[0]}.jpg"])
            self.mount.ctl("point", "rename", POINT, new)
            self.seen(watcher, f"{self.mount.path}/ MOVED_FROM,ISDIR {POINT}", f"{self.mount.path}/ MOVED_TO,ISDIR {new}")
            self.assertEqual(self.mount.photos(new), [f"{NUMBERS[0]}.jpg"])
            # Whoever is in it stays in it.
            self.assertIn(f"{NUMBERS[0]}.jpg", os.listdir(inside))
            self.assertEqual(os.readlink(f"/proc/self/fd/{inside}"), os.path.join(self.mount.path, new))
        finally:
            os.close(inside)
        self.assertFalse(os.path.exists(self.mount.point()))
        self.assertIn(new, self.member("ls", self.mount.path).split())
        self.assertIn(new, os.listdir(self.office("pending")))
        self.drop(f"{NUMBERS[1]}.jpg", 1, new)
        self.assertEqual(self.mount.photos(new), [f"{n}.jpg" for n in NUMBERS[:2]])
        result = self.mount.ctl("point", "rename", new, DALIAN, check=False)
        self.assertEqual(result.returncode, 1)
        self.assertIn("point merge", result.stderr)
        self.assertEqual(self.mount.ctl("point", "rename", new, "OFFICE", check=False).returncode, 2)

    def test_point_merge(self):
        a, b, c = NUMBERS[:3]
        self.roster(f"{a},张三,S0001,,{POINT}", f"{b},李四,S0002,,{POINT}", f"{c},王五,S0003,,{DALIAN}")
        self.drop(f"{a}.jpg")
        self.drop("一班/李四.jpg", 1)
        self.drop(f"{c}.jpg", 2, DALIAN)
        self.spoil("坏.jpg")
        self.spoil("坏.jpg", DALIAN)
        here, there = self.mount.point() + "/", self.mount.point(point=DALIAN) + "/"
        watcher = self.watch(self.mount.path + "/", here, there)
        said = self.mount.ctl("point", "merge", POINT, DALIAN, "--dry-run").stdout
        self.assertIn("students on the roster 2, photos 2,", said)
        self.assertEqual(len(self.mount.photos()), 2)
        self.mount.ctl("point", "merge", POINT, DALIAN)
        self.seen(watcher, f"{there} MOVED_TO {a}.jpg", f"{there} MOVED_TO {b}.jpg", f"{self.mount.path}/ DELETE,ISDIR {POINT}")
        self.assertEqual(self.mount.photos(DALIAN), [f"{n}.jpg" for n in (a, b, c)])
        self.assertEqual(sorted(self.mount.rejected(DALIAN)), ["坏 (2).jpg", "坏.jpg"])
        self.assertEqual(self.numbers(DALIAN), sorted([a, b, c]))
        self.assertNotIn(POINT, os.listdir(self.mount.path))
        self.assertFalse(os.path.exists(self.mount.point()))
        self.assertTrue(os.path.exists(self.mount.point("submitted", "李四.jpg", point=DALIAN)))
        self.assertEqual(self.mount.ctl("point", "merge", POINT, DALIAN, check=False).returncode, 2)

    def test_point_merge_is_refused(self):
        self.drop(f"{NUMBERS[0]}.jpg")
        self.drop(f"{NUMBERS[0]}.jpg", 1, DALIAN)
        result = self.mount.ctl("point", "merge", POINT, DALIAN, check=False)
        self.assertEqual(result.returncode, 1)
        self.assertIn("1 students have a photo at both", result.stderr)
        os.unlink(self.mount.point(f"{NUMBERS[0]}.jpg"))
        with open(self.mount.point("half.jpg"), "wb") as upload:
            upload.write(b"\xff\xd8")
            upload.flush()
            result = self.mount.ctl("point", "merge", POINT, DALIAN, check=False)
            self.assertEqual(result.returncode, 1)
            self.assertIn("idphotoctl wait", result.stderr)
        self.mount.settle()
        self.mount.ctl("point", "merge", POINT, DALIAN)
        self.assertEqual(self.mount.photos(DALIAN), [f"{NUMBERS[0]}.jpg"])

    def test_nothing_is_dropped_into_a_point_that_is_gone(self):
        inside = os.open(self.mount.point(), os.O_RDONLY | os.O_DIRECTORY)
        try:
            self.mount.ctl("point", "remove", POINT)
            wait_for(lambda: not os.path.exists(self.mount.point()), "the point is gone")
            with self.assertRaises(OSError):
                os.close(os.open("a.jpg", os.O_CREAT | os.O_WRONLY, dir_fd=inside))
            with self.assertRaises(OSError):
                os.mkdir("一班", dir_fd=inside)
        finally:
            os.close(inside)

    def test_point_remove(self):
        self.drop(f"{NUMBERS[0]}.jpg")
        result = self.mount.ctl("point", "remove", POINT, check=False)
        self.assertEqual(result.returncode, 1)
        self.assertIn("point merge", result.stderr)
        watcher = self.watch(self.mount.path + "/")
        self.mount.ctl("point", "remove", DALIAN, "--dry-run")
        self.assertIn(DALIAN, os.listdir(self.mount.path))
        self.mount.ctl("point", "remove", DALIAN)
        self.seen(watcher, f"{self.mount.path}/ DELETE,ISDIR {DALIAN}")
        self.assertNotIn(DALIAN, self.member("ls", self.mount.path).split())
        # The name is free.
        self.mount.ctl("point", "add", DALIAN, f"--group={GROUP}")
        self.drop(f"{NUMBERS[1]}.jpg", 1, DALIAN)
        self.assertEqual(self.mount.photos(DALIAN), [f"{NUMBERS[1]}.jpg"])


if __name__ == "__main__":
    need("inotifywait", "setpriv")
    main()
