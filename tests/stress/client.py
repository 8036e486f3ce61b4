#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""One client of the stress test: several cases at once, each a walk at random over the names of one group of students.

Started by run.py with a plan: mount, point, groups, seed, until when. All that it does stands in its journal.
"""

import errno
import heapq
import json
import os
import random
import subprocess
import sys
import time

from content import Contents
from journal import Journal

DEAD = {errno.ENOTCONN, errno.ECONNABORTED, errno.ECONNREFUSED, errno.EIO, errno.ENODEV}
CASES_AT_ONCE = 7
CASES_EACH = 2  # of a group in a round; with more nobody could tell any more what is possible


class Client:
    def __init__(self, plan):
        self.plan = plan
        self.random = random.Random(plan["seed"])
        self.contents = Contents(plan["pictures"])
        self.journal = Journal(plan["journal"])
        self.serial = plan["serial"]
        self.as_office = os.geteuid() == 0

    def become(self, uid):
        """Only root can decide in OFFICE; everything else is a member of the point's group."""
        if self.as_office:
            os.seteuid(0)
            if uid:
                os.setegid(self.plan["gid"])
                os.seteuid(uid)

    def next_serial(self):
        self.serial += self.plan["stride"]
        return self.serial

    def path(self, folder, name):
        return os.path.join(self.plan["mount"], self.plan["point"], folder, name)

    def wait_for_mount(self):
        end = time.monotonic() + 20
        while time.monotonic() < end:
            try:
                os.stat(os.path.join(self.plan["mount"], "STATUS.txt"))
                return
            except OSError:
                time.sleep(0.02)

    def run(self):
        """Cases in turn, each when its pause is over."""
        self.become(self.plan["uid"])
        os.umask(0o002)  # a dropped folder is to be written to by its maker, who is not the point's owner
        waiting, order = [], 0
        groups = list(self.plan["groups"])
        self.random.shuffle(groups)
        now = time.monotonic()
        heapq.heappush(waiting, (now, -1, self.flood()))
        while waiting or (groups and time.monotonic() < self.plan["until"]):
            while groups and len(waiting) <= CASES_AT_ONCE and time.monotonic() < self.plan["until"]:
                order += 1
                heapq.heappush(waiting, (time.monotonic(), order, self.case(groups, groups.pop(0))))
            if not waiting:
                break
            due, key, case = heapq.heappop(waiting)
            time.sleep(max(0.0, due - time.monotonic()))
            try:
                pause = next(case)
            except StopIteration:
                continue
            heapq.heappush(waiting, (time.monotonic() + pause, key, case))

    def case(self, groups, group):
        case = Case(self, group)
        try:
            yield from case.walk()
        except Broken:
            return  # not to be touched again in this round
        group["names"] = case.names[-6:]
        group["cases"] = group.get("cases", 0) + 1
        if group["cases"] < CASES_EACH:
            groups.append(group)

    def flood(self):
        """Photos of nobody, so that the others' have to queue; each has its place in rejected/ in the end."""
        while time.monotonic() < self.plan["until"]:
            serial = self.next_serial()
            kind = self.random.random()
            cid = f"g.{self.random.randrange(len(self.contents.paths))}.{serial}" if kind < 0.5 else \
                f"t.{serial}" if kind < 0.8 else f"n.{serial}"
            name = f"IMG-{serial}.jpg"

            def write(name=name, cid=cid):
                with open(self.path("", name), "xb", buffering=0) as f:
                    f.write(self.contents.data(cid))

            error, _ = self.journal.do("flood", "close", write, handle=0, cid=cid, name=name)
            if error:
                self.wait_for_mount()
            yield self.random.expovariate(self.plan["flood"])


class Broken(Exception):
    """The daemon died while a file was open: nobody knows what is left of it. The case ends."""


