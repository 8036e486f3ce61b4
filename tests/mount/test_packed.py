#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Archives that are dropped packed [D12]: what becomes of them, of what is in them, and of those that are refused."""

import io
import json
import os
import random
import struct
import tarfile
import time
import zipfile
import zlib

from harness import NUMBERS, POINT, main, need, read, run, wait_for
from test_watch import Watcher
from users import StaffTest

STEM = "照片"


def photo_name(i):
    return f"同学 {NUMBERS[i]}.jpg"


def zip_raw(members, flags=0):
    """A zip as an old Chinese Windows makes it: names are bytes of its own code, and no flag says so."""
    out, central = io.BytesIO(), b""
    for name, data in members:
        offset = out.tell()
        common = struct.pack("<HHHHHIIIHH", 20, flags, 0, 0, 0x5821, zlib.crc32(data), len(data), len(data), len(name), 0)
        out.write(b"PK\x03\x04" + common + name + data)
        central += b"PK\x01\x02" + struct.pack("<H", 11) + common + struct.pack("<HHHII", 0, 0, 0, 0x20, offset) + name
    end = out.tell()
    out.write(central + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, len(members), len(members), len(central), end, 0))
    return out.getvalue()


def zip_of(members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(zipfile.ZipInfo(name, (2024, 5, 6, 7, 8, 10)), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def tar_of(members, mode="w"):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode, format=tarfile.GNU_FORMAT) as archive:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(data), 1700000000
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def rar4_of(members):
    """Stored, as RAR 2.9 writes it; names in the system's own code."""
    def block(kind, flags, rest, data=b""):
        head = struct.pack("<BHH", kind, flags, 7 + len(rest)) + rest
        return struct.pack("<H", zlib.crc32(head) & 0xffff) + head + data
    out = b"Rar!\x1a\x07\0" + block(0x73, 0, b"\0" * 6)
    for name, data in members:
        rest = struct.pack("<IIBIIBBHI", len(data), len(data), 2, zlib.crc32(data), 0x58214000, 29, 0x30, len(name), 0x20)
        out += block(0x74, 0x8000, rest + name, data)
    return out + block(0x7b, 0x4000, b"")


def rar5_of(members):
    """Stored, as RAR 5 writes it; names in UTF-8."""
    def number(n):
        out = b""
        while n > 127:
            out, n = out + bytes([n & 127 | 128]), n >> 7
        return out + bytes([n])

    def block(kind, flags, rest, data=b""):
        head = number(kind) + number(flags) + (number(len(data)) if flags & 2 else b"") + rest
        head = number(len(head)) + head
        return struct.pack("<I", zlib.crc32(head)) + head + data
    out = b"Rar!\x1a\x07\1\0" + block(1, 0, number(0))
    for name, data in members:
        rest = (number(4) + number(len(data)) + number(0x20) + struct.pack("<I", zlib.crc32(data)) + number(0) + number(0) +
                number(len(name)) + name)
        out += block(2, 2, rest, data)
    return out + block(5, 0, number(0))


class PackedTest(StaffTest):
    """What the classes below share."""

    options = ("delay=300", "settle=800", "settle-empty=1500")

    def bytes_of(self, n):
        return [read(path) for path in self.good(n)]

    def members(self, n=3, folder="一班/"):
        return [(folder + photo_name(i), data) for i, data in enumerate(self.bytes_of(n))]

    def archive(self, data, name=STEM + ".zip", user=None):
        """A file of the user's own."""
        user = user or self.staff.member
        path = os.path.join(user.home, name)
        with open(path, "wb") as f:
            f.write(data)
        os.utime(path, (1700000000, 1700000000))
        user.give(path)
        return path

    def does(self, script, *args, user=None):
        """The script succeeds without a word, as a member of the point's group."""
        self.assertEqual((user or self.staff.member).shell(script, *args), [0, ""], script)

    def drop(self, data, name=STEM + ".zip", where=()):
        path = self.archive(data, name)
        self.does('cp -p "$1" "$2/"', path, self.mount.point(*where))
        self.mount.settle()
        return path

    def assert_photos(self, *which):
        self.assertEqual(self.mount.rejected(), {})
        photos = [f"{NUMBERS[i]}.jpg" for i in which]
        self.assertEqual(self.mount.photos(), photos)
        # An emptied folder goes away by itself.
        wait_for(lambda: self.mount.listed() == photos, f"nothing but photos, there is {self.mount.listed()}")

    def assert_refused(self, data, reason, name=STEM + ".zip"):
        """As a whole, with that reason and no other, and without a trace of what is in it."""
        self.drop(data, name)
        self.assertEqual(self.mount.listed(), [], reason)
        self.assertEqual(list(self.mount.rejected()), [name], reason)
        self.assertEqual(os.getxattr(self.mount.point("rejected", name), "user.idphotofs.reasons").decode().split("=")[0].split(";")[0],
                         reason)
        self.assertEqual(self.mount.listed("submitted"), [name])
        self.assertEqual(read(self.mount.point("submitted", name)), data)
        os.unlink(self.mount.point("rejected", name))
        os.unlink(self.mount.point("submitted", name))

    slow_archive = None

    def slow(self, parts=2):
        """A second or two of work for who unpacks it, and a photo at its end. Packed once: that takes as long."""
        if not PackedTest.slow_archive or parts > 2:
            noise = os.urandom(8 << 20)
            PackedTest.slow_archive = tar_of([(f"{i}.txt", noise) for i in range(parts)] +
                                             [(photo_name(0), self.bytes_of(1)[0])], "w:bz2")
        return PackedTest.slow_archive


class Packed(PackedTest):
    # ---- what is taken ----

    def test_a_zip_is_unpacked_and_stands_in_submitted(self):
        data = zip_of(self.members())
        path = self.drop(data)
        self.assert_photos(0, 1, 2)
        # As it was sent, under its dropped name too.
        for shown in (self.mount.point(STEM + ".zip"), self.mount.point("submitted", STEM + ".zip")):
            self.assertEqual(read(shown), data)
            self.assertEqual(os.stat(shown).st_mtime, os.stat(path).st_mtime)
        self.assertEqual(self.mount.listed("submitted"), [STEM, STEM + ".zip"])
        self.assertEqual(sorted(os.listdir(self.mount.point("submitted", STEM, "一班"))), [photo_name(i) for i in range(3)])
        self.assertEqual([read(self.mount.point("submitted", STEM, "一班", photo_name(i))) for i in range(3)], self.bytes_of(3))
        # When its maker says the photo was made, and whose it is.
        found = os.stat(self.mount.point("submitted", STEM, "一班", photo_name(0)))
        self.assertEqual(found.st_uid, self.staff.member.uid)
        self.assertEqual(os.stat(self.mount.point(f"{NUMBERS[0]}.jpg")).st_mtime, found.st_mtime)
        self.assertEqual(found.st_mtime, time.mktime((2024, 5, 6, 7, 8, 10, 0, 0, -1)))

    def test_every_kind_of_archive(self):
        need("7z")
        raw = [(name.encode("gb18030"), data) for name, data in self.members(2)]
        utf8 = [(name.encode(), data) for name, data in self.members(2)]
        folder = os.path.join(self.directory, "f")
        for name, data in self.members(2):
            os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
            with open(os.path.join(folder, name), "wb") as f:
                f.write(data)
        run("7z", "a", "-bso0", "-bsp0", os.path.join(self.directory, "a.7z"), "一班", cwd=folder)
        run("7z", "a", "-bso0", "-bsp0", "-m0=bzip2", os.path.join(self.directory, "b.7z"), "一班", cwd=folder)
        run("tar", "-cJf", os.path.join(self.directory, "a.txz"), "一班", cwd=folder)
        run("tar", "--zstd", "-cf", os.path.join(self.directory, "a.tar.zst"), "一班", cwd=folder)
        made = {
            "flagged.zip": zip_of(self.members(2)),
            "gbk.zip": zip_raw(raw),
            "utf8.zip": zip_raw(utf8),
            "windows.zip": zip_raw([(name.replace(b"/", b"\\"), data) for name, data in raw]),
            "plain.tar": tar_of(self.members(2)),
            "plain.tar.gz": tar_of(self.members(2), "w:gz"),
            "plain.tgz": tar_of(self.members(2), "w:gz"),
            "plain.tar.bz2": tar_of(self.members(2), "w:bz2"),
            "old.rar": rar4_of([(name.replace(b"/", b"\\"), data) for name, data in raw]),
            "new.rar": rar5_of(utf8),
            "lzma.7z": read(os.path.join(self.directory, "a.7z")),
            "bzip2.7z": read(os.path.join(self.directory, "b.7z")),
            "plain.txz": read(os.path.join(self.directory, "a.txz")),
            "plain.tar.zst": read(os.path.join(self.directory, "a.tar.zst")),
            "by its content": zip_of(self.members(2)),
            "photo.jpg": zip_of(self.members(2)),
        }
        for name, data in made.items():
            with self.subTest(name):
                self.drop(data, name)
                self.assert_photos(0, 1)
                self.assertIn(name, self.mount.listed("submitted"))
                for i in (0, 1):
                    os.unlink(self.mount.point(f"{NUMBERS[i]}.jpg"))
        stems = {"flagged", "gbk", "utf8", "windows", "plain", "old", "new", "lzma", "bzip2", "by its content (2)", "photo (2).jpg"}
        self.assertEqual({name for name in self.mount.listed("submitted")} - set(made), stems)
        for stem in stems:
            self.assertEqual(sorted(os.listdir(self.mount.point("submitted", stem, "一班"))), [photo_name(0), photo_name(1)], stem)

    def test_each_file_has_a_verdict_of_its_own(self):
        first, second = self.bytes_of(2)
        self.drop(zip_of([(photo_name(0), first), ("IMG_2031.jpg", second), ("说明.txt", b"only words"), (f"{NUMBERS[3]}/a.jpg", second),
                          ("一班.docx", zip_of([("[Content_Types].xml", b"<x/>"), ("word/document.xml", b"<x/>")]))]))
        rejected = self.mount.rejected()
        wait_for(lambda: self.mount.listed() == [f"{NUMBERS[i]}.jpg" for i in (0, 3)], "the empty folder goes away")
        self.assertEqual(sorted(rejected), ["IMG_2031.jpg", "一班.docx", "说明.txt"])
        self.assertIn("Word", rejected["一班.docx"])
        # Put right where it shows.
        os.rename(self.mount.point("rejected", "IMG_2031.jpg"), self.mount.point(f"{NUMBERS[1]}.jpg"))
        self.mount.settle()
        self.assertNotIn("IMG_2031.jpg", self.mount.rejected())

    def test_litter_is_left_out(self):
        data = self.bytes_of(1)[0]
        self.drop(zip_of([("照片/" + photo_name(0), data), ("__MACOSX/照片/._" + photo_name(0), b"\0\5\x16\7" * 30),
                          ("照片/Thumbs.db", b"litter"), ("照片/.DS_Store", b"litter"), ("照片/desktop.ini", b"litter")]))
        self.assert_photos(0)
        # The folder in it is called like the archive: it is not made twice.
        self.assertEqual(os.listdir(self.mount.point("submitted", STEM)), [photo_name(0)])

    def test_what_leads_out_stays_in(self):
        data = self.bytes_of(4)
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w") as archive:
            def add(name, i=None, **kwargs):
                info = tarfile.TarInfo(name)
                for key, value in kwargs.items():
                    setattr(info, key, value)
                info.size = len(data[i]) if i is not None else 0
                archive.addfile(info, io.BytesIO(data[i]) if i is not None else None)
            add("../../" + photo_name(0), 0)
            add("/etc/" + photo_name(1), 1)
            add("passwd.jpg", type=tarfile.SYMTYPE, linkname="/etc/passwd")
            add("zero.jpg", type=tarfile.CHRTYPE, devmajor=1, devminor=5)
            add("pipe.jpg", type=tarfile.FIFOTYPE)
            add("a/b/../" + photo_name(2), 2)
            add("second/" + photo_name(2), type=tarfile.LNKTYPE, linkname="a/b/" + photo_name(2))
            add("nothing.jpg", type=tarfile.LNKTYPE, linkname="../../../etc/passwd")
        self.drop(out.getvalue(), STEM + ".tar")
        self.assert_photos(0, 1, 2)
        self.assertEqual(sorted(os.listdir(self.mount.point("submitted", STEM))), ["a", "etc", "second", photo_name(0)])
        self.assertEqual(read(self.mount.point("submitted", STEM, "second", photo_name(2))), data[2])

    def test_the_same_name_twice_in_one(self):
        first, second = self.bytes_of(2)
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("a.jpg", first)
            archive.writestr("b.jpg", second)
        self.drop(out.getvalue().replace(b"b.jpg", b"a.jpg"))
        self.assertEqual(sorted(self.mount.rejected()), ["a (2).jpg", "a.jpg"])

    def test_in_a_folder_in_submitted_and_in_rejected(self):
        for i, where in enumerate((("二班",), ("submitted",), ("rejected",))):
            if where == ("二班",):
                self.does('mkdir "$1"', self.mount.point("二班"))
            self.drop(zip_of(self.members(i + 1)[i:]), f"包{i}.zip", where)
            self.assert_photos(*range(i + 1))
        self.assertEqual(self.mount.listed("submitted"), sorted(["包1", "包1.zip", "包2", "二班"]))

    # ---- again ----

    def test_the_second_rsync_sends_nothing(self):
        machine = self.staff.upload
        top = os.path.join(machine.home, "photos")
        os.mkdir(top)
        self.archive(zip_of(self.members(2)), "photos/" + STEM + ".zip", machine)
        machine.give(top)
        for sent in (1, 0, 0):
            code, said = machine.shell('rsync -rtOi "$1/" "$2/" >&2', top, self.mount.point())
            self.assertEqual((code, said.count(">f")), (0, sent), said)
            self.mount.settle()
            self.assert_photos(0, 1)

    def test_the_same_again_changes_nothing(self):
        bad = zip_of(self.members(2) + [("IMG_1.jpg", self.bytes_of(3)[2])])
        self.drop(bad)
        before = {name: os.stat(self.mount.point(name)).st_ino for name in self.mount.photos()}
        students = self.mount.ctl("list", "--json").stdout
        rejected = self.mount.rejected()
        for _ in range(2):
            self.drop(bad)
            self.assertEqual({name: os.stat(self.mount.point(name)).st_ino for name in self.mount.photos()}, before)
            self.assertEqual(self.mount.rejected(), rejected)
            self.assertEqual(self.mount.ctl("list", "--json").stdout, students)
        self.assertEqual(self.mount.listed("submitted"), [STEM, STEM + ".zip"])
        # What was withdrawn comes back with it, as with a photo itself.
        os.unlink(self.mount.point(f"{NUMBERS[0]}.jpg"))
        self.drop(bad)
        self.assertEqual(self.mount.photos(), [f"{NUMBERS[i]}.jpg" for i in (0, 1)])

    def test_put_right_and_packed_again(self):
        first, second = self.bytes_of(2)
        self.drop(zip_of([(photo_name(0), first), ("IMG_1.jpg", second)]))
        self.assertEqual(list(self.mount.rejected()), ["IMG_1.jpg"])
        self.drop(zip_of([(photo_name(0), first), (photo_name(1), second)]))
        self.assertEqual(self.mount.photos(), [f"{NUMBERS[i]}.jpg" for i in (0, 1)])

    def test_an_archive_brought_back_is_unpacked_again(self):
        self.drop(zip_of(self.members(1)))
        os.unlink(self.mount.point(f"{NUMBERS[0]}.jpg"))
        self.does('mv "$1" "$2"', self.mount.point("submitted", STEM + ".zip"), self.mount.point("新.zip"))
        self.mount.settle()
        self.assert_photos(0)

    def test_a_folder_of_that_name_that_is_in_use(self):
        self.does('mkdir "$1" && mkdir "$1/二班"', self.mount.point(STEM))
        self.drop(zip_of(self.members(1)))
        self.assertEqual(os.listdir(self.mount.point("submitted", STEM + " (2)", "一班")), [photo_name(0)])
        self.drop(zip_of(self.members(2)[1:]), "rejected.zip")
        self.assertEqual(os.listdir(self.mount.point("submitted", "rejected (2)", "一班")), [photo_name(1)])

    # ---- what is refused ----

    def test_what_is_refused(self):
        need("7z")
        photos = self.members(2)
        whole = zip_of(photos)
        folder = os.path.join(self.directory, "f")
        os.makedirs(folder)
        with open(os.path.join(folder, photo_name(0)), "wb") as f:
            f.write(photos[0][1])
        for name, extra in (("a.7z", ()), ("hidden.7z", ("-mhe=on",)), ("a.zip", ()), ("aes.zip", ("-mem=AES256",))):
            run("7z", "a", "-bso0", "-bsp0", "-psecret", *extra, os.path.join(self.directory, name), photo_name(0), cwd=folder)
        for name in ("a.7z", "hidden.7z", "a.zip", "aes.zip"):
            self.assert_refused(read(os.path.join(self.directory, name)), "archive-encrypted", name)
        self.assert_refused(zip_of(photos + [("more.zip", whole)]), "archive-nested")
        self.assert_refused(tar_of(photos + [("more.rar", rar5_of([(b"a.jpg", b"x" * 100)]))]), "archive-nested", STEM + ".tar")
        self.assert_refused(whole[:len(whole) // 2], "archive-damaged")
        self.assert_refused(whole[:-30], "archive-damaged")
        spoilt = bytearray(whole)
        spoilt[len(whole) // 2] ^= 0x55
        self.assert_refused(bytes(spoilt), "archive-damaged")
        tar = tar_of(photos)
        self.assert_refused(tar[:len(tar) // 2], "archive-damaged", STEM + ".tar")
        # Cut off between two files it looks whole.
        self.assert_refused(tar[:tar.index(photo_name(1).encode()) // 512 * 512], "archive-damaged", STEM + ".tar")
        self.assert_refused(tar_of(photos, "w:gz")[:-4000], "archive-damaged", STEM + ".tgz")
        self.assert_refused(rar4_of([(b"a.jpg", photos[0][1])])[:-7], "archive-damaged", STEM + ".rar")
        self.assert_refused(rar5_of([(b"a.jpg", photos[0][1])])[:-8], "archive-damaged", STEM + ".rar")
        self.assert_refused(rar4_of([(b"a.jpg", photos[0][1])])[:-4000], "archive-damaged", STEM + ".rar")
        self.assert_refused(rar5_of([(b"a.jpg", photos[0][1])])[:-4000], "archive-damaged", STEM + ".rar")
        self.assert_refused(zip_of([]), "archive-empty")
        self.assert_refused(zip_of([("Thumbs.db", b"litter"), ("__MACOSX/._a.jpg", b"litter")]), "archive-empty")
        self.assert_refused(zip_of([("长" * 90 + ".jpg", photos[0][1])]), "archive-file-name")
        self.assert_refused(zip_raw([(b"\xff\xff\xff.jpg", photos[0][1])]), "archive-file-name")
        self.assert_refused(zip_of([("a\n.jpg", photos[0][1])]), "archive-file-name")
        self.assert_refused(zip_of([("d/" * 20 + "a.jpg", photos[0][1])]), "archive-file-name")
        self.assert_refused(b"MSCF\0\0\0\0" + b"\1" * 100, "format-archive", STEM + ".cab")
        # One file in gzip is no archive of files.
        self.assert_refused(zlib.compress(photos[0][1], wbits=31), "format-archive", "a.jpg.gz")

    def test_one_that_comes_in_two_parts_is_taken_when_it_is_whole(self):
        data = zip_of(self.members(2))
        path = self.archive(data)
        self.does('head -c 10000 "$1" >"$2"', path, self.mount.point(STEM + ".zip"))
        # Its first part is looked at meanwhile, and found to be damaged.
        time.sleep(0.5)
        self.does('tail -c +10001 "$1" >>"$2"', path, self.mount.point(STEM + ".zip"))
        self.mount.settle()
        self.assert_photos(0, 1)
        self.assertEqual(read(self.mount.point("submitted", STEM + ".zip")), data)

    def test_documents_are_no_archives(self):
        document = zip_of([("[Content_Types].xml", b"<x/>"), ("word/document.xml", b"<x/>"), ("word/media/image1.jpeg", self.bytes_of(1)[0])])
        self.drop(document, "照片.docx")
        self.assertIn("Word", self.mount.rejected()["照片.docx"])
        self.assertEqual(self.mount.listed(), [])


    # ---- what is told of it ----

    def test_it_is_counted_nowhere_as_a_photo(self):
        self.drop(zip_of(self.members(2) + [("说明.txt", b"only words")]))
        counts = json.loads(self.mount.ctl("status", POINT, "--json").stdout)
        self.assertEqual((counts["students"], counts["pending"], counts["rejected"], counts["rejected_files"], counts["checking"]),
                         (2, 2, 0, 1, 0))
        self.assertEqual(self.mount.ctl("list", "--json").stdout.count('"id_number"'), 2)
        for command in (("verify",), ("audit", "verify")):
            self.mount.ctl(*command)

    def test_history_tells_out_of_which_it_came(self):
        self.drop(zip_of(self.members(1)))
        entries = json.loads(self.mount.ctl("history", "--json", NUMBERS[0]).stdout)
        self.assertEqual({(e["kind"], e["file"], e["uid"]) for e in entries},
                         {(kind, f"{STEM}.zip/{photo_name(0)}", self.staff.member.uid) for kind in ("received", "accepted")})
        log = json.loads(self.mount.ctl("audit", "list", "--json").stdout)
        self.assertEqual([e["detail"] for e in log if e["kind"] == "unpacked"], ["1"])

    def test_purge_erases_what_was_rejected_in_it_as_well(self):
        self.drop(zip_of(self.members(1) + [("IMG_1.jpg", self.bytes_of(2)[1])]))
        self.mount.ctl("purge", "--days=0")
        wait_for(lambda: self.mount.rejected() == {}, "the rejected file is gone")
        with self.assertRaises(OSError):
            read(self.mount.point("submitted", STEM + ".zip"))
        self.assertEqual(read(self.mount.point("submitted", STEM, "一班", photo_name(0))), self.bytes_of(1)[0])
        self.mount.ctl("verify")

    # ---- by whom ----

    def test_file_manager_and_wait(self):
        need("gio")
        self.does('gio copy "$1" "$2/"', self.archive(zip_of(self.members(2))), self.mount.point())
        self.staff.member.run(os.path.join(os.environ.get("IDPHOTO_BUILD_ROOT", "build"), "src", "idphotoctl"), "wait",
                              self.mount.point())
        self.assertEqual(self.mount.photos(), [f"{NUMBERS[i]}.jpg" for i in range(2)])
        # A colleague goes on with it.
        self.does('mv "$1" "$2"', self.mount.point("submitted", STEM + ".zip"), self.mount.point("新.zip"), user=self.staff.colleague)
        self.mount.settle()
        self.assert_photos(0, 1)

    def test_nobody_of_another_point_sees_it(self):
        self.drop(zip_of(self.members(1)))
        for path in ((STEM + ".zip",), ("submitted", STEM + ".zip"), ("submitted", STEM)):
            code, said = self.staff.other.shell('stat "$1"', self.mount.point(*path))
            self.assertEqual((code, "Permission denied" in said), (1, True))

    # ---- meanwhile ----

    def unpackers(self):
        """Processes of this daemon that unpack."""
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                parent = int(read(f"/proc/{pid}/stat").rsplit(b")", 1)[1].split()[1])
                if parent == self.mount.daemon.pid and b"--archives" in read(f"/proc/{pid}/cmdline").split(b"\0"):
                    found.append(int(pid))
            except OSError:
                continue
        return found

    def drop_slowly(self, name=STEM + ".tar.bz2"):
        self.does('cp -p "$1" "$2/"', self.archive(self.slow(), name), self.mount.point())
        wait_for(self.unpackers, "it is being unpacked")

    def test_a_rename_meanwhile_makes_it_void(self):
        self.drop_slowly()
        self.does('mv "$1" "$2"', self.mount.point(STEM + ".tar.bz2"), self.mount.point("新.tar.bz2"))
        self.mount.settle()
        self.assertEqual(self.mount.photos(), [f"{NUMBERS[0]}.jpg"])
        self.assertEqual(self.mount.listed("submitted"), ["新", "新.tar.bz2"])

    def test_a_deletion_meanwhile_makes_it_void(self):
        self.drop_slowly()
        self.does('rm "$1"', self.mount.point(STEM + ".tar.bz2"))
        wait_for(lambda: not self.unpackers(), "nobody unpacks it any more")
        self.mount.settle()
        self.assert_photos()
        self.assertEqual(self.mount.listed("submitted"), [])

    def test_new_bytes_meanwhile_make_it_void(self):
        self.drop_slowly()
        self.does('cp "$1" "$2"', self.archive(zip_of(self.members(2)[1:]), "new"), self.mount.point(STEM + ".tar.bz2"))
        self.mount.settle()
        self.assert_photos(1)
        self.assertEqual(os.listdir(self.mount.point("submitted", STEM)), ["一班"])

    def test_an_unmount_does_not_wait_for_it(self):
        self.drop_slowly()
        self.mount.end()
        self.mount.start()
        self.mount.settle()
        self.assertEqual(self.mount.photos(), [f"{NUMBERS[0]}.jpg"])

    def test_killed_at_any_moment(self):
        names = [f"{number}.jpg" for number in NUMBERS[:4]]
        data = zip_of(self.members(4) + [(f"{i}.txt", b"words %d" % i) for i in range(60)])
        for _ in range(12):
            self.does('cp -p "$1" "$2/"', self.archive(data), self.mount.point())
            time.sleep(random.uniform(0.2, 0.6))
            self.mount.kill()
            run("fusermount3", "-u", "-z", self.mount.path)
            self.mount.start()
            self.mount.settle()
            # All of it, once, whether it was unpacked before or is now.
            self.assertEqual(self.mount.photos(), names)
            self.assertEqual(len(self.mount.rejected()), 60)
            self.assertEqual(self.mount.listed("submitted"), [STEM, STEM + ".zip"])
            self.assertEqual(read(self.mount.point("submitted", STEM + ".zip")), data)
            self.mount.ctl("verify")
            for name in names:
                os.unlink(self.mount.point(name))

    def test_a_thousand_files(self):
        self.drop(zip_of([(f"{i % 40}班/{i}.txt", b"words %d" % i) for i in range(1000)] + self.members(1)))
        self.assertEqual(len(self.mount.rejected()), 1000)
        self.assertEqual(self.mount.photos(), [f"{NUMBERS[0]}.jpg"])
        wait_for(lambda: self.mount.listed() == [f"{NUMBERS[0]}.jpg"], "the folders are gone")

    def test_watchers_see_it_go_and_the_folder_come(self):
        need("inotifywait")
        point = self.mount.point() + "/"
        watcher = Watcher(self.directory, point)
        self.addCleanup(watcher.end)
        self.does('cp "$1" "$2/"', self.archive(zip_of(self.members(1))), self.mount.point())
        for line in (f"{point} DELETE {STEM}.zip", f"{point} CREATE,ISDIR {STEM}", f"{point} DELETE,ISDIR {STEM}"):
            wait_for(lambda: line in watcher.lines(), f"{line}; seen: {watcher.lines()}")
        self.mount.settle()
        self.assert_photos(0)


class OnClose(PackedTest):
    options = ("delay=300", "verdict=close")

    def test_close_tells_of_the_archive(self):
        need("7z")
        self.does('cp "$1" "$2/"', self.archive(zip_of(self.members(1) + [("a.txt", b"words")])), self.mount.point())
        for data in (zip_of([("a.zip", zip_of([("a", b"b")]))]), zip_of([])):
            code, said = self.staff.member.shell('cp "$1" "$2/"', self.archive(data, "bad.zip"), self.mount.point())
            self.assertEqual((code, "Invalid argument" in said), (1, True))
        self.mount.settle()
        self.assertEqual(self.mount.photos(), [f"{NUMBERS[0]}.jpg"])


class Limits(PackedTest):
    """The same people, and small limits."""

    config = PackedTest.config + "[input]\nmax-archive-size = 3 MiB\nmax-archive-files = 4\nmax-archive-content = 2 MiB\nmax-file-size = 1 MiB\n"

    def test_limits(self):
        small = [(f"{i}.txt", b"words") for i in range(5)]
        self.assert_refused(zip_of(small), "archive-too-many")
        self.assert_refused(zip_of([("a.bmp", bytes(1 << 20)), ("b.bmp", bytes(1 << 20)), ("c.bmp", b"more")]), "archive-too-large")
        self.assert_refused(zip_of([("a.bmp", bytes((1 << 20) + 1))]), "archive-too-large")
        self.assert_refused(tar_of([("a.bmp", bytes((1 << 20) + 1))], "w:gz"), "archive-too-large", "a.tgz")

    def test_an_archive_may_be_larger_than_a_photo(self):
        noise = os.urandom(600 << 10)
        data = zip_of(self.members(1) + [("a.txt", noise), ("b.txt", noise)])
        self.assertGreater(len(data), 1 << 20)
        self.drop(data)
        self.assertEqual(self.mount.photos(), [f"{NUMBERS[0]}.jpg"])
        # Whatever it is called while it is written.
        os.unlink(self.mount.point(f"{NUMBERS[0]}.jpg"))
        self.does('cp "$1" "$2/.goutputstream-ABCDEF" && mv "$2/.goutputstream-ABCDEF" "$2/again.zip"',
                  self.archive(data), self.mount.point())
        self.mount.settle()
        self.assertEqual(self.mount.photos(), [f"{NUMBERS[0]}.jpg"])
        # A client over Samba says first how large it will be.
        os.unlink(self.mount.point(f"{NUMBERS[0]}.jpg"))
        self.does('truncate -s "$(stat -c %s "$1")" "$2" && dd if="$1" of="$2" conv=notrunc status=none', self.archive(data),
                  self.mount.point("samba.zip"))
        self.mount.settle()
        self.assertEqual(self.mount.photos(), [f"{NUMBERS[0]}.jpg"])
        # Neither an archive that is too large, nor anything else.
        for name, data in (("large.zip", data + bytes(3 << 20)), ("large.jpg", noise * 2)):
            code, said = self.staff.member.shell('cp "$1" "$2/"', self.archive(data, name), self.mount.point())
            self.assertEqual((code, "File too large" in said), (1, True))


class Costs(PackedTest):
    """The same people, and little time and memory."""

    config = PackedTest.config + "[input]\nmax-archive-time = 1 s\nmax-archive-memory = 64 MiB\n"

    def test_time_and_memory(self):
        need("7z")
        self.assert_refused(self.slow(6), "archive-unreadable", STEM + ".tar.bz2")
        path = os.path.join(self.directory, "a.txt")
        with open(path, "wb") as f:
            f.write(os.urandom(2 << 20) * 5)
        run("7z", "a", "-bso0", "-bsp0", "-m0=ppmd:mem=512m", os.path.join(self.directory, "b.7z"), path)
        self.assert_refused(read(os.path.join(self.directory, "b.7z")), "archive-unreadable", "b.7z")


if __name__ == "__main__":
    main()
