#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The notes beside rejected files [P7] [P2] [W4]: the name says why, the text what decided, and neither what does not matter."""

import os
import re

from harness import MountTest, NUMBERS, main, note_of, read

LONG = "毕业照" * 27  # 243 bytes


class Notes(MountTest):
    options = ("delay=100", "settle=200", "settle-empty=400")

    def drop(self, name, data=None, source=0):
        with open(self.mount.point(name), "wb") as f:
            f.write(read(self.good(source + 1)[source]) if data is None else data)

    def rejected_names(self):
        self.mount.settle()
        return sorted(os.listdir(self.mount.point("rejected")))

    def note(self, name):
        """The bytes of the note beside this file."""
        return read(self.mount.point("rejected", note_of(name, self.rejected_names())))

    def test_the_name_says_why_and_how_many_more(self):
        self.drop("IMG_2031.jpg")
        self.assertEqual(self.rejected_names(), ["IMG_2031.jpg", "IMG_2031.jpg - no ID number.txt"])
        self.drop("IMG_2032.jpg", read(self.good(1)[0])[:9000])
        found = self.rejected_names()
        self.assertEqual(found[2], "IMG_2032.jpg")
        self.assertRegex(found[3], r"^IMG_2032\.jpg - incomplete \+1\.txt$")

    def test_lines_end_as_windows_wants(self):
        self.drop("IMG_2031.jpg")
        text = self.note("IMG_2031.jpg")
        self.assertEqual(text.count(b"\n"), text.count(b"\r\n"))
        self.assertGreater(text.count(b"\r\n"), 5)

    def test_what_is_no_picture_hears_nothing_about_its_name(self):
        for name, data in (("cv.pdf", b"%PDF-1.4\n" + b"x" * 3000), ("letter.jpg", b"only words, no photo " * 50),
                           ("clip.jpg", b"\0\0\0\x18ftypmp42" + b"\0" * 3000), ("small.jpg", b"GIF89a" + b"\1" * 3000)):
            self.drop(name, data)
            text = self.note(name).decode()
            self.assertNotIn("ID number", text, name)
            self.assertNotIn("+", note_of(name, self.rejected_names()), name)
            os.unlink(self.mount.point("rejected", name))

    def test_the_other_photo_of_the_point_is_named(self):
        self.drop(f"{NUMBERS[0]}.jpg")
        self.mount.settle()
        self.drop(f"{NUMBERS[1]}.jpg")
        self.assertIn(f"It is the photo of {NUMBERS[0]}.jpg.", " ".join(self.note(f"{NUMBERS[1]}.jpg").decode().split()))
        # It is gone: nothing is named any more.
        os.unlink(self.mount.point(f"{NUMBERS[0]}.jpg"))
        self.assertNotIn(NUMBERS[0], self.note(f"{NUMBERS[1]}.jpg").decode())

    def test_files_called_like_notes(self):
        """Whoever copies notes back, or names a file like one, gets both."""
        self.drop("IMG_1.jpg - no ID number.txt", b"only words, no photo " * 50)
        self.mount.settle()
        self.drop("IMG_1.jpg")
        self.assertEqual(self.rejected_names(), [
            "IMG_1 (2).jpg", "IMG_1 (2).jpg - no ID number.txt", "IMG_1.jpg - no ID number.txt",
            "IMG_1.jpg - no ID number.txt - text or web page.txt"])
        for name in self.rejected_names():
            self.assertTrue(read(self.mount.point("rejected", name)), name)

    def test_long_names_have_notes_of_their_own(self):
        """255 bytes are all that a name may have; two names with one beginning stay apart."""
        for i in range(2):
            self.drop(f"{LONG}{i}.jpg", source=i)
        names = self.rejected_names()
        self.assertEqual(len(names), 4)
        self.assertTrue(all(len(n.encode()) <= 255 for n in names))
        notes = [n for n in names if n.endswith(" - no ID number.txt")]
        self.assertEqual(len(notes), 2)
        told = {re.search(rf"Rejected: ({LONG[:60]}\S*)", "".join(read(self.mount.point("rejected", n)).decode().split("\r\n")))
                is not None for n in notes}
        self.assertEqual(told, {True})
        inodes = {os.stat(self.mount.point("rejected", n)).st_ino for n in notes}
        self.assertEqual(len(inodes), 2)
        os.unlink(self.mount.point("rejected", notes[0]))
        self.assertEqual(len(self.rejected_names()), 2)

    def test_the_note_follows_the_reasons(self):
        """A name for every state: mended in one way, the file is left with the other reason."""
        self.drop("IMG_2.jpg", read(self.good(1)[0])[:9000])
        self.assertIn("IMG_2.jpg - incomplete +1.txt", self.rejected_names())
        os.rename(self.mount.point("rejected", "IMG_2.jpg"), self.mount.point("rejected", f"{NUMBERS[3]}.jpg"))
        self.assertEqual(self.rejected_names(), [f"{NUMBERS[3]}.jpg", f"{NUMBERS[3]}.jpg - incomplete.txt"])
        self.assertFalse(os.path.exists(self.mount.point("rejected", "IMG_2.jpg - incomplete +1.txt")))


if __name__ == "__main__":
    main()
