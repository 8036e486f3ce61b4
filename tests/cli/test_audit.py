#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The audit log, histories, and what is kept and erased, through the real idphotoctl, without a mount."""

import json
import os
import sqlite3
import unittest

from storetest import StoreTest

# Nobody has these numbers: there is no district 219999.
A, B = "219999199001010016", "219999199001010024"
POINT = "沈阳分校"


class AuditTest(StoreTest):
    def setUp(self):
        super().setUp()
        roster = self.dir / "roster.csv"
        roster.write_text(f"身份证号,姓名,学号,教学点\n{A},张三,S0001,{POINT}\n{B},李四,S0002,{POINT}\n",
                          encoding="utf-8")
        self.ok("roster", "import", roster)
        self.ok("batch", "close", "202601")
        self.ok("batch", "reopen", "202601")

    def sql(self, script, *values):
        with sqlite3.connect(self.store / "catalog.db") as db:
            rows = db.execute(script, values).fetchall()
        db.close()
        return rows

    def tamper(self, script):
        for name in ("event_stays", "event_stays_as_it_is"):
            self.sql(f"DROP TRIGGER IF EXISTS {name}")
        self.sql(script)

    def broken(self, **options):
        result = self.run_ctl("audit", "verify", **options)
        self.assertEqual((result.returncode, result.stderr), (1, ""))
        return result.stdout


class Verify(AuditTest):
    def test_what_the_commands_wrote_is_whole(self):
        entries = len(json.loads(self.ok("audit", "list", "--json")))
        self.assertGreater(entries, 2)
        self.assertEqual(self.ok("audit", "verify"), f"The log is intact. Entries: {entries}.\n")
        self.assertIn("操作记录完整", self.ok("audit", "verify", lang="zh"))

    def test_the_first_bad_entry_is_named(self):
        self.tamper("UPDATE event SET kind = 'approved' WHERE id = 2")
        self.assertIn("Entry 2 was changed after it was written.\nEntries before it, none of them changed: 1", self.broken())
        self.assertIn("第 2 条记录写入后被改动", self.broken(lang="zh"))

    def test_a_removed_entry_and_a_cut_end_are_told_apart(self):
        last = self.sql("SELECT max(id) FROM event")[0][0]
        self.tamper(f"DELETE FROM event WHERE id = {last}")
        self.assertIn(f"Entry {last} and all after it were removed.", self.broken())
        self.tamper("DELETE FROM event WHERE id = 2")
        self.assertIn("Entry 2 was removed.", self.broken())

    def test_another_key_proves_nothing(self):
        (self.store / "audit.key").write_bytes(bytes(32))
        self.broken()
        (self.store / "audit.key").unlink()
        self.assertIn("audit.key", self.broken())
        self.assertFalse((self.store / "audit.key").exists())


class List(AuditTest):
    def test_who_did_what(self):
        rows = json.loads(self.ok("audit", "list", "--json"))
        self.assertEqual([row["kind"] for row in rows[-2:]], ["batch-closed", "batch-reopened"])
        self.assertEqual({row["uid"] for row in rows}, {os.getuid()})
        self.assertNotIn(A, self.ok("audit", "list"))

    def test_limit_keeps_the_newest_and_since_a_day(self):
        rows = json.loads(self.ok("audit", "list", "--json", "--limit=1"))
        self.assertEqual([row["kind"] for row in rows], ["batch-reopened"])
        self.assertEqual(json.loads(self.ok("audit", "list", "--json", "--since=2199-01-01")), [])
        for wrong in ("--limit=0", "--limit=x", "--since=2026-02-30", "--since=today"):
            with self.subTest(wrong=wrong):
                self.assertEqual(self.run_ctl("audit", "list", wrong).returncode, 2)

    def test_csv_has_a_head_and_one_line_an_entry(self):
        lines = self.ok("audit", "list", "--csv").split("\n")
        self.assertTrue(lines[0].startswith("\ufeffentry,time,uid,user,kind"))
        self.assertEqual(len(lines) - 2, len(json.loads(self.ok("audit", "list", "--json"))))


