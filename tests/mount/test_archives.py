#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Archives unpacked into a point: folders, the litter that systems pack, names in the code of an old Windows."""

import os
import shutil
import struct
import zlib

from harness import MountTest, NUMBERS, main, need, read, run, wait_for


def zip_with_raw_names(path, members):
    """A zip as an old Chinese Windows makes it: names are bytes of its own code, and no flag says so."""
    central, offset = b"", 0
    with open(path, "wb") as f:
        for name, data in members:
            common = struct.pack("<HHHHHIIIHH", 20, 0, 0, 0, 0x5821, zlib.crc32(data), len(data), len(data), len(name), 0)
            f.write(b"PK\x03\x04" + common + name + data)
            central += b"PK\x01\x02" + struct.pack("<H", 11) + common + struct.pack("<HHHII", 0, 0, 0, 0x20, offset) + name
            offset = f.tell()
        f.write(central + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, len(members), len(members), len(central), offset, 0))


class Archives(MountTest):
    options = ("delay=300", "settle=800", "settle-empty=1500")

    def tree(self, n=3):
        """A folder as a person packs it: photos in folders, and what the system left there."""
        top = os.path.join(self.directory, "照片")
        for i, path in enumerate(self.good(n)):
            folder = os.path.join(top, f"{i % 2 + 1}班")
            os.makedirs(folder, exist_ok=True)
            shutil.copyfile(path, os.path.join(folder, f"学生 {i} {NUMBERS[i]}.jpg"))
        for name in ("Thumbs.db", ".DS_Store", "1班/._学生.jpg", "desktop.ini"):
            with open(os.path.join(top, name), "wb") as f:
                f.write(b"litter")
        return top

    def assert_photos(self, n=3):
        wait_for(lambda: self.mount.listed() == [f"{number}.jpg" for number in NUMBERS[:n]],
                 f"{n} photos, there is {self.mount.listed()}, {self.mount.rejected()}")
        self.mount.settle()
        self.assertEqual(self.mount.rejected(), {})

    def test_zip_of_folders_twice(self):
        need("zip", "unzip")
        top = self.tree()
        archive = os.path.join(self.directory, "a.zip")
        run("zip", "-q", "-r", archive, os.path.basename(top), cwd=self.directory)
        for _ in range(2):
            run("unzip", "-q", "-o", archive, "-d", self.mount.point())
            self.assert_photos()

    def test_zip_of_a_mac(self):
        need("zip", "unzip")
        top = self.tree()
        shadow = os.path.join(self.directory, "__MACOSX", "照片", "1班")
        os.makedirs(shadow)
        with open(os.path.join(shadow, f"._学生 0 {NUMBERS[0]}.jpg"), "wb") as f:
            f.write(b"\0\5\x16\7" * 30)
        archive = os.path.join(self.directory, "a.zip")
        run("zip", "-q", "-r", archive, os.path.basename(top), "__MACOSX", cwd=self.directory)
        run("unzip", "-q", archive, "-d", self.mount.point())
        self.assert_photos()

    def test_names_in_an_unknown_code_are_refused(self):
        # An unpacker that does not know the code makes names that are no UTF-8: it says so, and nothing is half taken.
        need("unzip")
        archive = os.path.join(self.directory, "a.zip")
        zip_with_raw_names(archive, [(f"张三 {NUMBERS[0]}.jpg".encode("gb18030"), read(self.good(1)[0]))])
        result = run("unzip", "-q", archive, "-d", self.mount.point(), check=False)
        self.assertNotEqual(result.returncode, 0)
        self.mount.settle()
        self.assertEqual(self.mount.listed(), [])
        self.assertEqual(self.mount.rejected(), {})

    def test_tar_of_a_folder_as_dot(self):
        # It sets time and mode of the point's own directory, and whoever owns that may.
        top = self.tree()
        os.chmod(top, 0o2750)
        os.utime(top, (1600000000, 1600000000))
        archive = os.path.join(self.directory, "a.tar")
        run("tar", "-cf", archive, "-C", top, ".")
        for _ in range(2):
            run("tar", "-xpf", archive, "-C", self.mount.point())
            self.assertEqual(os.stat(self.mount.point()).st_mode & 0o7777, 0o2750)
            self.assert_photos()
        run("tar", "-xpf", archive, "--no-overwrite-dir", "-C", self.mount.point())

    def test_7z_of_folders_twice(self):
        need("7z")
        top = self.tree()
        archive = os.path.join(self.directory, "a.7z")
        run("7z", "a", "-bso0", "-bsp0", archive, os.path.basename(top), cwd=self.directory)
        for _ in range(2):
            run("7z", "x", "-y", "-bso0", "-bsp0", archive, f"-o{self.mount.point()}")
            self.assert_photos()


if __name__ == "__main__":
    main()
