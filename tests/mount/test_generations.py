#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Whose a file is, is decided by the name, folder and bytes that it has when its verdict is carried out; and nothing
that a client does destroys what was received [D10].

Clients rename, reopen and delete at the wrong moment: between the close and the verdict, between the verdict and its
showing, and after. They are members of the point's group.
"""

import errno
import hashlib
import mmap
import os
import subprocess
import sys
import time

from harness import BUILD, IDPHOTOCTL, MountTest, NUMBERS, POINT, main, need, read, run, wait_for

A, B, C = NUMBERS[:3]
MEMBER, GROUP = 60011, 61011
CLOSERACE = os.path.join(BUILD, "tests", "mount", "closerace")


def blob_of(mount, data):
    digest = hashlib.sha256(data).hexdigest()
    return os.path.join(mount.store, "blobs", digest[:2], digest[2:])


class GenerationTest(MountTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        need("setpriv")

    def setUp(self):
        super().setUp()
        os.chmod(self.directory, 0o755)
        self.give(POINT)

    def give(self, point):
        """The point's directory to its group, as the operator does it."""
        os.chown(self.mount.point(point=point), 0, GROUP)
        os.chmod(self.mount.point(point=point), 0o2770)

    def member(self, script, *args, check=True, user=MEMBER):
        """A program of a member of the point's group: a shell script with $1, $2 …"""
        return run("setpriv", f"--reuid={user}", f"--regid={GROUP}", "--clear-groups", "bash", "-c",
                   f"umask 022; set -e; cd '{self.mount.point()}'; {script}", "script", *args, check=check)

    def sent(self, index=0):
        """A good photo where every user can read it."""
        path = self.copy_of(self.good(index + 1)[index], f"photo{index}.jpg")
        os.chmod(os.path.dirname(path), 0o755)
        os.chmod(path, 0o644)
        return path

    def assert_photos(self, *numbers):
        self.mount.settle()
        self.assertEqual(self.mount.photos(), sorted(f"{n}.jpg" for n in numbers))

    def assert_in_order(self):
        """Also for the daemon that comes after, and for who asks it to check everything."""
        before = self.mount.photos()
        self.mount.end()
        self.mount.start()
        self.mount.settle()
        self.assertEqual(self.mount.photos(), before)
        self.mount.ctl("verify")
        self.mount.ctl("audit", "verify")


