# SPDX-License-Identifier: MIT
"""What was acknowledged as durable, and whether a recovered store still knows it.

A fact holds from the position of the log at which its sync returned until the position at which something else was begun
with the same file. Each is looked for in the store itself, and, where the store is mounted again, as its users see it.
"""

import contextlib
import hashlib
import json
import os
import sqlite3

import harness
from harness import IDPHOTOCTL, POINT, read

BATCH = "202601"

# As the catalog numbers the states of a submission.
RECEIVED, ACCEPTED, REJECTED, DISMISSED, WITHDRAWN = 1, 4, 5, 7, 8
# Bytes come before the row that names them, so a cut may leave bytes without a row. What is in the staging folder the
# daemon clears away when it starts; blobs stay until `verify --repair`.
LEFTOVERS, LEFTOVERS_OF_A_START = {"orphan", "staging"}, {"orphan"}


def sha256(data):
    return hashlib.sha256(data).hexdigest()


class Recovered:
    """The store after a cut, read by the command and, for what no command lists, from the catalog."""

    def __init__(self, store):
        self.store = store

    def ctl(self, *args):
        return harness.run(IDPHOTOCTL, f"--store={self.store}", "--lang=en", *args, check=False)

    def problems(self, allowed):
        """What is inconsistent; a list of words."""
        found = []
        verify = self.ctl("verify", "--json")
        try:
            faults = json.loads(verify.stdout)
        except ValueError:
            faults = None
        if faults is None or verify.returncode not in (0, 1):
            found.append(f"verify ends with {verify.returncode}: {verify.stdout}{verify.stderr}")
        else:
            found += [f"verify: {fault}" for fault in faults if fault["fault"] not in allowed]
        audit = self.ctl("audit", "verify")
        if audit.returncode != 0:
            found.append(f"audit verify ends with {audit.returncode}: {audit.stdout}{audit.stderr}")
        return found

    def load(self):
        with contextlib.closing(sqlite3.connect(os.path.join(self.store, "catalog.db"), timeout=30)) as connection:
            connection.row_factory = sqlite3.Row
            self.submissions = {}
            for row in connection.execute("SELECT id, name, state, mtime, lower(hex(original)) AS original,"
                                          " original IS NOT NULL AS judged FROM submission"):
                self.submissions.setdefault(row["name"], []).append(row)
            self.folders = {row["name"] for row in connection.execute("SELECT name FROM folder WHERE listed = 1")}
            self.batches = {row["name"]: bool(row["closed"]) for row in connection.execute("SELECT * FROM batch")}
            self.points = {row["name"] for row in connection.execute("SELECT name FROM point")}
            self.settings = {row["key"]: row["value"] for row in connection.execute("SELECT * FROM setting")}
            self.notes = {row["id_number"]: row["note"] for row in connection.execute(
                "SELECT id_number, note FROM student JOIN photo ON photo.student = student.id WHERE note != ''")}
        self.students = {}
        if BATCH not in self.batches:
            return self
        listed = self.ctl("list", f"--batch={BATCH}", "--json")
        if listed.returncode != 0:
            raise AssertionError(f"list ends with {listed.returncode}: {listed.stderr}")
        self.students = {row["id_number"]: row for row in json.loads(listed.stdout)}
        return self

    def digest(self, row):
        """Of the bytes that are there, not of those that the row promises; None when there are none."""
        path = os.path.join("blobs", row["original"][:2], row["original"][2:]) if row["judged"] \
            else os.path.join("staging", str(row["id"]))
        try:
            return sha256(read(os.path.join(self.store, path)))
        except FileNotFoundError:
            return None

    def submission(self, name, digest):
        """The row of these bytes that were dropped, or named last, so."""
        return next((row for row in self.submissions.get(name, []) if self.digest(row) == digest), None)


class Fact:
    def __init__(self, text):
        self.text = text
        self.workload = None
        self.position = None
        self.ended = None  # the last position at which it must hold

    def due(self, position):
        return self.position <= position and (self.ended is None or position <= self.ended)

    def holds(self, recovered):
        raise NotImplementedError

    def is_seen(self, mount):
        """In the mount, after every verdict."""
        return True


