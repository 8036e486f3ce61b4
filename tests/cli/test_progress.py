#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Progress lists of the centre and the register through the real idphotoctl, without a mount."""

import json
import unittest

from storetest import StoreTest

# Nobody has these numbers: there is no district 219999.
A, B, C = "219999199001010016", "219999199001010024", "219999199001010032"
ROSTER = f"身份证号,姓名,学号,教学点\n{A},张三,S0001,沈阳分校\n{B},李四,S0002,大连分校\n"
HEAD = "身份证号,学号,订单状态,驳回原因,更新日期\n"


class ProgressTest(StoreTest):
    def setUp(self):
        super().setUp()
        self.ok("roster", "import", self.file(ROSTER, "roster.csv"))

    def take(self, text, *options, status=0, **names):
        result = self.run_ctl("progress", "import", self.file(text, **names), *options)
        self.assertEqual((result.returncode, result.stderr), (status, ""), result.stdout)
        return result.stdout

    def take_json(self, text, *options, status=0):
        return json.loads(self.take(text, "--json", *options, status=status))

    def test_a_list_is_taken_and_counted(self):
        out = self.take(HEAD + f"{A},,初审合格,,2025-09-10\n,S0002,待支付,,2025-09-10\n", encoding="gb18030")
        self.assertTrue(out.startswith("Rows: 2 (changed 2, unchanged 0,"), out)
        self.assertIn("first review passed", out)

    def test_again_changes_nothing(self):
        text = HEAD + f"{A},,终审,,2025-09-10\n"
        self.assertEqual(self.take_json(text)["stages"], {"final-review": 1})
        again = self.take_json(text)
        self.assertEqual((again["changed"], again["unchanged"], again["notes"]), (0, 1, []))

    def test_a_dry_run_changes_nothing(self):
        text = HEAD + f"{A},,终审,,\n"
        self.assertIn("Dry run", self.take(text, "--dry-run"))
        self.assertEqual(self.take_json(text)["changed"], 1)

    def test_rows_that_cannot_be_taken_are_told_and_the_others_done(self):
        report = self.take_json(HEAD + f"{A},,已完成,,\n{B},,快好了,,\n{C},,终审,,\n", status=1)
        self.assertEqual((report["changed"], report["not_taken"]), (1, 2))
        self.assertEqual([(n["row"], n["kind"]) for n in report["notes"]],
                         [(2, "not-approved"), (3, "unknown-status"), (4, "unknown-student")])
        out = self.take(HEAD + f"{A},,终审,,\n", status=1)
        self.assertIn("list.csv row 2", out)
        self.assertIn("(is 'final review passed')", out)

    def test_a_damaged_number_is_told_without_the_status_beside_it(self):
        out = self.take(HEAD + "S9,,驳回,,\n", status=1)
        self.assertIn("list.csv row 2: This cannot be a document number", out)

    def test_a_file_that_is_not_there_is_named(self):
        for command in (["import"], ["progress", "import"]):
            result = self.run_ctl(*command, self.dir / "lost.csv")
            self.assertEqual(result.returncode, 2)
            self.assertIn("lost.csv': No such file or directory", result.stderr)

    def test_an_unusable_file_imports_nothing(self):
        good = self.file(HEAD + f"{A},,终审,,\n", "good.csv")
        bad = self.file("hello\n", "bad.csv")
        result = self.run_ctl("progress", "import", good, bad, lang="zh")
        self.assertEqual(result.returncode, 2)
        self.assertIn("没有导入任何内容", result.stdout)
        self.assertIn("bad.csv", result.stdout)
        self.assertEqual(self.take_json(HEAD + f"{A},,终审,,\n")["changed"], 1)
        self.assertEqual(self.run_ctl("progress", "import", self.dir / "none.csv").returncode, 2)

    def test_a_closed_batch_takes_nothing(self):
        self.run_ctl("batch", "close", "202601")
        result = self.run_ctl("progress", "import", self.file(HEAD + f"{A},,终审,,\n"))
        self.assertEqual(result.returncode, 2)
        self.assertIn("closed", result.stderr)

    def configure(self, text):
        (self.store / "idphotofs.conf").write_text(text, encoding="utf-8")

    def test_status_counts_the_days_and_names_who_is_late(self):
        self.configure("[batch]\ndeadline = 2001-01-31\nholidays = holidays.txt\n")
        (self.store / "holidays.txt").write_text("2001-01-01 holiday\n", encoding="utf-8")
        self.take(HEAD + f"{A},,已收到纸质照片,,2001-01-02\n")
        point = self.run_ctl("status", "沈阳分校").stdout
        self.assertIn("The last day was 2001-01-31", point)
        self.assertIn(f"{A} 张三, since 2001-01-02\n", point)
        root = self.run_ctl("status").stdout
        self.assertIn("DEADLINES", root)
        self.assertIn("沈阳分校: 1\n", root)
        self.assertNotIn(A, root)

    def test_a_wrong_calendar_is_told_like_a_wrong_configuration(self):
        self.configure("[batch]\nholidays = holidays.txt\n")
        for command in ("status",), ("config", "check"):
            self.assertEqual(self.run_ctl(*command).returncode, 2)
        (self.store / "holidays.txt").write_text("2001-01-01 off\n", encoding="utf-8")
        for command in ("status",), ("config", "check"):
            result = self.run_ctl(*command)
            self.assertEqual(result.returncode, 2)
            self.assertIn("holidays.txt, line 1:", result.stderr)


if __name__ == "__main__":
    unittest.main()
