#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Lists of every make, dropped into OFFICE/import by a member of the office's group: read rightly, or refused as a whole by sheet,
row and column [W5][W7]."""

import json
import os
import unittest

from harness import IDPHOTOCTL, MountTest, NUMBERS, POINT, main, run, wait_for
from workbooks import Absent, PROGRAMS, by_hand, raw, sheet

A, B, C, D = NUMBERS[:4]
DALIAN = "大连分校"
HEAD = ["身份证号", "姓名", "学号", "教学点"]


def csv(*rows, comma=","):
    return "".join(comma.join(row) + "\r\n" for row in rows).encode()


def listed(number, name="张三", student_no="S1", point=POINT):
    return [number, name, student_no, point]


class Lists(MountTest):
    def setUp(self):
        super().setUp()
        os.chmod(self.directory, 0o711)
        if os.geteuid() == 0:
            self.mount.end()
            with open(os.path.join(self.mount.store, "idphotofs.conf"), "a", encoding="utf-8") as f:
                f.write("\n[office]\noffice-group = games\n")
            self.mount.start()

    def tearDown(self):
        if self.mount.daemon:
            self.mount.ctl("verify")
        super().tearDown()

    def as_office(self, *command):
        if os.geteuid() == 0:
            command = ("setpriv", "--reuid=nobody", "--regid=games", "--clear-groups", "sh", "-c", 'umask 022; exec "$@"', "sh",
                       *command)
        return run(*command).stdout

    def drop(self, name, data):
        """The report on a list, read by who dropped it; the list and its report are gone afterwards."""
        source = os.path.join(self.directory, name)
        with open(source, "wb") as f:
            f.write(data)
        os.chmod(source, 0o644)
        target = os.path.join(self.mount.path, "OFFICE", "import", name)
        report = target + ".report.txt"
        self.as_office("cp", source, target)
        wait_for(lambda: os.path.exists(report), "the report appears")
        text = self.as_office("cat", report)
        self.as_office("rm", target)
        return text

    def students(self):
        rows = json.loads(self.mount.ctl("list", "--json").stdout)
        return sorted((row["id_number"], row["name"], row["student_no"] or "", row["point"]) for row in rows)

    def refuses(self, name, data, *places):
        """Nothing is taken, and the report names these places."""
        before = self.students()
        text = self.drop(name, data)
        self.assertIn("Nothing was imported", text)
        for place in places:
            self.assertIn(place, text)
        self.assertEqual(self.students(), before)
        return text

    def takes(self, name, data, *students):
        text = self.drop(name, data)
        self.assertEqual(self.students(), sorted(students), text)
        return text


class Kinds(Lists):
    def test_errors_are_told_by_row_and_column_and_nothing_is_taken(self):
        good = listed(B, "李四", "S2")
        for column, letter in enumerate("ABCD"):
            for fault in ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"):
                bad = listed(A)
                bad[column] = fault
                with self.subTest(fault=fault, column=letter):
                    self.refuses("a.csv", csv(HEAD, good, bad), f"row 3, column {letter}, '{fault}': ")
            bad[column] = raw(f'<c t="e"><f>VLOOKUP(B2,X!A:B,2,0)</f><v>{fault}</v></c>')
            self.refuses("a.xlsx", by_hand([sheet("Sheet1", HEAD, good, bad)]), f"row 3, column {letter}, '{fault}': ")

    def test_words_for_nothing_are_nothing(self):
        words = ("无", "暂无", "-", "None", "nan", "NULL", "/", "\\N")
        self.takes("a.csv", csv(HEAD, *(listed(NUMBERS[i], f"学生{i}", word) for i, word in enumerate(words))),
                   *((NUMBERS[i], f"学生{i}", "", POINT) for i in range(len(words))))
        self.refuses("a.csv", csv(HEAD, listed(A, "NaN")), "row 2, column B: ")
        self.refuses("a.csv", csv(HEAD, listed("NULL")), "row 2, column A: ")

    def test_whole_numbers_are_whole(self):
        self.takes("a.csv", csv(HEAD, listed(A, "张三", "20220001.0"), listed(B, "李四", "2.0220002E+7")),
                   (A, "张三", "20220001", POINT), (B, "李四", "20220002", POINT))
        self.refuses("a.csv", csv(HEAD, listed(C, "王五", "2.02E+17")), "row 2, column C, '2.02E+17': ")
        self.refuses("a.csv", csv(HEAD, listed("2.19999E+17", "王五", "S3")), "row 2, column A")

    def test_a_number_with_anything_beside_it_is_shown_masked(self):
        for beside in (f"{A}(旧)", f"身份证：{A}", f"{A}/{B}", f"{A} {B}", f"{A}张三"):
            with self.subTest(cell=beside):
                text = self.refuses("a.csv", csv(HEAD, listed(beside)), "row 2, column A, ", "219999********0016")
                self.assertNotIn(A, text)
                self.refuses("a.xlsx", by_hand([sheet("Sheet1", HEAD, listed(beside))]), "219999********0016")

    def test_guards_are_taken_off(self):
        self.takes("a.csv", csv(HEAD, listed(f"'{A}"), listed(f"\t{B}", "李四", "S2"), listed(f'"=""{C}"""', "王五", "S3"),
                                listed("219999 19900101 0040", "赵六", "S4")),
                   *((number, name, f"S{i}", POINT) for i, (number, name) in
                     enumerate(((A, "张三"), (B, "李四"), (C, "王五"), (D, "赵六")), 1)))

    def test_numbers_of_documents_have_a_limit(self):
        self.refuses("a.csv", csv(HEAD, listed("P" * 20 + "1" * 13)), "row 2, column A, ")
        self.refuses("a.csv", csv(HEAD, listed(A, "张" * 100)), "row 2, column B, ")
        self.takes("a.csv", csv(HEAD, listed("P" * 20 + "1" * 12)), ("P" * 20 + "1" * 12, "张三", "S1", POINT))

    def test_escaped_characters_are_decoded(self):
        self.takes("a.xlsx", by_hand([sheet("Sheet1", HEAD, listed(A + "_x000D_", "_x6C88_阳_x000D_\n"),
                                            listed(B, raw('<c t="s"><v>0</v></c>'), "_x005F_x0041_"))],
                                     strings="<si><r><t>李</t></r><r><t>_x56DB_</t></r><rPh sb='0' eb='1'><t>li</t></rPh></si>"),
                   (A, "沈阳", "S1", POINT), (B, "李四", "_x0041_", POINT))

    def test_every_visible_sheet_that_is_a_list_is_read(self):
        three = HEAD[:3]
        text = self.takes("a.xlsx", by_hand([
            sheet("填写说明", ["填写说明"], ["示例"], HEAD, listed("219999199001010059", "张三", "示例", "示例教学点")),
            sheet("旧", HEAD, listed(D, "赵六", "S4"), hidden=True),
            sheet(POINT, three, listed(A)[:3]),
            sheet(DALIAN, three, listed(B, "李四", "S2")[:3]),
            sheet("其他", HEAD, listed(C, "王五", "S3", "鞍山分校")),
            sheet("Sheet6")]),
            (A, "张三", "S1", POINT), (B, "李四", "S2", DALIAN), (C, "王五", "S3", "鞍山分校"))
        for told in ("sheet '填写说明': ", "sheet '旧': ", f"sheet '{DALIAN}', row 1, "):
            self.assertIn(told, text)
        self.assertNotIn("Sheet6", text)

    def test_half_a_list_refuses_all_sheets(self):
        good = sheet(POINT, HEAD, listed(A))
        for second, place in ((sheet(DALIAN, HEAD, listed(B, "李四", "S2"), listed("", "王五", "S3")), "row 3, column A: "),
                              (sheet(DALIAN, HEAD, listed(A, "张三", "S1")), "(see sheet '沈阳分校', row 2)"),
                              (sheet(DALIAN, ["姓名", "学号"], ["李四", "S2"]), "row 1, '姓名 | 学号': ")):
            self.refuses("a.xlsx", by_hand([good, second]), f"sheet '{DALIAN}', ", place)
        self.refuses("a.xlsx", by_hand([sheet("一", ["什么", "都有"]), sheet("二", ["都没有"])]), "sheet '一', row 1, '什么 | 都有'",
                     "sheet '二', row 1")
        self.refuses("a.xlsx", by_hand([sheet("旧", HEAD, listed(A), hidden=True)]))

    def test_parts_are_where_the_relationships_say(self):
        for i, where in enumerate(({"book": "workbook22.xml"}, {"target": "../xl/./sheets/../w/s{}.xml"}, {"folder": ""},
                                   {"target": "/data/s{}.xml"}, {"strict": True, "folder": "deep/er/"})):
            with self.subTest(where=where):
                rows = [listed(NUMBERS[j], f"学生{j}", f"S{j}") for j in range(i + 1)]
                self.takes("a.xlsx", by_hand([sheet("Sheet1", HEAD, *rows)], **where), *(tuple(row) for row in rows))

    def test_one_person_enrolled_twice_is_told_what_counts(self):
        text = self.takes("a.csv", csv(HEAD, listed(A, "张三", "S2024001"), listed(A, "张三", "S2024002")),
                          (A, "张三", "S2024001", POINT))
        self.assertIn("row 3, column C, 'S2024002' (see row 2): ", text)
        # What the report says is true: the number finds nobody, and the ID number finds the student.
        photo = self.good()[0]
        run("cp", photo, self.mount.point("S2024002.jpg"))
        self.mount.settle()
        self.assertEqual((self.mount.photos(), list(self.mount.rejected())), ([], ["S2024002.jpg"]))
        for name in ("S2024001.jpg", f"{A}.jpg"):
            run("cp", photo, self.mount.point(name))
            self.mount.settle()
            self.assertEqual(self.mount.photos(), [f"{A}.jpg"])
            os.unlink(self.mount.point(f"{A}.jpg"))

    def test_headings_of_every_kind(self):
        headings = (["身分證號", "姓名", "學號", "教學點"], ["居民身份证号", "学员姓名", "学号", "函授站点"],
                    ["ID number", "Full name", "Student ID", "Teaching point"], ["id_number", "name", "student_no", "point"],
                    ["证件号码 ID No.", "姓名 Name", "学号 Student No.", "教学点 Point"])
        for i, heading in enumerate(headings):
            for comma in ",", "，", ";", "；", "\t":
                with self.subTest(heading=heading, comma=comma):
                    self.takes("a.csv", csv(heading, listed(A, f"张三{i}"), comma=comma), (A, f"张三{i}", "S1", POINT))
        self.refuses("a.csv", csv(["证书", "名儿", "地点"], listed(A)[:3]), "row 1, '证书 | 名儿 | 地点': ")

    def test_the_name_of_a_sheet_makes_no_roster_of_a_progress_list(self):
        self.takes("a.csv", csv(HEAD, listed(A)), (A, "张三", "S1", POINT))
        for status in "终审通过", "谁知道":
            self.takes("进度.xlsx", by_hand([sheet("采集进度", ["身份证号", "姓名", "状态"], [A, "张三", status], [B, "李四", status])]),
                       (A, "张三", "S1", POINT))

    def test_our_own_status_table_is_a_list(self):
        self.takes("a.csv", csv(HEAD, listed(A)), (A, "张三", "S1", POINT))
        for lang in "en", "zh":
            table = run(IDPHOTOCTL, f"--store={self.mount.store}", f"--lang={lang}", "list", "--csv").stdout
            path = os.path.join(self.directory, "own.csv")
            with open(path, "w", encoding="utf-8") as f:
                f.write(table)
            self.assertIn("added 0, changed 0, unchanged 1", self.mount.ctl("roster", "import", path).stdout)