class History(AuditTest):
    def add_event(self, kind, number, detail=""):
        """As an earlier version wrote it, before there was a chain."""
        student, point = self.sql("SELECT id, point FROM student WHERE id_number = ?", number)[0]
        self.sql("INSERT INTO event (wall, kind, point, submission, student, uid, detail)"
                 " VALUES (1756700000000000000, ?, ?, 0, ?, 0, ?)", kind, point, student, detail)

    def test_by_either_number(self):
        self.add_event("decided", A, "eyes-closed")
        story = self.ok("history", A)
        self.assertIn("rejected by the office", story)
        self.assertIn("2025-09-01", story)
        self.assertEqual(self.ok("history", "S0001"), story)
        self.assertEqual(self.ok("history", A, "--batch=202601"), story)
        self.assertNotIn("decided", json.dumps(self.run_ctl("history", B, "--json").stdout))

    def test_a_decision_has_its_reason_in_words(self):
        self.add_event("decided", A, "blur")
        row, = json.loads(self.ok("history", "S0001", "--json"))
        self.assertEqual((row["kind"], row["point"], row["reasons"][0]["code"]), ("decided", POINT, "blur"))
        self.assertTrue(row["reasons"][0]["title"])
        self.assertNotEqual(json.loads(self.ok("history", A, "--json", lang="zh"))[0]["reasons"], row["reasons"])

    def test_nobody_is_an_answer(self):
        result = self.run_ctl("history", "X1")
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertEqual(self.run_ctl("history", "X1", "--json").stdout, "[]\n")
        self.assertEqual(self.run_ctl("history", A, "--batch=nosuch").returncode, 2)


class Keeping(AuditTest):
    def refused(self, message, *arguments):
        result = self.run_ctl(*arguments)
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertIn(message, result.stderr)

    def test_a_good_store_is_in_order_and_a_wrong_counter_is_counted_again(self):
        self.assertEqual(self.ok("verify"), "The store is in order.\n")
        self.assertEqual(json.loads(self.ok("verify", "--json")), [])
        self.sql("UPDATE tally SET n = n + 1")
        self.assertEqual(self.run_ctl("verify").returncode, 1)
        self.assertIn("计数有误", self.run_ctl("verify", lang="zh").stdout)
        self.assertIn("Problems: 1, repaired: 1.", self.ok("verify", "--repair"))
        self.assertEqual(self.ok("verify"), "The store is in order.\n")

    def test_a_restored_backup_has_the_same_students_and_a_whole_log(self):
        students = self.ok("list", "--json")
        self.ok("backup", self.dir / "backup")
        self.ok("restore", self.dir / "backup", self.dir / "new")
        self.store = self.dir / "new"
        self.assertEqual(self.ok("list", "--json"), students)
        self.ok("audit", "verify")
        self.assertEqual((self.store.stat().st_mode & 0o777, (self.store / "audit.key").stat().st_mode & 0o777),
                         (0o700, 0o600))

    def test_nothing_is_written_over(self):
        self.refused("something other than a backup", "backup", self.store)
        self.refused("there is no backup", "restore", self.store, self.dir / "new")
        self.ok("backup", self.dir / "backup")
        self.refused("is not empty", "restore", self.dir / "backup", self.store)

    def test_only_a_closed_batch_is_purged_and_then_nobody_is_left(self):
        self.refused("is open", "purge", "--batch=202601")
        self.refused("not both", "purge", "--batch=202601", "--days=3")
        self.refused("is not a number of days", "purge", "--days=-1")
        self.ok("batch", "close", "202601")
        self.assertIn("Students that would be erased: 2, ", self.ok("purge", "--batch=202601", "--dry-run"))
        self.assertIn("Students erased: 2, ", self.ok("purge", "--batch=202601"))
        self.assertEqual(self.ok("list", "--json"), "[]\n")
        for path in self.store.rglob("*"):
            if path.is_file():
                self.assertNotIn(A.encode(), path.read_bytes())
                self.assertNotIn("张三".encode(), path.read_bytes())
        self.ok("audit", "verify")


if __name__ == "__main__":
    unittest.main()
