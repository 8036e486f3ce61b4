#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Rosters imported beside a running mount, and whose photo a file is by them [W1]-[W4]; who sees what [S4]; batches."""

import errno
import io
import os
import shutil
import subprocess
import unittest
import zipfile

from harness import MountTest, NUMBERS, POINT, WORKBOOKS, main, need, read, run

DALIAN, ANSHAN, JINZHOU = "大连分校", "鞍山分校", "锦州分校"

# On the roster with a check digit that is wrong.
WRONG_CHECK = NUMBERS[10][:17] + "5"
LEGACY = NUMBERS[3][:6] + NUMBERS[3][8:17]

STUDENTS = {
    POINT: [
        (NUMBERS[0], "张三", "S2024001"), (NUMBERS[1], "李四", "S2024002"), (NUMBERS[2], "王五", "S2024003"),
        (NUMBERS[3], "赵六", "S2024004"), (NUMBERS[4], "张伟", "S2024005"), (NUMBERS[5], "张伟", "S2024006"),
        (WRONG_CHECK, "孙七", "S2024007"),
    ],
    DALIAN: [(NUMBERS[6], "欧阳小芳", "S2024011"), (NUMBERS[7], "周八", "S2024012")],
}
ANSHAN_STUDENTS = [(NUMBERS[8], "吴九", "S2024021"), (NUMBERS[9], "阿不都·热合曼", "S2024022")]


def csv(students):
    """With a title above the heading, as offices have it."""
    rows = ["2026届毕业生名册,,,", "学号,姓名,身份证号,教学点"]
    rows += [f"{no},{name},{number},{point}" for point, rows in students.items() for number, name, no in rows]
    return "\r\n".join(rows).encode("gb18030")


def xlsx(point, students):
    """The smallest workbook that spreadsheet programs take for one."""
    def row(n, cells):
        columns = "".join(f'<c r="{chr(65 + i)}{n}" t="inlineStr"><is><t>{cell}</t></is></c>' for i, cell in enumerate(cells))
        return f'<row r="{n}">{columns}</row>'

    rows = [row(1, ["身份证号码", "姓名", "学号", "教学点名称"])]
    rows += [row(i + 2, [number, name, no, point]) for i, (number, name, no) in enumerate(students)]
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    main_ns = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    doc_ns = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package_ns = "http://schemas.openxmlformats.org/package/2006"
    files = {
        "[Content_Types].xml": f'<Types xmlns="{package_ns}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Override PartName="/xl/workbook.xml" ContentType='
            '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
            '<Override PartName="/xl/worksheets/sheet1.xml" ContentType='
            '"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package_ns}/relationships"><Relationship Id="rId1" '
            f'Type="{doc_ns}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main_ns}" xmlns:r="{doc_ns}"><sheets>'
            '<sheet name="名册" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package_ns}/relationships"><Relationship Id="rId1" '
            f'Type="{doc_ns}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main_ns}"><sheetData>{"".join(rows)}</sheetData></worksheet>',
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, head + text)
    return buffer.getvalue()


class RosterTest(MountTest):
    points = (POINT, JINZHOU)
    options = ("delay=100", "settle=300", "settle-empty=600")

    def file(self, name, data):
        path = os.path.join(self.directory, name)
        with open(path, "wb") as f:
            f.write(data)
        return path

    def import_all(self):
        return self.mount.ctl("roster", "import", self.file("名册.csv", csv(STUDENTS)),
                              self.file("鞍山.xlsx", xlsx(ANSHAN, ANSHAN_STUDENTS)))

    def drop(self, name, person, point=POINT):
        """A good photo of that person under that name, judged."""
        self.put(name, self.good(person + 1)[person], point)

    def put(self, name, source, point=POINT):
        target = self.mount.point(name, point=point)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "wb") as f:
            f.write(read(source))
        self.mount.settle(point)

    def missing(self, point=POINT):
        return sorted(os.listdir(self.mount.point("missing", point=point)))

    def reason(self, name, point=POINT):
        rejected = self.mount.rejected(point)
        self.assertIn(name, rejected)
        return rejected[name]


