#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""From the drop to the export: photos that the office approved in the mount leave by command."""

import csv
import hashlib
import io
import os
import pty
import shutil
import subprocess
import sys
import zipfile

from harness import IDPHOTOCTL, MountTest, NUMBERS, POINT, main, need, read, run

OTHER = "大连分校"


class ExportTest(MountTest):
    options = ("delay=100", "settle=200", "settle-empty=400")
    points = (POINT, OTHER)

    def drop(self, numbers, point=POINT, skip=0):
        for number, path in zip(numbers, self.good(skip + len(numbers))[skip:]):
            run("cp", self.copy_of(path, f"{number}.jpg"), self.mount.point(point=point))
        self.mount.settle(point)
        self.assertEqual(self.mount.photos(point), [f"{number}.jpg" for number in sorted(numbers)])

    def approve(self, number, point=POINT):
        office = os.path.join(self.mount.path, "OFFICE")
        os.rename(os.path.join(office, "pending", point, f"{number}.jpg"),
                  os.path.join(office, "approved", point, f"{number}.jpg"))

    def place(self, *parts):
        return os.path.join(self.directory, *parts)

    def manifest(self, data):
        return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))

    def check_sums(self, folder):
        run("sha256sum", "--strict", "--quiet", "-c", "SHA256SUMS", cwd=folder)


class Export(ExportTest):
    def test_folder(self):
        self.drop(NUMBERS[:3])
        self.approve(NUMBERS[0])
        self.approve(NUMBERS[1])
        out = self.place("out")
        said = self.mount.ctl("export", "--centre", out).stdout
        # The daemon makes renditions of what is approved, the command what it has not made yet.
        self.assertRegex(said, r"Students: 2. Files written: 4, unchanged: 0; renditions made: [0-2]\.")
        names = [f"{number}.jpg" for number in sorted(NUMBERS[:2])]
        self.assertEqual(sorted(os.listdir(os.path.join(out, "platform"))), names)
        self.assertEqual(sorted(os.listdir(os.path.join(out, "centre"))), names)
        self.check_sums(out)
        rows = self.manifest(read(os.path.join(out, "manifest.csv")))
        self.assertEqual(len(rows), 2)
        for row, name in zip(rows, names):
            platform, centre = read(os.path.join(out, row["file"])), read(os.path.join(out, row["centre_file"]))
            self.assertEqual(row["point"], POINT)
            self.assertEqual(row["id_number"], f'="{name[:-4]}"')
            self.assertEqual(row["sha256"], hashlib.sha256(platform).hexdigest())
            self.assertEqual(int(row["centre_bytes"]), len(centre))
            self.assertTrue(row["approved"])
            self.assertEqual(platform, read(self.mount.point(name)))
            self.assertTrue(61440 <= len(centre) <= 500000, len(centre))
            self.assertEqual(centre[:2] + centre[13:18], b"\xff\xd8\x01\x01\x2c\x01\x2c")
        # Interrupted, or spoilt: the same command goes on with it.
        os.unlink(os.path.join(out, "centre", names[0]))
        said = self.mount.ctl("export", "--centre", out).stdout
        self.assertIn("Students: 2. Files written: 1, unchanged: 3; renditions made: 0.", said)
        self.check_sums(out)

    def test_zip(self):
        self.drop(NUMBERS[:2])
        self.approve(NUMBERS[0])
        for name, zone in (("a.zip", "CST-8"), ("b.zip", "CST-8")):
            self.mount.ctl("export", "--centre", f"--zip={self.place(name)}", env={"TZ": zone})
        self.assertEqual(read(self.place("a.zip")), read(self.place("b.zip")))
        with zipfile.ZipFile(self.place("a.zip")) as archive:
            self.assertIsNone(archive.testzip())
            self.assertEqual(archive.namelist(), [f"platform/{NUMBERS[0]}.jpg", f"centre/{NUMBERS[0]}.jpg",
                                                  "manifest.csv", "SHA256SUMS"])
            self.assertEqual({entry.compress_type for entry in archive.infolist()}, {zipfile.ZIP_DEFLATED})
            archive.extractall(self.place("unpacked"))
        self.check_sums(self.place("unpacked"))

    def test_progress_is_for_terminals(self):
        self.drop(NUMBERS[:8])
        for number in NUMBERS[:8]:
            self.approve(number)
        leader, follower = pty.openpty()
        with subprocess.Popen([IDPHOTOCTL, f"--store={self.mount.store}", "export", self.place("out")],
                              stdout=subprocess.DEVNULL, stderr=follower, stdin=subprocess.DEVNULL) as process:
            os.close(follower)
            shown = b""
            try:
                while chunk := os.read(leader, 65536):
                    shown += chunk
            except OSError:
                pass
            self.assertEqual(process.wait(timeout=60), 0)
        os.close(leader)
        self.assertRegex(shown, rb"\] [1-7]/8")
        self.assertIn(b"] 8/8", shown)
        self.assertTrue(shown.endswith(b"\r\033[K"), shown)

    def test_one_number_at_two_points(self):
        self.drop(NUMBERS[:1])
        self.drop(NUMBERS[:1], point=OTHER, skip=1)
        self.approve(NUMBERS[0])
        self.approve(NUMBERS[0], point=OTHER)
        out = self.place("out")
        self.mount.ctl("export", out)
        self.assertEqual(sorted(os.listdir(os.path.join(out, "platform"))),
                         [f"{NUMBERS[0]} (2).jpg", f"{NUMBERS[0]}.jpg"])
        rows = self.manifest(read(os.path.join(out, "manifest.csv")))
        self.assertEqual([row["point"] for row in rows], [POINT, OTHER])
        self.check_sums(out)

    def test_a_photo_that_is_approved_no_more_is_told(self):
        self.drop(NUMBERS[:1])
        self.approve(NUMBERS[0])
        out = self.place("out")
        self.mount.ctl("export", out)
        office = os.path.join(self.mount.path, "OFFICE")
        os.rename(os.path.join(office, "approved", POINT, f"{NUMBERS[0]}.jpg"),
                  os.path.join(office, "pending", POINT, f"{NUMBERS[0]}.jpg"))
        result = self.mount.ctl("export", out, check=False)
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn(f"not part of this export: platform/{NUMBERS[0]}.jpg", result.stdout)


