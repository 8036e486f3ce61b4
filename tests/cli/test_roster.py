#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Rosters, batches and lists through the real idphotoctl, without a mount."""

import csv
import grp
import io
import json
import os
import re
import sys
import unicodedata
import unittest
import zipfile

from storetest import StoreTest

sys.path.insert(1, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "mount"))
from workbooks import by_hand, sheet

# Nobody has these numbers: there is no district 219999.
A, B, C, D = "219999199001010016", "219999199001010024", "219999199001010032", "219999199001010040"
SHENYANG, DALIAN = "沈阳分校", "大连分校"
HEAD = "身份证号,姓名,学号,教学点\n"
TWO = HEAD + f"{A},张三,S0001,{SHENYANG}\n{B},欧阳小芳,S0002,{DALIAN}\n"


def columns(text):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


class RosterTest(StoreTest):
    def file(self, text, name="roster.csv", encoding="utf-8"):
        return super().file(text, name, encoding)

    def take(self, text, *options, **names):
        return self.ok("roster", "import", self.file(text, **names), *options)

    def students(self, *options):
        return json.loads(self.ok("list", "--json", *options))


class Import(RosterTest):
    def test_students_and_points_are_there_afterwards(self):
        report = self.take(TWO)
        self.assertIn("Students: 2 (added 2, changed 0, unchanged 0, moved 0, numbers corrected 0).", report)
        self.assertIn("New teaching points", report)
        self.assertEqual([(s["point"], s["id_number"], s["name"], s["student_no"], s["state"])
                          for s in sorted(self.students(), key=lambda s: s["id_number"])],
                         [(SHENYANG, A, "张三", "S0001", "missing"), (DALIAN, B, "欧阳小芳", "S0002", "missing")])

    def points(self):
        return {p["point"]: (p["uid"], p["gid"], p["mode"]) for p in json.loads(self.ok("point", "list", "--json"))}

    def test_new_points_belong_to_who_is_named(self):
        self.ok("point", "add", SHENYANG)
        before = self.points()[SHENYANG]
        report = self.take(TWO, "--group=61001", "--owner=61002", "--mode=2775")
        self.assertNotIn("Only root", report)
        self.assertEqual(self.points(), {SHENYANG: before, DALIAN: (61002, 61001, "2775")})
        self.assertEqual(sorted(self.ok("point", "list", "--names").splitlines()), sorted([SHENYANG, DALIAN]))
        self.assertEqual(self.ok("batch", "list", "--names"), "202601\n")
        refused = self.run_ctl("roster", "import", self.file(TWO), "--group=nobody-knows")
        self.assertEqual((refused.returncode, refused.stdout), (2, ""))
        self.assertIn("there is no group 'nobody-knows'", refused.stderr)

    def test_new_points_belong_to_the_group_of_the_configuration(self):
        group = grp.getgrnam("daemon").gr_gid
        config = self.store / "idphotofs.conf"
        config.write_text("[points]\ngroup = daemon\n", encoding="utf-8")
        self.assertNotIn("Only root", self.take(TWO))
        self.assertNotIn("Only root", self.ok("import", self.file(TWO.replace(SHENYANG, "抚顺分校"))))
        self.ok("point", "add", "本溪分校")
        self.ok("point", "add", "丹东分校", "--group=0")
        self.assertEqual({point: gid for point, (_, gid, _) in self.points().items()},
                         {SHENYANG: group, DALIAN: group, "抚顺分校": group, "本溪分校": group, "丹东分校": 0})
        config.write_text("[points]\ngroup = nobody-knows\n", encoding="utf-8")
        for command in (("roster", "import", self.file(TWO)), ("import", self.file(TWO)), ("point", "add", "铁岭分校")):
            self.assertIn("no group 'nobody-knows'", self.run_ctl(*command).stderr)
        self.assertNotIn("铁岭分校", self.points())

    @unittest.skipUnless(os.geteuid() == 0, "a store of root's")
    def test_points_that_only_root_can_use_are_told(self):
        for arguments in (("roster", "import", "--dry-run"), ("import",)):
            self.assertIn("Only root can use the new teaching points.", self.ok(*arguments, self.file(TWO)))
        self.assertNotIn("Only root", self.take(TWO))  # nothing new any more
        chinese = self.ok("roster", "import", self.file(TWO.replace(SHENYANG, "抚顺分校")), lang="zh")
        self.assertIn("新建的教学点目前只有 root 可以使用。", chinese)

    def test_every_encoding_of_an_office_gives_the_same(self):
        for encoding in ("utf-8", "utf-8-sig", "gb18030", "utf-16"):
            with self.subTest(encoding=encoding):
                self.take(TWO, encoding=encoding)
                self.assertEqual(len(self.students()), 2)

    def test_a_workbook_gives_the_same_however_it_is_packed(self):
        def cells(*texts):
            return "<row>" + "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in texts) + "</row>"

        rows = cells("身份证号", "姓名", "教学点") + cells(A, "张三", SHENYANG) + cells(B, "欧阳小芳", DALIAN)
        parts = {
            "图片/说明.txt": "",
            "xl/workbook.xml": '<workbook xmlns:r="r"><sheets><sheet name="1" r:id="a"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": '<R><Relationship Id="a" Target="worksheets/sheet1.xml"/></R>',
            "xl/worksheets/sheet1.xml": f"<worksheet><sheetData>{rows}</sheetData></worksheet>",
        }
        for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
            with self.subTest(method=method):
                with zipfile.ZipFile(self.dir / "list.xlsx", "w", method) as archive:
                    for name, text in parts.items():
                        archive.writestr(name, text)
                self.assertIn("Students: 2 ", self.ok("roster", "import", "--dry-run", self.dir / "list.xlsx"))

    def test_points_are_made_as_point_add_makes_them(self):
        self.ok("point", "add", "手工点")
        self.take(TWO)
        rows = json.loads(self.ok("point", "list", "--json"))
        self.assertEqual(len(rows), 3)
        self.assertEqual(len({(row["mode"], row["uid"], row["gid"]) for row in rows}), 1)
        self.assertEqual(rows[0]["mode"], "2770")

    def test_errors_are_told_with_row_column_and_value_and_nothing_is_imported(self):
        path = self.file(TWO + f"2.19999E+17,王五,S0003,{DALIAN}\n{A},赵六,S0001,{SHENYANG}\n")
        result = self.run_ctl("roster", "import", path)
        self.assertEqual((result.returncode, result.stderr), (1, ""))
        self.assertIn(f"{path}: ", result.stdout)
        self.assertIn("row 4, column A, '2.19999E+17': ", result.stdout)
        self.assertIn("row 5", result.stdout)
        self.assertIn("(see row 2)", result.stdout)
        self.assertIn("Text in the spreadsheet program", result.stdout)
        self.assertTrue(result.stdout.endswith("Nothing was imported.\n"))
        self.assertEqual(self.students(), [])
        self.assertEqual(json.loads(self.ok("point", "list", "--json")), [])

    def test_the_report_comes_in_chinese(self):
        path = self.file(TWO + f"2.19999E+17,王五,S0003,{DALIAN}\n")
        result = self.run_ctl("roster", "import", path, lang="zh")
        self.assertEqual(result.returncode, 1)
        self.assertIn("第 4 行 A 列", result.stdout)
        self.assertIn("没有导入任何内容", result.stdout)

    def test_one_bad_file_of_two_stops_both(self):
        good, bad = self.file(TWO, "good.csv"), self.file(HEAD + f",王五,S0003,{DALIAN}\n", "bad.csv")
        self.assertEqual(self.run_ctl("roster", "import", good, bad).returncode, 1)
        self.assertEqual(self.students(), [])

    def test_a_dry_run_says_the_same_and_does_nothing(self):
        path = self.file(TWO)
        dry = self.ok("roster", "import", "--dry-run", path)
        self.assertEqual(self.students(), [])
        real = self.ok("roster", "import", path)
        self.assertIn("Dry run", dry)
        self.assertEqual(dry.replace("Dry run, nothing was changed. ", ""), real)

    def test_a_list_without_points_wants_one(self):
        path = self.file(f"身份证号,姓名\n{A},张三\n")
        refused = self.run_ctl("roster", "import", path)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("--point=NAME", refused.stdout)
        self.ok("roster", "import", path, f"--point={DALIAN}")
        self.assertEqual([s["point"] for s in self.students()], [DALIAN])

    def test_who_is_gone_stays_unless_pruned(self):
        self.take(TWO + f"{C},王五,S0003,{DALIAN}\n")
        report = self.take(TWO)
        self.assertIn("No longer on the list, still kept", report)
        self.assertIn(f"{C} 王五  {DALIAN}", report)
        self.assertEqual(len(self.students()), 3)
        self.assertIn("No longer on the list, removed: 1", self.take(TWO, "--prune"))
        self.assertEqual(len(self.students()), 2)

    def test_who_moved_is_told_of(self):
        self.take(TWO)
        report = self.take(HEAD + f"{A},张三,S0001,{DALIAN}\n{B},欧阳小芳,S0002,{DALIAN}\n")
        self.assertIn(f"{A} 张三  {SHENYANG} → {DALIAN}", report)
        self.assertEqual({s["point"] for s in self.students()}, {DALIAN})

    def test_long_lists_are_cut_short_in_the_report(self):
        rows = "".join(f"HK{i:07},张三,S{i},班级{i}\n" for i in range(120))
        report = self.take(HEAD + rows)
        self.assertIn("New teaching points (check the spelling): 120\n", report)
        self.assertIn("  … and 70 more.\n", report)

    def test_a_cell_cannot_move_the_cursor(self):
        rows = f"\x1b[2J,张三,S0001,{DALIAN}\n{A},\x1b[1A李四,S0002,{DALIAN}\n{B},王五,S0003,\x1b[1A{DALIAN}\n"
        result = self.run_ctl("roster", "import", self.file(HEAD + rows))
        self.assertEqual(result.returncode, 1)
        self.assertNotIn("\x1b", result.stdout + result.stderr)
        self.assertNotIn("\x1b", self.run_ctl("roster", "import", self.dir / "\x1b[1A.csv").stderr)

    def test_what_is_no_file_is_not_read(self):
        os.mkfifo(self.dir / "pipe")
        for path, message in ((self.dir / "no.csv", "No such file"), (self.dir, "Is a directory"),
                              (self.dir / "pipe", "Not a regular file")):
            with self.subTest(path=path):
                result = self.run_ctl("roster", "import", path)
                self.assertEqual((result.returncode, result.stdout), (2, ""))
                self.assertIn(message, result.stderr)
        result = self.run_ctl("import", self.dir / "pipe")
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertIn("Not a regular file", result.stderr)

    def test_a_fixed_folders_name_is_no_point(self):
        for name in ("OFFICE", "校本部", "ＳＴＡＴＵＳ.txt", "status.TXT"):
            with self.subTest(name=name):
                result = self.run_ctl("roster", "import", self.file(HEAD + f"{A},张三,S0001,{name}\n"))
                self.assertEqual(result.returncode, 1, result.stdout)
                self.assertEqual(self.run_ctl("roster", "import", "x", f"--point={name}").returncode, 2)
        self.assertEqual(json.loads(self.ok("point", "list", "--json")), [])


