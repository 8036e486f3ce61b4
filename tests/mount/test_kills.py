#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Commands killed at random moments: the store is in order, the command run again ends its work, and nothing is left over."""

import hashlib
import json
import os
import random
import shutil
import sqlite3
import subprocess
import tempfile
import time

import matrix
from harness import IDPHOTOCTL, POINT, SAMPLES, Mount, MountTest, main, read, run

KILLS = int(os.environ.get("IDPHOTO_KILLS", "30"))
# Of one command; slow builds kill fewer times.
SECONDS = float(os.environ.get("IDPHOTO_KILL_SECONDS", "7"))
KILLS_MIN = 5
SEED = int(os.environ.get("IDPHOTO_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 32)
PHOTOS = 10
STUDENTS = 300

# A kill is no power loss: what a process has written is there. So memory will do for a disk.
MEMORY = "/dev/shm"

counts = {}


def make_directory(prefix):
    large = os.path.isdir(MEMORY) and os.statvfs(MEMORY).f_bavail * os.statvfs(MEMORY).f_frsize > 48 << 20
    return tempfile.mkdtemp(prefix=prefix, dir=MEMORY if large else None)


def number(i):
    """Nobody has these: there is no district 219999."""
    body = f"21999919900101{i:03}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(c) * w for c, w in zip(body, weights)) % 11]


class Kills(MountTest):
    """One store is made by a mount and copied for each kill."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.random = random.Random(SEED)
        cls.base = make_directory("idphoto-kills-")
        mount = Mount(cls.base)
        mount.options = ["delay=0", "settle=100", "settle-empty=100"]
        try:
            mount.start()
            run(SAMPLES, cls.plain_directory, "--plain", str(PHOTOS))
            for name in os.listdir(cls.plain_directory):
                shutil.copyfile(os.path.join(cls.plain_directory, name), mount.point(name))
            for i in range(20):
                with open(mount.point(f"no photo {i}.jpg"), "wb") as f:
                    f.write(b"GIF89a" + b"%08d" % i * 4096)
            mount.settle()
            assert len(mount.photos()) == PHOTOS, mount.listed()
            cls.numbers = [name[:18] for name in mount.photos()]
            # The backup is older than the store.
            mount.ctl("backup", os.path.join(cls.base, "backup"))
            mount.ctl("review", "approve", *cls.numbers[:PHOTOS // 2])
            for name in os.listdir(mount.point("rejected")):
                if name.endswith(".jpg"):
                    os.unlink(mount.point("rejected", name))
            mount.end()
        finally:
            mount.force_end()
        os.unlink(os.path.join(mount.store, "reserve"))  # large, and no part of what is copied here
        mount.ctl("export", "--centre", f"--zip={cls.base}/export.zip")
        mount.ctl("export", "--centre", f"{cls.base}/export")
        cls.roster = os.path.join(cls.base, "roster.csv")
        with open(cls.roster, "w", encoding="utf-8") as f:
            f.write("身份证号,姓名,教学点\n")
            f.writelines(f"{number(i)},学生{i},{POINT}\n" for i in range(STUDENTS))

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.base, ignore_errors=True)
        super().tearDownClass()
        rows = [matrix.record_row("Commands killed at random moments", {
            "command": command, "kills": kills, "in its work": within, "inconsistent": wrong, "seed": SEED})
            for command, (kills, within, wrong) in counts.items()]
        if rows:
            print("\n" + matrix.row_table(rows))

    def setUp(self):
        self.directory = make_directory("idphoto-test-")
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)
        self.mount = Mount(self.directory, init=False)
        self.store = self.mount.store

    def copy(self, name, target=None):
        """A fresh copy of what setUpClass made."""
        target = target or os.path.join(self.directory, name)
        shutil.rmtree(target, ignore_errors=True)
        run("cp", "-a", os.path.join(self.base, name), target)
        return target

    def faults(self, store=None):
        """What is wrong with the store, apart from what is merely left over, and that."""
        result = run(IDPHOTOCTL, f"--store={store or self.store}", "verify", "--json", check=False)
        if result.returncode == 2:
            return [result.stderr], []
        found = [problem["fault"] for problem in json.loads(result.stdout)]
        left = [fault for fault in found if fault in ("orphan", "staging")]
        wrong = [fault for fault in found if fault not in left]
        if run(IDPHOTOCTL, f"--store={store or self.store}", "audit", "verify", check=False).returncode != 0:
            wrong.append("audit")
        return wrong, left

    @staticmethod
    def duration(command, prepare):
        prepare()
        begun = time.monotonic()
        run(*command, check=False)
        return time.monotonic() - begun

    def kill_often(self, name, arguments, prepare, check):
        """prepare() before each kill; check() afterwards, which runs the command again. Faults found are counted."""
        command = [IDPHOTOCTL, f"--store={self.store}", *arguments]
        duration = min(self.duration(command, prepare) for _ in range(2))
        end = time.monotonic() + SECONDS
        kills = within = 0
        wrong = []
        while kills < KILLS and (kills < KILLS_MIN or time.monotonic() < end):
            prepare()
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            # The moment is what is random here; nothing is waited for.
            time.sleep(self.random.uniform(0, duration))
            process.kill()
            within += process.wait() < 0
            kills += 1
            wrong += self.faults()[0] if os.path.exists(os.path.join(self.store, "catalog.db")) else []
            check(command)
        counts[name] = (kills, within, len(wrong))
        self.assertEqual(wrong, [], f"seed {SEED}")
        self.assertGreater(within, 0)

    def assert_in_order(self, store=None):
        self.assertEqual(self.faults(store), ([], []))

    def test_purge(self):
        def check(command):
            run(*command)
            self.assert_in_order()
            self.assertEqual(self.blobs(), self.named())
        self.kill_often("purge", ["purge", "--days=0"], lambda: self.copy("store"), check)

    def blobs(self):
        root = os.path.join(self.store, "blobs")
        return {folder + name for folder in os.listdir(root) for name in os.listdir(os.path.join(root, folder))}

    def query(self, sql):
        with sqlite3.connect(os.path.join(self.store, "catalog.db")) as catalog:
            return [row[0] for row in catalog.execute(sql)]

    def named(self):
        return {digest.hex() for digest in self.query(
            "SELECT original FROM submission WHERE original IS NOT NULL UNION SELECT blob FROM photo WHERE length(blob) > 0"
            " UNION SELECT centre FROM photo WHERE centre IS NOT NULL")}

    def test_backup_over_an_older_one(self):
        restored = os.path.join(self.directory, "restored")
        backup = os.path.join(self.directory, "backup")

        def prepare():
            self.copy("store")
            self.copy("backup")

        def restore():
            shutil.rmtree(restored, ignore_errors=True)
            run(IDPHOTOCTL, "restore", backup, restored)
            self.assertEqual(self.faults(restored)[0], [])

        def check(command):
            # Until the new one is done the old one stands.
            restore()
            run(*command)
            restore()
            left = [name for folder, _, names in os.walk(backup) for name in names if name.endswith((".copy", ".new"))]
            self.assertEqual(left, [])
        self.kill_often("backup", ["backup", backup], prepare, check)

    def test_restore(self):
        restored = os.path.join(self.directory, "restored")

        def prepare():
            shutil.rmtree(restored, ignore_errors=True)

        def check(command):
            if not os.path.exists(os.path.join(restored, "catalog.db")):
                run(*command)
            self.assert_in_order(restored)
            left = [name for folder, _, names in os.walk(restored) for name in names if name.endswith((".copy", ".new"))]
            self.assertEqual(left, [])
        self.copy("store")
        self.kill_often("restore", ["restore", os.path.join(self.base, "backup"), restored], prepare, check)

    def sums(self, folder):
        return {os.path.relpath(os.path.join(where, name), folder): hashlib.sha256(read(os.path.join(where, name))).hexdigest()
                for where, _, names in os.walk(folder) for name in names}

    def test_export_into_a_folder(self):
        out = os.path.join(self.directory, "out")
        wanted = self.sums(os.path.join(self.base, "export"))

        def check(command):
            run(*command)
            self.assertEqual(self.sums(out), wanted)
        self.copy("store")
        self.kill_often("export", ["export", "--centre", out], lambda: shutil.rmtree(out, ignore_errors=True), check)

    def test_export_into_a_zip_file(self):
        out = os.path.join(self.directory, "out")
        wanted = read(os.path.join(self.base, "export.zip"))

        def prepare():
            shutil.rmtree(out, ignore_errors=True)
            os.mkdir(out)

        def check(command):
            whole = os.path.exists(os.path.join(out, "export.zip"))
            self.assertTrue(not whole or read(os.path.join(out, "export.zip")) == wanted)
            run(*command)
            self.assertEqual(os.listdir(out), ["export.zip"])
            self.assertEqual(read(os.path.join(out, "export.zip")), wanted)
        self.copy("store")
        self.kill_often("export --zip", ["export", "--centre", f"--zip={out}/export.zip"], prepare, check)

    def test_import(self):
        def check(command):
            known = self.query("SELECT count(*) FROM student WHERE on_roster = 1")[0]
            self.assertIn(known, (0, STUDENTS))
            run(*command)
            self.assertEqual(self.query("SELECT count(*) FROM student WHERE on_roster = 1")[0], STUDENTS)
            self.assert_in_order()
        self.kill_often("import", ["import", self.roster], lambda: self.copy("store"), check)

    def test_review(self):
        waiting = self.numbers[PHOTOS // 2:]

        def check(_):
            approved = self.query("SELECT count(*) FROM student WHERE state = (SELECT state FROM student WHERE id_number ="
                                  f" '{self.numbers[0]}')")[0]
            told = self.query("SELECT count(*) FROM event WHERE kind = 'approved'")[0]
            self.assertEqual(approved, told)
            left = [n for n in waiting if not self.query(
                f"SELECT 1 FROM student AS s JOIN event AS e ON e.student = s.id WHERE s.id_number = '{n}' AND e.kind = 'approved'")]
            if left:
                run(IDPHOTOCTL, f"--store={self.store}", "review", "approve", *left)
            self.assert_in_order()
        self.kill_often("review", ["review", "approve", *waiting], lambda: self.copy("store"), check)

    def test_batch_close(self):
        batch = {}

        def prepare():
            self.copy("store")
            batch["name"] = self.query("SELECT value FROM setting WHERE key = 'batch'")[0]

        prepare()

        def check(command):
            run(*command, check=False)  # closed already, maybe
            self.assertEqual(self.query("SELECT closed > 0 FROM batch"), [1])
            self.assert_in_order()
        self.kill_often("batch close", ["batch", "close", batch["name"]], prepare, check)

    def test_migration(self):
        """Of a catalog as old as can be: every step of it is one transaction."""
        def prepare():
            self.copy("store")
            for suffix in ("", "-wal", "-shm"):
                if os.path.exists(os.path.join(self.store, "catalog.db" + suffix)):
                    os.unlink(os.path.join(self.store, "catalog.db" + suffix))
            open(os.path.join(self.store, "catalog.db"), "wb").close()

        schema = "SELECT coalesce(sql, name) FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name"
        self.copy("store")
        wanted, version = self.query(schema), self.query("PRAGMA user_version")
        command = [IDPHOTOCTL, f"--store={self.store}", "point", "add", "大连分校"]
        kills = within = 0
        steps = set()
        end = time.monotonic() + SECONDS
        duration = min(self.duration(command, prepare) for _ in range(2))
        while kills < KILLS and (kills < KILLS_MIN or time.monotonic() < end):
            prepare()
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(self.random.uniform(0, duration))
            process.kill()
            within += process.wait() < 0
            kills += 1
            steps.update(self.query("PRAGMA user_version"))
            self.assertEqual(self.query("PRAGMA integrity_check"), ["ok"])
            run(*command, check=False)
            self.assertEqual(self.query("PRAGMA user_version"), version)
            self.assertEqual(self.query(schema), wanted)
        counts["migration"] = (kills, within, 0)
        self.assertGreater(within, 0)


if __name__ == "__main__":
    main()
