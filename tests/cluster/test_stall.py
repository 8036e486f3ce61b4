# SPDX-License-Identifier: MIT
"""The shared directory of blobs says nothing for a while, as a storage cluster that looks for its parts: what needs no photo goes
on, and nobody is told that a photo is kept before it is."""

import os
import signal
import subprocess
import threading
import time

from cluster import *

need("bindfs")


class Call(threading.Thread):
    """What a client asks, and waits for."""

    def __init__(self, function, *args):
        super().__init__(daemon=True)
        self.function, self.args, self.result = function, args, None
        self.start()

    def run(self):
        try:
            self.result = self.function(*self.args)
        except OSError as error:
            self.result = error

    def waits(self):
        return self.is_alive()


class Stall(ClusterTest):
    def make_blobs(self, path):
        disk = os.path.join(self.directory, "disk")
        os.mkdir(disk)
        os.makedirs(path)
        self.disk = subprocess.Popen(["bindfs", "-f", "--no-allow-other", disk, path])
        self.addCleanup(self.disk.wait)
        self.addCleanup(subprocess.run, ["fusermount3", "-u", "-z", path])
        self.addCleanup(self.disk.send_signal, signal.SIGCONT)
        wait_for(lambda: os.path.ismount(path), "the directory is there")

    def stall(self):
        self.disk.send_signal(signal.SIGSTOP)

    def go_on(self):
        self.disk.send_signal(signal.SIGCONT)

    def test_names_are_shown_and_close_waits(self):
        first, *sources = self.good(5)
        run("cp", first, self.a.point())
        self.a.settle()
        name = os.path.basename(first)
        wait_for(lambda: self.b.photos() == [name], "the other shows it")
        self.stall()
        begin = time.monotonic()
        copies = [subprocess.Popen(["cp", source, mount.point()])
                  for mount, pair in ((self.a, sources[:2]), (self.b, sources[2:])) for source in pair]
        # Longer than a lease: neither must take the other for dead.
        while time.monotonic() < begin + LEASE + 3:
            for mount in self.mounts:
                calls = [Call(os.listdir, mount.point()), Call(os.stat, mount.point(name)),
                         Call(os.listdir, mount.point("rejected")), Call(read, mount.point("STATUS.txt"))]
                wait_for(lambda calls=calls: not any(call.waits() for call in calls), "names and numbers are shown")
                self.assertIn(name, calls[0].result)
                self.assertGreater(calls[1].result.st_size, 20000)
                self.assertGreater(len(calls[3].result), 100)
            self.assertEqual([copy.poll() for copy in copies], [None] * len(copies))
            time.sleep(0.5)
        self.go_on()
        self.assertEqual([copy.wait() for copy in copies], [0] * len(copies))
        wait_for(self.settled, "all have their verdicts")
        for mount in self.mounts:
            self.assertEqual(mount.photos(), sorted(map(os.path.basename, [first, *sources])))
            self.assertNotIn("given up", mount.log())
        self.is_sound()

    def test_no_close_returns_before_the_file_is_kept(self):
        """Who syncs a file that somebody else is closing is promised no less."""
        source = self.good()[0]
        name = os.path.basename(source)
        fd = os.open(self.a.point(name), os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        other = os.dup(fd)
        os.write(fd, read(source))
        self.stall()
        closed = Call(os.close, fd)
        time.sleep(0.5)
        synced = Call(os.fsync, other)
        time.sleep(0.5)
        self.assertTrue(closed.waits())
        self.assertTrue(synced.waits())
        self.go_on()
        closed.join()
        synced.join()
        self.assertEqual([closed.result, synced.result], [None, None])
        os.close(other)
        self.a.settle()
        self.assertEqual(self.b.photos(), [name])
        self.is_sound()


if __name__ == "__main__":
    main()
