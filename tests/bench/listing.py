# SPDX-License-Identifier: MIT
"""What scripts/bench list runs: ls and cat in a store of many students, beside the native filesystem and bindfs.

The peers list directories with the same names, sizes and times. bindfs has a copy of its own, as
listing it also warms the native directory beneath.
"""

import os
from collections import defaultdict

import sizes
from figures import AT_MOST_PEER, UNDER, Row, say, time_program
from harness import read
from rig import POINT, drop_caches

OURS, NATIVE, BINDFS = "ours", "native", "bindfs"


def mirror(directory, target):
    """A native directory that looks the same. Nothing is read, so holes do for bytes."""
    for entry in os.scandir(directory):
        path = os.path.join(target, entry.name)
        if entry.is_dir(follow_symlinks=False):
            os.mkdir(path)
            continue
        seen = entry.stat(follow_symlinks=False)
        fd = os.open(path, os.O_WRONLY | os.O_CREAT, 0o640)
        os.truncate(fd, seen.st_size)
        os.utime(fd, ns=(seen.st_mtime_ns, seen.st_mtime_ns))
        os.close(fd)
    return len(os.listdir(target))


def change(directory):
    """A photo is deleted; in ours that is a withdrawal."""
    os.unlink(next(e.path for e in os.scandir(directory) if e.name.startswith("219999") and e.name.endswith(".jpg")))


class Listing:
    """Rounds of ls over the three, first, again and after a change."""

    def __init__(self, rig, store):
        self.rig, self.store = rig, store
        self.native, self.beneath = rig.folder("native"), rig.folder("beneath-bindfs")
        with rig.mount(store) as mount:
            self.entries = mirror(mount.at(), self.native)
            mirror(mount.at(), self.beneath)
        self.found = defaultdict(list)  # (whose, what): milliseconds
        self.dropped = True

    def in_turn(self, turn, what, where, *options, before=None):
        names = list(where)
        first = turn % len(names)
        for name in names[first:] + names[:first]:
            if before:
                before(where[name])
            self.found[name, what].append(time_program("ls", *options, where[name]))

    def forget(self, _):
        self.dropped = drop_caches() and self.dropped

    def round(self, turn):
        # Before mounting: what is forgotten while mounted is still being forgotten during the measurement.
        self.forget(None)
        with self.rig.mount(self.store) as mount, self.rig.bindfs(self.beneath) as bindfs:
            where = {OURS: mount.at(), NATIVE: self.native, BINDFS: bindfs.path}
            self.in_turn(turn, "first", where, "-l")
            self.in_turn(turn, "again", where, "-l")
            self.in_turn(turn, "plain", where)
            self.in_turn(turn, "changed", where, "-l", before=change)
            rejected = mount.at("rejected")
            self.found[OURS, "rejected first"].append(time_program("ls", rejected))
            self.found[OURS, "rejected"].append(time_program("ls", rejected))
        with self.rig.mount(self.store) as mount:
            for what, path in (("point", mount.at("STATUS.txt")), ("root", os.path.join(mount.path, "STATUS.txt"))):
                self.found[OURS, what + " first"].append(time_program("cat", path))
                self.found[OURS, what].append(time_program("cat", path))
                before = read(path)
                change(mount.at())
                self.found[OURS, what + " changed"].append(time_program("cat", path))
                if read(path) == before:
                    raise AssertionError(f"the {what}'s STATUS.txt does not show a change")
            for name in ("status.csv", "index.html"):
                self.found[OURS, name].append(time_program("cat", mount.at(name)))

    def against(self, what, title, limited=True):
        ours = self.found[OURS, what]
        return [
            Row("[F3]", title, ours, peer_name=NATIVE, peer=self.found[NATIVE, what],
                bound=AT_MOST_PEER if limited else "", limit=2),
            Row("", "  the same", ours, peer_name=BINDFS, peer=self.found[BINDFS, what]),
        ]

    def under(self, what, title):
        return Row("[F3]", title, self.found[OURS, what], bound=UNDER, limit=50)

    def rows(self, students):
        one = f"{students:,} students in one point: "
        rows = self.against("first", f"ls -l of {self.entries:,} files, first after a mount")
        rows += self.against("again", f"ls -l of {self.entries:,} files, again")
        rows += self.against("changed", f"ls -l of {self.entries:,} files, after one was deleted")
        rows += self.against("plain", f"plain ls of {self.entries:,} files", limited=False)
        rows += [
            self.under("rejected first", one + "ls rejected, first"),
            self.under("rejected", one + "ls rejected, again"),
            self.under("point first", one + "its STATUS.txt, first"),
            self.under("point", one + "its STATUS.txt, again"),
            self.under("point changed", one + "its STATUS.txt, after a change"),
            self.under("root first", one + "the root's, point's read before"),
            self.under("root", one + "the root's, again"),
            self.under("root changed", one + "the root's, after a change"),
            Row("", one + "status.csv", self.found[OURS, "status.csv"]),
            Row("", one + "index.html", self.found[OURS, "index.html"]),
        ]
        return rows


def rows_of_many_points(found):
    many = f"{found.students:,} students in {found.points} points: "
    of_clause = [
        (sizes.REJECTED_FIRST, "ls rejected of a point, first"), (sizes.REJECTED, "ls rejected of a point, again"),
        (sizes.STATUS_FIRST, "a point's STATUS.txt, first"), (sizes.STATUS, "a point's STATUS.txt, again"),
        (sizes.STATUS_CHANGED, "a point's STATUS.txt, after a change"),
        (sizes.ROOT_FIRST, "the root's STATUS.txt, first"), (sizes.ROOT, "the root's STATUS.txt, again"),
        (sizes.ROOT_CHANGED, "the root's STATUS.txt, after a change"),
    ]
    to_know = [(sizes.CSV, "a point's status.csv"), (sizes.PAGE, "a point's index.html"),
               (sizes.ROOT_CSV, "the root's status.csv"), (sizes.ROOT_PAGE, "the root's index.html")]
    return ([Row("[F3]", many + text, found[name], bound=UNDER, limit=50) for name, text in of_clause]
            + [Row("", many + text, found[name]) for name, text in to_know])


def measure(rig):
    students = rig.options.students
    listing = Listing(rig, rig.store(students, 1))
    say(f"  listing {listing.entries:,} files of {POINT}")
    for turn in range(rig.few_rounds):
        listing.round(turn)
    if listing.dropped:
        rig.note("Before each first ls the kernel was made to forget names and inodes (drop_caches 2), not pages.")
    else:
        rig.note("The kernel's caches were not dropped, which root may ask for: a first ls of the peers may be a warm one.")
    rig.forget_store(students, 1)
    return listing.rows(students) + rows_of_many_points(sizes.figures_of(rig, students))
