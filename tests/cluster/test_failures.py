# SPDX-License-Identifier: MIT
"""What two gateways do while something fails that they share: the disk of the database is full, its standby is away, or the
shared directory has lost files. What can be read is read, nobody is told that a photo is kept before it is, and then all goes on."""

import contextlib
import errno
import json
import os
import time

from cluster import *

WRITING = 6  # connections of a gateway that do: its lanes, and those of the threads that speak for it
NO_STANDBY = "The server of the catalog holds changes back: no synchronous standby takes them."
NO_ROOM = re.compile("No space left on device")
NOT_READ = re.compile("Input/output error")


def drop(mount, name, data):
    """0, or the number of the error, of whichever call it was."""
    try:
        with open(mount.point(name), "wb", buffering=0) as f:
            f.write(data)
        return 0
    except OSError as error:
        return error.errno


class Failures(ClusterTest):
    expected = EXPECTED_LOG

    def tearDown(self):
        for mount in self.mounts:
            mount.forgive(self.expected)
        super().tearDown()

    def keep(self, *sources):
        """Drops them at the first gateway. Their names, when both show them."""
        run("cp", *sources, self.a.point())
        self.a.settle()
        names = sorted(map(os.path.basename, sources))
        wait_for(lambda: [mount.photos() for mount in self.mounts] == [names] * 2, "both show them")
        return names

    def drop_at_both(self, sources):
        """One after the other at either gateway. What came of it, each result once."""
        return {drop(self.mounts[i % 2], os.path.basename(source), read(source)) for i, source in enumerate(sources)}

    def assert_read(self, names):
        """What needs no change is there at each gateway. A name that was refused when it was closed may be listed, too."""
        for mount in self.mounts:
            self.assertIsNone(mount.daemon.poll())
            self.assertLessEqual(set(names), set(mount.photos()))
            for name in names:
                self.assertGreater(len(read(mount.point(name))), 20000)
            os.listdir(mount.point("rejected"))
            self.assertIn(b"accepted", read(mount.point("STATUS.txt")))
            mount.ctl("status")

    def assert_read_longer_than_a_lease(self, names, meanwhile):
        end = time.monotonic() + LEASE + 3
        while time.monotonic() < end:
            self.assert_read(names)
            meanwhile()

    def assert_photos(self, names, refused=()):
        """Of the files whose close failed the bytes are kept, and may be judged later."""
        for mount in self.mounts:
            wait_for(lambda mount=mount: set(names) <= set(mount.photos()) <= {*names, *refused}, f"{mount.name} shows all")
            for name in names:
                self.assertGreater(len(read(mount.point(name))), 20000)


class FullDatabase(Failures):
    """Its tables lie on a small disk. What the server writes before them does not: without room for that it ends."""

    expected = NO_ROOM

    @classmethod
    def setUpClass(cls):
        if os.geteuid() != 0:
            skip("only root makes a disk of its own")
        super().setUpClass()
        cls.disk = os.path.join(cls.node.directory, "small")
        cls.filler = os.path.join(cls.disk, "filler")
        os.mkdir(cls.disk)
        run("mount", "-t", "tmpfs", "-o", "size=64m,mode=0700,uid=nobody", "none", cls.disk)
        cls.addClassCleanup(run, "umount", cls.disk)
        cls.addClassCleanup(cls.node.end)
        cls.node.sql(f"CREATE TABLESPACE small LOCATION '{cls.disk}'")
        cls.node.sql("ALTER DATABASE photos SET TABLESPACE small")

    def fill(self):
        self.addCleanup(self.empty)
        with open(self.filler, "ab", buffering=0) as f, contextlib.suppress(OSError):
            while True:
                f.write(bytes(1 << 16))

    def empty(self):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.filler)

    def drop_until_refused(self, mount):
        """Files that are no photos. Those that were taken, because tables and indexes had room left in themselves."""
        for i in range(2000):
            status = drop(mount, f"{mount.name}{i}.jpg", b"GIF89a" + os.urandom(100))
            if status != 0:
                self.assertEqual(status, errno.ENOSPC)
                return [f"{mount.name}{n}.jpg" for n in range(i)]
        raise AssertionError("the database takes everything")

    def test_photos_are_refused_and_others_read_until_there_is_room(self):
        first, begun, *sources = self.good(6)
        names = self.keep(first)
        writer = Writer(self.b.point(os.path.basename(begun)), begun)
        self.assertEqual(writer.write(0), 0)
        self.fill()
        taken = [name for mount in self.mounts for name in self.drop_until_refused(mount)]
        closed = writer.close()
        self.assertIn(closed, (0, errno.ENOSPC))
        for mount in self.mounts:
            with self.assertRaises(OSError) as refused:
                os.mkdir(mount.point(f"folder of {mount.name}"))
            self.assertEqual(refused.exception.errno, errno.ENOSPC)
        # Neither takes the other for dead.
        self.assert_read_longer_than_a_lease(
            names, lambda: self.assertEqual(self.drop_at_both(sources), {errno.ENOSPC}))
        for mount in self.mounts:
            self.assertNotRegex(mount.log(), "is gone|given up")
        self.empty()
        wait_for(self.settled, "what was taken has its verdict")
        for mount in self.mounts:
            wait_for(lambda mount=mount: set(taken) <= set(mount.rejected()), "nothing is lost")
            os.mkdir(mount.point(f"folder of {mount.name}"))
        if closed == 0:
            wait_for(lambda: os.path.basename(begun) in self.a.photos(), "nothing is lost")
            names = [*names, os.path.basename(begun)]
        self.assertEqual(self.drop_at_both(sources), {0})
        self.a.settle()
        self.assert_photos([*names, *map(os.path.basename, sources)], refused=[os.path.basename(begun)])
        self.is_sound()


