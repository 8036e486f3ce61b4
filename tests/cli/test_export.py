#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""idphotoctl export without a mount: its frame, and what it says. Photos leave in the tests of the
mount, where reviewers approve them."""

import os
import shutil
import subprocess
import tempfile
import unittest
import zipfile
from pathlib import Path

PROGRAM = os.environ["IDPHOTO_CTL"]


class ExportTest(unittest.TestCase):
    def setUp(self):
        self.dir = Path(tempfile.mkdtemp(prefix="idphoto-export-"))
        self.addCleanup(shutil.rmtree, self.dir)
        self.store = self.make_store("store", "en")

    def make_store(self, name, lang):
        store = self.dir / name
        self.ctl("init", store, "--batch=202601", lang=lang, store=None)
        return store

    def ctl(self, *arguments, lang="en", store="own"):
        env = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "CST-8"}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"):
            if name in os.environ:
                env[name] = os.environ[name]
        if store:
            env["IDPHOTO_STORE"] = str(self.store if store == "own" else store)
        return subprocess.run([PROGRAM, *map(str, arguments), f"--lang={lang}"], env=env,
                              capture_output=True, encoding="utf-8", stdin=subprocess.DEVNULL,
                              timeout=120, check=False)

    def ok(self, *arguments, **options):
        result = self.ctl(*arguments, **options)
        self.assertEqual((result.returncode, result.stderr), (0, ""), result.stdout)
        return result.stdout

    def refused(self, message, *arguments, **options):
        result = self.ctl(*arguments, **options)
        self.assertEqual(result.returncode, 2, result.stdout)
        self.assertEqual(result.stdout, "")
        self.assertIn(message, result.stderr)

    def test_an_empty_batch_gives_an_empty_export(self):
        out = self.dir / "out"
        self.assertEqual(self.ok("export", "--centre", out),
                         "Students: 0. Files written: 0, unchanged: 0; renditions made: 0.\n")
        self.assertEqual(sorted(p.name for p in out.iterdir()),
                         ["SHA256SUMS", "centre", "manifest.csv", "platform"])
        subprocess.run(["sha256sum", "--strict", "--quiet", "-c", "SHA256SUMS"], cwd=out, check=True)

    def test_a_place_is_needed_and_only_one(self):
        self.refused("a folder, or '--zip=FILE'", "export")
        self.refused("a folder, or '--zip=FILE'", "export", "--zip=a.zip", self.dir / "out")

    def test_an_unknown_batch_is_refused_before_anything_is_made(self):
        self.refused("there is no batch '209901'", "export", "--batch=209901", self.dir / "out")
        self.assertFalse((self.dir / "out").exists())

    def test_a_place_that_cannot_be_written_is_told(self):
        (self.dir / "file").write_bytes(b"precious")
        self.refused("Not a directory", "export", self.dir / "file")
        self.refused("No such file or directory", "export", self.dir / "none" / "out")
        self.refused("No such file or directory", "export", f"--zip={self.dir}/none/a.zip")
        self.refused("Is a directory", "export", f"--zip={self.dir}/")
        self.assertEqual((self.dir / "file").read_bytes(), b"precious")

    def test_a_zip_file_takes_its_name_when_it_is_whole(self):
        target = self.dir / "a.zip"
        target.write_bytes(b"yesterday's")
        (self.dir / "a.zip.part").write_bytes(b"x" * 100000)
        self.ok("export", f"--zip={target}")
        # Another program's, whatever it is called.
        self.assertEqual((self.dir / "a.zip.part").read_bytes(), b"x" * 100000)
        self.assertEqual(sorted(p.name for p in self.dir.iterdir()), ["a.zip", "a.zip.part", "store"])
        with zipfile.ZipFile(target) as archive:
            self.assertEqual(archive.namelist(), ["manifest.csv", "SHA256SUMS"])
            self.assertIsNone(archive.testzip())

    def test_two_zip_files_of_one_batch_are_the_same(self):
        for name in ("a", "b"):
            self.ok("export", f"--zip={self.dir}/{name}.zip")
        self.assertEqual((self.dir / "a.zip").read_bytes(), (self.dir / "b.zip").read_bytes())

    def test_names_follow_the_store_and_words_the_user(self):
        store = self.make_store("zh", "zh")
        out = self.dir / "out"
        self.assertTrue(self.ok("export", out, store=store).startswith("Students: 0."))
        self.assertEqual(sorted(p.name for p in out.iterdir()), ["SHA256SUMS", "平台", "清单.csv"])
        self.ok("export", f"--zip={self.dir}/zh.zip", store=store)
        with zipfile.ZipFile(self.dir / "zh.zip") as archive:
            self.assertEqual(archive.namelist(), ["清单.csv", "SHA256SUMS"])

    def test_a_file_of_no_photo_is_told_by_the_exit_status(self):
        out = self.dir / "out"
        (out / "platform").mkdir(parents=True)
        (out / "platform" / "old.jpg").write_bytes(b"x")
        result = self.ctl("export", out)
        self.assertEqual((result.returncode, result.stderr), (1, ""))
        self.assertIn("not part of this export: platform/old.jpg\n", result.stdout)
        self.assertTrue((out / "platform" / "old.jpg").exists())


if __name__ == "__main__":
    unittest.main()