class Workbooks(RosterTest):
    """What is taken of a workbook, and how its faults are told [W7]."""

    HEAD = ["身份证号", "姓名", "学号"]

    def book(self, *sheets):
        path = self.dir / "book.xlsx"
        path.write_bytes(by_hand(sheets))
        return path

    def test_the_sheet_is_the_point_unless_one_is_named(self):
        path = self.book(sheet(SHENYANG, self.HEAD, [A, "张三", "S0001"]))
        self.assertIn("the name of the sheet is taken", self.ok("roster", "import", "--dry-run", path))
        self.ok("roster", "import", path)
        self.assertEqual([s["point"] for s in self.students()], [SHENYANG])
        self.ok("roster", "import", path, f"--point={DALIAN}")
        self.assertEqual([s["point"] for s in self.students()], [DALIAN])

    def test_a_general_name_of_a_sheet_is_no_point(self):
        path = self.book(sheet("Sheet1", self.HEAD, [A, "张三", "S0001"]))
        self.assertIn("--point=NAME", self.run_ctl("roster", "import", path).stdout)
        self.ok("roster", "import", path, f"--point={DALIAN}")

    def test_faults_are_told_by_sheet_in_both_languages(self):
        path = self.book(sheet(SHENYANG, self.HEAD, [A, "张三", "S0001"]),
                         sheet(DALIAN, self.HEAD, [f"{B}(旧)", "李四", "S0002"], [A, "张三", "S0001"]),
                         sheet("旧", self.HEAD, [C, "王五", "S0003"], hidden=True))
        english, chinese = (self.run_ctl("roster", "import", path, lang=lang) for lang in ("en", "zh"))
        self.assertEqual((english.returncode, chinese.returncode), (1, 1))
        self.assertIn(f"sheet '{DALIAN}', row 2, column A, '219999********0024(旧)': ", english.stdout)
        self.assertIn(f"(see sheet '{SHENYANG}', row 2): ", english.stdout)
        self.assertIn("sheet '旧': This sheet is hidden", english.stdout)
        self.assertIn(f"工作表“{DALIAN}” 第 2 行 A 列 “219999********0024(旧)”：", chinese.stdout)
        self.assertIn(f"（见工作表“{SHENYANG}” 第 2 行）", chinese.stdout)
        self.assertEqual(self.students(), [])

    def test_a_name_of_a_sheet_cannot_move_the_cursor(self):
        path = self.book(sheet("_x001B_[2J", self.HEAD, ["", "张三", "S0001"]), sheet(DALIAN, self.HEAD, [B, "李四", "S0002"],
                                                                                    ["", "王五", ""]))
        self.assertNotIn("\x1b", self.run_ctl("roster", "import", path).stdout)

    def test_two_files_that_contradict_each_other_are_told_with_their_sheets(self):
        one = self.file(HEAD + f"{A},张三,S0001,{SHENYANG}\n")
        two = self.book(sheet(SHENYANG, self.HEAD, [A, "张三丰", "S0001"]), sheet(DALIAN, self.HEAD, [B, "李四", "S0002"]))
        result = self.run_ctl("roster", "import", one, two)
        self.assertEqual(result.returncode, 1)
        self.assertIn(f"book.xlsx sheet '{SHENYANG}', row 2, ", result.stdout)


