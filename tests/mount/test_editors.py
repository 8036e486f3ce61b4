#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Programs that change a file where it lies: each has its own way of saving, and each ends in a new judgement."""

import os

from harness import MountTest, NUMBERS, main, need, read, run, wait_for


class Reopened(MountTest):
    """What is finished is opened again by a descriptor, with no name to look up, as smbd does."""

    options = ("delay=200", "settle=300", "settle-empty=600")

    def dropped(self, name):
        run("cp", self.copy_of(self.good(2)[0], name), self.mount.point())
        self.mount.settle()
        return self.mount.point(name)

    def reopen(self, path, flags=0):
        held = os.open(path, os.O_PATH | os.O_NOFOLLOW)
        try:
            return os.open(f"/proc/self/fd/{held}", os.O_RDWR | flags)
        finally:
            os.close(held)

    def test_alias_gets_new_bytes(self):
        path = self.dropped(f"张三 {NUMBERS[0]}.jpg")
        before, data = read(self.mount.point(f"{NUMBERS[0]}.jpg")), read(self.good(2)[1])
        fd = self.reopen(path)
        os.ftruncate(fd, 0)
        self.assertEqual(os.fstat(fd).st_size, 0)
        os.write(fd, data)
        os.utime(fd, (1700000000, 1700000000))
        self.assertEqual(os.fstat(fd).st_size, len(data))
        self.assertEqual(int(os.fstat(fd).st_mtime), 1700000000)
        self.assertEqual(os.pread(fd, len(data), 0), data)
        os.close(fd)
        self.mount.settle()
        self.assertNotEqual(read(self.mount.point(f"{NUMBERS[0]}.jpg")), before)
        self.assertEqual(read(path), data)
        self.assertEqual(int(os.stat(path).st_mtime), 1700000000)
        self.assertEqual(self.mount.listed(), [f"{NUMBERS[0]}.jpg"])

    def test_photo_keeps_its_bytes_until_the_newcomer_passes(self):
        path = self.dropped(f"{NUMBERS[0]}.jpg")
        before = read(path)
        with open(path, "rb") as reader:
            self.assertEqual(reader.read(100), before[:100])
            fd = self.reopen(path, os.O_TRUNC)
            os.write(fd, b"only words")
            os.close(fd)
            self.mount.settle()
            self.assertEqual(read(path), before)
            self.assertEqual(reader.read(), before[100:])
        self.assertEqual(list(self.mount.rejected()), [f"{NUMBERS[0]}.jpg"])

    def test_opened_and_not_written_changes_nothing(self):
        path = self.dropped(f"{NUMBERS[0]}.jpg")
        before = os.stat(path)
        os.close(self.reopen(path))
        wait_for(lambda: os.stat(path).st_ino == before.st_ino, "the upload that was none is gone")
        self.assertEqual(os.listdir(self.mount.point("submitted")), [f"{NUMBERS[0]}.jpg"])
        self.assertEqual(self.mount.rejected(), {})

    def test_opened_again_and_again_never_is_stale(self):
        """The close of an open that wrote nothing is on its way while the next open comes."""
        path = self.dropped(f"张三 {NUMBERS[0]}.jpg")
        for _ in range(20):
            os.close(os.open(path, os.O_RDWR))
            os.close(os.open(path, os.O_RDWR))
            with open(path, "wb") as f:
                f.write(b"only words")
            self.mount.settle()
        self.assertEqual(list(self.mount.rejected()), [f"张三 {NUMBERS[0]}.jpg"])

    def test_rejected_file_gets_new_bytes(self):
        name = f"{NUMBERS[0]}.jpg"
        with open(self.mount.point(name), "wb") as f:
            f.write(b"only words")
        self.mount.settle()
        data = read(self.good(2)[1])
        fd = self.reopen(self.mount.point("rejected", name), os.O_TRUNC)
        os.write(fd, data)
        os.close(fd)
        self.mount.settle()
        self.assertEqual(self.mount.rejected(), {})
        self.assertEqual(self.mount.photos(), [name])


