#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Extended attributes [T5], and close() that waits for the verdict [D3]."""

import ctypes
import errno
import hashlib
import os

from harness import MountTest, NUMBERS, main, read, run


class Attributes(MountTest):
    options = ("delay=100",)

    def assert_errno(self, number, function, *args):
        with self.assertRaises(OSError) as caught:
            function(*args)
        self.assertEqual(errno.errorcode[caught.exception.errno], errno.errorcode[number])

    def get(self, path, name):
        return os.getxattr(path, f"user.idphotofs.{name}").decode()

    def test_of_an_accepted_photo(self):
        run("cp", self.copy_of(self.good(1)[0], f"张三 {NUMBERS[0]}.jpg"), self.mount.point())
        self.mount.settle()
        path = self.mount.point(f"{NUMBERS[0]}.jpg")
        self.assertEqual(self.get(path, "state"), "pending")
        self.assertEqual(self.get(path, "student"), NUMBERS[0])
        self.assertEqual(self.get(path, "submitted-as"), f"张三 {NUMBERS[0]}.jpg")
        self.assertEqual(self.get(path, "sha256"), hashlib.sha256(read(path)).hexdigest())
        self.assertTrue(60 <= int(self.get(path, "quality")) <= 100)
        self.assertIn("user.idphotofs.state", os.listxattr(path))
        self.assert_errno(errno.ENODATA, self.get, path, "reasons")

    def test_times_beyond_what_is_kept_are_its_ends(self):
        """As with the disk's filesystems: the nearest time that there is, never one on the other side of 1970."""
        run("cp", self.copy_of(self.good(1)[0], f"a {NUMBERS[0]}.jpg"), self.mount.point())
        self.mount.settle()
        os.mkdir(self.mount.point("folder"))
        temporary = self.mount.point(".x.jpg.Ab3dEf")
        with open(temporary, "wb") as f:
            f.write(b"x")
        for name in (self.mount.point(f"a {NUMBERS[0]}.jpg"), self.mount.point("folder"), temporary, self.mount.point()):
            for seconds in (9223372036, 9223372037, 1 << 34, 253402300799):
                os.utime(name, (seconds, seconds))
                self.assertEqual(int(os.stat(name).st_mtime), min(seconds, 9223372036), name)
            for seconds in (-9223372036, -9223372037, -(1 << 34), -62135596800):
                os.utime(name, (seconds, seconds))
                self.assertEqual(os.stat(name).st_mtime_ns, max(seconds * 10**9, -(1 << 63)), name)
            os.utime(name, (-1, -1))
            self.assertEqual(int(os.stat(name).st_mtime), -1, name)
        os.unlink(temporary)
        # The same for what arrives with such a time, and after a restart.
        source = self.copy_of(self.good(2)[1], f"b {NUMBERS[1]}.jpg")
        for seconds, kept in ((1 << 34, (1 << 63) - 1), (1 << 32, (1 << 32) * 10**9)):
            os.utime(source, (seconds, seconds))
            os.path.exists(self.mount.point(f"{NUMBERS[1]}.jpg")) and os.unlink(self.mount.point(f"{NUMBERS[1]}.jpg"))
            run("cp", "-p", source, self.mount.point())
            self.mount.settle()
            names = [self.mount.point(f"b {NUMBERS[1]}.jpg"), self.mount.point(f"{NUMBERS[1]}.jpg"),
                     self.mount.point("submitted", f"b {NUMBERS[1]}.jpg")]
            self.assertEqual([os.stat(name).st_mtime_ns for name in names], [kept] * 3)
            self.mount.end()
            self.mount.start()
            self.assertEqual([os.stat(name).st_mtime_ns for name in names], [kept] * 3)
        self.mount.ctl("verify")

    def test_of_a_rejected_file_and_its_alias(self):
        run("cp", self.copy_of(self.good(1)[0], "IMG_1.jpg"), self.mount.point())
        self.mount.settle()
        for path in [self.mount.point("rejected", "IMG_1.jpg"), self.mount.point("IMG_1.jpg")]:
            self.assertEqual(self.get(path, "state"), "rejected")
            self.assertEqual(self.get(path, "reasons"), "name-no-number")
            self.assertEqual(self.get(path, "sha256"), hashlib.sha256(read(self.good(1)[0])).hexdigest())

    def test_the_protocol_of_sizes(self):
        run("cp", self.copy_of(self.good(1)[0], f"{NUMBERS[0]}.jpg"), self.mount.point())
        self.mount.settle()
        libc = ctypes.CDLL(None, use_errno=True)
        path = os.fsencode(self.mount.point(f"{NUMBERS[0]}.jpg"))
        buffer = ctypes.create_string_buffer(64)
        self.assertEqual(libc.getxattr(path, b"user.idphotofs.student", buffer, 0), 18)
        self.assertEqual(libc.getxattr(path, b"user.idphotofs.student", buffer, 18), 18)
        self.assertEqual(libc.getxattr(path, b"user.idphotofs.student", buffer, 17), -1)
        self.assertEqual(ctypes.get_errno(), errno.ERANGE)
        needed = libc.listxattr(path, buffer, 0)
        self.assertGreater(needed, 0)
        self.assertEqual(libc.listxattr(path, buffer, 5), -1)
        self.assertEqual(ctypes.get_errno(), errno.ERANGE)

    def test_nobody_sets_or_removes_any(self):
        path = self.mount.point(f"{NUMBERS[0]}.jpg")
        run("cp", self.copy_of(self.good(1)[0], f"{NUMBERS[0]}.jpg"), path)
        for _ in range(2):
            for name in ("user.idphotofs.state", "user.DOSATTRIB"):
                self.assert_errno(errno.EOPNOTSUPP, os.setxattr, path, name, b"approved")
                self.assert_errno(errno.EOPNOTSUPP, os.removexattr, path, name)
            self.assert_errno(errno.ENODATA, os.getxattr, path, "user.nothing")
            self.mount.settle()

    def test_what_was_sent_lists_none_and_tells_each(self):
        run("cp", self.copy_of(self.good(1)[0], f"张三 {NUMBERS[0]}.jpg"), self.mount.point())
        for _ in range(2):
            path = self.mount.point(f"张三 {NUMBERS[0]}.jpg")
            self.assertEqual(os.listxattr(path), [])
            self.assertEqual(self.get(path, "submitted-as"), f"张三 {NUMBERS[0]}.jpg")
            self.mount.settle()


