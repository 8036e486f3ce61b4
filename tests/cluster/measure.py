# SPDX-License-Identifier: MIT
"""How long two gateways of a store take for what one does and the other shows. The tests do it in the small and print it,
scripts/bench cluster in the large."""

import ctypes
import os
import select
import struct
import subprocess
import sys
import threading
import time

from cluster import POINT, read, run, wait_for

MOVED_TO = 0x80
LIBC = ctypes.CDLL(None, use_errno=True)


class Seen(threading.Thread):
    """When names are seen to be moved into a directory."""

    HEAD = struct.Struct("iIII")

    def __init__(self, path):
        super().__init__(daemon=True)
        os.listdir(path)
        self.at = {}
        self.ending = threading.Event()
        self.fd = LIBC.inotify_init1(0)
        if self.fd < 0 or LIBC.inotify_add_watch(self.fd, os.fsencode(path), MOVED_TO) < 0:
            raise OSError(ctypes.get_errno(), "inotify")
        self.start()

    def run(self):
        while not self.ending.is_set():
            if not select.select([self.fd], [], [], 0.1)[0]:
                continue
            data, now = os.read(self.fd, 65536), time.monotonic()
            while data:
                size = self.HEAD.unpack_from(data)[3]
                self.at.setdefault(os.fsdecode(data[self.HEAD.size:self.HEAD.size + size].rstrip(b"\0")), now)
                data = data[self.HEAD.size + size:]

    def end(self):
        self.ending.set()
        self.join()
        os.close(self.fd)


def dropped(mount, source):
    """Under a name that the verdict changes. Returns the one that it will have."""
    name = os.path.basename(source)
    run("cp", source, mount.point("x " + name))
    return name


def takeover(a, b, source):
    """Seconds from the death of one until the other shows its photo."""
    name = dropped(a, source)
    a.kill()
    begin = time.monotonic()
    wait_for(lambda: b.shows(name), "the other one shows the verdict")
    took = time.monotonic() - begin
    a.force_end()
    a.start()
    return took


def restart(a, source):
    """Seconds from the death of one that is started at once until it shows its photo itself."""
    name = dropped(a, source)
    a.kill()
    begin = time.monotonic()
    a.start()
    wait_for(lambda: a.shows(name), "it shows the verdict")
    return time.monotonic() - begin


def seen_after(a, b, n, prefix):
    """Seconds from each of n renames that a verdict makes at one until it is seen at the other, in order of size."""
    watches = [Seen(mount.point("rejected")) for mount in (a, b)]
    names = [f"{prefix}{i:04}.jpg" for i in range(n)]
    try:
        for name in names:
            with open(a.point(name), "wb") as f:
                f.write(b"no photo " + name.encode())
            time.sleep(0.02)
        wait_for(lambda: all(name in watch.at for watch in watches for name in names), "all are seen at both")
    finally:
        for watch in watches:
            watch.end()
    here, there = (watch.at for watch in watches)
    return sorted(there[name] - here[name] for name in names)


def barrier(a, b, sources):
    """Seconds that a barrier at the other one takes, and how many of them after the last photo had its place."""
    watch = Seen(a.point())
    try:
        names = [dropped(a, source) for source in sources]
        begin = time.monotonic()
        b.settle()
        end = time.monotonic()
        missing = [name for name in names if not b.shows(name)]
        if missing:
            raise AssertionError(f"the barrier returned before {len(missing)} photos had their places")
        wait_for(lambda: all(name in watch.at for name in names), "the renames are seen")
    finally:
        watch.end()
    return end - begin, end - max(watch.at[name] for name in names)


DROPPER = """
import os, sys
files = [line.rstrip("\\n").split("\\t") for line in open(sys.argv[1], encoding="utf-8")]
data = {source: open(source, "rb").read() for source, _ in files}
print("ready", flush=True)
sys.stdin.readline()
for i, (source, target) in enumerate(files):
    fd = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    os.write(fd, data[source] + os.path.basename(target).encode())
    os.close(fd)
"""


def drop_together(directory, mounts, points, sources, droppers, each, prefix):
    """Photos in a second, of droppers that are spread over gateways and points. Where there are as many sources as points, each
    student is of one point."""
    processes = []
    for i in range(droppers):
        jobs = os.path.join(directory, f"jobs-{prefix}{i}")
        with open(jobs, "w", encoding="utf-8") as f:
            for k in range(each):
                source = sources[(i * each + k) % len(sources)]
                target = mounts[i % len(mounts)].point(f"{prefix}{i}-{k} {os.path.basename(source)}",
                                                       point=points[(i * each + k) % len(points)])
                f.write(f"{source}\t{target}\n")
        processes.append(subprocess.Popen([sys.executable, "-c", DROPPER, jobs], stdin=subprocess.PIPE, stdout=subprocess.PIPE))
    for process in processes:
        process.stdout.readline()
    begin = time.monotonic()
    for process in processes:
        process.stdin.close()
    statuses = [process.wait() for process in processes]
    took = time.monotonic() - begin
    for process in processes:
        process.stdout.close()
    if any(statuses):
        raise AssertionError(f"droppers ended with {statuses}")
    return droppers * each / took


def deadlocks(mount):
    [(n,)] = mount.query("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
    return int(n)


def is_settled(mount):
    return mount.query("SELECT id FROM submission WHERE state < 4 AND temporary = 0") == []


def shares(a, b, directory, sources, n, prefix, droppers=4):
    """Of n photos dropped through the first, faster than it judges them: how many each has judged."""
    drop_together(directory, [a], [POINT], sources, droppers, n // droppers, prefix)
    wait_for(lambda: is_settled(a), "all are judged", timeout=600)
    counts = dict(a.query("SELECT g.name, count(*) FROM event AS e JOIN gateway AS g ON g.id = e.origin"
                          " JOIN submission AS s ON s.id = e.submission"
                          f" WHERE e.kind IN ('accepted', 'replaced', 'unchanged', 'rejected') AND s.name LIKE '{prefix}%'"
                          " GROUP BY g.name"))
    return [int(counts.get(mount.name, 0)) for mount in (a, b)]