class Whose(RosterTest):
    def setUp(self):
        super().setUp()
        self.report = self.import_all()

    def test_the_mount_shows_the_roster_at_once(self):
        self.assertIn("Students: 11 (added 11", self.report.stdout)
        self.assertIn(DALIAN, os.listdir(self.mount.path))
        self.assertIn(ANSHAN, os.listdir(self.mount.path))
        self.assertEqual(self.missing(DALIAN), [f"{NUMBERS[6]} 欧阳小芳.txt", f"{NUMBERS[7]} 周八.txt"])
        self.assertEqual(len(self.missing()), 7)
        self.assertEqual(self.missing(JINZHOU), [])
        with open(self.mount.point("status.csv", point=ANSHAN), encoding="utf-8-sig") as f:
            self.assertEqual(len(f.read().splitlines()), 3)

    def test_the_names_that_tell_whose_photo_it_is(self):
        for person, name in enumerate([f"{NUMBERS[0]}.jpg", "S2024002.jpg", "王五.jpg", f"{LEGACY}.jpg", "S2024005-张伟.jpg"]):
            with self.subTest(name=name):
                self.drop(name, person)
                self.assertEqual(self.mount.rejected(), {})
                self.assertIn(f"{NUMBERS[person]}.jpg", self.mount.photos())
        self.assertEqual(len(self.missing()), 2)

    def test_a_folder_tells_whose_photo_it_is(self):
        self.drop(os.path.join("李四", "IMG_0001.jpg"), 1)
        self.drop(os.path.join(NUMBERS[0], "正面照.jpg"), 0)
        self.assertEqual(self.mount.rejected(), {})
        self.assertEqual(self.mount.photos(), [f"{NUMBERS[0]}.jpg", f"{NUMBERS[1]}.jpg"])

    def test_a_name_with_a_dot_is_found_however_it_is_typed(self):
        self.drop("阿不都•热合曼.jpg", 9, ANSHAN)
        self.assertEqual(self.mount.photos(ANSHAN), [f"{NUMBERS[9]}.jpg"])

    def test_missing_shrinks_and_grows_again(self):
        self.drop(f"{NUMBERS[0]}.jpg", 0)
        self.assertNotIn(f"{NUMBERS[0]} 张三.txt", self.missing())
        os.unlink(self.mount.point(f"{NUMBERS[0]}.jpg"))
        self.assertIn(f"{NUMBERS[0]} 张三.txt", self.missing())

    def test_a_number_of_the_roster_wins_over_its_check_digit(self):
        self.drop(f"{WRONG_CHECK}.jpg", 0)
        self.assertEqual(self.mount.photos(), [f"{WRONG_CHECK}.jpg"])

    def test_a_student_of_another_point_is_not_told_of(self):
        for name in (f"{NUMBERS[6]}.jpg", "欧阳小芳.jpg", "S2024011.jpg"):
            with self.subTest(name=name):
                self.drop(name, 6)
                text = self.reason(name)
                self.assertNotIn(DALIAN, text)
                # What the sender wrote themselves may be repeated, no more.
                for secret in (NUMBERS[6], "欧阳小芳", "S2024011"):
                    if secret not in name:
                        self.assertNotIn(secret, text)
        self.assertEqual(self.mount.photos(), [])
        # The same answer as for a number that nobody has.
        self.drop(f"{NUMBERS[11]}.jpg", 11)
        self.assertEqual(self.answer(NUMBERS[11]), self.answer(NUMBERS[6]))

    def answer(self, number):
        """The reason without what every file has of its own."""
        lines = self.reason(f"{number}.jpg").replace(number, "NUMBER").splitlines()
        return [line for line in lines if not line.startswith("Received")]

    def test_a_number_that_nobody_has_is_rejected(self):
        self.drop(f"{NUMBERS[11]}.jpg", 11)
        self.assertIn("roster", self.reason(f"{NUMBERS[11]}.jpg"))
        self.assertEqual(self.mount.photos(), [])

    def test_one_wrong_digit_is_answered_with_the_right_number(self):
        typed = NUMBERS[1][:11] + "2" + NUMBERS[1][12:]
        self.drop(f"{typed}.jpg", 1)
        self.assertIn(NUMBERS[1], self.reason(f"{typed}.jpg"))
        # Renamed as proposed, it is judged again [D11].
        os.rename(self.mount.point("rejected", f"{typed}.jpg"), self.mount.point("rejected", f"{NUMBERS[1]}.jpg"))
        self.mount.settle()
        self.assertEqual(self.mount.photos(), [f"{NUMBERS[1]}.jpg"])
        self.assertEqual(self.mount.rejected(), {})

    def test_no_number_of_another_point_is_proposed(self):
        typed = NUMBERS[7][:11] + "2" + NUMBERS[7][12:]
        self.drop(f"{typed}.jpg", 7)
        self.assertNotIn(NUMBERS[7], self.reason(f"{typed}.jpg"))

    def test_a_name_of_two_students_is_ambiguous(self):
        self.drop("张伟.jpg", 4)
        text = self.reason("张伟.jpg")
        self.assertNotIn(NUMBERS[4], text)
        self.assertEqual(self.mount.photos(), [])

    def test_a_point_without_a_roster_takes_any_valid_number(self):
        self.drop(f"{NUMBERS[10]}.jpg", 10, JINZHOU)
        self.assertEqual(self.mount.photos(JINZHOU), [f"{NUMBERS[10]}.jpg"])
        self.drop(f"{NUMBERS[1][:17]}5.jpg", 11, JINZHOU)
        self.assertEqual(self.mount.photos(JINZHOU), [f"{NUMBERS[10]}.jpg"])

    def assert_names(self, photo, text):
        self.assertIn(f"It is the photo of {photo} (", " ".join(text.split()))

    def assert_tells_nothing_of(self, point, text):
        self.assertNotIn("It is the photo of", " ".join(text.split()))
        for number, name, student_no in STUDENTS[point]:
            for secret in (point, number, name, student_no):
                self.assertNotIn(secret, text)

    def test_the_same_bytes_are_one_students(self):
        self.drop(f"{NUMBERS[0]}.jpg", 0)
        self.drop(f"{NUMBERS[1]}.jpg", 0)
        self.assert_names(f"{NUMBERS[0]}.jpg", self.reason(f"{NUMBERS[1]}.jpg"))
        self.assertEqual(self.mount.photos(), [f"{NUMBERS[0]}.jpg"])
        # The note of another point tells of no file here.
        self.drop(f"{NUMBERS[6]}.jpg", 0, DALIAN)
        self.assert_tells_nothing_of(POINT, self.reason(f"{NUMBERS[6]}.jpg", DALIAN))

    def test_the_same_bytes_dropped_at_once_are_one_students(self):
        data = read(self.good(1)[0])
        for number in NUMBERS[:3]:
            with open(self.mount.point(f"{number}.jpg"), "wb") as f:
                f.write(data)
        self.mount.settle()
        self.assertEqual((len(self.mount.photos()), len(self.mount.rejected())), (1, 2))

    def test_the_same_picture_saved_again_is_one_students(self):
        need("djpeg", "cjpeg")
        self.drop(f"{NUMBERS[0]}.jpg", 0)
        pixels = subprocess.run(["djpeg", self.good(1)[0]], stdout=subprocess.PIPE, check=True).stdout
        again = subprocess.run(["cjpeg", "-quality", "83", "-sample", "1x1"], input=pixels, stdout=subprocess.PIPE, check=True).stdout
        self.put("李四.jpg", self.file("again.jpg", again))
        self.assert_names(f"{NUMBERS[0]}.jpg", self.reason("李四.jpg"))
        self.assertEqual(self.mount.photos(), [f"{NUMBERS[0]}.jpg"])
        # At another point, too: the picture is known in the whole batch. But nothing is told of where.
        self.put(f"{NUMBERS[6]}.jpg", os.path.join(self.directory, "again.jpg"), DALIAN)
        self.assert_tells_nothing_of(POINT, self.reason(f"{NUMBERS[6]}.jpg", DALIAN))

    def test_different_people_are_not_taken_for_one(self):
        for person in range(4):
            self.drop(f"{NUMBERS[person]}.jpg", person)
        self.assertEqual(self.mount.rejected(), {})
        self.assertEqual(len(self.mount.photos()), 4)

    def test_the_tables_of_a_shell(self):
        self.drop(f"{NUMBERS[0]}.jpg", 0)
        self.put("王五.jpg", self.file("no.jpg", b"no photo"))
        lines = self.mount.ctl("list", f"--point={POINT}").stdout.splitlines()
        self.assertEqual(len(lines), 8)
        self.assertRegex("\n".join(lines), rf"pending +{NUMBERS[0]} +S2024001 +张三")
        self.assertRegex("\n".join(lines), rf"rejected +{NUMBERS[2]} +S2024003 +王五 +[a-z]")
        self.assertEqual(len(self.mount.ctl("list", "--state=missing", f"--point={POINT}").stdout.splitlines()), 6)


