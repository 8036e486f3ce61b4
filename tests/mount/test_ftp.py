#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Transfers over a network: vsftpd, sftp, the rsync daemon; what is interrupted, what is mirrored."""

import os
import subprocess

import actors
from harness import MountTest, NUMBERS, main, need, read, run, wait_for
from servers import Rsyncd, Vsftpd


class Transfer(MountTest):
    options = ("delay=300", "settle=1500", "settle-empty=1500")

    def folder(self, n):
        """A folder of n good photos."""
        for i, path in enumerate(self.good(n)):
            self.copy_of(path, f"学生 {i} {NUMBERS[i]}.jpg")
        target = os.path.join(self.directory, "src")
        os.chmod(target, 0o2770)
        return target

    def part(self, path, size, name=None):
        """The beginning of a photo, as an interruption leaves it."""
        target = self.mount.point(name or os.path.basename(path))
        with open(path, "rb") as f, open(target, "wb") as out:
            out.write(f.read(size))
        return target

    def assert_photos(self, n):
        wait_for(lambda: self.mount.listed() == [f"{number}.jpg" for number in NUMBERS[:n]],
                 f"{n} photos, there is {self.mount.listed()}, {self.mount.rejected()}")
        self.mount.settle()
        self.assertEqual(self.mount.rejected(), {})


class Ftp(Transfer):
    def setUp(self):
        super().setUp()
        need("vsftpd", "lftp")
        self.server = Vsftpd(self.directory, self.mount.point())
        self.addCleanup(self.server.end)

    def tearDown(self):
        self.server.end()
        super().tearDown()

    def test_many_at_once(self):
        folder = self.folder(4)
        self.server.lftp(f'lcd "{folder}"', "mput *.jpg")
        self.assert_photos(4)

    def test_in_parallel(self):
        folder = self.folder(4)
        self.server.lftp(f'mirror -R --parallel=3 "{folder}" 一班')
        self.assert_photos(4)

    def test_mirror_finds_nothing_to_do_the_second_time(self):
        folder = self.folder(2)
        mirror = f'mirror -R --no-perms --verbose=1 "{folder}" submitted'
        self.server.lftp(mirror)
        self.assert_photos(2)
        again = self.server.lftp(mirror)
        self.assertNotIn(NUMBERS[0], again.stdout)

    def test_continued_after_an_interruption(self):
        path = os.path.join(self.folder(1), f"学生 0 {NUMBERS[0]}.jpg")
        self.part(path, 20000)
        self.server.lftp(f'put -c "{path}"')
        self.assert_photos(1)

    def test_sent_whole_after_an_interruption_was_rejected(self):
        path = os.path.join(self.folder(1), f"学生 0 {NUMBERS[0]}.jpg")
        self.part(path, 20000)
        self.mount.settle()
        self.assertEqual(len(self.mount.rejected()), 1)
        self.server.lftp(f'put "{path}"')
        self.mount.settle()
        self.assertEqual(self.mount.photos(), [f"{NUMBERS[0]}.jpg"])

    def test_new_name_is_seen(self):
        path = os.path.join(self.folder(1), f"学生 0 {NUMBERS[0]}.jpg")
        self.server.lftp(f'put "{path}"')
        self.mount.settle()
        listing = self.server.lftp("cls -1").stdout
        self.assertIn(f"{NUMBERS[0]}.jpg", listing)
        self.assertNotIn("学生", listing)


