# SPDX-License-Identifier: MIT
"""A filesystem on a recorded block device, and the disk as a power cut leaves it.

A disk may keep what it was sent in a cache until it is told to flush. After a cut it holds all that was sent before the
last flush, and of what came later any part. The recorder's log says what was sent and when it was flushed.
"""

import mmap
import os
import struct
import subprocess

import harness

RECORDER = os.path.join(harness.BUILD, "tests", "power", "block-recorder")
# mkfs.xfs makes nothing smaller than 300 MiB. The image is sparse.
DISK_BYTES = 320 << 20
# A disk writes a block whole or not at all.
BLOCK_BYTES = 4096

RECORD = struct.Struct("=QII")
RECORD_WRITE, RECORD_FLUSH = 1, 2

# What was discarded could come back at any cut: that is the filesystems' own affair, so nothing is discarded.
FILESYSTEMS = {
    "ext4": {
        "mkfs": ["mkfs.ext4", "-q", "-F", "-E", "nodiscard,lazy_itable_init=0,lazy_journal_init=0"],
        "type": "ext4",
        "options": "data=ordered",
    },
    "ext4-writeback": {
        "mkfs": ["mkfs.ext4", "-q", "-F", "-E", "nodiscard,lazy_itable_init=0,lazy_journal_init=0"],
        "type": "ext4",
        "options": "data=writeback",
    },
    "xfs": {"mkfs": ["mkfs.xfs", "-q", "-f", "-K"], "type": "xfs", "options": "nodiscard"},
    "btrfs": {"mkfs": ["mkfs.btrfs", "-q", "-f", "-K"], "type": "btrfs", "options": "nodiscard"},
}


def memory_or_disk():
    """Where images lie: a cut costs much less in memory."""
    try:
        status = os.statvfs("/dev/shm")
        if status.f_bavail * status.f_frsize > 1 << 30:
            return "/dev/shm"
    except OSError:
        pass
    return None


def attach(path):
    """A loop device on that file."""
    def once():
        # Another test may have taken the free device in between.
        result = harness.run("losetup", "--find", "--show", path, check=False)
        return result.returncode == 0 and result.stdout.strip()
    return harness.wait_for(once, f"a loop device for {path}", timeout=20)


def unmount(path):
    """What holds the mount may take a moment to die."""
    harness.wait_for(lambda: harness.run("umount", path, check=False).returncode == 0, f"{path} is unmounted", timeout=30)


def is_backed_by(backing, image):
    try:
        return harness.read(backing).decode().strip() == image
    except OSError:
        return False


class Filesystem:
    """A mounted filesystem on a file. Used as a context."""

    def __init__(self, kind, image, mountpoint):
        self.kind = FILESYSTEMS[kind]
        self.image = image
        self.path = mountpoint
        self.device = None

    def __enter__(self):
        os.makedirs(self.path, exist_ok=True)
        self.device = attach(self.image)
        try:
            harness.run("mount", "-t", self.kind["type"], "-o", self.kind["options"], self.device, self.path)
        except AssertionError:
            self.detach()
            raise
        return self

    def detach(self):
        if self.kind["type"] == "btrfs":
            # It remembers every device that it saw, and would take the next cut's older one for a leftover.
            harness.run("btrfs", "device", "scan", "--forget", self.device, check=False)
        harness.run("losetup", "--detach", self.device)
        # A filesystem may let go of its device a little after it is unmounted; until then the device stays.
        backing = f"/sys/block/{os.path.basename(self.device)}/loop/backing_file"
        harness.wait_for(lambda: not is_backed_by(backing, self.image), f"{self.device} is detached", timeout=20)

    def __exit__(self, *_):
        try:
            unmount(self.path)
        except AssertionError:
            subprocess.run(["umount", "--lazy", self.path], stderr=subprocess.DEVNULL)
            raise
        finally:
            self.detach()


class Recording:
    """A new filesystem whose every block request is recorded from its first mount on. Used as a context."""

    def __init__(self, kind, images, directory):
        self.base = os.path.join(images, "base")
        self.image = os.path.join(images, "image")
        self.log = os.path.join(images, "log")
        self.position_path = os.path.join(images, "position")
        self.device_directory = os.path.join(directory, "device")
        self.recorder = None
        self.counter = None
        self.end = None  # the last position, once all is unmounted
        self.filesystem = Filesystem(kind, os.path.join(self.device_directory, "disk"), os.path.join(directory, "disk"))

    def __enter__(self):
        with open(self.base, "wb") as f:
            f.truncate(DISK_BYTES)
        harness.run(*self.filesystem.kind["mkfs"], self.base)
        copy_image(self.base, self.image)
        os.mkdir(self.device_directory)
        self.recorder = subprocess.Popen([RECORDER, self.image, self.log, self.position_path, self.device_directory])
        try:
            harness.wait_for(lambda: self.recorder.poll() is not None or os.path.ismount(self.device_directory),
                             "the recorder serves")
            with open(self.position_path, "rb") as f:
                self.counter = mmap.mmap(f.fileno(), 8, prot=mmap.PROT_READ)
            self.filesystem.__enter__()
        except BaseException:
            self.end_recorder()
            raise
        return self

    def __exit__(self, *args):
        try:
            self.filesystem.__exit__(*args)
            self.end = self.position()
        finally:
            self.end_recorder()

    def end_recorder(self):
        subprocess.run(["fusermount3", "-u", "-z", self.device_directory], stderr=subprocess.DEVNULL)
        try:
            self.recorder.wait(20)
        except subprocess.TimeoutExpired:
            self.recorder.kill()
            self.recorder.wait()

    @property
    def path(self):
        return self.filesystem.path

    def position(self):
        """How many requests the device has done."""
        return struct.unpack("=Q", self.counter[:8])[0]


def copy_image(source, target):
    harness.run("cp", "--sparse=always", "--reflink=auto", source, target)


class Replay:
    """Images of a recorded disk as it was after a cut; the cuts come in the order of the log."""

    def __init__(self, recording, images):
        self.log = open(recording.log, "rb")
        self.flushed_path = os.path.join(images, "flushed")
        self.cut_path = os.path.join(images, "cut")
        copy_image(recording.base, self.flushed_path)
        self.flushed = open(self.flushed_path, "r+b", buffering=0)
        self.pending = []  # (offset, bytes) that came after the last flush
        self.position = 0

    def close(self):
        self.log.close()
        self.flushed.close()

    def advance(self, position):
        while self.position < position:
            offset, length, kind = RECORD.unpack(self.log.read(RECORD.size))
            if kind == RECORD_WRITE:
                self.pending.append((offset, self.log.read(length)))
            elif kind == RECORD_FLUSH:
                for at, data in self.pending:
                    os.pwrite(self.flushed.fileno(), data, at)
                self.pending = []
            else:
                raise AssertionError(f"the log has a record of kind {kind}")
            self.position += 1

    def cut(self, position, survives):
        """The image as it is when the power fails after `position` requests.

        survives(i, n) says whether the i-th of n blocks that no flush covers has reached the disk.
        """
        self.advance(position)
        copy_image(self.flushed_path, self.cut_path)
        blocks = [(at + k, data[k:k + BLOCK_BYTES]) for at, data in self.pending
                  for k in range(0, len(data), BLOCK_BYTES)]
        with open(self.cut_path, "r+b", buffering=0) as f:
            for i, (at, block) in enumerate(blocks):
                if survives(i, len(blocks)):
                    os.pwrite(f.fileno(), block, at)
        return self.cut_path