class Lists(RosterTest):
    def test_the_table_is_aligned_for_wide_characters(self):
        self.take(TWO)
        lines = self.ok("list").splitlines()
        self.assertEqual(len(lines), 3)
        starts = {columns(line[:line.index(word)]) for line, word in zip(lines, ("TEACHING", DALIAN, SHENYANG))}
        self.assertEqual(len(starts), 1, lines)
        self.assertEqual([line.rstrip() for line in lines], lines)

    def test_the_states_that_are_named_are_taken(self):
        result = self.run_ctl("list", "--state=gone")
        named = re.search(r"use (.+) or (\w+)$", result.stderr, re.MULTILINE)
        for state in named[1].split(", ") + [named[2]]:
            self.ok("list", f"--state={state}")

    def test_csv_is_plain(self):
        self.take(TWO)
        rows = list(csv.reader(io.StringIO(self.ok("list", "--csv"))))
        self.assertEqual(rows[0], ["point", "id_number", "name", "student_no", "state", "reasons", "warnings", "sent_as",
                                   "changed", "measured"])
        self.assertIn([SHENYANG, A, "张三", "S0001", "missing", "", "", "", "", ""], rows)

    def test_csv_can_be_imported_again(self):
        self.take(TWO)
        again = self.dir / "again.csv"
        again.write_text(self.ok("list", "--csv", lang="zh"), encoding="utf-8")
        self.assertIn("added 0, changed 0, unchanged 2", self.ok("roster", "import", again))

    def test_json_has_the_same_keys_for_everybody(self):
        self.take(TWO)
        for student in self.students():
            self.assertEqual(list(student), ["point", "id_number", "name", "student_no", "class", "major", "on_roster",
                                             "state", "reasons", "warnings", "sent_as", "changed"])

    def test_filters(self):
        self.take(TWO)
        self.assertEqual([s["id_number"] for s in self.students(f"--point={DALIAN}")], [B])
        self.assertEqual(len(self.students("--state=missing")), 2)
        self.assertEqual(self.students("--state=approved"), [])
        self.assertEqual(self.students("--reason=blur"), [])

    def test_what_is_no_filter_is_refused(self):
        for option in ("--state=gone", "--reason=ugly", "--point=nowhere", "--batch=209901"):
            with self.subTest(option=option):
                result = self.run_ctl("list", option)
                self.assertEqual((result.returncode, result.stdout), (2, ""))
                self.assertIn(option.split("=")[1], result.stderr)
        self.assertEqual(self.run_ctl("list", "--json", "--csv").returncode, 2)

    def test_points_as_csv_count_and_name_nobody(self):
        self.take(TWO)
        text = self.ok("point", "list", "--csv")
        self.assertEqual(list(csv.reader(io.StringIO(text[1:])))[0],
                         ["point", "students", "missing", "rejected", "pending", "approved", "final"])
        self.assertIn(f'"{DALIAN}",1,1,0,0,0,0', text)
        self.assertNotIn(A, text)

    def test_status_as_json(self):
        self.take(TWO)
        status = json.loads(self.ok("status", "--json"))
        self.assertEqual((status["batch"], status["closed"], status["point"], status["students"], status["missing"],
                          status["reasons"]), ("202601", False, None, 2, 2, {}))
        self.assertEqual(json.loads(self.ok("status", "--json", DALIAN))["students"], 1)


