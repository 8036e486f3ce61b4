# SPDX-License-Identifier: MIT
"""Gateways whose blobs are on CephFS, each by a client of its own as on a machine of its own: parts of the cluster that say
nothing for a while, machines that die or sleep with all they have, and a filesystem that goes away. ceph.py makes the cluster."""

import errno
import os
import signal
import statistics
import subprocess
import sys
import time
import unittest.mock

import test_stall
from ceph import Ceph
from cluster import *
from server import postgresql
import test_shared

CEPH = Ceph(os.environ["IDPHOTO_TEST_CEPH"])


class StoresFall(test_stall.Stall):
    """What keeps the objects says nothing."""

    def make_blobs(self, path):
        self.link_blobs(SHARED)
        self.addCleanup(self.go_on)

    def stall(self):
        CEPH.signal("osd", signal.SIGSTOP)

    def go_on(self):
        CEPH.signal("osd", signal.SIGCONT)


class NamesFall(StoresFall):
    """What keeps the filesystem's names says nothing."""

    def stall(self):
        CEPH.signal("mds", signal.SIGSTOP)

    def go_on(self):
        CEPH.signal("mds", signal.SIGCONT)


class Machines(ClusterTest):
    """Each with a mount of the filesystem that is its own."""

    def make_blobs(self, path):
        self.paths = [os.path.join(self.directory, "machine" + name) for name in self.gateways]
        self.clients = []
        for path in self.paths:
            os.mkdir(path)
            self.clients.append(CEPH.mount(path))
            self.addCleanup(lambda i=len(self.clients) - 1: CEPH.unmount(self.clients[i], self.paths[i]))
        self.link_blobs(self.paths)

    def test_each_gateway_has_a_client_of_its_own(self):
        devices = [os.stat(mount.blobs).st_dev for mount in self.mounts]
        self.assertEqual(len(set(devices)), len(self.mounts))
        for mount in self.mounts:
            self.assertEqual(run("findmnt", "-no", "FSTYPE", "--target", mount.blobs).stdout.strip(), "fuse.ceph-fuse")

    def test_what_one_has_the_other_shows(self):
        """The same bytes, right after the verdict."""
        sources = self.good(24)
        names = [os.path.basename(source) for source in sources]
        took = []
        for i, source in enumerate(sources):
            begin = time.monotonic()
            run("cp", source, self.mounts[i % 2].point())
            took.append(time.monotonic() - begin)
        self.a.settle()
        self.b.settle()
        wait_for(lambda: self.a.photos() == names and self.b.photos() == names, "both show all")
        for name in names:
            self.assertEqual(read(self.a.point(name)), read(self.b.point(name)))
        print(f"cp took {1000 * statistics.median(took):.0f} ms, at most {1000 * max(took):.0f} ms", file=sys.stderr)
        self.is_sound()

    def names_are_shown(self, mount):
        for path in (mount.point(), mount.point("rejected")):
            call = test_stall.Call(os.listdir, path)
            wait_for(lambda call=call: not call.waits(), "names are shown")
            self.assertIsInstance(call.result, list)

    def test_a_machine_dies(self):
        """With its client of the filesystem, which was given rights that the cluster asks back only after a while."""
        first, second, *others = self.good(8)
        run("cp", *others, self.a.point())
        CEPH.kill(self.clients[0])
        self.a.kill()
        begin = time.monotonic()
        copy = subprocess.Popen(["cp", first, self.b.point()])
        while copy.poll() is None:
            self.names_are_shown(self.b)
            time.sleep(0.2)
        self.assertEqual(copy.returncode, 0)
        copied = time.monotonic() - begin
        names = sorted(map(os.path.basename, [first, *others]))
        wait_for(self.settled, "the other has judged all", timeout=4 * PATIENCE)
        print(f"a copy took {copied:.1f} s, all was judged after {time.monotonic() - begin:.1f} s", file=sys.stderr)
        self.assertEqual(self.b.photos(), names)
        for name in names:
            self.assertGreater(len(read(self.b.point(name))), 20000)
        self.a.force_end()
        self.comes_back_with(second, names)

    def comes_back_with(self, source, names, maybe=None):
        """The first machine, and both show all that there is, and maybe what a client was told had failed."""
        CEPH.unmount(self.clients[0], self.paths[0])
        self.clients[0] = CEPH.mount(self.paths[0])
        self.a.start()
        run("cp", source, self.a.point())
        self.a.settle()
        names = sorted([*names, os.path.basename(source)])
        wait_for(lambda: all([name for name in mount.photos() if name != maybe] == names for mount in self.mounts), "both show all")
        self.is_sound()

    def test_a_machine_sleeps_until_the_filesystem_has_given_it_up(self):
        """Its client may not write any more when it wakes up, whatever it has not sent yet."""
        kept, first, second, third = self.good(4)
        run("cp", kept, self.a.point())
        self.a.settle()
        writer = Writer(self.a.point(os.path.basename(first)), first)
        self.assertEqual(writer.write(0, 1000), 0)
        refused = CEPH.refused()
        self.a.stop()
        self.addCleanup(lambda: self.a.daemon and self.a.daemon.send_signal(signal.SIGCONT))
        CEPH.signal(self.clients[0], signal.SIGSTOP)
        run("cp", second, self.b.point())
        self.b.settle()
        names = list(map(os.path.basename, [kept, second]))
        self.assertEqual(self.b.photos(), names)
        self.assertEqual(len(CEPH.refused() - refused), 1)
        CEPH.signal(self.clients[0], signal.SIGCONT)
        self.a.daemon.send_signal(signal.SIGCONT)
        writer.write(1000)
        self.assertEqual(writer.close(), errno.EIO)
        self.assertNotEqual(run("cp", first, self.a.point(), check=False).returncode, 0)
        maybe = os.path.basename(first)
        self.assertEqual([name for name in self.b.photos() if name != maybe], names)
        self.a.forgive(re.compile(""))
        self.a.force_end()
        self.comes_back_with(third, names, maybe)


class Shared(test_shared.Shared):
    """What is there of one store, with Ceph's client in the place of bindfs."""

    @classmethod
    def setUpClass(cls):
        need_postgresql()
        super().setUpClass()
        made = postgresql()
        cls.catalog = made.__enter__()
        cls.addClassCleanup(made.__exit__, None, None, None)

    def setUp(self):
        environ = unittest.mock.patch.dict(os.environ, IDPHOTO_TEST_CATALOG=self.catalog, IDPHOTO_TEST_BLOBS="shared")
        environ.start()
        self.addCleanup(environ.stop)
        self.client = None
        super().setUp()

    def make_disk(self):
        made = tempfile.mkdtemp(dir=SHARED[0])
        self.addCleanup(shutil.rmtree, made, ignore_errors=True)
        os.symlink(made, self.disk)

    def bind(self):
        self.client = CEPH.mount(self.blobs, below="/" + os.path.basename(os.readlink(self.disk)))

    def unbind(self):
        if self.client:
            CEPH.unmount(self.client, self.blobs)
            self.client = None

    def die(self):
        CEPH.kill(self.client)


if __name__ == "__main__":
    main()
