# SPDX-License-Identifier: MIT
"""What the parts of scripts/bench stand on: a folder of their own, stores, mounts, bindfs, processes.

Everything hangs on one ExitStack, so that mounts, processes and gigabytes of stores are gone when
the bench ends, however it ends.
"""

import contextlib
import os
import re
import signal
import subprocess
import tempfile
import time

from figures import say
from harness import IDPHOTOFS, Mount, run, wait_for

# What a student takes in a store, with two small blobs and the rows: 9 KB were seen; and files.
STORE_BYTES_EACH = 12000
STORE_FILES_EACH = 2.3

FEW_ROUNDS = 3

TICKS = os.sysconf("SC_CLK_TCK")
PHOTO_NAME = re.compile(r"\d{17}[\dX]\.jpg")
POINT = "教学点001"


def point_name(i):
    return f"教学点{i:03}"


def is_root():
    return os.geteuid() == 0


def drop_caches(pages=False):
    """The kernel forgets names and inodes of all filesystems, also pages if asked. False when it may not be told to."""
    try:
        with open("/proc/sys/vm/drop_caches", "w", encoding="ascii") as f:
            f.write("3\n" if pages else "2\n")
        return True
    except OSError:
        return False


# ---- processes ----

class Process:
    """What /proc tells of one."""

    def __init__(self, pid):
        self.pid = pid

    def text(self, name):
        with open(f"/proc/{self.pid}/{name}", encoding="utf-8", errors="replace") as f:
            return f.read()

    def megabytes(self, key):
        """VmRSS, or VmHWM, the most that it ever was."""
        return int(re.search(rf"^{key}:\s+(\d+)", self.text("status"), re.MULTILINE)[1]) / 1024

    def files(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def processor_seconds(self):
        fields = self.text("stat").rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def workers_seconds(self):
        """Processor time of the daemon's workers, of those that it has replaced too: it has no other children."""
        fields = self.text("stat").rsplit(")", 1)[1].split()
        seconds = (int(fields[13]) + int(fields[14])) / TICKS
        for worker in self.workers():
            with contextlib.suppress(OSError):
                seconds += worker.processor_seconds()
        return seconds

    def children(self):
        """All below this one."""
        parents = {}
        for name in filter(str.isdigit, os.listdir("/proc")):
            with contextlib.suppress(OSError):
                parents[int(name)] = int(Process(name).text("stat").rsplit(")", 1)[1].split()[1])
        below = {self.pid}
        while True:
            more = {pid for pid, parent in parents.items() if parent in below} - below
            if not more:
                return [Process(pid) for pid in sorted(below - {self.pid})]
            below |= more

    def workers(self):
        found = []
        for child in self.children():
            with contextlib.suppress(OSError):
                if "idphoto-worker" in child.text("cmdline"):
                    found.append(child)
        return found


def machine_busy():
    """(busy, all) processor seconds of the machine since its start."""
    with open("/proc/stat", encoding="ascii") as f:
        fields = [int(v) for v in f.readline().split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / TICKS, sum(fields) / TICKS


# ---- mounts ----

class StoreMount(Mount):
    """A store that exists, mounted as the tests do it, but to the millisecond."""

    def __init__(self, store, directory, options=()):
        super().__init__(directory, options=options, init=False)
        self.store = store
        os.makedirs(self.path, exist_ok=True)

    def start(self):
        """Milliseconds from the start of the program until the mountpoint answers."""
        arguments = [IDPHOTOFS, "-f"] + (["-o", ",".join(self.options)] if self.options else [])
        with open(self.log_path, "ab") as log:
            start = time.perf_counter()
            self.daemon = subprocess.Popen(arguments + [self.store, self.path], stdout=log, stderr=log,
                                           stdin=subprocess.DEVNULL)
        while not self.is_ready():
            if self.daemon.poll() is not None:
                raise AssertionError(f"the daemon ended with {self.daemon.returncode}:\n{self.log()}")
            time.sleep(0.0005)
        return (time.perf_counter() - start) * 1e3

    def process(self):
        return Process(self.daemon.pid)

    def at(self, *parts, point=POINT):
        return self.point(*parts, point=point)


class Bindfs:
    def __init__(self, source, path):
        self.source, self.path, self.child = source, path, None
        os.makedirs(path, exist_ok=True)

    def start(self):
        self.child = subprocess.Popen(["bindfs", "-f", "--no-allow-other", self.source, self.path],
                                      stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(lambda: self.child.poll() is not None or os.path.ismount(self.path), "bindfs is ready")
        if self.child.poll() is not None:
            raise AssertionError(f"bindfs ended with {self.child.returncode}")

    def end(self):
        if not self.child:
            return
        subprocess.run(["fusermount3", "-u", "-z", self.path], stderr=subprocess.DEVNULL, check=False)
        try:
            self.child.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
        self.child = None


# ---- the whole ----

def remove(path):
    """Never into a mount that could not be taken down; and a million students take Python minutes to walk."""
    subprocess.run(["rm", "-rf", "--one-file-system", "--", path], stderr=subprocess.DEVNULL, check=False)


class Rig:
    """The folder of a run, and what is made once and used by several parts."""

    def __init__(self, build, options):
        self.build, self.options = build, options
        self.rounds = options.rounds
        self.few_rounds = min(options.rounds, FEW_ROUNDS)  # of what takes minutes
        self.cleanup = contextlib.ExitStack()
        self.directory = ""
        self.stores = {}
        self.cache = {}
        self.notes = []  # said below the table
        self.after = []  # called below the table
        self.more = {}  # figures for programs that are no rows

    def __enter__(self):
        # A signal unwinds like an error, so that no mount is left behind.
        for sig in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(sig, signal.default_int_handler)
        self.directory = tempfile.mkdtemp(prefix="idphoto-bench-", dir=self.options.dir)
        self.cleanup.callback(remove, self.directory)
        return self

    def __exit__(self, *exception):
        self.cleanup.close()

    def note(self, text):
        if text not in self.notes:
            self.notes.append(text)

    def program(self, *parts):
        return os.path.join(self.build, *parts)

    def folder(self, name):
        """A new empty folder."""
        path = os.path.join(self.directory, name)
        remove(path)
        os.makedirs(path)
        return path

    def room_for(self, students):
        """None, or why a store of so many cannot be made."""
        free = os.statvfs(self.directory)
        there = free.f_bavail * free.f_frsize
        if there < students * STORE_BYTES_EACH:
            return f"it takes {students * STORE_BYTES_EACH / 1e9:.0f} GB of disk, {there / 1e9:.0f} GB are free"
        if free.f_files and free.f_favail < students * STORE_FILES_EACH:
            return f"it takes {students * STORE_FILES_EACH:,.0f} files, {free.f_favail:,} are free"
        return None

    def make_store(self, path, students, points, *options):
        run(self.program("tests", "bench", "bench-store"), f"--students={students}", f"--points={points}", *options,
            path, timeout=7200)

    def store(self, students, points):
        """Path of a store that several parts read; none of them needs it untouched."""
        if (students, points) not in self.stores:
            reason = self.room_for(students)
            if reason:
                raise AssertionError(f"no store of {students:,} students: {reason}")
            say(f"  making a store of {students:,} students, {points} point{'s' if points > 1 else ''}")
            path = os.path.join(self.directory, f"store-{students}-{points}")
            self.make_store(path, students, points)
            self.stores[students, points] = path
        return self.stores[students, points]

    def forget_store(self, students, points):
        """Gives its room back."""
        path = self.stores.pop((students, points), None)
        if path:
            remove(path)

    @contextlib.contextmanager
    def mount(self, store, options=(), start=True):
        """The store's mount, taken down at the end whatever happened."""
        directory = tempfile.mkdtemp(prefix="mount-", dir=self.directory)
        mount = StoreMount(store, directory, options)
        with contextlib.ExitStack() as stack:
            stack.callback(remove, directory)
            stack.callback(mount.force_end)
            if start:
                mount.start()
            yield mount
            if mount.daemon:
                mount.end()

    @contextlib.contextmanager
    def bindfs(self, source, start=True):
        directory = tempfile.mkdtemp(prefix="bindfs-", dir=self.directory)
        bindfs = Bindfs(source, directory)
        with contextlib.ExitStack() as stack:
            stack.callback(remove, directory)
            stack.callback(bindfs.end)
            if start:
                bindfs.start()
            yield bindfs
