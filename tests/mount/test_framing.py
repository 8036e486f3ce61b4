#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a phone or a camera makes becomes a photo without anybody cutting it [P10], or is told what is wrong [P7] [P11]."""

import os
import re

from harness import NUMBERS, StoryTest, main, need, read, run

WALL = "rgb(100,197,255)"


class FramingTest(StoryTest):
    options = ("delay=100",)

    def frame(self, name, size, gravity, *more, scale="250%"):
        """Drops a person before a wall, in a picture of that size."""
        path = os.path.join(self.directory, "frame.jpg")
        run("convert", self.good(1)[0], "-resize", scale, "-background", WALL, "-gravity", gravity, "-extent", size, *more,
            "-quality", "92", path)
        run("cp", path, self.mount.point(name))
        self.mount.settle()
        os.unlink(path)

    def size_of(self, path):
        return run("identify", "-format", "%wx%h", path).stdout


class Framed(FramingTest):
    def test_1_a_frame_of_a_phone_becomes_a_photo(self):
        self.frame(f"IMG {NUMBERS[0]}.jpg", "3000x4000", "SouthWest")
        self.assertEqual(self.mount.rejected(), {})
        self.assertEqual(self.mount.photos(), [f"{NUMBERS[0]}.jpg"])
        self.assertEqual(self.size_of(self.mount.point(f"{NUMBERS[0]}.jpg")), "480x640")

    def test_2_what_was_cut_off_is_told(self):
        told = os.getxattr(self.mount.point(f"{NUMBERS[0]}.jpg"), "user.idphotofs.framed").decode()
        width, height, left, right, top, bottom = map(int, re.fullmatch(
            r"(\d+)x(\d+) ← (\d+)% → (\d+)% ↑ (\d+)% ↓ (\d+)%", told).groups())
        self.assertAlmostEqual(width / height, 3 / 4, delta=0.01)
        page = read(self.mount.point("index.html")).decode()
        self.assertIn(f"{width} x {height}", page)
        self.assertIn("Cut so that head and eyes are where the standard wants them.", page)
        # The person stands in the lower left corner.
        self.assertLess(left, right)
        self.assertLess(bottom, top)

    def test_3_the_original_is_kept_as_it_was_sent(self):
        self.assertEqual(self.size_of(self.mount.point("submitted", f"IMG {NUMBERS[0]}.jpg")), "3000x4000")

    def test_4_the_centre_gets_the_same_part(self):
        photo = self.mount.point(f"{NUMBERS[0]}.jpg")
        self.mount.ctl("review", "approve", NUMBERS[0])
        folder = os.path.join(self.directory, "export")
        self.mount.ctl("export", "--centre", folder)
        copy = os.path.join(folder, "centre", f"{NUMBERS[0]}.jpg")
        self.assertEqual(self.size_of(copy), "480x640")
        self.assertNotEqual(read(copy), read(photo))
        difference = run("convert", photo, copy, "-metric", "PSNR", "-compare", "-format", "%[distortion]", "info:").stdout
        self.assertGreater(float(difference), 33)

    def test_5_wide_and_square_pictures_too(self):
        self.frame(f"{NUMBERS[1]}.jpg", "2400x1800", "South")
        self.frame(f"a {NUMBERS[2]}.jpg", "1800x1800", "SouthEast")
        self.assertEqual(self.mount.rejected(), {})
        self.assertEqual(len(self.mount.photos()), 3)

    def test_6_what_cannot_be_cut_out_is_told_what_is_wrong(self):
        name = f"near {NUMBERS[3]}.jpg"
        # Nothing above the hair.
        self.frame(name, "1200x1200+0+240", "North")
        note = self.mount.rejected()[name]
        self.assertIn("There is too little room above the head.", note)
        self.assertIn("Take it again with more room above the head", note)
        self.assertIn("The photo is too wide", note)

    def test_7_a_photo_upside_down_is_told_so(self):
        name = f"down {NUMBERS[4]}.jpg"
        self.frame(name, "1200x1600", "South", "-rotate", "180")
        note = self.mount.rejected()[name]
        self.assertIn("The photo is upside down.", note)
        self.assertNotIn("background", note)


class Checked(FramingTest):
    config = "\n[picture]\nframing = check\n"

    def test_the_same_frame_is_rejected(self):
        name = f"IMG {NUMBERS[0]}.jpg"
        self.frame(name, "3000x4000", "SouthWest")
        self.assertEqual(self.mount.photos(), [])
        self.assertIn("The face is too small", self.mount.rejected()[name])


if __name__ == "__main__":
    need("convert", "identify")
    main()
