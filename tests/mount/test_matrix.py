#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every client does the same things as the people who use it, each under an account of their own: a row of the matrix for each.

A member of the teaching point drops, replaces, renames and deletes; a member of another point is refused everything; the upload
machine mirrors a folder twice; a reviewer decides. Each ends in the same verdicts.
"""

import os
import shutil

import actors
import matrix
from harness import NUMBERS, POINT, REQUIRED, main, read, wait_for
from users import OTHER_POINT, StaffTest

PHOTO = f"{NUMBERS[0]}.jpg"
DROPPED = f"张三_{NUMBERS[0]}.jpg"
# The upload machine's.
MIRRORED = (f"同学 {NUMBERS[2]}.jpg", f"一班/同学 {NUMBERS[3]}.jpg")
SENT = f"{NUMBERS[2]}.jpg"


class Matrix(StaffTest):
    options = ("delay=300", "settle=800", "settle-empty=1500")

    def row(self, actor_class):
        absent = actors.missing(actor_class)
        if absent:
            if REQUIRED:
                self.fail(f"{absent} is not installed, and is required here")
            matrix.record(actor_class.label, {}, error=f"not run: {absent} is not installed")
            self.skipTest(f"{absent} is not installed")
        cells = {}
        try:
            actor = actor_class(self.directory, self.mount.path, self.staff)
            try:
                for user, act in ((self.staff.member, self.member), (self.staff.other, self.other),
                                  (self.staff.upload, self.upload), (self.staff.reviewer, self.office)):
                    actor.user = user
                    act(actor, cells)
            finally:
                actor.end()
        except BaseException as error:
            matrix.record(actor_class.label, cells, error=f"FAILED after {list(cells)}: {error}".splitlines()[0][:60])
            raise
        matrix.record(actor_class.label, cells)

    def member(self, actor, cells):
        m = self.mount
        first, second, third = self.good(3)

        # By the announcer's own rename, after its own time.
        actor.put(first, f"{POINT}/{DROPPED}")
        wait_for(lambda: m.listed() == [PHOTO], f"accepted; there is {m.listed()}, {m.rejected()}")
        self.assertEqual(read(m.point(DROPPED)), read(first))
        self.assertEqual(actor.get(f"{POINT}/{PHOTO}"), read(m.point(PHOTO)))
        self.assertIn(PHOTO, actor.list(POINT))
        cells["new"] = "ok"

        before = os.stat(m.point(PHOTO)).st_ino
        actor.put(first, f"{POINT}/{DROPPED}")
        m.settle()
        self.assertEqual(m.listed(), [PHOTO])
        self.assertEqual(os.stat(m.point(PHOTO)).st_ino, before)
        cells["again"] = "ok"

        actor.put(second, f"{POINT}/{DROPPED}")
        m.settle()
        self.assertEqual(m.listed(), [PHOTO])
        self.assertNotEqual(os.stat(m.point(PHOTO)).st_ino, before)
        self.assertEqual(read(m.point(DROPPED)), read(second))
        self.assertEqual(m.rejected(), {})
        cells["overwrite"] = "ok"

        actor.put(third, f"{POINT}/IMG_1.jpg")
        m.settle()
        self.assertEqual(list(m.rejected()), ["IMG_1.jpg"])
        self.assertEqual(m.listed(), [PHOTO])
        cells["bad"] = "ok"

        if actor.rename:
            actor.rename(f"{POINT}/rejected/IMG_1.jpg", f"{POINT}/{NUMBERS[1]}.jpg")
            m.settle()
            self.assertEqual(m.listed(), [PHOTO, f"{NUMBERS[1]}.jpg"])
            self.assertEqual(m.rejected(), {})
            cells["rename"] = "ok"
            if actor.delete:
                actor.delete(f"{POINT}/{NUMBERS[1]}.jpg")
                m.settle()
                self.assertEqual(m.listed(), [PHOTO])
                cells["delete"] = "ok"

    # ---- a member of another point ----

    def state(self):
        """What is in the point: the inodes of the photos, the names of the rest."""
        point = self.mount.point()
        return ({name: os.stat(os.path.join(point, name)).st_ino for name in self.mount.photos()}, sorted(self.mount.rejected()),
                sorted(os.path.relpath(os.path.join(d, f), point)
                       for d, _, files in os.walk(os.path.join(point, "submitted")) for f in files))

    def refused(self, actor, call, *args):
        """The client says that this is not permitted, and names nothing that its user did not."""
        try:
            said = call(*args)
        except (actors.Complaint, FileNotFoundError) as complaint:
            said = str(complaint)
            self.assertRegex(said, actor.refusal)
        else:
            self.fail(f"{call.__name__} {args} is not refused; the client says {said}")
        for secret in ("张三", "IMG_1", NUMBERS[1], "STATUS.txt", "missing", "submitted"):
            self.assertNotIn(secret, said)

    def other(self, actor, cells):
        m = self.mount
        before = self.state()
        intruder = f"王五_{NUMBERS[4]}.jpg"
        self.refused(actor, actor.put, self.good(5)[4], f"{POINT}/{intruder}")
        self.refused(actor, actor.get, f"{POINT}/{PHOTO}")
        self.refused(actor, actor.list, POINT)
        if actor.rename:
            self.refused(actor, actor.rename, f"{POINT}/{PHOTO}", f"{OTHER_POINT}/{PHOTO}")
        if actor.delete:
            self.refused(actor, actor.delete, f"{POINT}/{PHOTO}")
        m.settle()
        self.assertEqual(self.state(), before)
        self.assertFalse(os.path.lexists(m.point(intruder)))
        self.assertEqual(m.listed(point=OTHER_POINT), [])
        # The same client has no such trouble at home.
        actor.put(self.good(5)[4], f"{OTHER_POINT}/{intruder}")
        m.settle(OTHER_POINT)
        self.assertEqual(m.listed(point=OTHER_POINT), [f"{NUMBERS[4]}.jpg"])
        cells["other"] = "refused"

    # ---- the upload machine ----

    def upload(self, actor, cells):
        m = self.mount
        folder = os.path.join(self.directory, "photos")
        for name, photo in zip(MIRRORED, self.good(7)[5:]):
            os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
            shutil.copyfile(photo, os.path.join(folder, name))
            os.utime(os.path.join(folder, name), (1700000000, 1700000000))
        for inner in (os.path.join(folder, "一班"), folder):
            os.utime(inner, (1700000000, 1700000000))
        actor.user.give(folder)
        sent = MIRRORED if actor.mirror else MIRRORED[:1]

        def send():
            if actor.mirror:
                return actor.mirror(folder, f"{POINT}/submitted")
            return actor.put(os.path.join(folder, sent[0]), f"{POINT}/submitted/{sent[0]}")

        send()
        m.settle()
        first = self.state()
        self.assertLessEqual(set(f"submitted/{name}" for name in sent), set(first[2]))
        self.assertEqual(sorted(first[0]), sorted({PHOTO, *(f"{NUMBERS[2 + i]}.jpg" for i in range(len(sent)))}))
        again = send()
        m.settle()
        self.assertEqual(self.state(), first)
        if issubclass(type(actor), (actors.Rsync, actors.Lftp)) and actor.mirror:
            self.assertEqual(again, "")
        cells["upload"] = "ok"

    # ---- the office ----

    def office(self, actor, cells):
        m = self.mount
        photo = read(m.point(SENT))
        pending, approved = (f"OFFICE/{state}/{POINT}/{SENT}" for state in ("pending", "approved"))
        self.refused(actor, actor.put, self.good(8)[7], f"{POINT}/{NUMBERS[5]}.jpg")
        self.assertEqual(actor.get(pending), photo)
        self.assertIn(SENT, actor.list(f"OFFICE/pending/{POINT}"))
        if actor.rename:
            for source, target, mode in ((pending, approved, 0o440), (approved, pending, 0o640)):
                actor.rename(source, target)
                self.assertEqual(actor.get(target), photo)
                self.assertEqual(os.stat(m.point(SENT)).st_mode & 0o777, mode)
        else:
            roster = os.path.join(self.directory, "名册.csv")
            with open(roster, "w", encoding="utf-8") as f:
                f.write("身份证号,姓名,教学点\n" + "".join(f"{n},同学{i},{POINT}\n" for i, n in enumerate(NUMBERS[:4])))
            actor.put(roster, "OFFICE/import/名册.csv")
            report = "OFFICE/import/名册.csv.report.txt"
            wait_for(lambda: os.path.exists(os.path.join(m.path, report)), "the report appears")
            self.assertRegex(actor.get(report).decode(), r"\b4\b")
        cells["office"] = "ok"


def add(actor_class):
    def test(self):
        self.row(actor_class)

    test.__doc__ = actor_class.label
    setattr(Matrix, f"test_{actor_class.__name__}", test)


for each in actors.ALL:
    add(each)

if __name__ == "__main__":
    main()