class VerdictOnClose(MountTest):
    options = ("delay=100", "verdict=close", "settle=300")

    def test_rejection_fails_the_close(self):
        result = run("cp", self.copy_of(self.good(1)[0], "IMG_1.jpg"), self.mount.point(), check=False)
        self.assertEqual(result.returncode, 1)
        self.assertIn("Invalid argument", result.stderr)
        self.mount.settle()
        self.assertEqual(list(self.mount.rejected()), ["IMG_1.jpg"])

    def test_acceptance_does_not(self):
        run("cp", self.copy_of(self.good(1)[0], f"{NUMBERS[0]}.jpg"), self.mount.point())
        self.mount.settle()
        self.assertEqual(self.mount.photos(), [f"{NUMBERS[0]}.jpg"])

    def test_flush_in_the_middle_is_no_end(self):
        target = self.mount.point(f"{NUMBERS[0]}.jpg")
        run("bash", "-c", '{ head -c 1000 "$1"; tail -c +1001 "$1"; } > "$2"', "bash", self.good(1)[0], target)
        self.mount.settle()
        self.assertEqual(self.mount.photos(), [f"{NUMBERS[0]}.jpg"])

    def test_many_at_once(self):
        # More closes that wait than there are request threads: nobody may stand still.
        sources = [self.copy_of(p, f"没有号码 {i}.jpg") for i, p in enumerate(self.good(30))]
        script = "for f; do cp \"$f\" . 2>/dev/null & done; wait"
        run("sh", "-c", script, "sh", *sources, cwd=self.mount.point())
        self.mount.settle()
        self.assertEqual(len(self.mount.rejected()), 30)


if __name__ == "__main__":
    main()