class Later(RosterTest):
    def test_a_student_known_by_a_photo_is_on_the_roster_later(self):
        self.drop(f"{NUMBERS[0]}.jpg", 0)
        self.assertIn("changed 1,", self.import_all().stdout)
        self.assertEqual(self.mount.photos(), [f"{NUMBERS[0]}.jpg"])
        self.assertNotIn(f"{NUMBERS[0]} 张三.txt", self.missing())

    def test_a_rejected_photo_is_taken_once_the_roster_knows_its_student(self):
        self.mount.ctl("roster", "import", self.file("a.csv", csv({POINT: STUDENTS[POINT][:1]})))
        self.drop("李四.jpg", 1)
        self.assertIn("李四.jpg", self.mount.rejected())
        self.import_all()
        self.drop("李四.jpg", 1)
        self.assertEqual(self.mount.rejected(), {})
        self.assertEqual(self.mount.photos(), [f"{NUMBERS[1]}.jpg"])

    def test_a_roster_with_an_error_changes_nothing(self):
        path = self.file("bad.csv", csv({DALIAN: [(NUMBERS[6], "欧阳小芳", "S1"), ("2.19999E+17", "周八", "S2")]}))
        result = self.mount.ctl("roster", "import", path, check=False)
        self.assertEqual(result.returncode, 1)
        self.assertIn("row 4", result.stdout)
        self.assertNotIn(DALIAN, os.listdir(self.mount.path))