class Editors(MountTest):
    options = ("delay=200", "settle=500", "settle-empty=2000")

    def drop(self, name=f"{NUMBERS[0]}.jpg"):
        """A good photo in the point; its bytes as finished."""
        run("cp", self.copy_of(self.good(1)[0], name), self.mount.point())
        self.mount.settle()
        return self.mount.point(name)

    def reject(self, name=f"{NUMBERS[0]}.jpg"):
        """A good photo with garbage before it, in rejected/: what sed and its like can repair."""
        source = os.path.join(self.directory, name)
        with open(source, "wb") as f:
            f.write(b"SPOILT\n" + read(self.good(1)[0]))
        run("cp", source, self.mount.point())
        self.mount.settle()
        self.assertEqual(list(self.mount.rejected()), [name])
        return self.mount.point("rejected", name)

    def assert_repaired(self, name=f"{NUMBERS[0]}.jpg"):
        wait_for(lambda: self.mount.photos() == [f"{NUMBERS[0]}.jpg"], f"accepted; {self.mount.rejected()}")
        self.mount.settle()
        self.assertEqual(self.mount.listed(), [f"{NUMBERS[0]}.jpg"])
        self.assertEqual(self.mount.rejected(), {})

    def assert_edited(self, path, before):
        """Judged again, and nothing is left over but the photo."""
        self.mount.settle()
        self.assertEqual(self.mount.listed(), [f"{NUMBERS[0]}.jpg"])
        self.assertEqual(self.mount.rejected(), {})
        self.assertNotEqual(os.stat(path).st_ino, before.st_ino)

    def test_sed_in_place(self):
        path = self.reject()
        run("sed", "-i", "-z", "s/^SPOILT\\n//", path, env={"LC_ALL": "C"})
        self.assert_repaired()

    def test_perl_in_place(self):
        need("perl")
        path = self.reject()
        run("perl", "-i", "-ne", "print unless /^SPOILT$/", path, env={"LC_ALL": "C"})
        self.assert_repaired()

    def test_perl_in_place_with_a_backup(self):
        need("perl")
        path = self.reject()
        run("perl", "-i~", "-ne", "print unless /^SPOILT$/", path, env={"LC_ALL": "C"})
        self.assert_repaired()

    def test_vim(self):
        # It saves in place where it cannot rename, and then insists on the inode that it has read;
        # in a folder of its own it renames.
        need("vim")
        os.mkdir(self.mount.point("一班"))
        source = os.path.join(self.directory, f"{NUMBERS[0]}.jpg")
        with open(source, "wb") as f:
            f.write(b"SPOILT\n" + read(self.good(1)[0]))
        saved = self.mount.point("一班", f"{NUMBERS[0]}.jpg")
        run("vim", "-es", "-N", "-u", "NONE", "-b", "-c", "1d", "-c", f"w {saved}", "-c", "q!", source,
            env={"HOME": self.directory})
        self.assert_repaired()

    def test_exiftool(self):
        need("exiftool")
        path = self.drop()
        run("exiftool", "-q", "-overwrite_original", "-Artist=nobody", path)
        # The same picture: metadata is not kept, so the finished photo may be the same bytes.
        self.mount.settle()
        self.assertEqual(self.mount.listed(), [f"{NUMBERS[0]}.jpg"])
        self.assertEqual(self.mount.rejected(), {})

    def test_mogrify(self):
        need("mogrify")
        path = self.drop()
        before = os.stat(path)
        run("mogrify", "-brightness-contrast", "3x0", path)
        self.assert_edited(path, before)

    def test_jpegoptim(self):
        need("jpegoptim")
        path = self.drop(f"张三 {NUMBERS[0]}.jpg")
        run("jpegoptim", "-q", "-f", "--max=80", path)
        self.mount.settle()
        self.assertEqual(self.mount.listed(), [f"{NUMBERS[0]}.jpg"])
        self.assertEqual(self.mount.rejected(), {})

    def test_convert_to_the_name_itself(self):
        need("convert")
        path = self.drop()
        before = os.stat(path)
        run("convert", path, "-brightness-contrast", "3x0", path)
        self.assert_edited(path, before)


class Copies(MountTest):
    """Inside the mount, and by calls that move bytes without write()."""

    options = ("delay=200", "settle=300", "settle-empty=800")

    def test_reflink_is_refused_in_words(self):
        source = self.copy_of(self.good(1)[0], f"{NUMBERS[0]}.jpg")
        result = run("cp", "--reflink=always", source, self.mount.point(), check=False)
        self.assertEqual(result.returncode, 1)
        self.assertIn("failed to clone", result.stderr)
        # What it leaves is empty, and a second, ordinary copy is no trouble.
        run("cp", source, self.mount.point())
        self.mount.settle()
        self.assertEqual(self.mount.photos(), [f"{NUMBERS[0]}.jpg"])
        self.assertEqual(self.mount.rejected(), {})

    def test_cp_inside_the_mount(self):
        run("cp", self.copy_of(self.good(1)[0], "IMG_1.jpg"), self.mount.point())
        self.mount.settle()
        run("cp", self.mount.point("rejected", "IMG_1.jpg"), self.mount.point(f"{NUMBERS[0]}.jpg"))
        self.mount.settle()
        self.assertEqual(self.mount.photos(), [f"{NUMBERS[0]}.jpg"])

    def test_mv_inside_the_mount(self):
        run("cp", self.copy_of(self.good(1)[0], "IMG_1.jpg"), self.mount.point())
        self.mount.settle()
        run("mv", self.mount.point("rejected", "IMG_1.jpg"), self.mount.point(f"{NUMBERS[0]}.jpg"))
        self.mount.settle()
        self.assertEqual(self.mount.photos(), [f"{NUMBERS[0]}.jpg"])
        self.assertEqual(self.mount.rejected(), {})

    def test_space_reserved_before_the_bytes_come(self):
        data = read(self.good(1)[0])
        with open(self.mount.point(f"{NUMBERS[0]}.jpg"), "wb") as f:
            # Refused or done by the C library byte by byte; never a crash, never a wrong verdict.
            try:
                os.posix_fallocate(f.fileno(), 0, len(data))
            except OSError:
                pass
            f.write(data)
        self.mount.settle()
        self.assertEqual(self.mount.photos(), [f"{NUMBERS[0]}.jpg"])

    def test_mapped_writing(self):
        import mmap
        data = read(self.good(1)[0])
        with open(self.mount.point(f"{NUMBERS[0]}.jpg"), "w+b") as f:
            f.truncate(len(data))
            with mmap.mmap(f.fileno(), len(data)) as view:
                view[:] = data
        wait_for(lambda: self.mount.photos() == [f"{NUMBERS[0]}.jpg"], "accepted")
        self.assertEqual(self.mount.rejected(), {})


if __name__ == "__main__":
    main()
