#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The configuration, through the real programs."""

import json
import os
import shutil
import stat
import subprocess
import tempfile
import unittest
from pathlib import Path

PROGRAM = os.environ["IDPHOTO_CTL"]
DAEMON = os.environ["IDPHOTO_DAEMON"]
WORKER = os.environ["IDPHOTO_WORKER"]


def run(*arguments, program=PROGRAM, language="C.UTF-8", **environment):
    env = {"PATH": "/usr/bin:/bin", "LC_ALL": language, "IDPHOTO_WORKER": WORKER, **environment}
    for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"):
        if name in os.environ:
            env[name] = os.environ[name]
    return subprocess.run([program, *map(str, arguments)], env=env, capture_output=True,
                          encoding="utf-8", stdin=subprocess.DEVNULL, timeout=60, check=False)


class Configuration(unittest.TestCase):
    def setUp(self):
        self.dir = Path(tempfile.mkdtemp(prefix="idphoto-config-"))
        self.addCleanup(shutil.rmtree, self.dir)
        self.store = self.dir / "store"

    def make_store(self, language="en"):
        result = run("init", self.store, f"--lang={language}")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        return self.store / "idphotofs.conf"

    def make_config(self, text):
        path = self.dir / "some.conf"
        path.write_text(text, encoding="utf-8")
        return path

    def codes(self, *arguments):
        photo = self.dir / "photo.jpg"
        photo.write_bytes(b"x" * (3 << 20))
        result = run("check", "--json", photo, *arguments)
        self.assertIn(result.returncode, (0, 1), result.stderr)
        item, = json.loads(result.stdout)["files"]
        return [finding["code"] for finding in item["findings"]]

    def test_init_writes_the_commented_defaults_for_the_owner_only(self):
        path = self.make_store()
        self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
        text = path.read_text(encoding="utf-8")
        self.assertIn("#crown = warn 50..110, reject 42..118\n", text)
        self.assertEqual([line for line in text.splitlines()
                          if line and line[0] not in "#["], [])

    def test_init_writes_the_file_in_the_language_of_the_store(self):
        self.assertIn("背景", self.make_store("zh").read_text(encoding="utf-8"))

    def test_the_file_of_init_is_right(self):
        path = self.make_store()
        for arguments in ((path,), (f"--store={self.store}",)):
            result = run("config", "check", *arguments)
            self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "OK\n", ""))

    def test_a_store_without_a_file_works_by_the_defaults(self):
        self.make_store().unlink()
        self.assertEqual(run("config", "check", f"--store={self.store}").stdout, "OK\n")
        self.assertEqual(run("config", "show", f"--store={self.store}").stdout,
                         run("config", "show").stdout)

    def test_a_mistake_is_told_with_file_line_and_range(self):
        path = self.make_config("[picture]\n\ncrown = 50-110\n")
        result = run("config", "check", path)
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertEqual(result.stderr,
                         f"idphotoctl: {path}, line 3: 'crown' takes 'off', 'warn-only' or ranges "
                         "such as 'warn LEAST..MOST, reject LEAST..MOST' within 0..640 pixels, "
                         "not '50-110'\n")
        result = run("config", "check", path, language="zh_CN.UTF-8")
        self.assertEqual(result.returncode, 2)
        self.assertIn(f"{path}，第 3 行：“crown”应为", result.stderr)
        self.assertIn("0..640 像素", result.stderr)

    def test_all_mistakes_are_told_at_once(self):
        path = self.make_store()
        path.write_text("lost = 1\n[picture]\ncrown = 50-110\ncrwon = off\nneither\n\n[pictures]\ncrown = nothing of a section "
                        "that is none\n[upload]\nsettle = 5\ndelay = 1 s\ndelay = 2 s\n[output]\nmin-size = 30 kB\n"
                        "max-size = 30 kB\n[office]\noffice-group = nobody-knows\n[points]\ngroup = not-there\n[batch]\n"
                        "holidays = none.txt\ndeadline = 2026-13-01\n" + "x" * 3000 + "\n", encoding="utf-8")
        result = run("config", "check", f"--store={self.store}")
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        head = f"idphotoctl: {path}, line "
        self.assertTrue(all(line.startswith(head) for line in result.stderr.splitlines()), result.stderr)
        told = [line.removeprefix(head) for line in result.stderr.splitlines()]
        expected = ["1: 'lost' stands before", "3: 'crown' takes", "4: there is no key 'crwon', did you mean 'crown'?",
                    "5: 'neither' is neither", "7: there is no section '[pictures]'", "10: 'settle' takes",
                    "12: 'delay' is already set in line 11", "22: 'deadline' takes", "23: a line has at most",
                    "15: 'min-size' must be smaller", "17: 'office-group': the system has no group 'nobody-knows'",
                    "19: 'group': the system has no group 'not-there'",
                    "21: 'holidays': cannot read 'none.txt': No such file or directory"]
        self.assertEqual(len(told), len(expected), result.stderr)
        for line, beginning in zip(told, expected):
            self.assertTrue(line.startswith(beginning), f"{line!r}, not {beginning!r}")
        # As a file for itself the same, in the other language too.
        self.assertEqual(run("config", "check", path).stderr, result.stderr)
        chinese = run("config", "check", path, "--lang=zh").stderr
        self.assertEqual(len(chinese.splitlines()), len(expected))
        self.assertIn(f"{path}，第 17 行：“office-group”：系统中没有用户组“nobody-knows”\n", chinese)

    def test_what_the_configuration_names_must_be_there(self):
        path = self.make_store()
        calendar = self.store / "holidays.txt"
        path.write_text("[batch]\nholidays = holidays.txt\n[office]\noffice-group = daemon\n", encoding="utf-8")
        for text, said in ((None, f"{path}, line 2: 'holidays': cannot read 'holidays.txt': No such file or directory"),
                           ("2026-05-01 holiday\n2026-05-99 holiday\n", f"{calendar}, line 2: the line is no"),
                           ("2026-05-01 holiday\n", None)):
            if text:
                calendar.write_text(text, encoding="utf-8")
            result = run("config", "check", f"--store={self.store}")
            self.assertEqual(result.returncode, 2 if said else 0)
            self.assertEqual(result.stderr.startswith(f"idphotoctl: {said}"), bool(said), result.stderr)
        # A copy elsewhere is looked at beside the store that is given.
        copy = self.make_config(path.read_text(encoding="utf-8"))
        self.assertEqual(run("config", "check", copy).returncode, 2)
        self.assertEqual(run("config", "check", copy, f"--store={self.store}").stdout, "OK\n")

    def test_a_directory_of_blobs_is_nothing_for_a_catalog_in_a_file(self):
        path = self.make_store()
        path.write_text("[store]\nblobs = /mnt/photos\n", encoding="utf-8")
        for lang, words, unopened in (("en", "line 2: 'blobs' is only for a store whose 'catalog' is on a server", "is an absolute path"),
                                      ("zh", "第 2 行：只有 catalog 在服务器上时才能设置“blobs”", "须为绝对路径")):
            result = run("config", "check", path, f"--lang={lang}")
            self.assertEqual(result.returncode, 2)
            self.assertIn(words, result.stderr)
            # Nor is the store opened, as photos would not be where the file says.
            result = run("point", "list", f"--store={self.store}", f"--lang={lang}")
            self.assertEqual(result.returncode, 2)
            self.assertIn(unopened, result.stderr)

    def test_what_was_shown_can_be_read_again(self):
        path = self.make_config("[picture]\ntilt = off\n[centre]\naddress = 皇姑区 1 号\n")
        shown = run("config", "show", path).stdout
        self.assertIn("\ntilt = off\n", shown)
        self.assertIn("\naddress = 皇姑区 1 号\n", shown)
        again = self.make_config(shown)
        self.assertEqual(run("config", "show", again).stdout, shown)

    def test_a_file_that_cannot_be_read_is_named(self):
        os.mkfifo(self.dir / "pipe")
        for path, message in ((self.dir / "none", "No such file or directory"),
                              (self.dir, "Is a directory"),
                              (self.dir / "pipe", "Not a regular file")):
            with self.subTest(path=path):
                result = run("config", "check", path)
                self.assertEqual(result.returncode, 2)
                self.assertEqual(result.stderr, f"idphotoctl: cannot read '{path}': {message}\n")

    def test_check_needs_to_know_which_file(self):
        result = run("config", "check")
        self.assertEqual(result.returncode, 2)
        self.assertIn("name a file, or a store", result.stderr)

    def test_photos_are_judged_by_the_named_configuration(self):
        self.assertNotIn("file-too-large", self.codes())
        path = self.make_config("[input]\nmax-file-size = 2 MiB\n")
        self.assertEqual(self.codes(f"--config={path}"), ["file-too-large"])

    def test_photos_are_judged_by_the_configuration_of_the_store(self):
        path = self.make_store()
        self.assertNotIn("file-too-large", self.codes(f"--store={self.store}"))
        path.write_text("[input]\nmax-file-size = 2 MiB\n", encoding="utf-8")
        self.assertEqual(self.codes(f"--store={self.store}"), ["file-too-large"])
        other = self.make_config("")
        self.assertNotIn("file-too-large", self.codes(f"--store={self.store}",
                                                      f"--config={other}"))

    def test_no_photo_is_judged_by_a_wrong_configuration(self):
        path = self.make_config("[picture]\ncrwon = off\n")
        result = run("check", path, f"--config={path}")
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertIn("line 2: there is no key 'crwon', did you mean 'crown'?", result.stderr)

    def test_the_daemon_refuses_a_wrong_configuration(self):
        path = self.make_store()
        path.write_text("[upload]\nsettle = 5\n", encoding="utf-8")
        (self.dir / "mnt").mkdir()
        result = run("-f", self.store, self.dir / "mnt", program=DAEMON)
        self.assertNotEqual(result.returncode, 0)
        self.assertIn(f"{path}, line 2: 'settle' takes a time from 0 ms to 1 h", result.stderr)


if __name__ == "__main__":
    unittest.main()
