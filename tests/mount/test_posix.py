#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What system calls do and say, by tables: as who asks, in a point, in a folder of it, on what the store makes."""

import errno
import mmap
import os
import random
import shutil
import stat
import time

from harness import MountTest, NUMBERS, POINT, WORKBOOKS, main, need, read, run, wait_for
from users import UsersTest, as_user, errno_of

GROUP, MEMBER, COLLEAGUE, STRANGER = 61001, 60001, 60002, 60003
SEED = int(os.environ.get("IDPHOTO_TEST_SEED", "0")) or int.from_bytes(os.urandom(4), "little")


def tick(since):
    """Some times are the kernel's, which go by its ticks, and others the daemon's, which are exact: waits for the next tick."""
    coarse = 5  # CLOCK_REALTIME_COARSE, which Python does not name
    wait_for(lambda: time.clock_gettime_ns(coarse) > since, "the kernel's clock goes on")


def write(path, data=b"x", mode=0o644):
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    try:
        os.write(fd, data)
    finally:
        os.close(fd)


class Calls(MountTest):
    """The tables of errnos. Nothing here is judged within the test: names are a client's temporary ones, or it is soon."""

    options = ("delay=60000", "settle=60000", "settle-empty=60000")

    def assert_errnos(self, table):
        for expected, function, *args in table:
            self.assertEqual(errno_of(function, *args), expected, f"{function.__name__}{args}")

    def test_mkdir_and_rmdir(self):
        p = self.mount.point
        write(p("f.part"))
        os.makedirs(p("d", "inner"))
        self.assert_errnos([
            ("EEXIST", os.mkdir, p("d")), ("EEXIST", os.mkdir, p("f.part")), ("EEXIST", os.mkdir, p("submitted")),
            ("ENOENT", os.mkdir, p("no", "d")), ("ENOTDIR", os.mkdir, p("f.part", "d")),
            ("ENAMETOOLONG", os.mkdir, p("d" * 256)), ("EACCES", os.mkdir, p("rejected", "d")),
            ("EACCES", os.mkdir, p("missing", "d")), ("EACCES", os.mkdir, os.path.join(self.mount.path, "d")),
            ("ENOENT", os.rmdir, p("no")), ("ENOTDIR", os.rmdir, p("f.part")), ("ENOTDIR", os.rmdir, p("f.part", "d")),
            ("ENOTEMPTY", os.rmdir, p("d")), ("EPERM", os.rmdir, p("submitted")), ("EPERM", os.rmdir, p()),
            ("EINVAL", os.rmdir, p("d", "inner", ".")), ("ENOTEMPTY", os.rmdir, p("d", "inner", "..")),
            ("OK", os.rmdir, p("d", "inner")), ("OK", os.rmdir, p("d")), ("ENOENT", os.rmdir, p("d")),
            ("OK", os.mkdir, p("d")), ("OK", os.rmdir, p("d")),
        ])

    def test_rename(self):
        p = self.mount.point
        write(p("f.part"))
        write(p("g.part"), b"other")
        for name in ("d", "e", "full"):
            os.mkdir(p(name))
        os.mkdir(p("full", "inner"))
        self.assert_errnos([
            ("ENOENT", os.rename, p("no"), p("x")), ("ENOTDIR", os.rename, p("d"), p("f.part")),
            ("EISDIR", os.rename, p("f.part"), p("d")), ("ENOTEMPTY", os.rename, p("d"), p("full")),
            ("EINVAL", os.rename, p("full"), p("full", "inner", "x")), ("ENOTEMPTY", os.rename, p("full", "inner"), p("full")),
            ("OK", os.rename, p("d"), p("e")), ("ENOENT", os.rename, p("d"), p("e")), ("OK", os.rename, p("e"), p("d")),
            ("OK", os.rename, p("full"), p("d", "full")), ("OK", os.rename, p("d", "full", "inner"), p("inner")),
            ("OK", os.rename, p("f.part"), p("f.part")), ("OK", os.rename, p("f.part"), p("g.part")),
            ("ENOENT", os.rename, p("f.part"), p("g.part")), ("OK", os.rename, p("g.part"), p("d", "g.part")),
            ("EACCES", os.rename, p("submitted"), p("x")), ("EACCES", os.rename, p("d"), p("missing", "d")),
            ("EACCES", os.rename, p("d"), p("rejected", "d")),
        ])
        self.assertEqual(read(p("d", "g.part")), b"x")

    def test_open_unlink_link(self):
        p = self.mount.point
        write(p("f.part"))
        os.mkdir(p("d"))
        self.assert_errnos([
            ("EEXIST", os.open, p("f.part"), os.O_CREAT | os.O_EXCL | os.O_WRONLY), ("EISDIR", os.open, p("d"), os.O_WRONLY),
            ("ENOTDIR", os.open, p("f.part"), os.O_DIRECTORY), ("ENOENT", os.open, p("no"), os.O_RDONLY),
            ("ENOTDIR", os.open, p("f.part", "x"), os.O_RDONLY), ("EISDIR", os.open, p("d"), os.O_CREAT | os.O_WRONLY),
            ("ENAMETOOLONG", os.open, p("f" * 256), os.O_CREAT | os.O_WRONLY), ("ENOENT", os.unlink, p("no")),
            ("EISDIR", os.unlink, p("d")), ("EEXIST", os.link, p("f.part"), p("d")), ("EPERM", os.link, p("d"), p("e")),
            ("EPERM", os.link, p("f.part"), p("g.part")), ("EPERM", os.symlink, "f.part", p("s")),
            ("EPERM", os.mknod, p("n"), stat.S_IFIFO | 0o644), ("EPERM", os.mknod, p("n"), stat.S_IFSOCK | 0o644),
            ("EEXIST", os.mknod, p("f.part"), stat.S_IFREG | 0o644), ("EACCES", os.mknod, p("missing", "x"), stat.S_IFREG),
            ("ENOENT", os.mknod, p("no", "x"), stat.S_IFREG | 0o644), ("OK", os.unlink, p("f.part")),
            ("ENOENT", os.unlink, p("f.part")),
        ])

    def test_truncate(self):
        p = self.mount.point
        write(p("f.part"), b"0123456789")
        os.mkdir(p("d"))
        self.assert_errnos([
            ("ENOENT", os.truncate, p("no"), 0), ("EISDIR", os.truncate, p("d"), 0), ("EINVAL", os.truncate, p("f.part"), -1),
            ("EFBIG", os.truncate, p("f.part"), 1 << 40), ("OK", os.truncate, p("f.part"), 4),
        ])
        self.assertEqual(read(p("f.part")), b"0123")
        os.truncate(p("f.part"), 7)
        self.assertEqual(read(p("f.part")), b"0123\0\0\0")
        # A descriptor for reading cannot.
        fd = os.open(p("f.part"), os.O_RDONLY)
        self.assertEqual(errno_of(os.ftruncate, fd, 0), "EINVAL")
        os.close(fd)

    def test_an_empty_file_by_mknod(self):
        for name in ("a.part", "Thumbs.db", f"{NUMBERS[0]}.jpg"):
            path = self.mount.point(name)
            os.mknod(path, stat.S_IFREG | 0o640)
            st = os.stat(path)
            self.assertEqual((st.st_size, oct(st.st_mode)), (0, oct(stat.S_IFREG | 0o640)), name)
        with open(path, "r+b") as f:
            f.write(read(self.good(1)[0]))
        self.mount.settle()
        self.assertEqual(self.mount.photos(), [f"{NUMBERS[0]}.jpg"])

    def test_random_operations_on_an_open_upload(self):
        print(f"seed {SEED}")
        generator = random.Random(SEED)
        ours = os.open(self.mount.point("f.part"), os.O_RDWR | os.O_CREAT, 0o600)
        other = os.open(os.path.join(self.directory, "f"), os.O_RDWR | os.O_CREAT, 0o600)
        done = []

        def both(what, function):
            done.append(what)
            a, b = function(ours), function(other)
            if a != b:
                raise AssertionError(f"seed {SEED}: {what}: {a!r:.80} instead of {b!r:.80} after {done[-20:]}")

        def mapped(fd, offset, n):
            with mmap.mmap(fd, offset + n, mmap.MAP_SHARED, mmap.PROT_READ) as m:
                return m[offset:]

        def write_mapped(fd, offset, data):
            with mmap.mmap(fd, offset + len(data), mmap.MAP_SHARED) as m:
                m[offset:] = data
                m.flush()

        try:
            for _ in range(1500):
                step, offset, size = generator.randrange(7), generator.randrange(200000), generator.randrange(1, 20000)
                if step <= 1:
                    data = generator.randbytes(size)
                    both(f"pwrite {offset} {size}", lambda fd: os.pwrite(fd, data, offset))
                elif step == 2:
                    both(f"truncate {offset}", lambda fd: os.ftruncate(fd, offset))
                elif step <= 4:
                    both(f"pread {offset} {size}", lambda fd: os.pread(fd, size, offset))
                elif step == 5 and os.fstat(other).st_size > offset:
                    n = min(size, os.fstat(other).st_size - offset)
                    both(f"mmap {offset} {n}", lambda fd: mapped(fd, offset, n))
                    if generator.randrange(2):
                        data = generator.randbytes(n)
                        both(f"write by mmap {offset} {n}", lambda fd: write_mapped(fd, offset, data))
                else:
                    both("size", lambda fd: os.fstat(fd).st_size)
            os.fsync(ours)
            both("all", lambda fd: os.pread(fd, 1 << 20, 0))
        finally:
            os.close(ours)
            os.close(other)
        self.assertEqual(read(self.mount.point("f.part")), read(os.path.join(self.directory, "f")))

    def test_times(self):
        p = self.mount.point
        write(p("f.part"))
        os.mkdir(p("d"))
        for path in (p("f.part"), p("d"), p(), p("submitted")):
            for when in ((0, 0), (1, 999999999), (2**31, 5), (4102444800, 123456789)):
                ns = when[0] * 10**9 + when[1]
                os.utime(path, ns=(ns, ns))
                self.assertEqual(os.stat(path).st_mtime_ns, ns, path)
        for path in (p("rejected"), p("missing"), p("STATUS.txt"), self.mount.path):
            self.assertEqual(errno_of(os.utime, path, (1, 1)), "EPERM", path)
            st = os.stat(path)
            os.utime(path, ns=(st.st_mtime_ns, st.st_mtime_ns))

    def test_xattrs(self):
        p = self.mount.point
        write(p("f.part"))
        os.mkdir(p("d"))
        for path in (p("f.part"), p("d"), p(), p("STATUS.txt"), p("submitted")):
            self.assert_errnos([
                ("ENOTSUP", os.setxattr, path, "user.origin", b"camera"),
                ("ENOTSUP", os.setxattr, path, "user.idphotofs.state", b"approved"),
                ("ENOTSUP", os.removexattr, path, "user.origin"),
                ("ENOTSUP", os.removexattr, path, "user.idphotofs.state"),
            ])
            self.assertEqual(os.listxattr(path), [])


