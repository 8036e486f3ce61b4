#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every finished photo meets the national format [P3], as programs that are not ours read it."""

import json
import os

import harness
from harness import MountTest, NUMBERS, main, need, need_corpus, read, run

ALLOWED_TAGS = {"SourceFile", "ExifTool", "File", "JFIF", "Composite"}


class Output(MountTest):
    def drop(self, paths):
        for number, path in zip(NUMBERS, paths):
            run("cp", path, self.mount.point(f"{number}.jpg"))
        self.mount.settle()

    def check_all(self):
        names = self.mount.photos()
        for name in names:
            path = self.mount.point(name)
            self.assertTrue(20480 <= os.path.getsize(path) <= 40000, f"{name}: {os.path.getsize(path)} bytes")
            decoded = run("djpeg", "-strict", "-verbose", "-verbose", "-outfile", "/dev/null", path)
            self.assertEqual(decoded.returncode, 0)
            self.assertIn("Start Of Frame 0xc0: width=480, height=640, components=3", decoded.stderr)
            self.assertNotIn("0xc2", decoded.stderr)
            tags = json.loads(run("exiftool", "-j", "-G", "-n", path).stdout)[0]
            self.assertEqual({tag.split(":")[0] for tag in tags} - ALLOWED_TAGS, set(), tags)
            self.assertEqual((tags["JFIF:ResolutionUnit"], tags["JFIF:XResolution"], tags["JFIF:YResolution"]),
                             (1, 300, 300))
            self.assertEqual((tags["File:ImageWidth"], tags["File:ImageHeight"]), (480, 640))
            self.assertEqual((tags["File:ColorComponents"], tags["File:BitsPerSample"]), (3, 8))
            self.assertEqual(tags["File:EncodingProcess"], 0)
            data = read(path)
            self.assertTrue(data.startswith(b"\xff\xd8") and data.endswith(b"\xff\xd9"))
        return names

    def test_drawn_samples(self):
        self.drop(self.good(12))
        self.assertEqual(self.check_all(), [f"{number}.jpg" for number in NUMBERS])

    def test_good_portraits_of_the_corpus(self):
        need_corpus()
        folder = os.path.join(harness.CORPUS, "derived")
        good = sorted(n for n in os.listdir(folder) if "_ok_" in n)[:12]
        self.drop(os.path.join(folder, n) for n in good)
        self.assertEqual(len(self.check_all()), len(good), self.mount.rejected())

    def test_metadata_of_the_sender_does_not_survive(self):
        need_corpus()
        folder = os.path.join(harness.CORPUS, "variety", "jpeg")
        names = ["privacy_gps_serial.jpg", "thumb_other_person.jpg", "xmp_extended.jpg", "com_200.jpg",
                 "exif_max_64k.jpg", "jfif_thumb_rgb.jpg", "icc_display_p3.jpg", "tail_zip_polyglot.jpg",
                 "orient_6.jpg", "progressive.jpg", "arithmetic.jpg", "restart.jpg"]
        # One person's face in all of them: each takes the place of the one before.
        for name in names:
            self.drop([os.path.join(folder, name)])
            self.assertEqual(self.check_all(), [f"{NUMBERS[0]}.jpg"], f"{name}: {self.mount.rejected()}")
            self.assertEqual(self.mount.rejected(), {}, name)


if __name__ == "__main__":
    need("djpeg", "exiftool")
    main()
