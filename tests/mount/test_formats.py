#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Photos in formats other than JPEG are decoded by the sandboxed worker and become NUMBER.jpg [P2]."""

import os

from harness import MountTest, NUMBERS, main, need, read, run

SUFFIXES = ("heic", "avif", "png", "webp", "tiff")


class Formats(MountTest):
    options = ("delay=100",)

    def written(self, photo, name, *options):
        """The photo in the format that the name ends with, by ImageMagick."""
        need("convert")
        os.makedirs(os.path.join(self.directory, "src"), exist_ok=True)
        path = os.path.join(self.directory, "src", name)
        run("convert", photo, *options, path)
        return path

    def test_each_format_becomes_the_photo(self):
        photos = self.good(len(SUFFIXES))
        paths = [self.written(photo, f"{number}.{suffix}", "-resize", "960x1280")
                 for photo, number, suffix in zip(photos, NUMBERS, SUFFIXES)]
        run("cp", *paths, self.mount.point())
        self.mount.settle()
        self.assertEqual(self.mount.rejected(), {})
        self.assertEqual(self.mount.photos(), sorted(f"{number}.jpg" for number in NUMBERS[:len(SUFFIXES)]))
        for number, path in zip(NUMBERS, paths):
            photo = read(self.mount.point(f"{number}.jpg"))
            self.assertTrue(20480 <= len(photo) <= 40000 and photo.startswith(b"\xff\xd8\xff\xe0"), path)
            # What was sent is kept as it was.
            self.assertEqual(read(self.mount.point("submitted", os.path.basename(path))), read(path))

    def test_several_pictures_are_no_photo(self):
        first, second = self.good(2)
        path = self.written(first, f"{NUMBERS[0]}.tiff", second)
        run("cp", path, self.mount.point())
        self.mount.settle()
        self.assertIn("several pictures", self.mount.rejected()[f"{NUMBERS[0]}.tiff"])

    def test_half_a_file_is_incomplete(self):
        data = read(self.written(self.good()[0], "whole.heic"))
        name = f"{NUMBERS[0]}.heic"
        with open(self.mount.point(name), "wb") as f:
            f.write(data[:len(data) // 2])
        self.mount.settle()
        self.assertIn("incomplete", self.mount.rejected()[name])


if __name__ == "__main__":
    main()