class Batches(RosterTest):
    def assert_read_only(self, function, *args):
        with self.assertRaises(OSError) as caught:
            function(*args)
        self.assertEqual(caught.exception.errno, errno.EROFS)

    def test_a_closed_batch_is_read_only_at_once(self):
        self.drop(f"{NUMBERS[0]}.jpg", 0)
        self.drop("IMG_1.jpg", 1)
        photo, rejected = self.mount.point(f"{NUMBERS[0]}.jpg"), self.mount.point("rejected", "IMG_1.jpg")
        before = read(photo)
        held = self.mount.point(f".{NUMBERS[3]}.jpg.Ab3dEf")
        shutil.copyfile(self.good(1)[0], held)
        self.mount.ctl("batch", "close", "202601")
        self.assert_read_only(open, self.mount.point(f"{NUMBERS[2]}.jpg"), "wb")
        self.assert_read_only(open, photo, "r+b")
        self.assert_read_only(os.truncate, photo, 0)
        self.assert_read_only(os.unlink, photo)
        self.assert_read_only(os.unlink, rejected)
        self.assert_read_only(os.rename, rejected, self.mount.point(f"{NUMBERS[1]}.jpg"))
        self.assert_read_only(os.mkdir, self.mount.point("一班"))
        self.assert_read_only(os.utime, photo, (1, 1))
        self.assert_read_only(os.chmod, held, 0o600)
        self.assert_read_only(os.rename, held, self.mount.point(f"{NUMBERS[3]}.jpg"))
        self.assertEqual(read(photo), before)
        self.assertIn("closed", read(self.mount.point("STATUS.txt")).decode())
        self.assertIn("closed", read(os.path.join(self.mount.path, "STATUS.txt")).decode())
        self.assertEqual(self.mount.ctl("roster", "import", self.file("a.csv", csv(STUDENTS)), check=False).returncode, 2)
        self.mount.ctl("batch", "reopen", "202601")
        self.assertNotIn("closed", read(self.mount.point("STATUS.txt")).decode().split("LAST CHANGES")[0])
        self.drop(f"{NUMBERS[2]}.jpg", 2)
        self.assertIn(f"{NUMBERS[2]}.jpg", self.mount.photos())

    def test_what_was_sent_before_the_closing_still_gets_its_verdict(self):
        with open(self.mount.point(f"{NUMBERS[0]}.jpg"), "wb") as f:
            f.write(read(self.good(1)[0]))
            self.mount.ctl("batch", "close", "202601")
        self.mount.settle()
        self.assertEqual(self.mount.photos(), [f"{NUMBERS[0]}.jpg"])

    def test_batches_do_not_mix(self):
        self.drop(f"{NUMBERS[0]}.jpg", 0)
        self.mount.ctl("batch", "add", "202602")
        refused = self.mount.ctl("batch", "use", "202602", check=False)
        self.assertEqual(refused.returncode, 2)
        self.assertIn("mounted", refused.stderr)
        self.mount.end()
        self.mount.options.append("batch=202602")
        self.mount.start()
        self.assertEqual(self.mount.photos(), [])
        # The same person again is no double of themselves in another batch.
        self.drop(f"{NUMBERS[0]}.jpg", 0)
        self.assertEqual(self.mount.photos(), [f"{NUMBERS[0]}.jpg"])
        self.mount.end()
        self.mount.options.pop()
        self.mount.ctl("batch", "use", "202602")
        self.mount.start()
        self.assertIn("202602", read(self.mount.point("STATUS.txt")).decode())

    def test_an_unknown_batch_is_not_mounted(self):
        self.mount.end()
        self.mount.options.append("batch=209901")
        with self.assertRaisesRegex(AssertionError, "209901"):
            self.mount.start()
        self.mount.daemon = None