class Received(Fact):
    """These bytes are there under that name, and not under the one they had before."""

    def __init__(self, name, data, before=None):
        super().__init__(f"{name} is received")
        self.name = name
        self.digest_wanted = sha256(data)
        self.before = before

    def holds(self, recovered):
        if self.before and recovered.submission(self.before, self.digest_wanted):
            return False
        return recovered.submission(self.name, self.digest_wanted) is not None

    def is_seen(self, mount):
        """Under the dropped name: itself, or the alias of what became of it."""
        for parts in ((self.name,), ("submitted", self.name), ("rejected", self.name)):
            try:
                if sha256(read(mount.point(*parts))) == self.digest_wanted:
                    return True
            except FileNotFoundError:
                continue
        return False


class Judged(Received):
    """Its verdict and its place are known."""

    def __init__(self, name, data, state, shown=None):
        super().__init__(name, data)
        self.text = f"{name} is {'accepted' if state == ACCEPTED else 'rejected'}"
        self.state = state
        self.shown = shown

    def holds(self, recovered):
        row = recovered.submission(self.name, self.digest_wanted)
        return row is not None and row["state"] == self.state

    def is_seen(self, mount):
        return super().is_seen(mount) and (self.shown is None or os.path.exists(mount.point(self.shown)))


class Gone(Fact):
    """A photo that was withdrawn, or a rejection that was dismissed."""

    def __init__(self, name, data, state, shown):
        super().__init__(f"{name} is {'withdrawn' if state == WITHDRAWN else 'dismissed'}")
        self.name = name
        self.digest_wanted = sha256(data)
        self.state = state
        self.shown = shown

    def holds(self, recovered):
        """The original is kept."""
        row = recovered.submission(self.name, self.digest_wanted)
        return row is not None and row["state"] == self.state

    def is_seen(self, mount):
        return os.path.basename(self.shown) not in os.listdir(mount.point(os.path.dirname(self.shown)))


class Decided(Fact):
    """The office's decision about a student's photo."""

    def __init__(self, number, state, reason=None):
        super().__init__(f"{number} is {state}")
        self.number = number
        self.state = state
        self.reason = reason

    def holds(self, recovered):
        student = recovered.students.get(self.number)
        return student is not None and student["state"] == self.state and \
            (self.reason is None or self.reason in [reason["code"] for reason in student["reasons"]])

    def is_seen(self, mount):
        place = ("rejected", self.reason) if self.reason else (self.state, POINT)
        return os.path.exists(os.path.join(mount.path, "OFFICE", *place, f"{self.number}.jpg"))


class Noted(Fact):
    """What the office wrote beside a rejected photo."""

    def __init__(self, number, words):
        super().__init__(f"the note about {number} is kept")
        self.number = number
        self.words = words

    def holds(self, recovered):
        return self.words in recovered.notes.get(self.number, "")


class Listed(Fact):
    """A list in OFFICE/import/ that is not imported yet: these bytes stand in the store under that name."""

    def __init__(self, name, data, before=None):
        super().__init__(f"{name} is in OFFICE/import")
        self.name = name
        self.data = data
        self.before = before

    def holds(self, recovered):
        inbox = os.path.join(recovered.store, "inbox")
        names = os.listdir(inbox)
        return self.name in names and read(os.path.join(inbox, self.name)) == self.data and self.before not in names

    def is_seen(self, mount):
        return read(os.path.join(mount.path, "OFFICE", "import", self.name)) == self.data


class Erased(Fact):
    """Neither a row nor a file has the bytes any more."""

    def __init__(self, name, data):
        super().__init__(f"{name} is erased")
        self.digest_wanted = sha256(data)

    def holds(self, recovered):
        digest = self.digest_wanted
        return not os.path.exists(os.path.join(recovered.store, "blobs", digest[:2], digest[2:])) and \
            not any(row["original"] == digest for rows in recovered.submissions.values() for row in rows)


class Known(Fact):
    """Anything that the recovered store can be asked with a function."""

    def __init__(self, text, ask):
        super().__init__(text)
        self.ask = ask

    def holds(self, recovered):
        return self.ask(recovered)
