#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A day's work by the people who do it, each under an account of their own, with the programs that they use."""

import os
import shutil

from harness import NUMBERS, POINT, main, need, read, wait_for
from users import OTHER_GROUP, OTHER_POINT, StaffTest, errno_of

# As the README writes it, and what it sent on stderr.
MIRROR = 'rsync -rtOi --delete "$1/" "$2/submitted/" >&2'
DENIED, FORBIDDEN = "Permission denied", "Operation not permitted"


class Staff(StaffTest):
    def folder(self, owner, name, numbers, first=0):
        """A folder of good photos in the owner's home."""
        top = os.path.join(owner.home, name)
        os.makedirs(top, exist_ok=True)
        for i, number in enumerate(numbers, first):
            shutil.copyfile(self.good(i + 1)[i], os.path.join(top, f"同学 {number}.jpg"))
            os.utime(os.path.join(top, f"同学 {number}.jpg"), (1700000000 + i, 1700000000 + i))
        owner.give(top)
        return top

    def does(self, user, script, *args):
        """The script succeeds without a word."""
        self.assertEqual(user.shell(script, *args), [0, ""], script)

    def fails(self, user, said, script, *args):
        """Each program of it says so; nothing else is said."""
        code, stderr = user.shell(script, *args)
        self.assertNotEqual(code, 0, script)
        for line in stderr.splitlines():
            self.assertIn(said, line)

    def assert_photos(self, *numbers):
        self.mount.settle()
        self.assertEqual(self.mount.photos(), [f"{number}.jpg" for number in numbers])
        self.assertEqual(self.mount.rejected(), {})

    def office(self, *parts):
        return os.path.join(self.mount.path, "OFFICE", *parts)

    # ---- the upload machine ----

    def test_the_upload_machine_mirrors_and_sends_nothing_again(self):
        machine, colleague = self.staff.upload, self.staff.colleague
        top = self.folder(machine, "photos", NUMBERS[:2])
        self.folder(machine, "photos/一班", NUMBERS[2:3], first=2)
        os.chmod(machine.home, 0o755)
        code, sent = machine.shell(MIRROR, top, self.mount.point())
        self.assertEqual((code, sent.count(">f+")), (0, 3), sent)
        self.assert_photos(*NUMBERS[:3])
        for user in (machine, machine, colleague):
            self.assertEqual(user.shell(MIRROR, top, self.mount.point()), [0, ""])
        # The next day there is one more, and one fewer.
        self.folder(machine, "photos/一班", NUMBERS[3:4], first=3)
        os.unlink(os.path.join(top, f"同学 {NUMBERS[0]}.jpg"))
        code, sent = machine.shell(MIRROR, top, self.mount.point())
        self.assertEqual((code, sent.count(">f"), sent.count("*deleting")), (0, 1, 1), sent)
        self.assert_photos(*NUMBERS[:4])
        self.assertEqual(machine.shell(MIRROR, top, self.mount.point()), [0, ""])

    def test_who_owns_the_point_opens_it_to_nobody_by_accident(self):
        machine = self.staff.upload
        self.mount.ctl("point", "set", POINT, f"--owner={machine.uid}")
        wait_for(lambda: os.stat(self.mount.point()).st_uid == machine.uid, "the point has its owner")
        top = self.folder(machine, "photos", NUMBERS[:2])
        os.chmod(top, 0o755)
        before = os.stat(self.mount.point())
        # It would give the point the mode and the group of the folder at home.
        code, said = machine.shell('rsync -a "$1/" "$2/"', top, self.mount.point())
        self.assertEqual(code, 23)
        self.assertIn(FORBIDDEN, said)
        self.assert_photos(*NUMBERS[:2])
        for command in ('chmod 0755 "$1"', 'chgrp "$(id -g)" "$1"', 'chmod 0755 "$1/submitted"'):
            self.fails(machine, FORBIDDEN, command, self.mount.point())
        after = os.stat(self.mount.point())
        self.assertEqual((after.st_mode, after.st_uid, after.st_gid), (before.st_mode, machine.uid, before.st_gid))
        self.fails(self.staff.other, DENIED, 'ls "$1"', self.mount.point())
        self.does(self.staff.member, 'ls "$1" >/dev/null', self.mount.point())
        # The time is its owner's to set.
        self.does(machine, 'rsync -rt "$1/" "$2/"', top, self.mount.point())

    # ---- the teaching point ----

    def test_a_colleague_goes_on_with_a_folder(self):
        member, colleague = self.staff.member, self.staff.colleague
        copy = 'cp -r "$1" "$2/"'
        self.does(member, copy, self.folder(member, "一班", NUMBERS[:1]), self.mount.point())
        self.does(colleague, copy, self.folder(colleague, "一班", NUMBERS[1:2], first=1), self.mount.point())
        self.assert_photos(*NUMBERS[:2])
        self.assertEqual(len(os.listdir(self.mount.point("submitted", "一班"))), 2)
        # Into the folder that the first has made, while it stands there.
        self.does(member, 'mkdir "$1/二班"', self.mount.point())
        self.does(colleague, 'cp "$1"/* "$2/二班/"', self.folder(colleague, "二班", NUMBERS[2:3], first=2), self.mount.point())
        self.assert_photos(*NUMBERS[:3])

    def test_a_folder_is_made_removed_and_made_again(self):
        for user in (self.staff.member, self.staff.colleague):
            self.does(user, 'mkdir "$1" && rmdir "$1" && mkdir "$1"', self.mount.point("一班"))
            self.assertEqual(self.mount.listed(), ["一班"])
            self.does(self.staff.member, 'rmdir "$1"', self.mount.point("一班"))
            self.assertEqual(self.mount.listed(), [])

    def test_a_colleague_brings_a_photo_back(self):
        member, colleague = self.staff.member, self.staff.colleague
        self.does(member, 'cp -r "$1" "$2/"', self.folder(member, "一班", NUMBERS[:2]), self.mount.point())
        self.assert_photos(*NUMBERS[:2])
        self.does(member, 'rm "$1"/*.jpg', self.mount.point())
        self.assert_photos()
        for program, number in (("mv", NUMBERS[0]), ("cp", NUMBERS[1])):
            self.does(colleague, f'{program} "$1" "$2/"', self.mount.point("submitted", "一班", f"同学 {number}.jpg"), self.mount.point())
        self.assert_photos(*NUMBERS[:2])

    def test_a_colleague_mends_a_name(self):
        member, colleague = self.staff.member, self.staff.colleague
        top = self.folder(member, "photos", NUMBERS[:1])
        self.does(member, 'cp "$1"/* "$2/IMG_2031.jpg"', top, self.mount.point())
        self.mount.settle()
        self.assertEqual(list(self.mount.rejected()), ["IMG_2031.jpg"])
        self.assertIn("Rejected: IMG_2031.jpg", colleague.run("sh", "-c", 'cat "$1"/*.txt', "sh",
                                                              self.mount.point("rejected")).stdout)
        self.does(colleague, 'mv "$1" "$2"', self.mount.point("rejected", "IMG_2031.jpg"), self.mount.point(f"{NUMBERS[0]}.jpg"))
        self.assert_photos(NUMBERS[0])

    def test_modes_owners_and_attributes_are_set_or_refused(self):
        member, colleague = self.staff.member, self.staff.colleague
        self.does(member, 'cp "$1"/* "$2/" && mkdir "$2/一班" && cp "$1"/* "$2/IMG_1.jpg"',
                  self.folder(member, "photos", NUMBERS[:1]), self.mount.point())
        self.mount.settle()
        note = next(n for n in os.listdir(self.mount.point("rejected")) if n.endswith(".txt"))
        paths = [self.mount.point(*parts) for parts in (
            (), ("STATUS.txt",), ("rejected",), ("missing",), ("submitted",), ("一班",), (f"{NUMBERS[0]}.jpg",),
            ("rejected", "IMG_1.jpg"), ("rejected", note), ("submitted", f"同学 {NUMBERS[0]}.jpg"), (f"同学 {NUMBERS[0]}.jpg",))]
        # What stat prints of it; chmod leaves the setgid bit of a folder alone.
        commands = (("chmod", "700", "%a", r"2?700"), ("chown", str(colleague.uid), "%u", str(colleague.uid)),
                    ("chgrp", str(member.gid), "%g", str(member.gid)), ("chgrp", str(OTHER_GROUP), "%g", str(OTHER_GROUP)))
        for path in paths:
            for user in (colleague, member):
                for program, value, form, expected in commands:
                    with self.subTest(path=path, user=user.name, program=program, value=value):
                        result = user.run(program, value, path, check=False)
                        shown = user.run("stat", "-c", form, path, check=False).stdout.strip()
                        if result.returncode == 0:
                            self.assertRegex(shown, f"^{expected}$")
                        else:
                            self.assertIn(FORBIDDEN, result.stderr)
                        if user is colleague:
                            self.assertNotEqual(result.returncode, 0)
                with self.subTest(path=path, user=user.name, program="setfattr"):
                    for name in ("user.comment", "user.idphotofs.state"):
                        result = user.run("setfattr", "-n", name, "-v", "x", path, check=False)
                        self.assertNotEqual(result.returncode, 0)
                        self.assertRegex(result.stderr, f"Operation not supported|{FORBIDDEN}|{DENIED}")

    # ---- the office ----

    def test_a_reviewer_decides_and_the_point_sees_it(self):
        member, reviewer = self.staff.member, self.staff.reviewer
        self.does(member, 'cp "$1"/* "$2/"', self.folder(member, "photos", NUMBERS[:3]), self.mount.point())
        self.assert_photos(*NUMBERS[:3])
        listing = reviewer.run("ls", "-R", self.office()).stdout
        for number in NUMBERS[:3]:
            self.assertIn(f"{number}.jpg", listing)
        for name in ("STATUS.txt", "status.csv"):
            self.assertNotEqual(reviewer.run("cat", os.path.join(self.mount.path, name)).stdout, "")
        self.does(reviewer, 'cp "$1"/pending/*/*.jpg .', self.office())
        self.assertEqual(read(os.path.join(reviewer.home, f"{NUMBERS[0]}.jpg")), read(self.mount.point(f"{NUMBERS[0]}.jpg")))

        pending = self.office("pending", POINT)
        self.does(reviewer, 'mv "$1/$3.jpg" "$1/$4.jpg" "$2/"', pending, self.office("approved", POINT), *NUMBERS[:2])
        self.does(reviewer, 'mv "$1/$3.jpg" "$2/"', pending, self.office("rejected", "hair"), NUMBERS[2])
        self.does(reviewer, 'for note in "$1"/*.txt; do echo "Please tie the hair back." >> "$note"; done',
                  self.office("rejected", "hair"))
        self.assertEqual(self.mount.photos(), [f"{n}.jpg" for n in NUMBERS[:2]])
        rejected = self.mount.point("rejected")
        self.assertIn("Please tie the hair back.", member.run("sh", "-c", 'cat "$1"/*.txt', "sh", rejected).stdout)
        self.fails(member, FORBIDDEN, 'rm -f "$1/$2.jpg"', self.mount.point(), NUMBERS[0])
        self.assertEqual(self.mount.photos(), [f"{n}.jpg" for n in NUMBERS[:2]])
        self.does(reviewer, 'mv "$1/$3.jpg" "$2/"', self.office("approved", POINT), pending, NUMBERS[0])
        self.does(member, 'rm -f "$1/$2.jpg"', self.mount.point(), NUMBERS[0])
        self.assertEqual(self.mount.photos(), [f"{NUMBERS[1]}.jpg"])

    def test_the_reviewer_does_nothing_in_a_point(self):
        self.does(self.staff.member, 'cp "$1"/* "$2/"', self.folder(self.staff.member, "photos", NUMBERS[:1]), self.mount.point())
        self.mount.settle()
        own = self.folder(self.staff.reviewer, "photos", NUMBERS[1:2], first=1)
        self.fails(self.staff.reviewer, DENIED, 'cp "$1"/* "$2/"', own, self.mount.point())
        self.fails(self.staff.reviewer, DENIED, 'rm -f "$1/$2.jpg"', self.mount.point(), NUMBERS[0])
        self.assert_photos(NUMBERS[0])

    def test_a_reviewers_list_keeps_owner_group_and_time(self):
        reviewer = self.staff.reviewer
        roster = os.path.join(reviewer.home, "名册.csv")
        with open(roster, "w", encoding="utf-8") as f:
            f.write(f"身份证号,姓名,教学点\n{NUMBERS[0]},张三,{POINT}\n")
        os.utime(roster, (1700000000, 1700000000))
        reviewer.give(roster)
        # rsync -a gives it the sender's own group, which is not the office's.
        send = 'rsync -ai "$1" "$2/" >&2'
        code, sent = reviewer.shell(send, roster, self.office("import"))
        self.assertEqual((code, sent.count(">f+")), (0, 1), sent)
        wait_for(lambda: os.path.exists(self.office("import", "名册.csv.report.txt")), "the report appears")
        self.assertEqual(reviewer.shell(send, roster, self.office("import")), [0, ""])
        shown = os.stat(self.office("import", "名册.csv"))
        self.assertEqual((shown.st_uid, shown.st_gid, shown.st_mtime), (reviewer.uid, reviewer.gid, 1700000000))
        os.chown(self.office("import", "名册.csv"), -1, reviewer.groups[0])
        self.assertEqual(os.stat(self.office("import", "名册.csv")).st_gid, reviewer.groups[0])
        # The daemon's own group cannot be told from the office's.
        self.assertEqual(errno_of(os.chown, self.office("import", "名册.csv"), -1, os.getegid()), "EPERM")

    # ---- who has no business here ----

    def test_a_stranger_and_the_next_point_see_nothing(self):
        self.does(self.staff.member, 'cp "$1"/* "$2/" && cp "$1"/* "$2/submitted/IMG_1.jpg"',
                  self.folder(self.staff.member, "photos", NUMBERS[:1]), self.mount.point())
        self.mount.settle()
        for user in (self.staff.stranger, self.staff.other):
            for path in (self.mount.point(), self.office()):
                self.fails(user, DENIED, 'ls "$1"; ls "$1/STATUS.txt"; cat "$1/STATUS.txt"; mkdir "$1/一班"; touch "$1/x.jpg"',
                           path)
            self.fails(user, DENIED, 'cp -r "$1" .', self.mount.point())
            found = user.run("find", self.mount.path, check=False)
            self.assertNotIn(".jpg", found.stdout + found.stderr)
            for name in ("STATUS.txt", "status.csv", "index.html"):
                text = user.run("cat", os.path.join(self.mount.path, name)).stdout
                for secret in (NUMBERS[0], "同学", "IMG_1"):
                    self.assertNotIn(secret, text)
        self.assertEqual(self.mount.listed(point=OTHER_POINT), [])


if __name__ == "__main__":
    need("rsync", "setfattr")
    main()