class Programs(Lists):
    SHEETS = [
        sheet("填写说明", ["请按名册填写，不要改动表头"]),
        sheet(POINT, ["身份证号", "姓名", "学号", "出生日期"], [A, "张三", 20220001, {"date": "1990-01-01"}],
              [B, "欧阳小芳\r\n", 20220002, {"date": "1990-01-01"}]),
        sheet("旧名册", ["身份证号", "姓名", "学号", "教学点"], [D, "赵六", "S4", POINT], hidden=True),
        sheet(DALIAN, ["身份证号", "姓名", "学号"], [C, "A & B <王五>", "S3"]),
    ]


def test_of(program):
    def test(self):
        path = os.path.join(self.directory, "list.xlsx")
        try:
            PROGRAMS[program](self.SHEETS, path)
        except Absent as reason:
            self.skipTest(str(reason))
        with open(path, "rb") as f:
            data = f.read()
        text = self.takes("list.xlsx", data, (A, "张三", "20220001", POINT), (B, "欧阳小芳", "20220002", POINT),
                          (C, "A & B <王五>", "S3", DALIAN))
        self.assertIn("sheet '填写说明': ", text)
        self.assertIn("sheet '旧名册': ", text)
        # The dates were read as dates.
        self.assertNotIn("date of birth", text)
    return test


for name in PROGRAMS:
    setattr(Programs, "test_" + "".join(c if c.isalnum() else "_" for c in name.lower()), test_of(name))


if __name__ == "__main__":
    main()
