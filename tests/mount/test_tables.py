#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""status.xlsx [S6]: what stands in it, that programs open it, and that it is a snapshot like the other status files."""

import csv
import errno
import io
import json
import os
import re
import shutil
import subprocess
import tempfile
import xml.etree.ElementTree as ET
import zipfile

from harness import Mount, MountTest, NUMBERS, POINT, main, need_workbooks, read, run

SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
# Every photo is not sharp and shows next to nothing.
ALL_WARNED = "[picture]\nsharpness = warn 90000..\ndetail = warn 127..\n"


def column(reference):
    n = 0
    for letter in re.match("[A-Z]+", reference).group():
        n = 26 * n + ord(letter) - ord("A") + 1
    return n - 1


def rows_of(data):
    """The cells of its sheet; each (kind, text), None where there is none."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        assert book.testzip() is None
        root = ET.fromstring(book.read("xl/worksheets/sheet1.xml"))
    rows = []
    for row in root.iter(f"{SPACE}row"):
        rows.append({})
        for cell in row:
            text = "".join(part.text or "" for part in cell.iter() if part.tag in (f"{SPACE}t", f"{SPACE}v"))
            if text:
                rows[-1][column(cell.get("r"))] = (cell.get("t"), text)
    return rows


class Tables(MountTest):
    options = ("delay=100", "settle=200", "settle-empty=400")
    xlsx = "status.xlsx"

    def setUp(self):
        """As usual, with a configuration."""
        self.directory = tempfile.mkdtemp(prefix="idphoto-test-")
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)
        self.mount = Mount(self.directory, lang=self.lang, options=self.options)
        self.addCleanup(self.mount.force_end)
        with open(os.path.join(self.mount.store, "idphotofs.conf"), "w", encoding="utf-8") as f:
            f.write(ALL_WARNED)
        self.mount.start()

    def drop(self, *names, skip=0):
        for name, path in zip(names, self.good(skip + len(names))[skip:]):
            run("cp", self.copy_of(path, name), self.mount.point())
        self.mount.ctl("wait")

    def roster(self):
        path = os.path.join(self.directory, "名册.csv")
        with open(path, "w", encoding="utf-8") as f:
            f.write("身份证号,姓名,学号,班级,教学点\n")
            for i, number in enumerate(NUMBERS[:3]):
                f.write(f"{number},'=1+{i},00{i}E5,会计<1>班 & 2,{POINT}\n")
        self.mount.ctl("roster", "import", path)


class WorkbookTest(Tables):
    def setUp(self):
        need_workbooks()
        super().setUp()


class Workbook(WorkbookTest):
    def test_numbers_and_names_are_texts(self):
        self.roster()
        self.drop(f"{NUMBERS[0]}.jpg", "=cmd()" + NUMBERS[1] + ".jpg")
        data = read(self.mount.point(self.xlsx))
        self.assertEqual(os.stat(self.mount.point(self.xlsx)).st_size, len(data))
        head, *rows = rows_of(data)
        names = [head[i][1] for i in range(len(head))]
        self.assertEqual(names, ["Teaching point", "ID number", "Name", "Student number", "Class", "State", "Why rejected",
                                 "Number of warnings", "Warnings", "Sent as", "Changed"])
        table = [{names[i]: text for i, (_, text) in row.items()} for row in rows]
        kinds = {names[i]: kind for row in rows for i, (kind, _) in row.items()}
        self.assertEqual(kinds.pop("Number of warnings"), None)
        self.assertEqual(set(kinds.values()), {"inlineStr"})
        self.assertEqual([row["ID number"] for row in table], NUMBERS[:3])
        self.assertEqual([row["Student number"] for row in table], ["000E5", "001E5", "002E5"])
        self.assertEqual([row["Class"] for row in table], ["会计<1>班 & 2"] * 3)
        self.assertEqual([row["State"] for row in table], ["pending", "pending", "missing"])
        self.assertEqual(table[1]["Sent as"], "=cmd()" + NUMBERS[1] + ".jpg")
        self.assertEqual([row.get("Number of warnings") for row in table], ["2", "2", None])
        self.assertRegex(table[0]["Warnings"], r"\(measured [\d.,]+, allowed at least 90,000\)")
        # The same students, by the same words.
        plain = list(csv.DictReader(io.StringIO(read(self.mount.point("status.csv")).decode("utf-8-sig"))))
        self.assertEqual([(row["id_number"].strip('="'), row["state"], row["changed"]) for row in plain],
                         [(row["ID number"], row["State"], row.get("Changed", "")) for row in table])

    def test_spreadsheet_programs_open_it(self):
        self.roster()
        self.drop(f"{NUMBERS[0]}.jpg")
        path = os.path.join(self.directory, "copy.xlsx")
        shutil.copyfile(self.mount.point(self.xlsx), path)
        # The system's, which has the package.
        python = "/usr/bin/python3"
        if subprocess.run([python, "-c", "import openpyxl"], stderr=subprocess.DEVNULL, check=False).returncode != 0:
            print("left out: openpyxl - it is not installed")
        else:
            said = run(python, "-W", "error", "-c", """
