#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A client that means harm, at every limit [Z4] and past it; then somebody drops a photo as if nothing had been.

The names, the numbers of files and the bytes that a client chooses all end in the errno that the manual gives.
"""

import errno
import os
import resource
import threading

from harness import BUILD, MountTest, NUMBERS, POINT, main, read, wait_for

MIB = 1 << 20
RSS_MIB = 96  # beside what sanitizers keep
SANITIZED = "asan" in os.path.basename(os.path.realpath(BUILD)) or "tsan" in os.path.basename(os.path.realpath(BUILD))


class Hostile(MountTest):
    options = ("delay=100", "settle=200", "settle-empty=400")

    def setUp(self):
        super().setUp()
        self.mount.end()
        with open(os.path.join(self.mount.store, "idphotofs.conf"), "w", encoding="utf-8") as f:
            f.write("[upload]\nmax-open-uploads = 64\nmax-staged-size = 64 MiB\n")
        self.mount.start()

    def tearDown(self):
        """Whatever was done before: a photo is taken, and the daemon is as small as ever."""
        name = f"{NUMBERS[0]}.jpg"
        with open(self.mount.point(name), "wb") as f:
            f.write(read(self.good(1)[0]))
        self.mount.settle()
        self.assertEqual(self.mount.photos(), [name])
        with open(f"/proc/{self.mount.daemon.pid}/status", encoding="ascii") as f:
            rss = next(int(line.split()[1]) // 1024 for line in f if line.startswith("VmRSS"))
        if not SANITIZED:
            self.assertLess(rss, RSS_MIB)
        super().tearDown()

    def errno_of(self, function, *args):
        try:
            result = function(*args)
        except OSError as error:
            return errno.errorcode[error.errno]
        if function is os.open:
            os.close(result)
        return "OK"

    def create(self, name):
        return self.errno_of(os.open, self.mount.point(name), os.O_WRONLY | os.O_CREAT, 0o644)

    # ---- names ----

    def test_names(self):
        base = os.fsencode(self.mount.point())
        cases = {
            b"x" * 251 + b".jpg": "OK",
            b"x" * 252 + b".jpg": "ENAMETOOLONG",
            ("学" * 83).encode() + b".jpgxx": "OK",
            ("学" * 85).encode() + b"x": "ENAMETOOLONG",
            b"line\nfeed.jpg": "EACCES",
            b"escape\x1b[2J.jpg": "EACCES",
            b"delete\x7f.jpg": "EACCES",
            b"gb\xb2\xe2.jpg": "EACCES",
            b"overlong\xc0\xaf.jpg": "EACCES",
            b"surrogate\xed\xa0\x80.jpg": "EACCES",
            b".Trash-0": "EACCES",
            b"STATUS.txt": "EACCES",
            b"nul.txt/..": "ENOENT",
            b"../../../etc/shadow-of-nobody.jpg": "ENOENT",
            b"../new.jpg": "EACCES",
        }
        for name, expected in cases.items():
            with self.subTest(name=name):
                path = base + b"/" + name
                self.assertEqual(self.errno_of(os.open, path, os.O_WRONLY | os.O_CREAT, 0o644), expected)
        for name, expected in cases.items():
            if name.startswith((b"..", b"nul")) or expected == "OK":
                continue
            source = self.mount.point("plain.jpg")
            with open(source, "wb") as f:
                f.write(b"x")
            with self.subTest(renamed_to=name):
                self.assertEqual(self.errno_of(os.rename, source.encode(), base + b"/" + name), expected)
                self.assertIn(self.errno_of(os.mkdir, base + b"/" + name), (expected, "EEXIST"))
                self.assertIn(self.errno_of(os.stat, base + b"/" + name), ("OK", "ENOENT", "ENAMETOOLONG"))

    def test_nothing_but_files_and_folders(self):
        path = self.mount.point("x.jpg")
        for function, args in ((os.symlink, ("/etc/passwd", path)), (os.mkfifo, (path,)),
                               (os.mknod, (path, 0o600 | 0o020000, os.makedev(1, 3))), (os.link, ("/etc/hostname", path))):
            self.assertIn(self.errno_of(function, *args), ("EPERM", "EACCES", "ENOSYS", "EXDEV"), function.__name__)

    def test_folders_have_a_depth(self):
        path, made = self.mount.point(), 0
        while made < 64:
            path = os.path.join(path, "f")
            if self.errno_of(os.mkdir, path) != "OK":
                break
            made += 1
        self.assertEqual(made, 16)
        self.assertEqual(self.errno_of(os.mkdir, path), "EACCES")
        # Nor does a rename make them deeper, or stand in themselves.
        os.mkdir(self.mount.point("g"))
        os.mkdir(self.mount.point("g", "h"))
        self.assertEqual(self.errno_of(os.rename, self.mount.point("g"), os.path.join(os.path.dirname(path), "g")), "EACCES")
        self.assertEqual(self.errno_of(os.rename, self.mount.point("g"), self.mount.point("g", "h", "g")), "EINVAL")
        self.assertEqual(self.errno_of(os.rename, self.mount.point("f"), self.mount.point("g", "h", "f")), "EACCES")
        # The deepest folder is as good as any.
        with open(os.path.join(os.path.dirname(path), f"深 {NUMBERS[1]}.jpg"), "wb") as f:
            f.write(read(self.good(2)[1]))
        self.mount.settle()
        self.assertEqual(self.mount.photos(), [f"{NUMBERS[1]}.jpg"])
        os.unlink(self.mount.point(f"{NUMBERS[1]}.jpg"))

    def test_renames_in_circles(self):
        """Three names, four threads, each rename whatever is there."""
        names = [self.mount.point(f"{c} IMG.jpg") for c in "abc"]
        with open(names[0], "wb") as f:
            f.write(b"words")

        def turn(start):
            for i in range(150):
                self.errno_of(os.rename, names[(start + i) % 3], names[(start + i + 1) % 3])

        threads = [threading.Thread(target=turn, args=(i,)) for i in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.mount.settle()
        self.assertLessEqual(len(self.mount.rejected()), 1)

    # ---- numbers and bytes ----

    def test_a_file_of_one_byte_too_many(self):
        fd = os.open(self.mount.point("large.jpg"), os.O_WRONLY | os.O_CREAT, 0o644)
        try:
            os.pwrite(fd, b"x", 20 * MIB - 1)
            self.assertEqual(self.errno_of(os.pwrite, fd, b"x", 20 * MIB), "EFBIG")
            self.assertEqual(self.errno_of(os.ftruncate, fd, 20 * MIB + 1), "EFBIG")
            self.assertEqual(self.errno_of(os.pwrite, fd, b"x", 1 << 62), "EFBIG")
        finally:
            self.errno_of(os.close, fd)
        self.mount.settle()
        self.assertEqual(list(self.mount.rejected()), ["large.jpg"])

    def test_open_uploads(self):
        fds = [os.open(self.mount.point(f"o{i}.jpg"), os.O_WRONLY | os.O_CREAT, 0o644) for i in range(64)]
        self.assertEqual(self.create("one-more.jpg"), "EMFILE")
        self.assertFalse(os.path.exists(self.mount.point("one-more.jpg")))
        # Whoever only reads is not shut out.
        read(self.mount.point("STATUS.txt"))
        os.close(fds.pop())
        wait_for(lambda: self.create("one-more.jpg") == "OK", "a closed one makes room", timeout=10)
        for fd in fds:
            os.close(fd)

    def test_bytes_that_wait_for_a_verdict(self):
        """Temporary names are never judged: only the limit ends them."""
        def put(i, size):
            fd = os.open(self.mount.point(f".{NUMBERS[1]}.jpg.{i:06}"), os.O_WRONLY | os.O_CREAT, 0o644)
            try:
                return self.errno_of(os.pwrite, fd, b"x", size - 1)
            finally:
                self.errno_of(os.close, fd)

        self.assertEqual([put(i, 20 * MIB) for i in range(4)], ["OK", "OK", "OK", "EDQUOT"])
        # It is counted after a restart too.
        self.mount.kill()
        self.mount.start()
        self.assertEqual(put(5, 5 * MIB), "EDQUOT")
        self.assertEqual(put(6, 3 * MIB), "OK")
        for name in [f".{NUMBERS[1]}.jpg.{i:06}" for i in (0, 1, 2, 3, 5, 6)]:
            os.unlink(self.mount.point(name))
        self.assertEqual(put(7, 20 * MIB), "OK")
        os.unlink(self.mount.point(f".{NUMBERS[1]}.jpg.000007"))

    def test_litter_without_end(self):
        for i in range(3000):
            with open(self.mount.point(f"._{i}" + "x" * 200), "wb") as f:
                f.write(b"x" * 100)
        self.assertEqual(self.mount.listed(), [])
        self.assertEqual(os.listdir(os.path.join(self.mount.store, "staging")), [])

    def test_unlinked_while_open(self):
        fds = []
        for i in range(40):
            path = self.mount.point(f"u{i}.jpg")
            fds.append(os.open(path, os.O_RDWR | os.O_CREAT, 0o644))
            os.unlink(path)
            os.write(fds[-1], b"x" * 1000)
        for fd in fds:
            os.close(fd)
        self.mount.settle()
        self.assertEqual(self.mount.rejected(), {})


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
    main()
