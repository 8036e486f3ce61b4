#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Watchers see a verdict as the rename it is [D5]; barriers return when everything has its place [D6]."""

import contextlib
import os
import signal
import sqlite3
import subprocess
import threading
import time

from harness import MountTest, NUMBERS, POINT, main, need, need_sqlite, run, wait_for


class Watcher:
    """inotifywait on some directories; lines as "PATH EVENTS NAME"."""

    def __init__(self, directory, *paths):
        self.out = os.path.join(directory, "events.txt")
        self.process = subprocess.Popen(["inotifywait", "-m", "-q", "--format", "%w %e %f", "-o", self.out, *paths],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        # Its watches stand once it has looked at every directory: seen by an event of our own.
        probe = paths[0]
        wait_for(lambda: os.listdir(probe) is not None and self.lines(), "the watcher sees its first event")

    def lines(self):
        if not os.path.exists(self.out):
            return []
        with open(self.out) as f:
            return f.read().splitlines()

    def end(self):
        self.process.terminate()
        self.process.wait()


class Watch(MountTest):
    options = ("delay=300", "settle=60000")
    points = (POINT, "大连学习中心")

    def watch(self, *paths):
        watcher = Watcher(self.directory, *paths)
        self.addCleanup(watcher.end)
        return watcher

    def index(self, watcher, text):
        return wait_for(lambda: [i + 1 for i, line in enumerate(watcher.lines()) if line == text],
                        f"{text}; seen: {watcher.lines()}")[0]

    def test_accepted_photo_is_seen_to_be_renamed(self):
        point = self.mount.point() + "/"
        watcher = self.watch(point)
        run("cp", self.copy_of(self.good(1)[0], f"张三{NUMBERS[0]}.jpg"), point)
        left = self.index(watcher, f"{point} MOVED_FROM 张三{NUMBERS[0]}.jpg")
        came = self.index(watcher, f"{point} MOVED_TO {NUMBERS[0]}.jpg")
        closed = self.index(watcher, f"{point} CLOSE_WRITE,CLOSE 张三{NUMBERS[0]}.jpg")
        self.assertLess(closed, left)
        self.assertEqual(left + 1, came)
        self.assertEqual(self.mount.listed(), [f"{NUMBERS[0]}.jpg"])

    def test_rejected_photo_is_seen_to_move(self):
        point, rejected = self.mount.point() + "/", self.mount.point("rejected") + "/"
        watcher = self.watch(point, rejected)
        run("cp", self.copy_of(self.good(1)[0], "IMG_1.jpg"), point)
        self.index(watcher, f"{point} MOVED_FROM IMG_1.jpg")
        came = self.index(watcher, f"{rejected} MOVED_TO IMG_1.jpg")
        # A file manager that shows rejected/ shows the note without a refresh.
        self.assertLess(came, self.index(watcher, f"{rejected} CREATE IMG_1.jpg - no ID number.txt"))

    def test_ready_is_seen_to_change(self):
        """[T8], whether the office decides in the mount or by command."""
        ready, name = self.mount.point("ready") + "/", f"{NUMBERS[0]}.jpg"
        run("cp", self.copy_of(self.good(1)[0], name), self.mount.point())
        self.mount.settle()
        watcher = self.watch(ready, self.mount.point("rejected") + "/")
        shelf = os.path.join(self.mount.path, "OFFICE", "%s", POINT, name)
        os.rename(shelf % "pending", shelf % "approved")
        self.index(watcher, f"{ready} CREATE {name}")
        self.assertIn(name, os.listdir(ready))
        self.mount.ctl("review", "reject", "--reason=hair", NUMBERS[0])
        self.index(watcher, f"{ready} DELETE {name}")
        self.index(watcher, f"{self.mount.point('rejected')}/ CREATE {name} - hair over face.txt")
        self.assertEqual(os.listdir(ready), ["manifest.csv"])

    def test_canonical_name_is_seen_to_change(self):
        point = self.mount.point() + "/"
        watcher = self.watch(point)
        run("cp", self.copy_of(self.good(1)[0], f"{NUMBERS[0]}.jpg"), point)
        closed = self.index(watcher, f"{point} CLOSE_WRITE,CLOSE {NUMBERS[0]}.jpg")
        wait_for(lambda: f"{point} MODIFY {NUMBERS[0]}.jpg" in watcher.lines()[closed:], "the finished photo is announced")

    def test_verdict_comes_after_the_clients_last_look(self):
        # Half a second to a second: what clients do by path after the close still means their file.
        start = time.monotonic()
        path = self.mount.point(f"李{NUMBERS[0]}.jpg")
        run("cp", self.copy_of(self.good(1)[0], os.path.basename(path)), path)
        self.assertIn(os.path.basename(path), self.mount.listed())
        wait_for(lambda: self.mount.listed() == [f"{NUMBERS[0]}.jpg"], "the verdict is shown")
        self.assertGreater(time.monotonic() - start, 0.3)

    def test_committed_by_a_barrier_watchers_are_told_as_well(self):
        point, rejected = self.mount.point() + "/", self.mount.point("rejected") + "/"
        watcher = self.watch(point, rejected)
        run("cp", self.copy_of(self.good(2)[0], f"甲{NUMBERS[0]}.jpg"), self.copy_of(self.good(2)[1], "IMG_1.jpg"), point)
        run("sync", point)
        self.assertEqual(self.mount.listed(), [f"{NUMBERS[0]}.jpg"])
        self.assertEqual(list(self.mount.rejected()), ["IMG_1.jpg"])
        self.index(watcher, f"{point} MOVED_TO {NUMBERS[0]}.jpg")
        self.index(watcher, f"{rejected} MOVED_TO IMG_1.jpg")
        self.index(watcher, f"{rejected} CREATE IMG_1.jpg - no ID number.txt")

    # ---- barriers ----

    def drop(self, n=12):
        for i, path in enumerate(self.good(n)):
            run("cp", path, self.mount.point(f"第{i}位 {os.path.basename(path)}"))

    def test_sync_of_the_status_file(self):
        self.drop()
        run("sync", self.mount.point("STATUS.txt"))
        self.assertEqual(len(self.mount.photos()), 12)
        self.assertEqual(len(self.mount.listed()), 12)

    def test_sync_of_the_directory(self):
        self.drop()
        run("sync", self.mount.point())
        self.assertEqual(len(self.mount.listed()), 12)
        self.assertEqual(len(self.mount.photos()), 12)

    def test_sync_of_rejected_and_of_the_root(self):
        for target in [self.mount.point("rejected"), self.mount.path, os.path.join(self.mount.path, "STATUS.txt")]:
            run("cp", self.copy_of(self.good(1)[0], "IMG_1.jpg"), self.mount.point())
            run("sync", target)
            self.assertEqual(list(self.mount.rejected()), ["IMG_1.jpg"])

    def test_wait_command(self):
        self.drop()
        self.mount.ctl("wait")
        self.assertEqual(len(self.mount.photos()), 12)

    def durable_commits(self):
        """How many there were: the catalog counts them."""
        with contextlib.closing(sqlite3.connect(f"file:{self.mount.store}/catalog.db?mode=ro", uri=True)) as catalog:
            return int(catalog.execute("SELECT value FROM setting WHERE key = 'synced'").fetchone()[0])

    def test_a_barrier_ends_with_a_durable_commit(self):
        need_sqlite()
        self.drop(1)
        self.mount.settle()
        photo, office = self.mount.photos()[0], os.path.join(self.mount.path, "OFFICE")
        for i, target in enumerate([self.mount.point("STATUS.txt"), self.mount.point(), self.mount.path]):
            before = self.durable_commits()
            steps = ["pending", "approved"] if i % 2 == 0 else ["approved", "pending"]
            os.rename(*(os.path.join(office, step, POINT, photo) for step in steps))
            self.assertEqual(self.durable_commits(), before, "a decision alone is not durable")
            run("sync", target)
            self.assertGreater(self.durable_commits(), before)
        before = self.durable_commits()
        fd = os.open(self.mount.point(), os.O_RDONLY | os.O_DIRECTORY)
        os.fsync(fd)
        os.close(fd)
        self.assertGreater(self.durable_commits(), before)

    def test_barrier_does_not_wait_for_settling(self):
        # The caller says that all is sent: a file cut off is judged now, not in a minute.
        with open(self.mount.point(f"{NUMBERS[0]}.jpg"), "wb") as f, open(self.good(1)[0], "rb") as source:
            f.write(source.read(5000))
        run("sync", self.mount.point("STATUS.txt"))
        self.assertEqual(list(self.mount.rejected()), [f"{NUMBERS[0]}.jpg"])

    def test_many_barriers_at_once(self):
        self.drop()
        targets = [self.mount.point(), self.mount.point("STATUS.txt"), self.mount.point("rejected"), self.mount.path] * 6
        waiting = [subprocess.Popen(["sync", target]) for target in targets]
        for process in waiting:
            self.assertEqual(process.wait(timeout=60), 0)
        self.assertEqual(len(self.mount.photos()), 12)

    def test_barrier_does_not_wait_for_a_writer_that_holds_on(self):
        fd = os.open(self.mount.point(f"{NUMBERS[0]}.jpg"), os.O_WRONLY | os.O_CREAT)
        os.write(fd, b"\xff\xd8\xff")
        run("sync", self.mount.point("STATUS.txt"))
        os.close(fd)

    def test_interrupted_barrier(self):
        self.drop(12)
        process = subprocess.Popen(["sync", self.mount.point()])
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)
        self.mount.settle()
        self.assertEqual(len(self.mount.photos()), 12)

    def test_drops_and_barriers_and_readers_together(self):
        paths = self.good(60)
        errors = []

        def worker(function):
            try:
                function()
            except Exception as error:  # pylint: disable=broad-except
                errors.append(error)

        def drop(part):
            for path in paths[part::3]:
                run("cp", path, self.mount.point(f"批 {os.path.basename(path)}"))

        def sync():
            for _ in range(5):
                run("sync", self.mount.point())

        def look():
            """A listing may meet a name that moves away under it; only that."""
            for _ in range(20):
                listed = run("ls", "-lR", self.mount.path, check=False, env={"LC_ALL": "C.UTF-8"})
                bad = [line for line in listed.stderr.splitlines() if not line.endswith(": No such file or directory")]
                if bad or listed.returncode not in (0, 1):
                    raise AssertionError(f"ls ended with {listed.returncode}: {bad}")

        threads = [threading.Thread(target=worker, args=(lambda part=part: drop(part),)) for part in range(3)]
        threads += [threading.Thread(target=worker, args=(function,)) for function in (sync, sync, look, look)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(errors, [])
        self.mount.settle()
        self.assertEqual(len(self.mount.photos()), 60)
        self.assertEqual(self.mount.rejected(), {})


if __name__ == "__main__":
    need("inotifywait")
    main()