import json, openpyxl, sys
sheet = openpyxl.load_workbook(sys.argv[1]).active
print(json.dumps([sheet.title, sheet.freeze_panes, sheet.auto_filter.ref, sheet["A1"].font.b, sheet["B2"].value,
                  sheet["B2"].data_type, sheet["B2"].number_format, sheet["D2"].value, sheet["H2"].value,
                  sheet["B2"].fill.fgColor.rgb != sheet["B3"].fill.fgColor.rgb]))
""", path).stdout
            self.assertEqual(json.loads(said), ["Status", "A2", "A1:K4", True, NUMBERS[0], "s", "@", "000E5", 2, True])
        if not shutil.which("soffice"):
            print("left out: LibreOffice - it is not installed")
            return
        run("soffice", f"-env:UserInstallation=file://{self.directory}/profile", "--headless", "--convert-to", "csv", "--outdir",
            self.directory, path)
        rows = list(csv.reader(io.StringIO(read(os.path.join(self.directory, "copy.csv")).decode("utf-8-sig"))))
        self.assertEqual([row[1] for row in rows[1:]], NUMBERS[:3])
        self.assertEqual([row[3] for row in rows[1:]], ["000E5", "001E5", "002E5"])

    def test_an_open_one_never_changes(self):
        self.drop(f"{NUMBERS[0]}.jpg")
        path = self.mount.point(self.xlsx)
        with open(path, "rb") as opened:
            before = os.fstat(opened.fileno())
            self.drop(f"{NUMBERS[1]}.jpg", skip=1)
            after = os.stat(path)
            self.assertNotEqual(after.st_ino, before.st_ino)
            self.assertEqual(os.fstat(opened.fileno()).st_size, before.st_size)
            old = opened.read()
        self.assertEqual(len(old), before.st_size)
        self.assertEqual(len(rows_of(old)), 2)
        new = read(path)
        self.assertEqual(len(rows_of(new)), 3)
        # Nothing changed since, and so neither do its bytes, by another daemon either.
        self.mount.end()
        self.mount.start()
        self.assertEqual(read(path), new)

    def test_it_is_fixed(self):
        path, other = self.mount.point(self.xlsx), self.mount.point("x.xlsx")
        for call, expected in (((os.unlink, path), errno.EPERM), ((os.rename, path, other), errno.EACCES),
                               ((os.truncate, path, 0), errno.EACCES), ((os.open, path, os.O_WRONLY), errno.EACCES),
                               ((os.mkdir, path), errno.EEXIST)):
            with self.subTest(call=call):
                with self.assertRaises(OSError) as caught:
                    call[0](*call[1:])
                self.assertEqual(caught.exception.errno, expected)
        self.assertIn(self.xlsx, os.listdir(self.mount.point()))
        self.assertNotIn(self.xlsx, os.listdir(self.mount.path))
        self.assertEqual(os.stat(path).st_mode & 0o7777, 0o440)

    def test_a_point_that_is_too_large_has_none(self):
        """Each ls -l would have it made. The office has it all the same."""
        path = os.path.join(self.directory, "名册.csv")
        with open(path, "w", encoding="utf-8") as f:
            f.write("学号,证件号码,姓名,教学点\n")
            f.writelines(f"S{i:05},E{i:08},学生,{POINT}\n" for i in range(20001))
        self.mount.ctl("roster", "import", path)
        self.assertNotIn("status.xlsx", os.listdir(self.mount.point()))
        self.assertRaises(FileNotFoundError, os.stat, self.mount.point("status.xlsx"))
        self.assertRaises(PermissionError, open, self.mount.point("status.xlsx"), "wb")
        self.assertIn("status.xlsx", os.listdir(os.path.join(self.mount.path, "OFFICE")))
        self.mount.ctl("student", "remove", "E00000000")
        self.assertTrue(read(self.mount.point("status.xlsx")))

    def test_no_progress_list_is_read_from_it(self):
        self.drop(f"{NUMBERS[0]}.jpg")
        path = os.path.join(self.directory, "copy.xlsx")
        shutil.copyfile(self.mount.point(self.xlsx), path)
        result = self.mount.ctl("progress", "import", path, check=False)
        self.assertEqual(result.returncode, 2, result.stdout)
        self.assertIn("status.csv", result.stdout)

    def test_a_program_cannot_be_given_bytes_that_are_no_xml(self):
        name = "a\uffff_x0041_" + NUMBERS[0] + ".jpg"
        self.drop(name)
        _, row = rows_of(read(self.mount.point(self.xlsx)))
        self.assertEqual(row[9][1], "a?_x005F_x0041_" + NUMBERS[0] + ".jpg")


class Lists(Tables):
    """`idphotoctl list` of photos with warnings."""

    def setUp(self):
        super().setUp()
        self.roster()
        self.drop(f"{NUMBERS[0]}.jpg", f"{NUMBERS[1]}.jpg", f"{NUMBERS[3]}.jpg")
        shutil.copyfile(__file__, self.mount.point(f"{NUMBERS[2]}.jpg"))
        self.mount.ctl("wait")
        self.students = {s["id_number"]: s for s in json.loads(self.mount.ctl("list", "--json").stdout)}

    @staticmethod
    def outside(student):
        return sum((f["min"] - f["measured"]) / f["min"] for f in student["warnings"])

    def numbers(self, *options):
        return [s["id_number"] for s in json.loads(self.mount.ctl("list", "--json", *options).stdout)]

    def test_json_tells_what_was_measured(self):
        for number in NUMBERS[:2]:
            findings = {f["code"]: f for f in self.students[number]["warnings"]}
            self.assertEqual(list(findings["blur"]), ["code", "title", "measured", "measured2", "min", "max", "unit", "detail"])
            self.assertTrue(0 < findings["blur"]["measured"] < 90000)
            self.assertEqual((findings["blur"]["min"], findings["blur"]["max"], findings["blur"]["unit"]), (90000, None, None))
        self.assertEqual([f["code"] for f in self.students[NUMBERS[2]]["reasons"]], ["format-program"])

    def test_csv_is_plain_and_tells_it_too(self):
        text = self.mount.ctl("list", "--csv").stdout
        self.assertTrue(text.startswith("point,id_number,"))
        rows = {row["id_number"]: row for row in csv.DictReader(io.StringIO(text))}
        self.assertEqual(set(rows), set(self.students))
        self.assertEqual((rows[NUMBERS[0]]["name"], rows[NUMBERS[0]]["student_no"]), ("=1+0", "000E5"))
        codes = dict(code.split("=", 1) for code in rows[NUMBERS[0]]["measured"].split(","))
        blur = next(f for f in self.students[NUMBERS[0]]["warnings"] if f["code"] == "blur")
        measured, least = codes["blur"].split(";min=")
        self.assertAlmostEqual(float(measured), blur["measured"], 3)
        self.assertEqual(float(least), 90000)
        self.assertEqual(rows[NUMBERS[2]]["measured"], "format-program")
        # The file says the same of itself.
        shown = os.getxattr(self.mount.point(f"{NUMBERS[0]}.jpg"), "user.idphotofs.measured").decode()
        self.assertEqual(shown, rows[NUMBERS[0]]["measured"])
        self.assertIn("user.idphotofs.measured", os.listxattr(self.mount.point(f"{NUMBERS[0]}.jpg")))

    def test_the_warned_by_how_bad_it_is(self):
        warned = [number for number, s in self.students.items() if s["warnings"]]
        self.assertEqual(sorted(warned), [NUMBERS[0], NUMBERS[1]])
        worst = sorted(warned, key=lambda number: self.outside(self.students[number]), reverse=True)
        self.assertEqual(self.numbers("--warned", "--sort=warnings"), worst)
        self.assertEqual(self.numbers("--warned", "--sort=warnings", "--limit=1"), worst[:1])
        head, row = self.mount.ctl("list", "--warned", "--sort=warnings", "--limit=1").stdout.splitlines()
        self.assertRegex(head, "STATE +ID NUMBER +STUDENT NO +NAME +TEACHING POINT +WARNINGS +WORST")
        self.assertRegex(row, rf"^pending +{worst[0]} .* 2  The .*\. \(measured [\d.,]+, allowed at least [\d,]+\)$")

    def test_the_other_orders(self):
        numbers = sorted(self.students)
        self.assertEqual(self.numbers("--sort=id"), numbers)
        self.assertEqual(self.numbers("--sort=name"), numbers)
        self.assertEqual(self.numbers("--sort=id", "--limit=2"), numbers[:2])
        self.assertEqual(len(self.numbers("--limit=2")), 2)
        order = ["missing", "rejected", "pending"]
        self.assertEqual([self.students[number]["state"] for number in self.numbers("--sort=state")],
                         sorted((s["state"] for s in self.students.values()), key=order.index))
        # Told to the second, in which there may be two.
        changed = [self.students[number]["changed"] or 0 for number in self.numbers("--sort=changed")]
        self.assertEqual(changed, sorted(changed, reverse=True))

    def test_what_is_no_order(self):
        for option in ("--sort=colour", "--limit=0", "--limit=many", "--limit=-1"):
            result = self.mount.ctl("list", option, check=False)
            self.assertEqual((result.returncode, result.stdout), (2, ""), option)
            self.assertIn(option.split("=")[1], result.stderr)


class ChineseWorkbook(WorkbookTest):
    lang = "zh"
    xlsx = "状态.xlsx"

    def test_its_words_are_chinese(self):
        self.drop(f"{NUMBERS[0]}.jpg")
        self.mount.ctl("review", "approve", NUMBERS[0])
        head, row = rows_of(read(self.mount.point(self.xlsx)))
        self.assertEqual([head[i][1] for i in range(len(head))],
                         ["教学点", "身份证号", "姓名", "学号", "班级", "状态", "驳回原因", "注意项数", "注意事项", "提交文件名", "更新时间"])
        self.assertEqual(row[5][1], "通过")
        self.assertIn("实测", row[8][1])


if __name__ == "__main__":
    main()