class Sftp(Transfer):
    def batch(self, *lines):
        return run("sftp", "-q", "-D", actors.SFTP_SERVER, "-b", "-", data=("\n".join(lines) + "\n").encode())

    def setUp(self):
        super().setUp()
        need("sftp")
        if not os.path.exists(actors.SFTP_SERVER):
            self.skipTest("sftp-server is not installed")

    def test_folder_recursively(self):
        folder = self.folder(3)
        self.batch(f'put -rp "{folder}" "{self.mount.point("一班")}"')
        self.assert_photos(3)

    def test_continued_after_an_interruption(self):
        path = os.path.join(self.folder(1), f"学生 0 {NUMBERS[0]}.jpg")
        self.part(path, 20000)
        self.batch(f'reput "{path}" "{self.mount.point(os.path.basename(path))}"')
        self.assert_photos(1)

    def test_rename_in_two_steps(self):
        # WinSCP against a server without posix-rename: link, then unlink.
        path = os.path.join(self.folder(1), f"学生 0 {NUMBERS[0]}.jpg")
        part = self.mount.point(f"{NUMBERS[0]}.jpg.filepart")
        self.batch(f'put "{path}" "{part}"', f'rename -l "{part}" "{self.mount.point(NUMBERS[0] + ".jpg")}"')
        self.assert_photos(1)

    def test_durable_when_asked(self):
        path = os.path.join(self.folder(1), f"学生 0 {NUMBERS[0]}.jpg")
        self.batch(f'put -f "{path}" "{self.mount.point(os.path.basename(path))}"')
        self.assert_photos(1)


class Rsync(Transfer):
    def setUp(self):
        super().setUp()
        need("rsync")

    def daemon(self):
        server = Rsyncd(self.directory, self.mount.point())
        self.addCleanup(server.end)
        return server

    def test_daemon_mirrors_into_submitted(self):
        folder, server = self.folder(3), self.daemon()
        mirror = ("rsync", "-ai", "--delete", "--chmod=Du=rwx,Dg=rwx,Do=,Fu=rw,Fg=r,Fo=", folder + "/",
                  server.url("submitted/"))
        run(*mirror)
        self.assert_photos(3)
        self.assertEqual([line for line in run(*mirror).stdout.splitlines() if line.startswith("<f")], [])
        self.assert_photos(3)
        server.end()

    def test_append_verify_after_an_interruption(self):
        path = os.path.join(self.folder(1), f"学生 0 {NUMBERS[0]}.jpg")
        self.part(path, 20000)
        run("rsync", "-a", "--append-verify", path, self.mount.point() + "/")
        self.assert_photos(1)

    def test_append_verify_of_other_bytes(self):
        # The beginning is not the same: rsync notices and sends it whole.
        first, second = self.good(2)
        name = f"学生 0 {NUMBERS[0]}.jpg"
        self.part(first, 20000, name=name)
        run("rsync", "-a", "--append-verify", self.copy_of(second, name), self.mount.point() + "/")
        self.mount.settle()
        self.assertEqual(self.mount.photos(), [f"{NUMBERS[0]}.jpg"])
        self.assertEqual(read(self.mount.point(name)), read(second))

    def test_interrupted_with_partial(self):
        # It leaves the truncated file under the final name, with a time of 1970.
        path = os.path.join(self.folder(1), f"学生 0 {NUMBERS[0]}.jpg")
        process = subprocess.Popen(["rsync", "-a", "--partial", "--bwlimit=16", path, self.mount.point() + "/"],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(lambda: any(n.startswith(".学生") for n in self.hidden()), "the transfer begins")
        process.terminate()
        process.wait()
        run("rsync", "-a", path, self.mount.point() + "/")
        self.mount.settle()
        self.assertEqual(self.mount.photos(), [f"{NUMBERS[0]}.jpg"])
        self.assertEqual(read(self.mount.point(os.path.basename(path))), read(path))

    def hidden(self):
        """Names of what is on its way: not listed, so from where the daemon keeps it."""
        staging = os.path.join(self.mount.store, "staging")
        sizes = [os.path.getsize(os.path.join(staging, n)) for n in os.listdir(staging)]
        return [".学生"] if any(sizes) else []

    def test_delete_into_the_point_keeps_the_photos(self):
        # The listing holds finished photos that the sender does not have, so they are deleted and what was sent is
        # sent again, every time: work for nothing, but no loss. submitted/ is what to mirror into.
        folder = self.folder(2)
        for _ in range(2):
            run("rsync", "-a", "--delete", folder + "/", self.mount.point() + "/", check=False)
            self.mount.settle()
            self.assert_photos(2)


if __name__ == "__main__":
    main()