class Names(GenerationTest):
    # Time enough to do something between a verdict and its showing.
    options = ("delay=1500",)

    def test_renamed_between_verdict_and_showing(self):
        for pause in (0, 0.1, 0.4, 0.9, 1.4, 1.6):
            with self.subTest(pause=pause):
                self.member(f'cp "$1" {A}.jpg; sleep {pause}; mv {A}.jpg {B}.jpg', self.sent())
                self.assert_photos(B)
                self.member(f"rm {B}.jpg")
                self.mount.settle()
        self.assert_in_order()

    def test_every_one_of_many_gets_the_name_that_was_given_last(self):
        script = "; ".join(f'cp "$1/{n}" IMG_{i}.jpg' for i, n in enumerate(sorted(os.listdir(self.good_directory(6)))))
        script += "; sleep 0.3; " + "; ".join(f"mv IMG_{i}.jpg {NUMBERS[i]}.jpg; sleep 0.25" for i in range(6))
        self.member(script, self.good_directory(6))
        self.assert_photos(*NUMBERS[:6])
        self.assert_in_order()

    def good_directory(self, n):
        directory = os.path.join(self.directory, "many")
        if not os.path.isdir(directory):
            os.mkdir(directory)
            os.chmod(directory, 0o755)
            for i, path in enumerate(self.good(n)):
                target = os.path.join(directory, f"{i}.jpg")
                with open(target, "wb") as f:
                    f.write(read(path))
                os.chmod(target, 0o644)
        return directory

    def test_the_dropped_name_of_a_photo_decides_for_another_student(self):
        """After the showing it is an alias, and still the file that was dropped."""
        self.member(f'cp "$1" "first {A}.jpg"', self.sent())
        self.assert_photos(A)
        self.member(f'mv "first {A}.jpg" "second {A}.jpg"')
        self.assert_photos(A)
        self.member(f'mv "second {A}.jpg" "{B} now.jpg"')
        self.assert_photos(B)
        self.assertNotEqual(self.member(f'test -e "second {A}.jpg"', check=False).returncode, 0)
        self.assert_in_order()

    def test_an_approved_photo_is_not_renamed_away(self):
        self.member(f'cp "$1" "first {A}.jpg"', self.sent())
        self.mount.settle()
        self.mount.ctl("review", "approve", A)
        # What stands at the new name stays there too.
        self.member(f'cp "$1" "{B}.jpg"', self.sent(1))
        self.assertNotEqual(self.member(f'mv "first {A}.jpg" "{B}.jpg"', check=False).returncode, 0)
        self.assert_photos(A, B)

    def test_a_folder_renamed_before_the_showing(self):
        self.member(f'mkdir {A}; cp "$1" {A}/photo.jpg; sleep 0.6; mv {A} {B}', self.sent())
        self.assert_photos(B)
        self.assert_in_order()

    def test_under_a_temporary_name_nothing_is_shown(self):
        self.member(f'cp "$1" {A}.jpg; sleep 0.6; mv {A}.jpg {A}.jpg.part', self.sent())
        time.sleep(2)
        self.assert_photos()
        self.member(f"mv {A}.jpg.part {B}.jpg")
        self.assert_photos(B)
        self.assert_in_order()

    def test_killed_after_the_rename(self):
        self.member(f'cp "$1" {A}.jpg; sleep 0.6; mv {A}.jpg {B}.jpg', self.sent())
        self.mount.kill()
        self.mount.force_end()
        self.mount.start()
        self.assert_photos(B)
        self.mount.ctl("verify")


