#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Whoever works in Chinese is told in Chinese what is wrong, by both programs and whatever it is."""

import fcntl
import os
import re
import shutil
import sqlite3
import subprocess
import unittest
from pathlib import Path

from storetest import PROGRAM, StoreTest

DAEMON = os.environ["IDPHOTO_DAEMON"]
POINT = "沈阳分校"

# What is typed as it stands here, whatever the language: names of programs and commands, options, paths, placeholders, and
# what an option takes.
LITERAL = re.compile(r"“[^”]*”|idphotoctl( [a-z]+){0,2}|idphotofs|--?[a-z][-\w]*(=[^\s；，]+)?|/[^”：，；、\s]+|[A-Z_]{2,}(\.\.\.)?"
                     r"|\[[a-z]+\]|[a-z]+-size")
VALUES = {"blur", "missing", "rejected", "pending", "approved", "final", "warn", "reject", "off", "only", "en", "zh", "later",
          "close", "ms", "min", "kB", "MiB", "KiB", "GiB", "bytes", "error", "warning", "info", "debug", "lang", "workers", "workers=N",
          "Windows"}


def english(line):
    """The words of the line that a reader of Chinese would stumble over."""
    return [word for word in re.findall(r"[A-Za-z]{2,}", LITERAL.sub(" ", line)) if word not in VALUES]


