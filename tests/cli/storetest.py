# SPDX-License-Identifier: MIT
"""A store of its own for each test, and the real idphotoctl to work on it."""

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

PROGRAM = os.environ["IDPHOTO_CTL"]


class StoreTest(unittest.TestCase):
    def setUp(self):
        self.dir = Path(tempfile.mkdtemp(prefix="idphoto-cli-"))
        self.addCleanup(shutil.rmtree, self.dir)
        self.store = self.dir / "store"
        self.ok("init", self.store, "--batch=202601", store=False)

    def run_ctl(self, *arguments, lang="en", store=True):
        env = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "CST-8"}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"):
            if name in os.environ:
                env[name] = os.environ[name]
        if store:
            env["IDPHOTO_STORE"] = str(self.store)
        return subprocess.run([PROGRAM, *map(str, arguments), f"--lang={lang}"], env=env, capture_output=True,
                              encoding="utf-8", stdin=subprocess.DEVNULL, timeout=120, check=False)

    def ok(self, *arguments, **options):
        result = self.run_ctl(*arguments, **options)
        self.assertEqual((result.returncode, result.stderr), (0, ""), result.stdout)
        return result.stdout

    def file(self, text, name="list.csv", encoding="utf-8"):
        path = self.dir / name
        path.write_bytes(text.encode(encoding))
        return path