class ExportedZip(ExportTest):
    lang = "zh"

    def test_zip_by_every_reader(self):
        """From a pipe it is read as it comes, from a file by the list at its end."""
        need("bsdtar", "unzip", "7z")
        for number, path in zip(NUMBERS, self.good(3)):
            run("cp", self.copy_of(path, f"{number}.jpg"), self.mount.point())
        self.mount.ctl("wait")
        self.mount.ctl("review", "approve", *NUMBERS[:3])
        archive = self.place("批次 a.zip")
        self.mount.ctl("export", "--centre", f"--zip={archive}")
        names = [f"{folder}/{number}.jpg" for folder in ("平台", "采集中心") for number in sorted(NUMBERS[:3])]
        readers = {
            "bsdtar from a pipe": ("sh", "-c", 'cat "$1" | bsdtar -xf - -C "$2"', "sh"),
            "unzip": ("sh", "-c", 'unzip -q "$1" -d "$2"', "sh"),
            "7z": ("sh", "-c", '7z x -bso0 -bsp0 "$1" "-o$2"', "sh"),
            "Python": (sys.executable, "-m", "zipfile", "-e"),
        }
        if shutil.which("javac"):
            java = os.path.join(os.path.dirname(os.path.abspath(__file__)), "Streamed.java")
            readers["Java from a pipe"] = ("sh", "-c", f'cat "$1" | java -Dfile.encoding=UTF-8 "{java}" "$2"', "sh")
        else:
            print("left out: ZipInputStream of Java - no javac")
        for reader, command in readers.items():
            with self.subTest(reader=reader):
                out = self.place(reader)
                os.mkdir(out)
                run(*command, archive, out)
                found = [os.path.relpath(os.path.join(folder, name), out) for folder, _, files in os.walk(out) for name in files]
                self.assertEqual(sorted(found), sorted([*names, "清单.csv", "SHA256SUMS"]))
                self.check_sums(out)


if __name__ == "__main__":
    main()
