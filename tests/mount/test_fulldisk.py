#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A full disk blocks drops and nothing else, whether drops or other programs filled it."""

import contextlib
import ctypes
import errno
import io
import itertools
import os
import tarfile
import tempfile
import zipfile

from harness import IDPHOTOCTL, NUMBERS, POINT, Mount, MountTest, main, need, need_workbooks, read, run, skip, wait_for

SIZE = 160 << 20
CLONE_NEWNS = 0x20000
FULL = "The disk is full: no photo can be sent for now."


def own_mounts():
    """What is mounted from now on is mounted for this program and what it starts. In /dev/shm there is hardly any room."""
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNS) != 0:
        skip(f"no mounts of one's own: {os.strerror(ctypes.get_errno())}")
    run("mount", "--make-rprivate", "/")
    run("mount", "-t", "tmpfs", "-o", "size=4k", "none", "/dev/shm")


class FullDisk(MountTest):
    """The store lies on a small disk of its own."""

    options = ("delay=0", "settle=100", "settle-empty=100")

    @classmethod
    def setUpClass(cls):
        tempfile.tempdir = "/tmp"  # wherever others keep theirs
        super().setUpClass()
        if os.geteuid() != 0:
            skip("only root makes a disk of its own")
        need("mkfs.ext4", "mount")
        own_mounts()

    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="idphoto-test-")
        self.addCleanup(run, "rm", "-rf", self.directory)
        self.disk = os.path.join(self.directory, "disk")
        os.mkdir(self.disk)
        self.mount_disk()
        self.addCleanup(run, "umount", self.disk)
        self.mount = Mount(self.disk, init=False)
        self.mount.path = os.path.join(self.directory, "mnt")
        self.mount.log_path = os.path.join(self.directory, "daemon.log")
        self.mount.options = list(self.options)
        run(IDPHOTOCTL, "init", self.mount.store, "--lang=en")
        self.mount.ctl("point", "add", POINT)
        os.mkdir(self.mount.path)
        self.addCleanup(self.mount.force_end)
        self.mount.start()

    def mount_disk(self):
        image = os.path.join(self.directory, "image")
        with open(image, "wb") as f:
            f.truncate(SIZE)
        run("mkfs.ext4", "-q", "-m", "0", image)
        if run("mount", "-o", "loop", image, self.disk, check=False).returncode != 0:
            # A machine without loop devices.
            run("mount", "-t", "tmpfs", "-o", f"size={SIZE}", "none", self.disk)

    def free(self):
        st = os.statvfs(self.disk)
        return st.f_bavail * st.f_frsize

    def drop(self, name, data):
        with open(self.mount.point(name), "wb") as f:
            f.write(data)

    def fill_by_drops(self):
        """Files that are no photos, until one is refused."""
        for i in range(1000):
            try:
                self.drop(f"fill{i}.jpg", b"GIF89a" + os.urandom(4 << 20))
            except OSError as error:
                self.assertEqual(error.errno, errno.ENOSPC)
                return i
        raise AssertionError("the disk takes everything")

    def fill_by_another_program(self):
        with open(os.path.join(self.disk, "filler"), "ab") as f:
            for size in (1 << 20, 1 << 12):
                with contextlib.suppress(OSError):
                    while True:
                        f.write(bytes(size))
                        f.flush()
            with contextlib.suppress(OSError):
                os.fsync(f.fileno())

    def status(self):
        return read(self.mount.point("STATUS.txt")).decode()

    def assert_all_but_drops_work(self, number, rejected):
        """number: of a photo that waits for the office; rejected: a name in rejected/."""
        self.assertIn(FULL, self.status())
        with self.assertRaises(OSError) as raised:
            self.drop("more.jpg", b"GIF89a")
        self.assertEqual(raised.exception.errno, errno.ENOSPC)
        with self.assertRaises(OSError) as raised:
            open(os.path.join(self.mount.path, "OFFICE", "import", "list.csv"), "wb").close()
        self.assertEqual(raised.exception.errno, errno.ENOSPC)
        self.mount.settle()
        self.mount.ctl("review", "approve", number)
        self.assertRegex(self.status(), r"approved +1 ")
        self.mount.ctl("review", "reopen", number)
        os.unlink(self.mount.point("rejected", rejected))
        self.assertNotIn(rejected, os.listdir(self.mount.point("rejected")))
        os.mkdir(self.mount.point("a folder"))
        os.rmdir(self.mount.point("a folder"))
        os.unlink(self.mount.point(f"{number}.jpg"))
        self.assertNotIn(f"{number}.jpg", self.mount.photos())

    def test_drops_fill_it(self):
        good = self.good(3)
        numbers = [os.path.basename(path)[:18] for path in good]
        for path in good:
            self.drop(os.path.basename(path), read(path))
        self.mount.settle()
        self.assertGreater(self.fill_by_drops(), 5)
        self.mount.settle()
        self.assertGreater(self.free(), 2 << 20)
        shown = sorted(name for name in os.listdir(self.mount.point("rejected")) if name.startswith("fill") and name.endswith(".jpg"))
        self.assert_all_but_drops_work(numbers[0], shown[0])
        for name in shown[1:4]:
            os.unlink(self.mount.point("rejected", name))
        self.assertIn("were erased", self.mount.ctl("purge", "--days=0").stdout)
        wait_for(lambda: FULL not in self.status(), "there is room again")
        self.drop(f"{numbers[0]}.jpg", read(good[0]))
        self.mount.settle()
        self.assertEqual(self.mount.photos(), sorted(f"{n}.jpg" for n in numbers))

    def test_another_program_fills_it(self):
        good = self.good(4)
        numbers = [os.path.basename(path)[:18] for path in good]
        self.drop("no photo.jpg", b"GIF89a, no photo")
        for path in good:
            self.drop(os.path.basename(path), read(path))
        self.mount.settle()
        reserve = os.path.join(self.mount.store, "reserve")
        whole = os.stat(reserve).st_size
        self.assertEqual(os.stat(reserve).st_blocks * 512 // whole, 1)
        self.fill_by_another_program()
        self.assertLess(self.free(), 64 << 10)
        self.assert_all_but_drops_work(numbers[0], "no photo.jpg")
        self.assertLess(os.stat(reserve).st_size, whole)
        # Again, at a start, when what was given up is used up too.
        self.mount.end()
        self.fill_by_another_program()
        self.mount.start()
        self.mount.ctl("review", "approve", numbers[1])
        os.unlink(self.mount.point(f"{numbers[2]}.jpg"))
        self.mount.settle()
        self.assertIn("were erased", self.mount.ctl("purge", "--days=0").stdout)
        self.assertIn("were erased", self.mount.ctl("purge", "--days=0").stdout)
        os.unlink(os.path.join(self.disk, "filler"))
        self.drop(f"{numbers[0]}.jpg", read(good[0]))
        self.mount.settle()
        self.assertNotIn(FULL, self.status())
        self.assertEqual(self.mount.photos(), sorted(f"{numbers[i]}.jpg" for i in (0, 1, 3)))
        self.assertEqual(os.stat(reserve).st_size, whole)
        self.mount.end()
        self.assertIn("in order", self.mount.ctl("verify").stdout)

    def test_an_archive_that_does_not_fit(self):
        """It is rejected instead of being waited for, and leaves nothing behind."""
        def block(i):
            return bytes([i + 1]) * (10 << 20)
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w:gz") as archive:
            for i in range(6):
                info = tarfile.TarInfo(f"{i}.bmp")
                info.size = 10 << 20
                archive.addfile(info, io.BytesIO(block(i)))
        for leave in (70 << 20, 40 << 20):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(os.path.join(self.disk, "filler"))
            with open(os.path.join(self.disk, "filler"), "wb") as f:
                os.posix_fallocate(f.fileno(), 0, self.free() - leave)
            before = self.free()
            self.drop("a.tgz", out.getvalue())
            self.mount.settle()
            self.assertEqual(list(self.mount.rejected()), ["a.tgz"])
            self.assertIn("not enough room", self.mount.rejected()["a.tgz"])
            wait_for(lambda: self.free() > before - (2 << 20), "what was unpacked is gone")
        self.mount.end()
        self.assertIn("in order", self.mount.ctl("verify").stdout)

    def test_a_workbook_needs_room_to_be_made(self):
        """It is made in the store when memory has no room for it, and nothing of it stays there."""
        need_workbooks()
        good = self.good(1)[0]
        self.drop(os.path.basename(good), read(good))
        self.mount.settle()
        path, in_store, in_memory = self.mount.point("status.xlsx"), os.listdir(self.mount.store), os.listdir("/dev/shm")
        whole = read(path)
        with zipfile.ZipFile(io.BytesIO(whole)) as book:
            self.assertIsNone(book.testzip())
        self.assertEqual(os.listdir(self.mount.store), in_store)

        def errno_of(call):
            try:
                call(path)
            except OSError as error:
                return error.errno
            return 0

        decisions = itertools.cycle(("approve", "reopen"))

        def refused():
            """Each time another version of it; the reserve gives room back until it is used up."""
            self.fill_by_another_program()
            self.mount.ctl("review", next(decisions), os.path.basename(good)[:18])
            self.fill_by_another_program()
            return [errno_of(call) for call in (os.stat, read)] == [errno.ENOSPC] * 2

        wait_for(refused, "there is no room for it")
        # It is only that one file.
        self.assertIn("status.xlsx", os.listdir(self.mount.point()))
        self.assertIn(os.path.basename(good), run("ls", "-l", self.mount.point(), check=False).stdout)
        self.assertIn(FULL, self.status())
        self.assertIn(os.path.basename(good)[:18].encode(), read(self.mount.point("status.csv")))
        self.assertTrue(read(self.mount.point("index.html")))
        self.assertEqual((os.listdir(self.mount.store), os.listdir("/dev/shm")), (in_store, in_memory))
        os.unlink(os.path.join(self.disk, "filler"))
        with zipfile.ZipFile(io.BytesIO(read(path))) as book:
            self.assertIsNone(book.testzip())


if __name__ == "__main__":
    main()
