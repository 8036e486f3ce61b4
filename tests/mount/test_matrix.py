#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every client does the same six things, and each ends in the same verdicts: a row of the matrix for each."""

import os

import actors
import matrix
from harness import MountTest, NUMBERS, REQUIRED, main, read, wait_for


class Matrix(MountTest):
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
            actor = actor_class(self.directory, self.mount.point())
            try:
                self.act(actor, cells)
            finally:
                actor.end()
        except BaseException as error:
            matrix.record(actor_class.label, cells, error=f"FAILED after {list(cells)}: {error}".splitlines()[0][:60])
            raise
        matrix.record(actor_class.label, cells)

    def act(self, actor, cells):
        m = self.mount
        first, second, third = self.good(3)
        name, photo = f"张三_{NUMBERS[0]}.jpg", f"{NUMBERS[0]}.jpg"

        # By the announcer's own rename, after its own time.
        actor.put(first, name)
        wait_for(lambda: m.listed() == [photo], f"accepted; there is {m.listed()}, {m.rejected()}")
        self.assertEqual(read(m.point(name)), read(first))
        cells["new"] = "ok"

        before = os.stat(m.point(photo)).st_ino
        actor.put(first, name)
        m.settle()
        self.assertEqual(m.listed(), [photo])
        self.assertEqual(os.stat(m.point(photo)).st_ino, before)
        cells["again"] = "ok"

        actor.put(second, name)
        m.settle()
        self.assertEqual(m.listed(), [photo])
        self.assertNotEqual(os.stat(m.point(photo)).st_ino, before)
        self.assertEqual(read(m.point(name)), read(second))
        self.assertEqual(m.rejected(), {})
        cells["overwrite"] = "ok"

        actor.put(third, "IMG_1.jpg")
        m.settle()
        self.assertEqual(list(m.rejected()), ["IMG_1.jpg"])
        self.assertEqual(m.listed(), [photo])
        cells["bad"] = "ok"

        if actor.rename:
            actor.rename("rejected/IMG_1.jpg", f"{NUMBERS[1]}.jpg")
            m.settle()
            self.assertEqual(m.listed(), [photo, f"{NUMBERS[1]}.jpg"])
            self.assertEqual(m.rejected(), {})
            cells["rename"] = "ok"
        if actor.delete:
            actor.delete(f"{NUMBERS[1]}.jpg" if actor.rename else photo)
            m.settle()
            self.assertEqual(m.listed(), [photo] if actor.rename else [])
            cells["delete"] = "ok"


def add(actor_class):
    def test(self):
        self.row(actor_class)

    test.__doc__ = actor_class.label
    setattr(Matrix, f"test_{actor_class.__name__}", test)


for each in actors.ALL:
    add(each)

if __name__ == "__main__":
    main()