class Batches(RosterTest):
    def test_the_batch_in_use_is_marked(self):
        self.ok("batch", "add", "202602")
        self.ok("batch", "use", "202602")
        lines = self.ok("batch", "list").splitlines()
        self.assertRegex(lines[1], r"^202601 +0 +0$")
        self.assertRegex(lines[2], r"^202602 +0 +0 +in use$")

    def test_rosters_are_a_batchs_own(self):
        self.ok("batch", "add", "202602")
        self.take(TWO)
        self.take(HEAD + f"{D},赵六,S0009,{DALIAN}\n", "--batch=202602", "--prune")
        self.assertEqual(len(self.students()), 2)
        self.assertEqual([s["id_number"] for s in self.students("--batch=202602")], [D])
        self.ok("batch", "use", "202602")
        self.assertEqual([s["id_number"] for s in self.students()], [D])

    def test_a_closed_batch_takes_no_roster_until_it_is_opened_again(self):
        self.ok("batch", "close", "202601")
        self.ok("batch", "close", "202601")
        self.assertIn("closed", self.ok("batch", "list"))
        self.assertIn("closed", self.ok("status"))
        refused = self.run_ctl("roster", "import", self.file(TWO))
        self.assertEqual((refused.returncode, refused.stdout), (2, ""))
        self.assertIn("batch reopen", refused.stderr)
        self.ok("batch", "reopen", "202601")
        self.take(TWO)

    def test_names_that_cannot_be(self):
        for name in ("", "a/b", "a,b", "x" * 65, "a\nb"):
            with self.subTest(name=name):
                self.assertEqual(self.run_ctl("batch", "add", name).returncode, 2)
        for command in ("use", "close", "reopen"):
            self.assertEqual(self.run_ctl("batch", command, "209901").returncode, 2)
        self.assertEqual(self.run_ctl("batch", "add", "202601").returncode, 2)


if __name__ == "__main__":
    unittest.main()