class Owners(UsersTest):
    """Who may do what, by the permissions of the kernel; and what the store makes is as it is."""

    options = ("delay=100", "settle=200", "settle-empty=400")
    points = ()

    def setUp(self):
        super().setUp()
        self.mount.ctl("point", "add", POINT, f"--group={GROUP}")
        wait_for(lambda: POINT in os.listdir(self.mount.path), "the point is there")
        self.good(2)
        os.chmod(self.plain_directory, 0o755)

    def test_files_of_others(self):
        path = self.mount.point("f.part")
        as_user(MEMBER, [GROUP], lambda: write(path))

        def try_all():
            return {"chmod": errno_of(os.chmod, path, 0o600), "chown": errno_of(os.chown, path, COLLEAGUE, -1),
                    "chgrp": errno_of(os.chown, path, -1, 100), "own group": errno_of(os.chown, path, -1, GROUP),
                    "now": errno_of(os.utime, path), "times": errno_of(os.utime, path, (1, 1)),
                    "truncate": errno_of(os.truncate, path, 1), "write": errno_of(os.open, path, os.O_WRONLY),
                    "read": errno_of(os.open, path, os.O_RDONLY)}

        self.assertEqual(as_user(COLLEAGUE, [GROUP], try_all), {
            "chmod": "EPERM", "chown": "EPERM", "chgrp": "EPERM", "own group": "EPERM", "now": "EACCES", "times": "EPERM",
            "truncate": "EACCES", "write": "EACCES", "read": "OK"})
        self.assertEqual(set(as_user(STRANGER, [65534], try_all).values()), {"EACCES"})
        self.assertEqual(as_user(MEMBER, [GROUP], try_all), {
            "chmod": "OK", "chown": "EPERM", "chgrp": "EPERM", "own group": "OK", "now": "OK", "times": "OK",
            "truncate": "OK", "write": "OK", "read": "OK"})
        # In a directory of the group any member may remove and rename.
        self.assertEqual(as_user(COLLEAGUE, [GROUP], lambda: errno_of(os.rename, path, path + ".tmp")), "OK")
        self.assertEqual(as_user(COLLEAGUE, [GROUP], lambda: errno_of(os.unlink, path + ".tmp")), "OK")

    def test_the_directory_of_a_point(self):
        path = self.mount.point()
        os.chown(path, MEMBER, GROUP + 1)
        os.chmod(path, 0o2750)
        for _ in range(2):
            for name in (path, self.mount.point("submitted"), self.mount.point("rejected")):
                st = os.stat(name)
                self.assertEqual((st.st_uid, st.st_gid, oct(st.st_mode & 0o7777)), (MEMBER, GROUP + 1, oct(0o2750)), name)
            self.assertEqual(as_user(COLLEAGUE, [GROUP], lambda: errno_of(os.listdir, path)), "EACCES")
            self.assertEqual(as_user(COLLEAGUE, [GROUP + 1], lambda: errno_of(os.listdir, path)), "OK")
            self.mount.end()
            self.mount.start()
        for user in (COLLEAGUE, MEMBER):
            self.assertEqual(as_user(user, [GROUP + 1], lambda: errno_of(os.chmod, path, 0o2770)), "EPERM")
        self.assertEqual(as_user(MEMBER, [GROUP + 1, GROUP], lambda: errno_of(os.chown, path, -1, GROUP)), "EPERM")
        os.chmod(path, 0o2770)
        listed = self.mount.ctl("point", "list", "--json").stdout
        self.assertIn('"2770"', listed)
        self.assertIn(str(GROUP + 1), listed)
        self.assertEqual(self.mount.ctl("audit", "list", "--json").stdout.count("point-changed"), 3)
        # submitted/ goes its own way once somebody sets it.
        os.chmod(self.mount.point("submitted"), 0o2750)
        self.assertEqual([oct(os.stat(name).st_mode & 0o7777) for name in (path, self.mount.point("submitted"))],
                         [oct(0o2770), oct(0o2750)])
        self.mount.ctl("audit", "verify")

    def test_what_the_store_makes_is_as_it_is(self):
        shutil.copyfile(self.good(1)[0], self.mount.point(f"{NUMBERS[0]}.jpg"))
        write(self.mount.point("IMG_1.jpg"), read(self.good(2)[1]))
        self.mount.settle()
        fixed = [self.mount.point(name) for name in ("STATUS.txt", "status.csv", *WORKBOOKS, "index.html", "rejected", "missing",
                                                     "rejected/IMG_1.jpg - no ID number.txt")]
        fixed += [self.mount.path] + [os.path.join(self.mount.path, name) for name in
                                      ("STATUS.txt", "OFFICE", "OFFICE/pending", f"OFFICE/pending/{POINT}/{NUMBERS[0]}.jpg")]
        for path in fixed:
            before = os.stat(path)
            for call in ((os.chmod, path, 0o7), (os.chown, path, MEMBER, -1), (os.chown, path, -1, 100)):
                self.assertEqual(errno_of(*call), "EPERM", call)
            os.chmod(path, stat.S_IMODE(before.st_mode))
            os.chown(path, before.st_uid, before.st_gid)
            after = os.stat(path)
            self.assertEqual((before.st_mode, before.st_uid, before.st_gid), (after.st_mode, after.st_uid, after.st_gid))

    def test_a_program_that_copies_meets_no_error(self):
        # By path after the close, when the name means a photo already; what it sets is kept with what was sent.
        path, sent = self.mount.point(f"{NUMBERS[0]}.jpg"), self.mount.point("submitted", f"{NUMBERS[0]}.jpg")
        shutil.copyfile(self.good(1)[0], path)
        self.mount.settle()
        shown = os.stat(path)
        os.utime(path, (1600000000, 1600000000))
        os.chmod(path, 0o604)
        os.chown(path, MEMBER, 100)
        after = os.stat(path)
        self.assertEqual((after.st_mode, after.st_uid, after.st_gid), (shown.st_mode, shown.st_uid, shown.st_gid))
        self.assertEqual(after.st_mtime, 1600000000)
        st = os.stat(sent)
        self.assertEqual((oct(st.st_mode & 0o777), st.st_uid, st.st_gid, st.st_mtime), (oct(0o604), MEMBER, 100, 1600000000))
        os.rename(os.path.join(self.mount.path, "OFFICE", "pending", POINT, f"{NUMBERS[0]}.jpg"),
                  os.path.join(self.mount.path, "OFFICE", "approved", POINT, f"{NUMBERS[0]}.jpg"))
        wait_for(lambda: os.stat(path).st_mode & 0o777 == 0o440, "the photo is approved")
        self.assertEqual(errno_of(os.utime, path, (1, 1)), "EPERM")

    def test_a_list_in_the_import_folder_keeps_what_is_set(self):
        path = os.path.join(self.mount.path, "OFFICE", "import", "list.csv.part")
        write(path, b"x")
        os.utime(path, (1600000000, 1600000000))
        for mode in (0o640, 0o600):
            os.chmod(path, mode)
            st = os.stat(path)
            self.assertEqual((oct(st.st_mode & 0o7777), st.st_mtime), (oct(mode), 1600000000))
        os.chown(path, MEMBER, 100)
        self.assertEqual((os.stat(path).st_uid, os.stat(path).st_gid), (MEMBER, 100))