@unittest.skipIf(os.geteuid() != 0, "only root can be other users")
class Users(RosterTest):
    SHENYANG_USER, DALIAN_USER = 1501, 1502

    def setUp(self):
        need("setpriv")
        super().setUp()
        os.chmod(self.directory, 0o711)
        for point, group in (("甲点", self.SHENYANG_USER), ("乙点", self.DALIAN_USER)):
            self.mount.ctl("point", "add", point, f"--group={group}", "--mode=2770")
        students = {"甲点": STUDENTS[POINT], "乙点": STUDENTS[DALIAN]}
        self.mount.ctl("roster", "import", self.file("users.csv", csv(students)))
        self.photo = self.copy_of(self.good(1)[0], f"{NUMBERS[0]}.jpg")
        os.chmod(os.path.dirname(self.photo), 0o755)
        os.chmod(self.photo, 0o644)

    def as_user(self, user, *command):
        return run("setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", *command, check=False)

    def assert_denied(self, user, *command):
        result = self.as_user(user, *command)
        self.assertNotEqual(result.returncode, 0, f"{command} succeeded: {result.stdout}")
        self.assertIn("Permission denied", result.stderr)
        self.assertEqual(result.stdout, "")

    def test_staff_drop_into_their_own_point(self):
        result = self.as_user(self.SHENYANG_USER, "cp", self.photo, self.mount.point(point="甲点"))
        self.assertEqual(result.stderr, "")
        self.mount.settle("甲点")
        listed = self.as_user(self.SHENYANG_USER, "ls", self.mount.point(point="甲点")).stdout
        self.assertIn(f"{NUMBERS[0]}.jpg", listed)
        shown = self.as_user(self.SHENYANG_USER, "cat", self.mount.point(f"{NUMBERS[0]}.jpg", point="甲点"))
        self.assertEqual(shown.returncode, 0)
        missing = self.as_user(self.SHENYANG_USER, "ls", self.mount.point("missing", point="甲点"))
        self.assertEqual(len(missing.stdout.splitlines()), 6)

    def test_staff_see_nothing_of_another_point(self):
        self.as_user(self.SHENYANG_USER, "cp", self.photo, self.mount.point(point="甲点"))
        self.mount.settle("甲点")
        there = self.mount.point(point="甲点")
        for command in (
                ("ls", there), ("stat", os.path.join(there, f"{NUMBERS[0]}.jpg")),
                ("cat", os.path.join(there, f"{NUMBERS[0]}.jpg")), ("cat", os.path.join(there, "STATUS.txt")),
                ("cat", os.path.join(there, "status.csv")), *[("cat", os.path.join(there, name)) for name in WORKBOOKS],
                ("cat", os.path.join(there, "index.html")),
                ("ls", os.path.join(there, "missing")),
                ("ls", os.path.join(there, "rejected")), ("ls", os.path.join(there, "submitted")),
                ("cp", self.photo, os.path.join(there, "IMG_1.jpg")), ("mkdir", os.path.join(there, "x")),
                ("rm", "-f", os.path.join(there, f"{NUMBERS[0]}.jpg"))):
            with self.subTest(command=command):
                self.assert_denied(self.DALIAN_USER, *command)

    def test_the_root_names_nobody(self):
        self.as_user(self.SHENYANG_USER, "cp", self.photo, self.mount.point(point="甲点"))
        self.mount.settle("甲点")
        for name in ("STATUS.txt", "status.csv", "index.html"):
            text = self.as_user(self.DALIAN_USER, "cat", os.path.join(self.mount.path, name)).stdout
            self.assertIn("甲点", text)
            for number, person, no in STUDENTS[POINT] + STUDENTS[DALIAN]:
                for secret in (number, person, no):
                    self.assertNotIn(secret, text)

    def test_nobody_makes_anything_at_the_root(self):
        self.assert_denied(self.SHENYANG_USER, "mkdir", os.path.join(self.mount.path, "丙点"))