class Case:
    def __init__(self, client, group):
        self.c, self.group = client, group
        self.random = client.random
        self.handles = group.get("handles", 0)
        self.key, self.students, self.pictures = group["key"], group["students"], group["pictures"]
        self.names = [tuple(n) for n in group["names"]]  # (folder, name) that may resolve
        self.old = list(group["old"])                    # contents of earlier rounds
        self.sent = []

    # ---- operations ----

    def do(self, operation, function, **arguments):
        error, value = self.c.journal.do(self.key, operation, function, **arguments)
        if error:
            self.c.wait_for_mount()
        return error, value

    def name(self, how=None):
        """A name for a student of the group, or for nobody."""
        serial = self.c.next_serial()
        a = self.random.choice(self.students)
        base = self.random.choice([f"{a}.jpg", f"{a}.jpg", f"同学 {a} {serial}.jpg", f"{serial}_{a}.jpg", f"IMG-{serial}.jpg"])
        how = how or self.random.choice(["plain"] * 4 + ["temporary"])
        if how == "plain":
            return base
        return self.random.choice([f".{base}.AbC{serial % 1000:03}", f"{base}.part", f"{base}~"])

    def content(self):
        serial, roll = self.c.next_serial(), self.random.random()
        picture = self.pictures[self.random.randrange(len(self.pictures))]
        if roll < 0.6:
            return f"g.{picture}.{serial}"
        if roll < 0.7 and self.sent + self.old:
            return self.random.choice(self.sent + self.old)
        return self.random.choice([f"t.{serial}", f"n.{serial}", f"c.{picture}.{serial}"])

    def pause(self):
        return self.random.choice([0, self.random.uniform(0, 0.05), self.random.uniform(0, 0.7), self.random.uniform(0, 2)])

    def write(self, folder, name, cid, mode="w", parts=False, wait=0.0):
        """Opens, writes, closes; a generator, as others go on between the parts. Returns whether that was allowed."""
        self.handles = self.group["handles"] = self.handles + 1
        handle = self.handles
        flags = {"w": os.O_WRONLY | os.O_CREAT | os.O_TRUNC, "x": os.O_WRONLY | os.O_CREAT | os.O_EXCL, "r+": os.O_RDWR}[mode]
        path = self.c.path(folder, name)
        error, fd = self.do("open", lambda: os.open(path, flags, 0o644), folder=self.folder_key(folder), name=name, mode=mode,
                            handle=handle)
        if error:
            return False
        broken = True
        try:
            if wait:
                yield wait
            data = memoryview(self.c.contents.data(cid))
            step = len(data) // 3 + 1 if parts else max(len(data), 1)
            for offset in range(0, max(len(data), 1), step):
                if os.pwrite(fd, data[offset:offset + step], offset) != len(data[offset:offset + step]):
                    raise OSError(errno.EIO, "short write")
                if parts:
                    yield self.random.uniform(0, 0.1)
            if mode == "r+":
                os.ftruncate(fd, len(data))
            if self.random.random() < 0.2:
                os.fsync(fd)
            broken = False
        except OSError:
            pass
        error, _ = self.do("close", lambda: os.close(fd), handle=handle, cid=None if broken else cid, name=name)
        if broken or error:
            self.c.wait_for_mount()
            raise Broken()
        self.sent.append(cid)
        self.names.append((folder, name))
        return True

    @staticmethod
    def folder_key(folder):
        """A dropped folder is known by its serial, whatever it is called."""
        return " ".join(folder.split(" ")[:2])

    def rename(self, source, target):
        if source == target:
            return None
        error, _ = self.do("rename", lambda: os.rename(self.c.path(*source), self.c.path(*target)),
                           **{"from": [self.folder_key(source[0]), source[1]], "to": [self.folder_key(target[0]), target[1]]})
        if error in (0, *DEAD):
            self.names.append(target)
        if error == 0 and self.random.random() < 0.9:
            self.names = [n for n in self.names if n != source]
        return error

    def unlink(self, place, by="self"):
        path = self.c.path(*place)

        def by_another():
            done = subprocess.run(["rm", "--", path], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False,
                                  env={**os.environ, "LC_ALL": "C"})
            if done.returncode:
                raise OSError(next((e for e in (errno.ENOENT, errno.EPERM) if os.strerror(e).encode() in done.stderr),
                                   errno.EIO), "not removed")

        self.do("unlink", by_another if by == "other" else lambda: os.unlink(path), folder=self.folder_key(place[0]),
                name=place[1], by=by)

    def shown(self):
        """Names in rejected/ that belong to this group."""
        try:
            names = os.listdir(self.c.path("rejected", ""))
        except OSError:
            return []
        ours = {n.rsplit(".", 1)[0] for _, n in self.names}
        return [("rejected", n) for n in sorted(names) if not n.endswith(".txt") and n.rsplit(".", 1)[0].split(" (")[0] in ours]

    def decide(self, what):
        student = self.random.choice(self.students)
        by = self.random.choice(["move", "move", "command"])
        office = os.path.join(self.c.plan["mount"], "OFFICE")
        ways = {"approve": ("pending", "approved"), "reopen": ("approved", "pending"), "reject": ("pending", "rejected")}
        before, after = ways[what]
        point = self.c.plan["point"]

        def move():
            self.c.become(0)
            try:
                os.rename(f"{office}/{before}/{point}/{student}.jpg",
                          f"{office}/{after}/{point if after != 'rejected' else 'hair'}/{student}.jpg")
            finally:
                self.c.become(self.c.plan["uid"])

        def command():
            self.c.become(0)
            try:
                arguments = ["--reason=hair"] if what == "reject" else []
                done = subprocess.run([self.c.plan["ctl"], f"--store={self.c.plan['store']}", "review", what, *arguments,
                                       f"--point={point}", student], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                      check=False)
                if done.returncode:
                    raise OSError(errno.ENOENT, "refused")
            finally:
                self.c.become(self.c.plan["uid"])

        if self.c.as_office or by == "move":
            self.do("decide", move if by == "move" else command, student=student, what=what, by=by)

    # ---- cases ----

    def walk(self):
        script = self.random.choice([self.walk_names] * 5 + [self.walk_folder, self.walk_replace, self.walk_live_temporary,
                                                            self.walk_over, self.walk_office, self.walk_mend])
        yield from script()

    def place(self):
        return self.random.choice([""] * 6 + ["submitted"])

    def walk_names(self):
        """Anything after anything."""
        yield from self.write(self.place(), self.name(), self.content(), "w", parts=self.random.random() < 0.3)
        for _ in range(self.random.randrange(1, 6)):
            yield self.pause()
            step = self.random.random()
            known = self.names + self.shown() if step < 0.2 else self.names[-3:] or self.names
            if not known:
                return
            place = self.random.choice(known)
            if step < 0.45:
                self.rename(place, (self.random.choice([place[0], ""]), self.name()))
            elif step < 0.55:
                self.unlink(place, self.random.choice(["self", "self", "other"]))
            elif step < 0.65:
                yield from self.write(*place, self.content(), self.random.choice(["r+", "w"]), wait=self.pause())
            elif step < 0.7:
                size = 5000 + self.c.next_serial() % 3000
                self.do("truncate", lambda p=place, n=size: os.truncate(self.c.path(*p), n), folder=self.folder_key(place[0]),
                        name=place[1], size=size)
            elif step < 0.85:
                yield from self.write(self.place(), self.name(), self.content(), "w")
            elif step < 0.92 and self.sent:
                yield from self.write(self.place(), self.name("plain"), self.random.choice(self.sent), "w")
            else:
                self.decide(self.random.choice(["approve", "reject", "reopen"]))

    def walk_folder(self):
        """A folder that tells a student, renamed to one that tells another."""
        serial = self.c.next_serial()
        a, b = self.random.sample(self.students, 2)
        before, after = f"class {serial} {a}", f"class {serial} {b}"
        error, _ = self.do("mkdir", lambda: os.mkdir(self.c.path("", before)), folder=self.folder_key(before), name=before)
        if error:
            return
        for _ in range(self.random.randrange(1, 3)):
            yield from self.write(before, f"IMG-{self.c.next_serial()}.jpg", self.content(), "x")
        yield self.random.choice([0, self.random.uniform(0, 0.4), self.pause()])
        self.do("rename-folder", lambda: os.rename(self.c.path("", before), self.c.path("", after)),
                folder=self.folder_key(before), name=after)
        self.names = [n for n in self.names if n[0] != before]

    def walk_replace(self):
        """Deleted and dropped again, by one program or by two."""
        a = self.random.choice(self.students)
        place = ("", f"{a}.jpg")
        if place not in self.names:
            yield from self.write(*place, f"g.{self.pictures[0]}.{self.c.next_serial()}", "w")
            yield self.random.uniform(1, 2.5)
        self.unlink(place, self.random.choice(["self", "other"]))
        yield self.random.choice([0, self.pause()])
        yield from self.write(*place, self.content(), "w")

    def walk_live_temporary(self):
        """Closed, renamed to a temporary name while it is examined, and written on."""
        if not (yield from self.write("", self.name("plain"), self.content(), "w")):
            return
        yield self.random.choice([0, self.random.uniform(0, 0.2)])
        before = self.names[-1]
        first = self.sent[-1]
        part = ("", before[1] + ".part")
        if self.rename(before, part):
            return
        yield from self.write(*part, self.content(), "r+", wait=self.pause())
        yield self.pause()
        self.rename(part, ("", self.name("plain")))
        yield self.pause()
        yield from self.write("", self.name("plain"), first, "w")

    def walk_over(self):
        """Twice, and the second renamed over the first."""
        if not (yield from self.write("", self.name("plain"), self.content(), "w")):
            return
        first = self.names[-1]
        yield self.pause()
        if not (yield from self.write("", self.name(), self.content(), "w", parts=True)):
            return
        second = self.names[-1]
        yield self.pause()
        self.rename(second, first)
        yield self.pause()
        self.rename(first, ("", self.name("plain")))

    def walk_office(self):
        """A photo, a decision about it, and what the point then tries."""
        a = self.random.choice(self.students)
        yield from self.write("", f"{a}.jpg", f"g.{self.random.choice(self.pictures)}.{self.c.next_serial()}", "w")
        yield self.random.uniform(0.5, 2)
        self.decide(self.random.choice(["approve", "approve", "reject"]))
        yield self.pause()
        roll = self.random.random()
        if roll < 0.3:
            self.unlink(("", f"{a}.jpg"))
        elif roll < 0.6:
            self.rename(("", f"{a}.jpg"), ("", self.name("plain")))
        else:
            yield from self.write("", f"{a}.jpg", self.content(), "w")
        if self.random.random() < 0.4:
            yield self.pause()
            self.decide(self.random.choice(["reopen", "approve"]))

    def walk_mend(self):
        """Rejected for its name, and mended where it shows."""
        yield from self.write("", f"IMG-{self.c.next_serial()}.jpg", self.content(), "w")
        yield self.random.uniform(0.7, 2)
        for place in self.shown()[-1:]:
            target = self.name("plain")
            self.rename(place, (self.random.choice(["", "rejected"]), target))
            yield self.pause()
            if self.random.random() < 0.5:
                self.unlink(("rejected", target))


def main():
    with open(sys.argv[1], encoding="utf-8") as f:
        Client(json.load(f)).run()


if __name__ == "__main__":
    main()
