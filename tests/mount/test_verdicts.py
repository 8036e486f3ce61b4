#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Whatever is dropped gets a clear reason in the user's words, and its bytes are kept."""

import csv
import os

import harness
from harness import CORPUS, MountTest, NUMBERS, main, need_corpus, read, run, wait_for

# Names in variety.csv's folder -> what the reason must speak of.
SPOKEN = {
    "bmp.jpg": "BMP", "gif.jpg": "GIF", "pdf.jpg": "PDF", "mp4.jpg": "video", "text.jpg": "text", "html.jpg": "text",
    "docx.jpg": "Word", "jpeg2000.jpg": "JPEG 2000",
    # These are decoded, and too small.
    "png.jpg": "pixels", "tiff.jpg": "pixels", "heic.jpg": "pixels", "webp.jpg": "pixels", "avif.jpg": "pixels",
}


def with_check_digit(digits):
    """GB 11643: the 18th character for 17 digits."""
    return digits + "10X98765432"[sum(int(d) * 2 ** (17 - i) for i, d in enumerate(digits)) % 11]


class Verdicts(MountTest):
    options = ("delay=100", "settle=300", "settle-empty=600")

    def drop_data(self, name, data):
        with open(self.mount.point(name), "wb") as f:
            f.write(data)

    def assert_kept(self, name, data, *words):
        """Rejected with a reason that holds these words, and not a byte is lost."""
        rejected = self.mount.rejected()
        self.assertIn(name, rejected)
        for word in words:
            self.assertIn(word.lower(), rejected[name].lower())
        self.assertEqual(read(self.mount.point("rejected", name)), data)
        return rejected[name]

    def test_empty_file(self):
        name = f"{NUMBERS[0]}.jpg"
        self.drop_data(name, b"")
        # An empty file may be the beginning of one: it is left alone a while.
        self.assertEqual(self.mount.rejected(), {})
        wait_for(lambda: name in self.mount.rejected(), "the empty file is rejected")
        self.assert_kept(name, b"", "empty")

    def test_empty_file_that_is_written_later(self):
        name = f"{NUMBERS[0]}.jpg"
        self.drop_data(name, b"")
        self.drop_data(name, read(self.good(1)[0]))
        self.mount.settle()
        self.assertEqual(self.mount.photos(), [name])
        self.assertEqual(self.mount.rejected(), {})

    def test_text_called_jpg(self):
        data = "这是说明，不是照片。\n".encode()
        self.drop_data(f"{NUMBERS[0]}.jpg", data)
        self.mount.settle()
        self.assert_kept(f"{NUMBERS[0]}.jpg", data, "text")

    def test_truncated_photo(self):
        data = read(self.good(1)[0])
        data = data[: len(data) // 2]
        self.drop_data(f"{NUMBERS[0]}.jpg", data)
        wait_for(lambda: self.mount.rejected(), "the truncated photo is rejected")
        self.assert_kept(f"{NUMBERS[0]}.jpg", data, "incomplete")

    def test_truncated_photo_that_is_completed(self):
        data = read(self.good(1)[0])
        name = f"{NUMBERS[0]}.jpg"
        self.drop_data(name, data[:1000])
        with open(self.mount.point(name), "ab") as f:
            f.write(data[1000:])
        self.mount.settle()
        self.assertEqual(self.mount.photos(), [name])
        self.assertEqual(self.mount.rejected(), {})

    def test_full_size_with_a_tail_of_zeros(self):
        # A client that sets the size first and dies.
        data = read(self.good(1)[0])
        data = data[: len(data) // 2] + bytes(len(data) - len(data) // 2)
        self.drop_data(f"{NUMBERS[0]}.jpg", data)
        wait_for(lambda: self.mount.rejected(), "the file is rejected")
        self.assert_kept(f"{NUMBERS[0]}.jpg", data)
        self.assertEqual(self.mount.photos(), [])

    def test_names(self):
        data = read(self.good(1)[0])
        cases = {
            "IMG_2031.jpg": "no ID number",
            "219999199001010017.jpg": "last digit",
            f"{NUMBERS[0]}和{NUMBERS[1]}.jpg": "two different",
            with_check_digit("21999919901301001") + ".jpg": "date",
            "219999199001010000.jpg": "spreadsheet",
        }
        for name in cases:
            self.drop_data(name, data)
        self.mount.settle()
        for name, word in cases.items():
            self.assert_kept(name, data, word)

    def test_all_findings_at_once(self):
        self.drop_data("没有号码.jpg", b"\x89PNG\r\n\x1a\n" + bytes(100))
        self.mount.settle()
        self.assert_kept("没有号码.jpg", b"\x89PNG\r\n\x1a\n" + bytes(100), "PNG", "no ID number")

    def test_too_large_is_refused_while_writing(self):
        path = self.mount.point(f"{NUMBERS[0]}.jpg")
        fd = os.open(path, os.O_WRONLY | os.O_CREAT)
        os.write(fd, read(self.good(1)[0]))
        with self.assertRaises(OSError) as caught:
            os.pwrite(fd, b"x", 20 * 1024 * 1024)
        self.assertEqual(caught.exception.errno, 27)  # EFBIG
        with self.assertRaises(OSError):
            os.close(fd)
        self.mount.settle()
        self.assertIn("too large", self.mount.rejected()[f"{NUMBERS[0]}.jpg"].lower())
        self.assertEqual(self.mount.photos(), [])

    # ---- the corpus ----

    def drop_folder(self, folder):
        files = sorted(n for n in os.listdir(folder))
        for name in files:
            run("cp", os.path.join(folder, name), self.mount.point(name))
        self.mount.settle()
        return files

    def assert_none_lost(self, folder, files):
        rejected = self.mount.rejected()
        for name in files:
            self.assertIn(name, rejected)
            self.assertGreater(len(rejected[name].strip()), 40)
            self.assertEqual(read(self.mount.point("rejected", name)), read(os.path.join(folder, name)), name)
        # An emptied folder goes a moment after what was in it.
        wait_for(lambda: self.mount.listed() == [], "nothing is left")

    def test_every_jpeg_of_the_corpus_without_a_number(self):
        need_corpus()
        folder = os.path.join(CORPUS, "variety", "jpeg")
        self.assert_none_lost(folder, self.drop_folder(folder))

    def test_every_impostor_of_the_corpus(self):
        need_corpus()
        folder = os.path.join(CORPUS, "variety", "notjpeg")
        files = self.drop_folder(folder)
        # One is no impostor any more: it is unpacked.
        files.remove("zip.jpg")
        self.assertEqual(read(self.mount.point("submitted", "zip.jpg")), read(os.path.join(folder, "zip.jpg")))
        self.assert_none_lost(folder, files)
        rejected = self.mount.rejected()
        for name, word in SPOKEN.items():
            self.assertIn(word.lower(), rejected[name].lower(), name)

    def test_every_imported_file(self):
        need_corpus()
        folder = os.path.join(CORPUS, "imported")
        self.assert_none_lost(folder, self.drop_folder(folder))

    def test_expectations_of_the_corpus(self):
        """Under a student's number: what variety.csv says must be rejected is, what it says to accept is accepted."""
        need_corpus()
        with open(os.path.join(CORPUS, "variety", "variety.csv"), newline="") as f:
            rows = [row for row in csv.DictReader(f) if row["kind"] == "jpeg"]
        wrong = []
        for row in rows:
            name = f"{NUMBERS[0]}.jpg"
            expect = row["expect"]
            run("cp", os.path.join(CORPUS, "variety", row["file"]), self.mount.point(name))
            self.mount.settle()
            # An accepted photo stays when the next one is rejected.
            accepted = name not in self.mount.rejected()
            if expect.startswith("accept") and " or " not in expect and not accepted:
                wrong.append(f"{row['file']}: should be accepted: {self.mount.rejected()}")
            if expect.startswith("reject") and "or " not in expect and accepted:
                wrong.append(f"{row['file']}: should be rejected")
            if not accepted:
                os.unlink(self.mount.point("rejected", name))
        self.assertEqual(wrong, [])


if __name__ == "__main__":
    main()