class LongNumbers(MountTest):
    """Documents with numbers longer than an ID number: nobody's photo goes to whose number begins alike."""

    LONG = NUMBERS[0] + "B"
    PASSPORT = "PASSPORT1234567890XYABCDEFGHIJKL"  # as long as any may be

    def test_each_gets_their_own(self):
        path = os.path.join(self.directory, "long.csv")
        with open(path, "w", encoding="utf-8") as f:
            f.write("身份证号,姓名,学号,教学点\n"
                    f"{NUMBERS[0]},张三,S0001,{POINT}\n{self.LONG},李四,S0002,{POINT}\n{self.PASSPORT},王五,S0003,{POINT}\n")
        self.mount.ctl("roster", "import", path)
        photos = self.good(3)
        for name, photo in zip(("李四.jpg", "王五.jpg", "张三.jpg"), photos):
            shutil.copyfile(photo, self.mount.point(name))
        self.mount.settle()
        self.assertEqual(self.mount.listed(), sorted(f"{n}.jpg" for n in (NUMBERS[0], self.LONG, self.PASSPORT)))
        sent = {}
        for number in (self.LONG, self.PASSPORT, NUMBERS[0]):
            sent[number] = os.getxattr(self.mount.point(f"{number}.jpg"), "user.idphotofs.submitted-as").decode()
        self.assertEqual(sent, {self.LONG: "李四.jpg", self.PASSPORT: "王五.jpg", NUMBERS[0]: "张三.jpg"})
        os.unlink(self.mount.point(f"{self.PASSPORT}.jpg"))
        shutil.copyfile(photos[1], self.mount.point(f"{self.PASSPORT}.jpg"))
        self.mount.settle()
        self.assertIn(f"{self.PASSPORT}.jpg", self.mount.listed())

    def test_a_longer_one_is_an_error_of_the_import(self):
        path = os.path.join(self.directory, "longer.csv")
        with open(path, "w", encoding="utf-8") as f:
            f.write(f"身份证号,姓名,学号,教学点\n{self.PASSPORT}M,王五,S0003,{POINT}\n")
        self.assertNotEqual(self.mount.ctl("roster", "import", path, check=False).returncode, 0)


if __name__ == "__main__":
    main()