class Bytes(GenerationTest):
    options = ("delay=500",)

    def test_an_original_never_changes_under_its_hash(self):
        """Closed, renamed to a temporary name while it is examined, and written on: the blob of the first bytes is its own."""
        data = read(self.sent())
        name = self.mount.point(f"{A}.jpg")
        for pause in (0, 0.05, 0.2, 0.6):
            with self.subTest(pause=pause):
                with open(name, "wb") as f:
                    f.write(data)
                os.rename(name, name + ".part")
                with open(name + ".part", "r+b") as f:
                    time.sleep(pause)
                    f.seek(len(data) // 2)
                    f.write(bytes(4096))
                os.unlink(name + ".part")
                # Now it is dropped for good.
                with open(name, "wb") as f:
                    f.write(data)
                self.mount.settle()
                self.assertEqual(read(blob_of(self.mount, data)), data)
                self.assertEqual(read(self.mount.point("submitted", f"{A}.jpg")), data)
                os.unlink(name)
        # Nothing is left behind by the verdicts that came to nothing.
        self.mount.end()
        self.mount.ctl("verify")
        self.mount.start()

    def test_a_redrop_of_what_waits_in_the_queue_keeps_the_first_bytes(self):
        # One long photo for each core, and then these.
        for mode in ("wb", "r+b"):
            with self.subTest(mode=mode):
                first, name = os.urandom(70000), self.mount.point("IMG_1.jpg")
                with open(name, "wb") as f:
                    f.write(first)
                self.mount.ctl("status")
                time.sleep(0.55)
                with open(name, mode) as f:
                    f.write(b"other bytes of another program")
                self.mount.settle()
                self.assertEqual(read(blob_of(self.mount, first)), first)
                os.unlink(self.mount.point("rejected", "IMG_1.jpg"))
        self.mount.end()
        self.mount.ctl("verify")
        self.mount.start()

    def test_what_was_received_outlives_who_has_it_open_again(self):
        """rm, or a rename over it, of a file that somebody has opened for writing after it was received."""
        first, second = (read(self.sent(i)) for i in range(2))
        for over in (False, True):
            with self.subTest(over=over):
                name = self.mount.point("IMG_2.jpg")
                with open(name, "wb") as f:
                    f.write(first if over else second)
                with open(name, "r+b"):
                    if over:
                        other = self.mount.point(".IMG_2.jpg.aBc123")
                        with open(other, "wb") as f:
                            f.write(b"something else")
                        os.rename(other, name)
                    else:
                        os.unlink(name)
                self.mount.settle()
                data = first if over else second
                self.assertEqual(read(blob_of(self.mount, data)), data)
        log = self.mount.ctl("audit", "list").stdout
        self.assertIn("withdrawn", log)
        self.mount.end()
        self.mount.ctl("verify")
        self.mount.ctl("verify", "--repair")
        for data in (first, second):
            self.assertEqual(read(blob_of(self.mount, data)), data, "some row still names it")
        self.mount.start()

    def test_what_was_closed_is_kept_before_its_release(self):
        """The kernel tells of a close twice, of the second time when the client has gone on already."""
        data = read(self.sent())
        name = self.mount.point(f"{A}.jpg")
        with open(name, "wb", buffering=0) as f:
            f.write(data)
            os.close(os.dup(f.fileno()))
            os.unlink(name)
        self.mount.settle()
        self.assertEqual(read(blob_of(self.mount, data)), data)
        self.assertIn("withdrawn", self.mount.ctl("audit", "list").stdout)

    def test_a_deletion_beside_an_open_survives_a_kill(self):
        data = read(self.sent())
        name = self.mount.point(f"{A}.jpg")
        with open(name, "wb") as f:
            f.write(data)
        fd = os.open(name, os.O_RDWR)
        os.unlink(name)
        os.close(os.dup(fd))
        self.mount.kill()
        self.mount.force_end()
        with self.assertRaises(OSError):
            os.close(fd)
        self.mount.start()
        self.mount.settle()
        self.assertEqual(self.mount.photos(), [])
        self.mount.ctl("verify")
        self.assertEqual(read(blob_of(self.mount, data)), data)


class Untouched(GenerationTest):
    """A photo that somebody has open for writing, but has not written to."""

    def give(self, point):
        super().give(point)
        # A photo may be written by who has the point.
        os.chown(self.mount.point(point=point), MEMBER, GROUP)

    def test_deleted(self):
        self.member(f'cp "$1" {A}.jpg', self.sent())
        self.mount.settle()
        self.member(f"exec 3<>{A}.jpg; rm {A}.jpg; test ! -e {A}.jpg")
        self.assert_photos()
        self.assert_in_order()

    def test_renamed(self):
        for close in ("", "exec 3>&-; "):
            with self.subTest(close=close):
                self.member(f'cp "$1" {A}.jpg', self.sent())
                self.mount.settle()
                self.member(f"exec 3<>{A}.jpg; {close}mv {A}.jpg {B}.jpg; test ! -e {A}.jpg; test -e {B}.jpg; "
                            f'test "$(ls | grep -c jpg)" = 1')
                self.assert_photos(B)
                self.member(f"rm {B}.jpg")
        self.assert_in_order()

    def test_written_after_it_was_renamed(self):
        """Both happen: the photo goes to the other student, and the bytes are a photo of that name."""
        self.member(f'cp "$1" {A}.jpg', self.sent())
        self.mount.settle()
        self.member(f'exec 3<>{A}.jpg; mv {A}.jpg {B}.jpg; cat "$1" >&3', self.sent(1))
        self.assert_photos(B)
        self.assertIn("in place of an earlier photo", self.mount.ctl("history", B).stdout)
        self.assert_in_order()


class Replaced(GenerationTest):
    """A photo is deleted, and what comes after it under its name is bad."""

    def setUp(self):
        super().setUp()
        self.member(f'cp "$1" {A}.jpg', self.sent())
        self.mount.settle()

    def test_a_program_that_replaces_by_deleting_gets_the_photo_back(self):
        bad = os.path.join(self.directory, "src", f"{A}.jpg")
        with open(bad, "wb") as f:
            f.write(b"no photo at all\n" * 20)
        os.chmod(bad, 0o644)
        self.member('install -m 644 "$1" .', bad)
        self.assert_photos(A)
        history = self.mount.ctl("history", A).stdout
        self.assertIn("accepted", history[history.index("withdrawn"):])

    def test_what_a_person_deletes_stays_deleted(self):
        self.member(f"rm {A}.jpg; echo no photo at all > {A}.jpg")
        self.assert_photos()
        self.assertIn(f"{A}.jpg", self.mount.rejected())


class Nameless(GenerationTest):
    """An open file whose name is gone works until it is closed."""

    def check(self, fd, size, writing):
        self.assertEqual(os.fstat(fd).st_size, size)
        self.assertEqual(os.fstat(fd).st_nlink, 0)
        self.assertEqual(len(os.pread(fd, 100, 0)), 100)
        self.assertEqual(os.lseek(fd, 0, os.SEEK_END), size)
        with mmap.mmap(fd, 0, prot=mmap.PROT_READ) as mapped:
            self.assertEqual(len(mapped), size)
        os.fsync(fd)
        os.close(os.open(f"/proc/self/fd/{fd}", os.O_RDONLY))
        if writing:
            self.assertEqual(os.pwrite(fd, b"z" * 10, size), 10)
            os.ftruncate(fd, 150)
            os.fchmod(fd, 0o600)
            os.utime(fd, (5, 5))
            status = os.fstat(fd)
            self.assertEqual((status.st_size, status.st_mode & 0o777, status.st_mtime), (150, 0o600, 5))

    def test_unlinked(self):
        for name in ("a.jpg.part", "b.jpg"):
            fd = os.open(self.mount.point(name), os.O_RDWR | os.O_CREAT)
            os.write(fd, b"hello world" * 20)
            os.unlink(self.mount.point(name))
            self.check(fd, 220, True)
            os.close(fd)
            self.assertFalse(os.path.exists(self.mount.point(name)))

    def test_renamed_over(self):
        fd = os.open(self.mount.point("c.part"), os.O_RDWR | os.O_CREAT)
        os.write(fd, b"hello world" * 20)
        with open(self.mount.point("d.part"), "w") as f:
            f.write("new")
        os.rename(self.mount.point("d.part"), self.mount.point("c.part"))
        self.check(fd, 220, True)
        os.close(fd)
        self.assertEqual(read(self.mount.point("c.part")), b"new")
        os.unlink(self.mount.point("c.part"))

    def test_received_and_deleted_while_it_is_read(self):
        with open(self.mount.point("e.jpg"), "wb") as f:
            f.write(b"hello world" * 20)
        fd = os.open(self.mount.point("e.jpg"), os.O_RDONLY)
        os.unlink(self.mount.point("e.jpg"))
        self.check(fd, 220, False)
        os.close(fd)

    def test_what_was_received_is_not_written_through_a_handle(self):
        """A reader of a deleted file opens it again for writing: what is kept of it stays as it was received."""
        for i, how in enumerate((os.O_RDWR, os.O_WRONLY | os.O_TRUNC, None)):
            with self.subTest(how=how):
                data = os.urandom(3000)
                name = self.mount.point(f"f{i}.jpg")
                with open(name, "wb") as f:
                    f.write(data)
                fd = os.open(name, os.O_RDONLY)
                os.unlink(name)
                self.assertEqual(read(blob_of(self.mount, data)), data)
                if how is None:
                    os.truncate(f"/proc/self/fd/{fd}", 100)
                    self.assertEqual(os.fstat(fd).st_size, 100)
                else:
                    again = os.open(f"/proc/self/fd/{fd}", how)
                    self.assertEqual(os.pwrite(again, b"z" * 100, 0), 100)
                    os.close(again)
                os.close(fd)
                self.assertEqual(read(blob_of(self.mount, data)), data)

    def test_opened_through_a_handle_while_that_is_closed(self):
        """The daemon stays, whichever of the two comes first."""
        program = CLOSERACE
        clients = [subprocess.Popen([program, self.mount.point(), "1500"], stdout=subprocess.PIPE, text=True)
                   for _ in range(2)]
        for client in clients:
            opened = int(client.communicate(timeout=120)[0])
            self.assertEqual(client.returncode, 0)
            self.assertTrue(0 < opened < 1500, "the race was one")
        self.assertIn("rejected", os.listdir(self.mount.point()))

    def test_it_is_counted_until_it_is_closed(self):
        """Nobody has more in the store than the limit says, with or without a name."""
        self.mount.end()
        with open(os.path.join(self.mount.store, "idphotofs.conf"), "a") as f:
            f.write("[upload]\nmax-staged-size = 64 MiB\n")
        self.mount.start()
        block, fds, written = bytes(1 << 20), [], 0
        try:
            for i in range(8):
                fd = os.open(self.mount.point(f"u{i}.jpg"), os.O_WRONLY | os.O_CREAT)
                fds.append(fd)
                os.unlink(self.mount.point(f"u{i}.jpg"))
                try:
                    for _ in range(12):
                        os.write(fd, block)
                        written += 1
                except OSError as error:
                    self.assertEqual(error.errno, errno.EDQUOT)
                    break
        finally:
            for fd in fds:
                try:
                    os.close(fd)
                except OSError:
                    pass
        self.assertEqual(written, 64)
        # And it is given back.
        with open(self.mount.point("v.jpg"), "wb") as f:
            f.write(block)
        os.unlink(self.mount.point("v.jpg"))


class Shares(GenerationTest):
    """What one user has at one point is limited, and nobody else is."""

    OTHERS = "大连学习中心"
    points = (POINT, OTHERS)

    def setUp(self):
        super().setUp()
        self.give(self.OTHERS)
        self.mount.end()
        with open(os.path.join(self.mount.store, "idphotofs.conf"), "a") as f:
            f.write("[upload]\nmax-open-uploads = 16\nmax-temporary-files = 100\n")
        self.mount.start()

    def open_many(self, user, directory, suffix, keep):
        """How many files of that kind a user can have, and why there are no more."""
        script = ("import errno, os, sys\n"
                  "held = []\n"
                  "try:\n"
                  "    for i in range(300):\n"
                  f"        fd = os.open(f'{directory}/{user}-{{i}}{suffix}', os.O_CREAT | os.O_WRONLY)\n"
                  "        held.append(fd)\n"
                  f"        if not {keep}: os.close(held.pop()); held.append(None)\n"
                  "except OSError as e: print(len(held), errno.errorcode[e.errno], flush=True)\n"
                  "sys.stdin.read()\n")
        return subprocess.Popen(["setpriv", f"--reuid={user}", f"--regid={GROUP}", "--clear-groups", sys.executable,
                                 "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def check(self, suffix, keep, n, error):
        clients = []
        try:
            for user, point in ((60021, POINT), (60022, POINT), (60021, self.OTHERS)):
                client = self.open_many(user, self.mount.point(point=point), suffix, keep)
                clients.append(client)
                self.assertEqual(client.stdout.readline().split(), [str(n), error])
        finally:
            for client in clients:
                client.communicate()

    def test_open_for_writing(self):
        self.check(".jpg", True, 16, "EMFILE")

    def test_temporary_names(self):
        self.check(".jpg.part", False, 100, "EDQUOT")
        # Nor is it a way round the limit to give the name afterwards.
        name = f"{self.mount.point()}/60021.jpg"
        self.member(f"cp $1 {name}; ! mv {name} {name}.part", self.sent(), user=60021)
        os.unlink(name)
        # What is left of them does not keep the next daemon from serving.
        self.mount.kill()
        self.mount.force_end()
        self.mount.start()
        self.member('cp "$1" ' + f"{A}.jpg", self.sent())
        self.assert_photos(A)


if __name__ == "__main__":
    main()
