# SPDX-License-Identifier: MIT
"""The figures of one store of a hundred teaching points, of any size: the parts list, mount and growth show them.

They are taken once a run and size. First means the first time after a mount, when neither the
kernel nor the daemon remembers anything; after a change means that a photo was withdrawn just
before, so that no snapshot serves it.
"""

import contextlib
import os
import shutil
import time
from collections import defaultdict

from figures import say, time_program
from harness import SAMPLES, read, run
from rig import PHOTO_NAME, drop_caches, point_name

POINTS = 100
WALKED_AGAIN = 100000  # students; minutes each time above

# name: what it is. Milliseconds, but for those of memory and files.
LIST_FIRST, LIST, LIST_CHANGED = "ls -l, first", "ls -l", "ls -l after a change"
REJECTED_FIRST, REJECTED = "ls rejected, first", "ls rejected"
STATUS_FIRST, STATUS, STATUS_CHANGED = "point STATUS.txt, first", "point STATUS.txt", "point STATUS.txt after a change"
ROOT_FIRST, ROOT, ROOT_CHANGED = "root STATUS.txt, first", "root STATUS.txt", "root STATUS.txt after a change"
CSV, ROOT_CSV, PAGE, ROOT_PAGE = "point status.csv", "root status.csv", "point index.html", "root index.html"
MOUNT, MOUNT_COLD, DROP = "mount", "mount, nothing of it in memory", "one photo, drop to verdict"
MEMORY, WORKER_MEMORY = "daemon, most memory", "worker, most memory"
FILES_BEFORE, FILES_AFTER = "files before", "files after"
ENTRIES = "entries listed"

MEGABYTES = {MEMORY, WORKER_MEMORY}


def listing(*arguments):
    return time_program("ls", *arguments)


def reading(path):
    return time_program("cat", path)


class Figures:
    """{name: samples} of one size."""

    def __init__(self, students, points):
        self.students, self.points = students, points
        self.samples = defaultdict(list)

    def add(self, name, value):
        self.samples[name].append(value)

    def __getitem__(self, name):
        return self.samples[name]


def withdraw_one(mount, point):
    """The change: an accepted photo is deleted. False when there is none."""
    directory = mount.at(point=point)
    name = next((n for n in sorted(os.listdir(directory)) if PHOTO_NAME.fullmatch(n)), None)
    if name:
        os.unlink(os.path.join(directory, name))
    return bool(name)


def one_round(mount, found, point):
    """Everything that is read, from one mount; of another point each round."""
    directory = mount.at(point=point)
    status, root = mount.at("STATUS.txt", point=point), os.path.join(mount.path, "STATUS.txt")
    found.add(MOUNT, mount.start())
    found.add(ROOT_FIRST, reading(root))
    found.add(STATUS_FIRST, reading(status))
    found.add(REJECTED_FIRST, listing(mount.at("rejected", point=point)))
    found.add(LIST_FIRST, listing("-l", directory))
    found.add(ROOT, reading(root))
    found.add(STATUS, reading(status))
    found.add(REJECTED, listing(mount.at("rejected", point=point)))
    found.add(LIST, listing("-l", directory))
    found.add(CSV, reading(mount.at("status.csv", point=point)))
    found.add(PAGE, reading(mount.at("index.html", point=point)))
    found.add(ROOT_CSV, reading(os.path.join(mount.path, "status.csv")))
    found.add(ROOT_PAGE, reading(os.path.join(mount.path, "index.html")))
    before = read(root), read(status)
    if withdraw_one(mount, point):
        found.add(ROOT_CHANGED, reading(root))
        found.add(STATUS_CHANGED, reading(status))
        found.add(LIST_CHANGED, listing("-l", directory))
        if read(root) == before[0] or read(status) == before[1]:
            raise AssertionError("a STATUS.txt does not show that a photo was withdrawn")


def drop_one(mount, point, photo):
    """Milliseconds from the first byte until the photo has its verdict and place, asked for by fsync."""
    missing = sorted(n for n in os.listdir(mount.at("missing", point=point)) if n[:17].isdigit())
    if not missing:
        return None
    target = mount.at(missing[0][:18] + ".jpg", point=point)
    start = time.perf_counter()
    shutil.copyfile(photo, target)
    mount.settle(point)
    return (time.perf_counter() - start) * 1e3


def walk_everything(mount, points):
    """Lists and stats all that there is, as find and a file manager would; opens and reads one point's files.

    All of it, at every size: a figure that is held against a limit needs the whole load. Returns how many entries it saw.
    """
    entries = 0
    for i in range(1, points + 1):
        for part in ("", "rejected", "missing", "submitted"):
            with os.scandir(mount.at(part, point=point_name(i))) as found:
                for entry in found:
                    with contextlib.suppress(FileNotFoundError):
                        entry.stat(follow_symlinks=False)
                    entries += 1
    for part in ("", "rejected"):
        directory = mount.at(part, point=point_name(1))
        for name in sorted(os.listdir(directory))[:5000]:
            path = os.path.join(directory, name)
            if os.path.isfile(path):
                with open(path, "rb") as f:
                    f.read(1)
    return entries


def measure(rig, students):
    points = min(POINTS, max(1, students // 10))
    store = rig.store(students, points)
    found = Figures(students, points)
    photos = rig.folder("one-photo")
    run(SAMPLES, photos, "--plain", str(rig.rounds + 1), "--seed", "7")
    photos = [os.path.join(photos, name) for name in sorted(os.listdir(photos))]
    say(f"  measuring a store of {students:,} students")
    for turn in range(rig.rounds):
        with rig.mount(store, start=False) as mount:
            one_round(mount, found, point_name(turn % points + 1))
            took = drop_one(mount, point_name(turn % points + 1), photos[turn])
            if took is not None:
                found.add(DROP, took)
    for _ in range(rig.few_rounds):
        # As after a boot.
        if drop_caches(pages=True):
            with rig.mount(store, start=False) as mount:
                found.add(MOUNT_COLD, mount.start())
    # A ceiling is to hold every time, and the daemon's memory differs by some megabytes: the most of all is the figure.
    most = []
    for _ in range(rig.few_rounds if students <= WALKED_AGAIN else 1):
        with rig.mount(store) as mount:
            process = mount.process()
            # The workers start with the first photo.
            drop_one(mount, point_name(points), photos[-1])
            found.add(FILES_BEFORE, process.files())
            found.add(ENTRIES, walk_everything(mount, points))
            found.add(FILES_AFTER, process.files())
            most.append(process.megabytes("VmHWM"))
            for worker in process.workers():
                found.add(WORKER_MEMORY, worker.megabytes("VmHWM"))
    found.add(MEMORY, max(most))
    return found


def figures_of(rig, students):
    """Measured when first asked for."""
    key = ("sizes", students)
    if key not in rig.cache:
        rig.cache[key] = measure(rig, students)
    return rig.cache[key]


def measured_sizes(rig):
    """Those of --sizes for which there is room, with their figures; the others are named below the table."""
    found = {}
    for students in rig.options.sizes:
        reason = None if ("sizes", students) in rig.cache else rig.room_for(students)
        if reason:
            rig.note(f"Left out: the store of {students:,} students, as {reason}.")
        else:
            found[students] = figures_of(rig, students)
    return found