class LostBlobs(Failures):
    expected = NOT_READ

    def blobs_of(self, name):
        """Paths of its original and of the photo that was made of it."""
        (original, photo), = self.a.query("SELECT s.original, p.blob FROM submission s JOIN photo p ON p.id = s.photo"
                                          f" WHERE s.name = '{name}'")
        self.assertNotEqual(original, photo)
        return [os.path.join(self.a.blobs, blob[:2], blob[2:]) for blob in (original, photo)]

    def assert_not_read(self, name):
        for mount in self.mounts:
            with self.assertRaises(OSError) as lost:
                read(mount.point(name))
            self.assertEqual(lost.exception.errno, errno.EIO)

    def blob_at(self, path):
        return "".join(path.split(os.sep)[-2:])

    def verify(self, mount, *options):
        """The exit status, and what was found: the fault, the blob, and whether it was repaired."""
        found = mount.ctl("verify", "--json", *options, check=False)
        return found.returncode, [(fault["fault"], fault["what"], fault["repaired"]) for fault in json.loads(found.stdout)]

    def end_all(self):
        for mount in self.mounts:
            mount.forgive(self.expected)
            mount.end()

    def start_all(self):
        for mount in self.mounts:
            mount.start()

    def test_a_lost_photo_is_made_again_from_its_original(self):
        name, other = self.keep(*self.good(2))
        photo = self.blobs_of(name)[1]
        made = read(photo)
        os.unlink(photo)
        self.assert_not_read(name)
        self.assert_read([other])
        for mount in self.mounts:
            self.assertEqual(self.verify(mount), (1, [("photo-missing", self.blob_at(photo), False)]))
        self.end_all()
        self.assertEqual(self.verify(self.b, "--repair"), (0, [("photo-missing", self.blob_at(photo), True)]))
        self.start_all()
        wait_for(self.settled, "it was made again")
        for mount in self.mounts:
            wait_for(lambda mount=mount: mount.photos() == [name, other], "it is shown")
            self.assertEqual(read(mount.point(name)), made)
        self.is_sound()

    def test_a_lost_original_stays_lost(self):
        name, other = self.keep(*self.good(2))
        original, photo = self.blobs_of(name)
        os.unlink(original)
        self.assert_read([name, other])
        for mount in self.mounts:
            self.assertEqual(self.verify(mount), (1, [("original-missing", self.blob_at(original), False)]))
        self.end_all()
        os.unlink(photo)
        self.assertEqual(self.verify(self.b, "--repair"), (1, [("original-missing", self.blob_at(original), False),
                                                               ("photo-missing", self.blob_at(photo), False)]))
        self.start_all()
        self.assert_not_read(name)
        self.assert_read([other])


class NoStandby(Failures):
    has_standby = True
    config = "[store]\npatience = 2 s\n"
    expected = re.compile("no synchronous standby takes them")

    def waiting(self):
        """Connections whose commits the server holds back."""
        (n,), = self.a.query("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
        return int(n)

    def test_photos_are_refused_and_others_read_until_a_standby_is_back(self):
        first, *sources = self.good(3)
        names = self.keep(first)
        self.standby.kill()
        self.assertEqual(self.drop_at_both(sources), {errno.EIO})
        for mount in self.mounts:
            self.assertIn("does not answer", mount.log())
        wait_for(lambda: self.a.ctl("status").stdout.splitlines()[-2:] == ["Gateways: a (gone), b (gone)", NO_STANDBY],
                 "the status says so")
        self.assertTrue(json.loads(self.a.ctl("status", "--json").stdout)["waits_for_standby"])
        for mount in self.mounts:
            wait_for(lambda mount=mount: "no synchronous standby takes them" in mount.log(), "the log says so")
        for _ in range(3):
            self.assert_read(names)
            self.assertEqual(self.drop_at_both(sources), {errno.EIO})
        # However often they try, each connection that writes has left one behind at most.
        self.assertLessEqual(self.waiting(), WRITING * len(self.mounts))
        self.standby.start()
        wait_for(lambda: self.drop_at_both(sources) == {0}, "photos are taken")
        wait_for(self.settled, "all have their verdicts")
        self.assert_photos([*names, *map(os.path.basename, sources)])
        # A name whose making was held back, and refused, comes with the standby; it does not stay.
        for mount in self.mounts:
            wait_for(lambda mount=mount: mount.listed() == mount.photos(), "nothing is left over")
            self.assertEqual(mount.rejected(), {})
        self.assertEqual(self.a.ctl("status").stdout.splitlines()[-1], "Gateways: a, b")
        self.assertFalse(json.loads(self.a.ctl("status", "--json").stdout)["waits_for_standby"])
        self.is_sound()


if __name__ == "__main__":
    main()