class Times(MountTest):
    """A directory's times move with its listing, whoever changes it [T3]."""

    options = ("delay=100", "settle=200", "settle-empty=400")

    def assert_moves(self, change, *moved, still=()):
        """Each of these, and ctime too, is later after change(); the kernel may answer itself for a second."""
        before = {path: os.stat(path) for path in moved + tuple(still)}
        change()
        for path in moved:
            wait_for(lambda: os.stat(path).st_mtime_ns > before[path].st_mtime_ns and
                     os.stat(path).st_ctime_ns > before[path].st_ctime_ns,
                     f"{path} moves: {before[path].st_mtime_ns} {os.stat(path).st_mtime_ns}", timeout=5)
        for path in still:
            self.assertEqual(os.stat(path).st_mtime_ns, before[path].st_mtime_ns, path)

    def test_directories_by_what_a_client_does(self):
        p = self.mount.point
        os.mkdir(p("f"))
        for base in ((), ("f",), ("submitted",)):
            d = p(*base)
            inside = lambda name: os.path.join(d, name)
            self.assert_moves(lambda: write(inside("a.part")), d)
            self.assert_moves(lambda: os.rename(inside("a.part"), inside("b.part")), d)
            self.assert_moves(lambda: os.unlink(inside("b.part")), d)
            self.assert_moves(lambda: os.mkdir(inside("g")), d)
            self.assert_moves(lambda: os.rename(inside("g"), inside("h")), d)
            self.assert_moves(lambda: os.mknod(inside("c.part"), stat.S_IFREG | 0o644), d)
            self.assert_moves(lambda: os.rename(inside("c.part"), inside("h/c.part")), d, inside("h"))
            self.assert_moves(lambda: os.unlink(inside("h/c.part")), inside("h"), still=[d])
            self.assert_moves(lambda: os.rmdir(inside("h")), d)

    def test_directories_by_verdicts_and_decisions(self):
        p = self.mount.point
        office = lambda *parts: os.path.join(self.mount.path, "OFFICE", *parts)
        photo, reason = f"{NUMBERS[0]}.jpg", os.listdir(office("rejected"))[0]
        roster = os.path.join(self.directory, "roster.csv")
        with open(roster, "w") as f:
            f.write(f"身份证号,姓名,教学点\n{NUMBERS[0]},张三,{POINT}\n{NUMBERS[1]},李四,{POINT}\n")
        self.assert_moves(lambda: self.mount.ctl("roster", "import", roster), p("missing"), still=[p("rejected"), p()])

        def drop(name, n):
            shutil.copyfile(self.good(n)[n - 1], p(name))
            self.mount.settle()

        self.assert_moves(lambda: drop(photo, 1), p(), p("missing"), p("submitted"), office("pending", POINT),
                          still=[p("rejected"), office("approved", POINT)])
        self.assert_moves(lambda: drop("IMG_1.jpg", 2), p(), p("rejected"), p("submitted"),
                          still=[p("missing"), office("pending", POINT)])
        self.assert_moves(lambda: os.rename(office("pending", POINT, photo), office("approved", POINT, photo)),
                          office("pending", POINT), office("approved", POINT), office("export", "platform"),
                          still=[p("rejected"), p("missing")])
        self.assert_moves(lambda: os.rename(office("approved", POINT, photo), office("pending", POINT, photo)),
                          office("pending", POINT), office("approved", POINT))
        self.assert_moves(lambda: os.rename(office("pending", POINT, photo), office("rejected", reason, photo)),
                          office("pending", POINT), office("rejected", reason), p(), p("rejected"), p("missing"))
        self.assert_moves(lambda: os.unlink(p("rejected", "IMG_1.jpg")), p("rejected"))
        self.assert_moves(lambda: drop(f"{NUMBERS[1]}.jpg", 3), p(), p("missing"))
        self.assert_moves(lambda: os.unlink(p(f"{NUMBERS[1]}.jpg")), p(), p("missing"), office("pending", POINT))
        self.assert_moves(lambda: os.unlink(p("submitted", "IMG_1.jpg")), p("submitted"))
        self.assert_moves(lambda: write(office("import", "x.part")), office("import"))
        self.assert_moves(lambda: self.mount.ctl("point", "add", "大连学习中心"), self.mount.path, office("pending"))
        # And they stand across a restart.
        before = {path: os.stat(path).st_mtime_ns for path in (p(), p("rejected"), p("missing"), office("pending", POINT))}
        self.mount.end()
        self.mount.start()
        self.assertEqual({path: os.stat(path).st_mtime_ns for path in before}, before)

    def test_a_folder_that_goes_away_by_itself(self):
        os.mkdir(self.mount.point("f"))

        def drop():
            shutil.copyfile(self.good(1)[0], self.mount.point("f", f"{NUMBERS[0]}.jpg"))
            self.mount.settle()
            wait_for(lambda: self.mount.listed() == [f"{NUMBERS[0]}.jpg"], "only the photo is there")

        self.assert_moves(drop, self.mount.point())

    def test_what_a_client_set_stays_for_what_it_dropped_before(self):
        # So a second rsync finds everything as it was, and ctime tells of the verdict.
        self.mount.end()
        self.mount.options = ["delay=60000"]
        self.mount.start()
        p = self.mount.point
        os.mkdir(p("f"))
        for path in (p(f"{NUMBERS[0]}.jpg"), p("f", "IMG_1.jpg")):
            shutil.copyfile(self.good(1)[0], path)
        for path in (p("f"), p()):
            os.utime(path, (1600000000, 1600000000))
        before = os.stat(p()).st_ctime_ns
        self.mount.settle()
        wait_for(lambda: "f" not in self.mount.listed(), "the folder goes")
        wait_for(lambda: os.stat(p()).st_ctime_ns > before, "ctime moves")
        self.assertEqual([os.stat(path).st_mtime for path in (p("f"), p())], [1600000000] * 2)
        shutil.copyfile(self.good(2)[1], p(f"{NUMBERS[1]}.jpg"))
        self.assertGreater(os.stat(p()).st_mtime, 1700000000)

    def test_ctime_of_files_and_folders(self):
        p = self.mount.point
        write(p("f.part"))
        os.mkdir(p("d"))
        for path in (p("f.part"), p("d"), p()):
            for change in (lambda: os.utime(path, (1, 1)), lambda: os.chmod(path, 0o2750)):
                before = os.stat(path)
                tick(before.st_ctime_ns)
                change()
                after = os.stat(path)
                self.assertGreater(after.st_ctime_ns, before.st_ctime_ns, path)
                self.assertGreater(after.st_ctime_ns, after.st_mtime_ns, path)
        before = os.stat(p("f.part")).st_ctime_ns
        os.rename(p("f.part"), p("g.part"))
        renamed = os.stat(p("g.part")).st_ctime_ns
        self.assertGreater(renamed, before)
        tick(renamed)
        os.truncate(p("g.part"), 5)
        self.assertGreaterEqual(os.stat(p("g.part")).st_ctime_ns, renamed)
        shutil.copyfile(self.good(1)[0], p(f"{NUMBERS[0]}.jpg"))
        os.utime(p(f"{NUMBERS[0]}.jpg"), (1600000000, 1600000000))
        self.mount.settle()
        pending = os.stat(p(f"{NUMBERS[0]}.jpg"))
        self.assertGreater(pending.st_ctime_ns, pending.st_mtime_ns)
        office = os.path.join(self.mount.path, "OFFICE")
        os.rename(os.path.join(office, "pending", POINT, f"{NUMBERS[0]}.jpg"),
                  os.path.join(office, "approved", POINT, f"{NUMBERS[0]}.jpg"))
        wait_for(lambda: os.stat(p(f"{NUMBERS[0]}.jpg")).st_ctime_ns > pending.st_ctime_ns, "ctime tells of the approval")
        self.assertEqual(os.stat(p(f"{NUMBERS[0]}.jpg")).st_mtime, 1600000000)

    def test_find_newer(self):
        stamp = os.path.join(self.directory, "stamp")
        shutil.copyfile(self.good(1)[0], self.mount.point("IMG_1.jpg"))
        self.mount.settle()
        rejected = self.mount.point("rejected")
        # The disk's clock goes by ticks.
        wait_for(lambda: write(stamp) or run("find", rejected, "-maxdepth", "0", "-newer", stamp).stdout == "",
                 "nothing is newer")
        os.unlink(os.path.join(rejected, "IMG_1.jpg"))
        wait_for(lambda: run("find", rejected, "-maxdepth", "0", "-newer", stamp).stdout.strip() == rejected, "it is newer")


