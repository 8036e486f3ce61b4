#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The right photo to the right student, whatever the roster and the file's name look like [W1], [W5]."""

import os
import shutil
import sqlite3

from harness import MountTest, NUMBERS, POINT, main


class Names(MountTest):
    """Files named as the roster writes its students, or as the mount lists them."""

    points = (POINT,)
    options = ("delay=100", "settle=300")

    # ID number, name, student number; and names of files that are that student's.
    STUDENTS = {
        ("H01234567", "陈大文", "hk-1"): ["h01234567.jpg", "HK-1.jpg", "陈大文 H01234567.jpg", "ＨＫ－１.jpg"],
        ("M01234567(01)", "李小明", "S 0003"): ["M01234567(01).jpg", "M01234567（01）.jpg", "S 0003.jpg", "李小明_S0003.jpg"],
        ("军字第123456号", "王军", "函20220005"): ["军字第123456号.jpg", "函20220005.jpg", "军字第123456号 王军 (1).jpg"],
        (NUMBERS[0], "李〇明", "S4"): ["李〇明.jpg", "李○明.jpg", "s4.jpg", "李〇明 - 副本.jpg"],
        (NUMBERS[1], "\ue000\ue001", ""): ["\ue000\ue001.jpg"],
        (NUMBERS[2], "张　三", "2022-0015"): ["张 三.jpg", "张三.jpg", "2022_0015.jpg", "%E5%BC%A0%E4%B8%89.jpg", "#U5f20#U4e09.jpg"],
        (NUMBERS[3], "Maria Garcia-Lopez", "S0007"): ["maria garcia lopez.jpg", "MariaGarcia-Lopez.jpg", "S0007 (2).jpg"],
        (NUMBERS[4], "O'Brien Sean", "ab-12/20"): ["O’Brien Sean.jpg", "ab-12_20.jpg"],
        (NUMBERS[10], "买买提·艾力", "2022e0012"): ["买买提•艾力.jpg", "买买提.艾力.jpg", "2022E0012.jpg"],
    }

    def setUp(self):
        super().setUp()
        path = os.path.join(self.directory, "roster.csv")
        with open(path, "w", encoding="utf-8") as f:
            f.write("身份证号,姓名,学号,教学点\n")
            f.writelines(f"{','.join(student)},{POINT}\n" for student in self.STUDENTS)
        self.mount.ctl("roster", "import", path)

    def whose(self, name):
        """The ID number of the student whose photo the file became; the mount is as before."""
        shutil.copyfile(self.good(1)[0], self.mount.point(name))
        self.mount.settle()
        self.assertEqual(self.mount.rejected(), {}, name)
        found, = (n for n in self.mount.listed() if n.endswith(".jpg"))
        os.unlink(self.mount.point(found))
        self.mount.settle()
        return found

    def test_as_the_roster_writes_it_or_in_disguise(self):
        for student, names in self.STUDENTS.items():
            shown = next(n for n in os.listdir(self.mount.point("missing")) if n.split(" ")[0] == self.normal(student[0]))
            for name in names + [shown.removesuffix(".txt") + ".jpg"]:
                with self.subTest(name=name):
                    self.assertEqual(self.whose(name), f"{self.normal(student[0])}.jpg")
        self.mount.ctl("verify")

    @staticmethod
    def normal(number):
        """As the mount shows the number."""
        return number.replace("(", "").replace(")", "")

    def test_the_name_of_another_is_a_warning(self):
        name = f"{NUMBERS[0]} 王军.jpg"
        shutil.copyfile(self.good(1)[0], self.mount.point(name))
        self.mount.settle()
        photo = self.mount.point(f"{NUMBERS[0]}.jpg")
        self.assertEqual(os.getxattr(photo, "user.idphotofs.warnings").decode().split(), ["name-of-another"])
        self.mount.ctl("verify")

    def test_nobodys_and_twos(self):
        """What fits nobody, or two, is rejected with a reason."""
        for name, reason in (("M01234567.jpg", "ID number"), ("王军伟.jpg", "ID number"),
                             ("2022-0015_S0007.jpg", "more than one"), ("H01234567 S0007.jpg", "more than one")):
            shutil.copyfile(self.good(1)[0], self.mount.point(name))
            self.mount.settle()
            self.assertIn(reason, self.mount.rejected()[name])


class Undecided(MountTest):
    """A verdict that the catalog refuses every time, as a fault of the program or of the disk would make it."""

    def catalog(self, sql):
        with sqlite3.connect(os.path.join(self.mount.store, "catalog.db"), timeout=30) as connection:
            connection.execute(sql)

    def test_it_is_tried_some_times_and_then_told(self):
        # What the drop is found to be cannot be written down; that nothing was found out can.
        self.catalog("CREATE TRIGGER refuse BEFORE INSERT ON finding WHEN new.code = 'name-no-number'"
                     " BEGIN SELECT RAISE(ABORT, 'refused'); END")
        shutil.copyfile(self.good(1)[0], self.mount.point("IMG_1.jpg"))
        self.mount.settle()  # ends
        self.assertIn("could not be checked", self.mount.rejected()["IMG_1.jpg"])
        with open(self.mount.log_path, encoding="utf-8") as f:
            lines = [line for line in f if "submission" in line]
        self.assertEqual(len(lines), 2, lines)  # that it is tried again, and that it is given up: no line a try
        self.assertIn("gave up", lines[1])
        self.mount.log_checked = len(self.mount.log())

        # It is put right as every other file is.
        os.rename(self.mount.point("rejected", "IMG_1.jpg"), self.mount.point(f"{NUMBERS[0]}.jpg"))
        self.mount.settle()
        self.assertEqual(self.mount.photos(), [f"{NUMBERS[0]}.jpg"])
        shutil.copyfile(self.good(2)[1], self.mount.point("IMG_2.jpg"))
        self.catalog("DROP TRIGGER refuse")
        self.mount.settle()
        self.assertIn("IMG_2.jpg", self.mount.rejected())
        self.assertNotIn("could not be checked", self.mount.rejected()["IMG_2.jpg"])
        self.mount.ctl("verify")


    def test_a_verdict_that_cannot_be_shown_is_told_as_well(self):
        self.catalog("CREATE TRIGGER refuse BEFORE UPDATE OF state ON submission WHEN new.state = 4"
                     " BEGIN SELECT RAISE(ABORT, 'refused'); END")
        shutil.copyfile(self.good(1)[0], self.mount.point(f"{NUMBERS[0]}.jpg"))
        self.mount.settle()
        self.assertIn("could not be checked", self.mount.rejected()[f"{NUMBERS[0]}.jpg"])
        self.assertEqual(self.mount.photos(), [])
        self.mount.log_checked = len(self.mount.log())
        self.catalog("DROP TRIGGER refuse")
        shutil.copyfile(self.good(1)[0], self.mount.point(f"{NUMBERS[0]}.jpg"))
        self.mount.settle()
        self.assertEqual(self.mount.photos(), [f"{NUMBERS[0]}.jpg"])
        self.mount.ctl("verify")


if __name__ == "__main__":
    main()
