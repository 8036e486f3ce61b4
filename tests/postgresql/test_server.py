# SPDX-License-Identifier: MIT
"""A store whose catalog is on a server: how it is made and attached, and what happens when connections end."""

import os
import re
import subprocess
import sys
import threading
import unittest.mock

from server import need_postgresql, postgresql

FAULTS = os.path.join(os.environ.get("IDPHOTO_BUILD_ROOT", "build"), "tests", "faults", "libidphoto-faults.so")

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "mount"))

from harness import *  # noqa: E402


def psql(url, sql):
    return run("psql", "--no-psqlrc", "--csv", "--tuples-only", url, "--command", sql).stdout


class Server(MountTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.url = os.environ["IDPHOTO_TEST_CATALOG"]

    def init(self, url, *arguments):
        return run(IDPHOTOCTL, "--lang=en", "init", os.path.join(self.directory, "new"), url, *arguments, check=False)

    def test_what_may_not_be_used_is_refused_and_leaves_nothing(self):
        for url, words in (
                ("photos", "named by a URL"),
                ("postgresql://idphoto:secret@localhost/photos", "must not hold a password"),
                ("postgresql://idphoto@db.example.edu/photos", "needs sslmode=verify-full"),
                (f"postgresql://idphoto@/photos?host={self.directory}", "does not answer"),
                (self.mount.catalog, "already a store")):
            refused = self.init(url)
            self.assertEqual(refused.returncode, 2, url)
            self.assertIn(words, refused.stderr)
            self.assertNotIn("secret", refused.stderr)
            self.assertFalse(os.path.exists(os.path.join(self.directory, "new")), url)

    def test_a_configuration_with_a_password_opens_nothing(self):
        self.mount.end()
        path = os.path.join(self.mount.store, "idphotofs.conf")
        text = read(path).decode()
        with open(path, "w", encoding="utf-8") as f:
            f.write(text.replace("idphoto@", "idphoto:secret@"))
        refused = self.mount.ctl("status", check=False)
        self.assertEqual(refused.returncode, 2)
        self.assertIn("must not hold a password", refused.stderr)
        self.assertNotIn("secret", refused.stderr)
        mounted = run(IDPHOTOFS, "-f", self.mount.store, self.mount.path, check=False)
        self.assertEqual(mounted.returncode, 1)
        self.assertIn("must not hold a password", mounted.stderr)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        self.mount.start()

    def test_the_log_is_whole_after_each_command_and_what_nobody_numbered_is_told(self):
        self.mount.ctl("batch", "close", "202601")
        self.mount.ctl("batch", "reopen", "202601")
        self.assertEqual(psql(self.mount.catalog, "SELECT count(*) FROM unsealed").strip(), "0")
        self.assertIn("intact", self.mount.ctl("audit", "verify").stdout)
        psql(self.mount.catalog, "INSERT INTO event (wall, kind, point, submission, student, uid) VALUES (1, 'approved', 0, 0, 0, 0)")
        foreign = self.mount.ctl("audit", "verify", check=False)
        self.assertEqual(foreign.returncode, 1)
        self.assertIn("An entry that has no number yet was not written by this program.\n", foreign.stdout)
        foreign = run(IDPHOTOCTL, f"--store={self.mount.store}", "--lang=zh", "audit", "verify", check=False)
        self.assertIn("一条尚未编号的记录不是由本程序写入的。\n", foreign.stdout)
        self.assertIn('"entry": null', re.sub(r'":\s*', '": ', self.mount.ctl("audit", "list", "--json").stdout))

    def test_another_machine_attaches_with_the_key(self):
        other = os.path.join(self.directory, "other")
        refused = run(IDPHOTOCTL, "--lang=en", "attach", other, self.mount.catalog, data=b"no key", check=False)
        self.assertEqual(refused.returncode, 2)
        self.assertIn("holds no key", refused.stderr)
        self.assertFalse(os.path.exists(other))
        run(IDPHOTOCTL, "attach", other, self.mount.catalog, data=read(os.path.join(self.mount.store, "audit.key")))
        self.assertIn(POINT, run(IDPHOTOCTL, f"--store={other}", "point", "list").stdout)
        self.assertIn("intact", run(IDPHOTOCTL, f"--store={other}", "--lang=en", "audit", "verify").stdout)

    def test_the_server_learns_of_a_large_roster_at_once(self):
        """Else it goes on reading whole tables, as was best while they were empty."""
        roster = os.path.join(self.directory, "roster.csv")
        with open(roster, "w", encoding="utf-8") as f:
            f.write("身份证号,姓名,教学点\n")
            for n in range(1000):
                body = f"21999919990101{n:03}"
                check = "10X98765432"[sum(int(c) * 2 ** (17 - i) for i, c in enumerate(body)) % 11]
                f.write(f"{body}{check},学生,{POINT}\n")
        self.mount.ctl("import", roster)
        schema = re.search("search_path%3D(\\w+)", self.mount.catalog).group(1)
        known = psql(self.url, f"SELECT reltuples FROM pg_class WHERE oid = '{schema}.student'::regclass")
        self.assertEqual(int(float(known)), 1000)

    def test_close_waits_for_the_disk(self):
        """Whoever has closed a file deletes his own. A disk that fails is told by close() at the latest."""
        source = self.good(1)[0]
        self.mount.end()
        told = []
        for n in range(1, 30):
            with unittest.mock.patch.dict(os.environ, {
                    "LD_PRELOAD": os.path.abspath(FAULTS), "FAULT_ROOT": os.path.join(self.mount.store, "staging"), "FAULT_ERRNO": "5",
                    "FAULT_ONCE": "1", "FAULT_N": str(n),
                    "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"}):
                self.mount.start()
            done = run("cp", source, self.mount.point(), check=False)
            told.append("failed to close" in done.stderr)
            # What the disk refused later is told in the log.
            self.mount.log_checked = sys.maxsize
            self.mount.end()
            self.mount.log_checked = len(self.mount.log())
            if done.returncode == 0:
                break
        self.assertIn(True, told)
        self.mount.start()

    def test_what_was_sent_while_connections_ended_is_there_once(self):
        """To its clients that is a pause."""
        ending = threading.Event()

        def end_connections():
            while not ending.wait(0.15):
                psql(self.url, "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                               " WHERE datname = current_database() AND pid != pg_backend_pid()")

        thread = threading.Thread(target=end_connections)
        thread.start()
        sources = self.good(12)
        try:
            for source in sources:
                run("cp", source, self.mount.point())
            self.mount.settle()
        finally:
            ending.set()
            thread.join()
        self.assertEqual(self.mount.photos(), sorted(os.path.basename(source) for source in sources))
        self.assertEqual(self.mount.rejected(), {})
        self.mount.ctl("verify")
        self.assertIn("intact", self.mount.ctl("audit", "verify").stdout)


if __name__ == "__main__":
    need_postgresql()
    with postgresql() as made:
        os.environ["IDPHOTO_TEST_CATALOG"] = made
        main()
