#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A whole batch, played through: roster, drops, rejections, fixes, review by moves, a progress list, a failure at the
register, the third rejection, the final lock, the export; and the log that tells one student's story at the end."""

import json
import os

from harness import NUMBERS, POINT, StoryTest, main, read, run, wait_for

FEW = 6


class Batch(StoryTest):
    """Each test goes on where the one before has ended."""

    options = ("delay=100", "settle=200", "settle-empty=400")
    points = ()
    config = "\n[centre]\naddress = 浑南区浑南2路\ntelephone = 024-00000000\n"
    students = [(number, f"同学{chr(0x7532 + i)}", f"S{i:03}") for i, number in enumerate(NUMBERS[:FEW])]

    def setUp(self):
        super().setUp()
        self.sources = self.good(FEW + 3)

    def office(self, *parts):
        return os.path.join(self.mount.path, "OFFICE", *parts)

    def decide(self, number, source, target):
        os.rename(self.office(*source, f"{number}.jpg"), self.office(*target, f"{number}.jpg"))

    def import_list(self, name, lines):
        with open(self.office("import", name), "wb") as f:
            f.write("\r\n".join(lines).encode("gb18030"))
        report = self.office("import", name + ".report.txt")
        wait_for(lambda: os.path.exists(report), "the report appears")
        return read(report).decode()

    def drop(self, source, name):
        run("cp", self.copy_of(source, name), self.mount.point())
        self.mount.settle()

    def status(self, number):
        listed = json.loads(self.mount.ctl("list", "--json").stdout)
        return next(s["state"] for s in listed if s["id_number"] == number)

    def test_01_the_roster_makes_the_point_and_misses_everybody(self):
        """The office drops the roster; the teaching point comes into being, and everybody is missing."""
        m = self.mount
        self.import_list("名册.csv", ["身份证号,姓名,学号,教学点"] +
                         [f"{number},{name},{no},{POINT}" for number, name, no in self.students])
        self.assertEqual(len(os.listdir(m.point("missing"))), FEW)

    def test_02_staff_send_by_student_number_and_by_name(self):
        """Staff send by number, student number and name; one file is no photo, one has no name."""
        m = self.mount
        hero, others = self.students[0][0], self.students[1:]
        for source, (number, name, no) in zip(self.sources, self.students[:4]):
            self.drop(source, f"{no}.jpg" if number == hero else f"{name}.jpg")
        with open(m.point(f"{others[3][0]}.jpg"), "wb") as f:
            f.write(b"only words")
        self.drop(self.sources[5], "IMG_0001.jpg")
        self.assertEqual(len(m.photos()), 4)
        self.assertEqual(sorted(m.rejected()), sorted([f"{others[3][0]}.jpg", "IMG_0001.jpg"]))

    def test_03_mistakes_are_mended_where_they_show(self):
        """Mistakes are mended where they show."""
        m = self.mount
        others = self.students[1:]
        os.rename(m.point("rejected", "IMG_0001.jpg"), m.point("rejected", f"{others[4][0]}.jpg"))
        self.drop(self.sources[4], f"{others[3][0]}.jpg")
        self.assertEqual(len(m.photos()), FEW)
        self.assertEqual(m.rejected(), {})
        self.assertEqual(os.listdir(m.point("missing")), [])

    def test_04_the_office_rejects_one_and_approves_a_selection(self):
        """The office looks: one is rejected, a selection is approved."""
        m = self.mount
        hero, _, hero_no = self.students[0]
        self.decide(hero, ("pending", POINT), ("rejected", "hair"))
        run("sh", "-c", f"mv '{self.office('pending', POINT)}'/*.jpg '{self.office('approved', POINT)}'/")
        self.assertIn("Hair covers", m.rejected()[f"{hero_no}.jpg"])
        self.assertEqual(self.status(hero), "rejected")

    def test_05_the_progress_list_locks_all_but_the_one_that_the_register_refuses(self):
        """A better photo, approved; the centre passes all but one, and the register refuses the hero's."""
        m = self.mount
        hero, others = self.students[0][0], self.students[1:]
        self.drop(self.sources[6], f"{hero}.jpg")
        self.decide(hero, ("pending", POINT), ("approved", POINT))
        report = self.import_list("进度.csv", ["身份证号,状态,原因", f"{hero},学信网未通过,人像比对失败"] +
                                  [f"{number},已完成," for number, _, _ in others] + [f"{NUMBERS[11]},已完成,"])
        self.assertIn(NUMBERS[11], report)
        self.assertTrue(all(self.status(number) == "final" for number, _, _ in others))
        self.assertIn("could not match the face", "".join(m.rejected().values()))

    def test_06_the_fourth_rejection_sends_to_the_centre(self):
        """The third rejection warns, the fourth sends to the on-site centre."""
        m = self.mount
        hero = self.students[0][0]
        self.drop(self.sources[7], f"{hero}.jpg")
        self.decide(hero, ("pending", POINT), ("rejected", "pose"))
        self.assertNotIn("浑南区", "".join(m.rejected().values()))
        self.drop(self.sources[8], f"{hero}.jpg")
        self.decide(hero, ("pending", POINT), ("rejected", "light"))
        self.assertIn("浑南区", "".join(m.rejected().values()))

    def test_07_a_photo_brought_back_passes_finally(self):
        """Brought back by the office, approved, and passed finally."""
        m = self.mount
        hero, _, hero_no = self.students[0]
        self.decide(hero, ("rejected", "light"), ("approved", POINT))
        self.import_list("终审.csv", ["学号,状态", f"{hero_no},已完成"])
        self.assertEqual(self.status(hero), "final")
        self.assertEqual(os.getxattr(m.point(f"{hero}.jpg"), "user.idphotofs.stage"), b"done")

    def test_08_what_is_locked_cannot_be_changed(self):
        """What is locked cannot be taken back, withdrawn or replaced."""
        m = self.mount
        hero = self.students[0][0]
        for refused in (lambda: os.unlink(m.point(f"{hero}.jpg")),
                        lambda: self.decide(hero, ("approved", POINT), ("pending", POINT))):
            self.assertRaises(PermissionError, refused)
        self.drop(self.sources[0], f"再来 {hero}.jpg")
        self.assertIn("final review", m.rejected()[f"再来 {hero}.jpg"])

    def test_09_the_export_is_what_the_mount_shows(self):
        """Away with them: what the mount shows and what the command writes are the same."""
        m = self.mount
        wait_for(lambda: len(os.listdir(self.office("export", "centre"))) == FEW, "all renditions are made")
        target = os.path.join(self.directory, "export")
        m.ctl("export", "--centre", target)
        self.assertEqual(run("sha256sum", "-c", "SHA256SUMS", cwd=target).stdout.count(": OK"), 2 * FEW + 1)
        for folder in ("platform", "centre"):
            self.assertEqual(run("diff", "-r", os.path.join(target, folder), self.office("export", folder)).stdout, "")

    def test_10_the_log_tells_the_story_of_one_student(self):
        """The log is intact and tells it as it was."""
        m = self.mount
        hero = self.students[0][0]
        story = json.loads(m.ctl("history", "--json", hero).stdout)
        print(m.ctl("history", hero).stdout)
        self.assertEqual([e["kind"] for e in story if e["kind"] not in ("received", "stage")],
                         ["accepted", "decided", "accepted", "approved", "decided", "accepted", "decided", "accepted",
                          "decided", "approved", "locked", "rejected"])
        self.assertIn("The log is intact", m.ctl("audit", "verify").stdout)
        self.assertEqual(m.ctl("verify").returncode, 0)


if __name__ == "__main__":
    main()
