#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Random sequences of what clients do, against a model that says only what must hold whatever the order.

The model knows, for each name, the bytes that its last close left and whether they are a photo of that name's student.
After each settle: a student has a photo exactly when the last complete, good bytes sent for it were not withdrawn; every
kept submission can be read back; every content whose close succeeded and that nobody wrote over or took away before its
verdict is in the store by its hash. The seed is printed; IDPHOTO_SEED repeats a run, IDPHOTO_MODEL_SECONDS bounds it.
"""

import hashlib
import os
import random
import time

from harness import MountTest, NUMBERS, main, read, wait_for

# The same sequence each time, so that a run means the same everywhere; IDPHOTO_SEED=0 draws another.
SEED = int(os.environ.get("IDPHOTO_SEED", "20260612")) or random.SystemRandom().randrange(1, 1 << 32)
SECONDS = float(os.environ.get("IDPHOTO_MODEL_SECONDS", "12"))


class Name:
    """A dropped name as its client knows it: what it sent last."""

    def __init__(self):
        self.data = None     # bytes of the last close, None: never sent, or taken away
        self.settled = True  # they have their verdict
        self.replaces = False  # written under the name of a photo that this process has just deleted


class Model(MountTest):
    options = ("delay=100", "settle=200", "settle-empty=400")

    def setUp(self):
        super().setUp()
        self.random = random.Random(SEED)
        self.contents = [read(path) for path in self.good(4)]
        self.students = NUMBERS[:2]
        # Two names for each student: the number itself, and one that becomes an alias.
        self.names = {}
        for number in self.students:
            self.names[f"{number}.jpg"] = Name()
            self.names[f"同学 {number}.jpg"] = Name()
        self.must_have = set()  # hashes of what was judged
        self.log = []
        # The same picture for two students is refused: each has pictures of its own.
        self.pictures = {self.students[0]: self.contents[:2], self.students[1]: self.contents[2:]}
        # Per student: None, or the picture whose acceptance was the last event.
        self.photo = dict.fromkeys(self.students)
        self.deleted = dict.fromkeys(self.students)  # the photo that was withdrawn last
        self.deleted_at, self.deleted_name = 0.0, None
        self.order = []  # names closed since the last settle, in the order of their last close

    # ---- what the client does ----

    def number(self, name):
        return next(n for n in self.students if n in name)

    def content(self, name):
        """Good, good but other, cut off, empty, or no photo at all."""
        good = self.pictures[self.number(name)]
        kind = self.random.choice(("first", "first", "second", "cut", "empty", "words", "padded"))
        return {
            "first": good[0],
            "second": good[1],
            "cut": good[0][: len(good[0]) // 2],
            "empty": b"",
            "words": b"only words " + bytes(str(self.random.randrange(1000)), "ascii"),
            "padded": good[0] + b"\0" * self.random.randrange(1, 9),
        }[kind]

    def sent(self, name, data, moved=False):
        """The close of these bytes succeeded, or a rename to the name."""
        entry = self.names[name]
        if moved:
            entry.replaces = False
        elif name == self.deleted_name:
            entry.replaces = True
        if not moved:
            self.deleted_name = None if name == self.deleted_name else self.deleted_name
        entry.data, entry.settled = data, False
        if name in self.order:
            self.order.remove(name)
        self.order.append(name)

    def write(self, name, data, flags):
        fd = self.open(name, os.O_WRONLY | os.O_CREAT | flags)
        try:
            middle = self.random.randrange(len(data) + 1)
            os.write(fd, data[:middle])
            os.write(fd, data[middle:])
        finally:
            os.close(fd)

    def open(self, name, flags):
        return os.open(self.mount.point(name), flags, 0o644)

    def do_write(self, name):
        data = self.content(name)
        self.write(name, data, os.O_TRUNC)
        self.sent(name, data)
        return len(data)

    def do_temporary_and_rename(self, name):
        data = self.content(name)
        temporary = f".{name}.{self.random.randrange(100000, 999999)}"
        self.write(temporary, data, os.O_EXCL)
        os.rename(self.mount.point(temporary), self.mount.point(name))
        self.sent(name, data, moved=True)
        return len(data)

    def do_temporary_and_unlink(self, name):
        temporary = f".{name}.{self.random.randrange(100000, 999999)}"
        self.write(temporary, self.content(name), os.O_EXCL)
        os.unlink(self.mount.point(temporary))

    def do_append_the_rest(self, name):
        """In two opens, as a shell or a resumed transfer."""
        data = self.random.choice(self.pictures[self.number(name)])
        middle = self.random.randrange(1, len(data))
        self.write(name, data[:middle], os.O_TRUNC)
        self.write(name, data[middle:], os.O_APPEND)
        self.sent(name, data)
        return len(data)

    def do_utime(self, name):
        try:
            os.utime(self.mount.point(name), (1700000000, 1700000000 + self.random.randrange(1000)))
        except FileNotFoundError:
            self.assertIsNone(self.names[name].data)

    def do_read(self, name):
        try:
            read(self.mount.point(name))
        except FileNotFoundError:
            self.assertIsNone(self.names[name].data)

    def do_list(self, _name):
        for directory, _, files in os.walk(self.mount.point()):
            for file in files:
                try:
                    os.stat(os.path.join(directory, file))
                except FileNotFoundError:
                    pass  # a verdict came between

    def do_open_and_close(self, name):
        """For writing, with nothing written: no upload, unless it was one."""
        try:
            os.close(self.open(name, os.O_RDWR))
        except FileNotFoundError:
            self.assertIsNone(self.names[name].data)

    def do_folder(self, name):
        """A photo in a folder; the folder goes away by itself."""
        self.settle()
        folder = f"班{self.random.randrange(3)}"
        data = self.pictures[self.number(name)][0]
        os.makedirs(self.mount.point(folder), exist_ok=True)
        path = self.mount.point(folder, name)
        with open(path, "wb") as f:
            f.write(data)
        self.mount.settle()
        self.must_have.add(hashlib.sha256(data).hexdigest())
        self.photo[self.number(name)] = data
        self.check()

    def do_unlink(self, name):
        """A photo is withdrawn; any other name only stops to resolve."""
        self.settle()
        try:
            os.unlink(self.mount.point(name))
        except FileNotFoundError:
            self.assertIsNone(self.names[name].data)
            return
        number = self.number(name)
        if name == f"{number}.jpg" and self.photo[number]:
            self.deleted[number], self.photo[number] = self.photo[number], None
            self.deleted_at, self.deleted_name = time.monotonic(), name
        self.names[name].data = None
        self.check()

    def do_rename_a_rejected_file(self, name):
        """Under a right name it is judged again; it is as bad as before."""
        self.settle()
        found = sorted(n for n in self.mount.rejected() if n in self.names)
        if not found:
            return
        data = read(self.mount.point("rejected", found[0]))
        os.rename(self.mount.point("rejected", found[0]), self.mount.point(name))
        for entry in self.names.values():
            if entry.data == data:
                entry.data = None
        self.sent(name, data, moved=True)

    def do_kill_the_daemon(self, _name):
        """What was closed is judged after the restart."""
        self.mount.kill()
        self.mount.force_end()
        self.mount.start()
        self.deleted_name = None  # only the daemon of before knows who deleted what

    def do_settle(self, _name):
        self.settle()

    # ---- what must hold ----

    def settle(self):
        self.mount.settle()
        for name in self.order:
            entry = self.names[name]
            entry.settled = True
            if entry.data is None:
                continue
            if entry.data:
                self.must_have.add(hashlib.sha256(entry.data).hexdigest())
            number = self.number(name)
            if not self.good_for(number, entry.data) and self.photo[number] is None and entry.replaces:
                # Who replaces by deleting first gets the photo back when the newcomer is bad. For some seconds
                # only, so on a slow machine what happened is as right as what was foreseen.
                if time.monotonic() - self.deleted_at < 1 or os.path.exists(self.mount.point(f"{number}.jpg")):
                    self.photo[number] = self.deleted[number]
            entry.replaces = False
            if self.good_for(number, entry.data):
                self.photo[number] = entry.data
        self.order = []
        self.check()

    def good_for(self, number, data):
        """A picture of the student, or one with zeros after its end."""
        return any(data.startswith(p) and not data[len(p):].strip(b"\0") for p in self.pictures[number])

    def blobs(self):
        found = set()
        for directory, _, files in os.walk(os.path.join(self.mount.store, "blobs")):
            for file in files:
                found.add(hashlib.sha256(read(os.path.join(directory, file))).hexdigest())
        return found

    def check(self):
        m = self.mount
        expected = sorted(f"{n}.jpg" for n in self.students if self.photo[n])
        self.assertEqual(m.photos(), expected)
        # An emptied folder goes a moment after the last verdict of what it held.
        wait_for(lambda: m.listed() == expected, f"nothing else is listed than {expected}: {m.listed()}", timeout=10)
        for number in self.students:
            if self.photo[number]:
                finished = read(m.point(f"{number}.jpg"))
                self.assertEqual(finished[:2] + finished[-2:], b"\xff\xd8\xff\xd9")
                self.assertEqual(os.stat(m.point(f"{number}.jpg")).st_size, len(finished))
        for name, entry in self.names.items():
            # The number's own name shows the photo; the other one shows what was sent.
            if entry.data and name not in expected:
                self.assertEqual(os.stat(m.point(name)).st_size, len(entry.data), name)
                self.assertEqual(read(m.point(name)), entry.data, name)
        for name, text in m.rejected().items():
            self.assertTrue(text.startswith("Rejected: "), name)
            read(m.point("rejected", name))
        self.assertEqual(self.must_have - self.blobs(), set(), "every judged content is kept")

    def test_random_sequences(self):
        print(f"seed {SEED}")
        steps = [(self.do_write, 6), (self.do_temporary_and_rename, 4), (self.do_temporary_and_unlink, 1),
                 (self.do_append_the_rest, 2), (self.do_utime, 2), (self.do_read, 2), (self.do_list, 1),
                 (self.do_open_and_close, 1), (self.do_folder, 1), (self.do_unlink, 1), (self.do_rename_a_rejected_file, 1),
                 (self.do_kill_the_daemon, 0.5), (self.do_settle, 4)]
        end = time.monotonic() + SECONDS
        done = 0
        while time.monotonic() < end:
            step = self.random.choices([s for s, _ in steps], [w for _, w in steps])[0]
            name = self.random.choice(list(self.names))
            self.log.append(f"{done}: {step.__name__} {name}")
            try:
                value = step(name)
                if value is not None:
                    self.log[-1] += f" {value}"
            except Exception as error:
                raise AssertionError(f"seed {SEED}, {error!r} after:\n" + "\n".join(self.log[-25:])) from error
            done += 1
        self.settle()
        print(f"{done} steps")
        self.assertGreater(done, 20)


if __name__ == "__main__":
    main()