class Chinese(StoreTest):
    def setUp(self):
        super().setUp()
        self.ok("point", "add", POINT)
        self.photo = self.file("no photo", "photo.jpg")
        self.folder = self.dir / "folder"
        self.folder.mkdir()
        (self.folder / "something").touch()

    def assert_chinese(self, result, arguments, status=None):
        with self.subTest(arguments=arguments):
            self.assertNotEqual(result.returncode, 0)
            if status is not None:
                self.assertEqual(result.returncode, status)
            self.assertTrue(result.stderr)
            for line in result.stderr.splitlines():
                self.assertEqual(english(line), [], line)
                self.assertRegex(line, "[\u4e00-\u9fff]")

    def daemon(self, *arguments, lang="zh", **environment):
        env = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", **environment}
        options = ("-o", f"lang={lang}") if lang else ()
        return subprocess.run([DAEMON, *map(str, arguments), *options], env=env, capture_output=True, encoding="utf-8",
                              stdin=subprocess.DEVNULL, timeout=60, check=False)

    def test_english_is_found(self):
        for line in ("idphotofs: error: cannot mount", "idphotoctl: 无法读取“x”：No such file", "x：Permission denied"):
            self.assertNotEqual(english(line), [])

    def test_arguments(self):
        for arguments in (
                [], ["staus"], ["frobnicate"], ["poin", "add"], ["point", "ad", "x"], ["config"], ["--stroe=x", "status"],
                ["check", "--jsno", "x"], ["check", "--frobnicate", "x"], ["check", "-j", "x"], ["check", "--json=yes", "x"],
                ["check", "x", "--write"], ["check"], ["check", "--jobs=0", "x"], ["point", "list", "x"],
                ["audit", "list", "--since=soon"], ["audit", "list", "--limit=many"], ["audit", "list", "--json", "--csv"],
                ["list", "--state=gone"], ["list", "--reason=ugly"], ["list", "--json", "--csv"], ["point", "list", "--json", "--names"],
                ["status", "--interval=0"], ["status", "--interval=5"], ["purge", "--days=x"],
                ["purge", "--days=3", "--batch=202601"], ["review", "reject", "219999199001010016"],
                ["review", "reject", "--reason=ugly", "219999199001010016"],
                ["student", "move", "219999199001010016"], ["point", "set", POINT], ["point", "set", POINT, "--mode=9"],
                ["point", "set", POINT, "--group=nobody-knows"], ["point", "add", "x", "--owner=nobody-knows"],
                ["point", "add", "a/b"], ["point", "add", POINT], ["batch", "add", "202601"], ["batch", "add", "a/b"],
                ["export"], ["import", "--actor=x", "/nowhere"]):
            self.assert_chinese(self.run_ctl(*arguments, lang="zh"), arguments, 2)
        for arguments in (["status"], ["config", "check"]):
            self.assert_chinese(self.run_ctl(*arguments, lang="zh", store=False), arguments, 2)
        unknown = subprocess.run([PROGRAM, "status", "--lang=de"], env={"LC_ALL": "zh_CN.UTF-8"}, capture_output=True,
                                 encoding="utf-8", timeout=60, check=False)
        self.assert_chinese(unknown, ["--lang=de"], 2)

    def test_what_is_not_there(self):
        nobody = "219999199001010016"
        for arguments in (
                ["point", "set", "大连", "--mode=2770"], ["point", "rename", "大连", "旅顺"], ["point", "merge", "大连", POINT],
                ["point", "remove", "大连"], ["point", "rename", POINT, POINT], ["status", "大连"], ["wait", "大连"],
                ["page", "大连", self.dir / "x.html"], ["list", "--point=大连"], ["list", "--batch=none"],
                ["status", "--batch=none"], ["batch", "use", "none"], ["batch", "close", "none"], ["purge", "--batch=none"],
                ["history", nobody], ["review", "approve", nobody], ["student", "correct", nobody, "219999199001010024"],
                ["student", "correct", nobody, "123"], ["student", "remove", nobody], ["purge", "--batch=202601"],
                ["check", "/nowhere.jpg"], ["check", self.photo, "--write=/nowhere"], ["check", self.photo, "--config=/nowhere"],
                ["config", "check", "/nowhere"], ["config", "show", self.folder], ["roster", "import", "/nowhere"],
                ["progress", "import", "/nowhere"], ["import", "/nowhere"], ["export", self.folder / "something"],
                ["export", f"--zip={self.folder}"], ["backup", self.folder], ["restore", self.folder, self.dir / "new"],
                ["init", self.store], ["init", self.folder], ["init", self.photo]):
            self.assert_chinese(self.run_ctl(*arguments, lang="zh"), arguments)

    def test_stores_that_cannot_be_used(self):
        newer, damaged = self.dir / "newer", self.dir / "damaged"
        for store in (newer, damaged):
            shutil.copytree(self.store, store)
        with sqlite3.connect(newer / "catalog.db") as catalog:
            catalog.execute("PRAGMA user_version = 9999")
        (damaged / "catalog.db").write_bytes(b"no database" * 1000)
        for store in (self.dir / "none", self.folder, self.photo, newer, damaged):
            mountpoint = self.dir / "mnt"
            mountpoint.mkdir(exist_ok=True)
            for arguments in (["status"], ["point", "list"], ["verify"], ["backup", self.dir / "copy"], ["wait"]):
                arguments = [f"--store={store}", *arguments]
                self.assert_chinese(self.run_ctl(*arguments, lang="zh"), arguments)
            self.assert_chinese(self.daemon("-f", store, mountpoint), ["-f", store])

    def test_a_store_that_another_program_holds(self):
        mountpoint = self.dir / "mnt"
        mountpoint.mkdir()
        with open(self.store / "daemon.lock", "wb") as lock:
            fcntl.lockf(lock, fcntl.LOCK_EX)
            result = self.daemon("-f", self.store, mountpoint)
            self.assert_chinese(result, ["locked"], 1)
            self.assertIn("正由另一个挂载", result.stderr)

    def test_wrong_configurations(self):
        config = self.store / "idphotofs.conf"
        (self.dir / "mnt").mkdir()
        for text in ("[picture]\ncrwon = off\n", "[picture]\ncrown = 5-1\n", "[nothing]\n", "x\n", "[upload]\nsettle = 5\n",
                     "[upload]\nsettle = 5 s\nsettle = 6 s\n", "[office]\noffice-group = nobody-knows\n",
                     "[batch]\nholidays = none.txt\n", "[batch]\nholidays = .\n", "[output]\nmin-size = 30 kB\nmax-size = 30 kB\n"):
            config.write_text(text, encoding="utf-8")
            self.assert_chinese(self.daemon("-f", self.store, self.dir / "mnt"), [text], 1)
            self.assert_chinese(self.run_ctl("config", "check", lang="zh"), [text], 2)

    def test_arguments_of_the_mount(self):
        for arguments in ([], ["a"], ["a", "b", "c"], ["-x"], ["--hlep"], ["-o", "lnag=en", "a", "b"], ["-o", "frobnicate"],
                          ["-o", "workers="], ["-o", "noguard=1"], ["-o", "verdict=l"], ["-o", "delay=1s"]):
            self.assert_chinese(self.daemon(*arguments), arguments, 2)
        self.assert_chinese(self.daemon("-o", lang=None, LC_ALL="zh_CN.UTF-8"), ["-o"], 2)
        self.assertIn("unknown option", self.daemon("-x", lang="en", LC_ALL="zh_CN.UTF-8").stderr)
        self.assertIn("没有选项", self.daemon("-onoguard,lang=zh", "-x", lang=None).stderr)

    def test_mountpoints_that_cannot_be_used(self):
        (self.store / "inside").mkdir()
        for mountpoint in (self.dir / "none", self.photo, self.folder, self.store / "inside"):
            self.assert_chinese(self.daemon("-f", self.store, mountpoint), [mountpoint], 1)

    @unittest.skipUnless(os.geteuid() == 0, "only root takes a device away")
    def test_a_system_without_fuse(self):
        (self.dir / "mnt").mkdir()
        result = subprocess.run(["unshare", "-m", "sh", "-c", 'mount -t tmpfs none /dev && exec "$@"', "sh", DAEMON, "-f",
                                 str(self.store), str(self.dir / "mnt"), "-olang=zh"], capture_output=True, encoding="utf-8",
                                stdin=subprocess.DEVNULL, timeout=60, check=False)
        self.assert_chinese(result, ["no /dev/fuse"], 1)

    @unittest.skipUnless(os.geteuid() == 0, "only root becomes somebody else")
    def test_who_has_no_rights(self):
        os.chmod(self.dir, 0o755)
        command = ["setpriv", "--reuid=60001", "--regid=60001", "--clear-groups"]
        (self.dir / "mnt").mkdir()
        for arguments in ([PROGRAM, f"--store={self.store}", "status", "--lang=zh"],
                          [PROGRAM, "init", str(self.dir / "new"), "--lang=zh"],
                          [DAEMON, "-f", str(self.store), str(self.dir / "mnt"), "-olang=zh"]):
            result = subprocess.run(command + arguments, capture_output=True, encoding="utf-8", timeout=60, check=False)
            self.assert_chinese(result, arguments)


if __name__ == "__main__":
    unittest.main()