class Programs(MountTest):
    options = ("delay=100", "settle=200", "settle-empty=400")

    def source(self):
        top = os.path.join(self.directory, "from")
        os.mkdir(top)
        for i, path in enumerate(self.good(2)):
            shutil.copyfile(path, os.path.join(top, f"学生 {NUMBERS[i]}.jpg"))
        try:
            os.setxattr(os.path.join(top, f"学生 {NUMBERS[0]}.jpg"), "user.origin", b"camera")
        except OSError as error:
            if error.errno == errno.EOPNOTSUPP:
                self.skipTest("no extended attributes on the disk of this test")
            raise
        os.chmod(top, 0o755)
        return top

    def assert_photos(self):
        wait_for(lambda: self.mount.photos() == [f"{n}.jpg" for n in NUMBERS[:2]], f"two photos: {self.mount.rejected()}")
        self.mount.settle()

    def test_tar_with_xattrs(self):
        need("tar")
        top, archive = self.source(), os.path.join(self.directory, "a.tar")
        run("tar", "--xattrs", "-cf", archive, "-C", top, ".")
        for _ in range(2):
            run("tar", "--xattrs", "--xattrs-include=*", "-xf", archive, "-C", self.mount.point())
            self.assert_photos()

    def test_copies_with_everything(self):
        top = self.source()
        for command in ("cp -a", "cp --preserve=all", "cp -p"):
            for i in range(2):
                result = run(*command.split(), os.path.join(top, f"学生 {NUMBERS[i]}.jpg"), self.mount.point())
                self.assertEqual(result.stderr, "", command)
            self.assert_photos()
        result = run("mv", *[os.path.join(top, name) for name in os.listdir(top)], self.mount.point())
        self.assertEqual(result.stderr, "")
        self.assert_photos()

    def test_rsync_with_xattrs_mirrors_and_again(self):
        need("rsync")
        top = self.source()
        os.removexattr(os.path.join(top, f"学生 {NUMBERS[0]}.jpg"), "user.origin")
        for _ in range(3):
            out = run("rsync", "-aXi", "--delete", top + "/", self.mount.point("submitted") + "/")
            self.assert_photos()
        self.assertEqual(out.stdout, "")
        # What the store knows of them is there for who asks for it by name.
        self.assertEqual(os.listxattr(self.mount.point("submitted", f"学生 {NUMBERS[0]}.jpg")), [])
        self.assertEqual(os.getxattr(self.mount.point("submitted", f"学生 {NUMBERS[0]}.jpg"), "user.idphotofs.student"),
                         NUMBERS[0].encode())


if __name__ == "__main__":
    main()
