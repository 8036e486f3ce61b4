# SPDX-License-Identifier: MIT
"""What may have become of a group's files: all worlds that a journal allows.

A verdict comes at any moment between two operations, though not before its delay; what an operation returned rules out the
worlds in which it could not have returned that; an operation of which nobody knows the end leaves worlds with and without it.
The rules: a file is judged by the name, folder and bytes that it has when its verdict is carried out; a rename that returned 0
before makes every earlier examination void; renaming what is finished to a name that tells another student withdraws the
photo and judges its original anew.
"""

import errno

import content
from content import BAD, GOOD
from steps import Blurred, Unexplained, step
from world import ACCEPTED, GONE, HELD, KEPT, OPEN, RECEIVED, REJECTED, get, photo_of, put, set_photo, student_of

WORLDS_MAX = 600
# The call never reached a daemon, or nobody knows what it did.
UNCERTAIN = {None, errno.ENOTCONN, errno.ECONNABORTED, errno.ECONNREFUSED, errno.EIO, errno.ESTALE, errno.EINTR, errno.ETIMEDOUT,
             errno.ENODEV}
# What a group's journal holds beside operations on names.
NOT_NAMES = {"write", "fsync", "list", "read"}


def shown_as(world, file):
    """A name in rejected/ for what is rejected now: its own, or NAME (2).jpg where that is taken."""
    taken = {f.shown for f in world.files if f.state == REJECTED and f.key != file.key}
    if file.folder != "rejected":
        earlier = [f for f in world.files if f.state == REJECTED and (f.folder, f.name) == (file.folder, file.name)]
        if earlier:
            return earlier[-1].shown
    stem, dot, suffix = file.name.rpartition(".")
    for i in range(1, 50):
        name = file.name if i == 1 else f"{stem} ({i}){dot}{suffix}"
        if name not in taken or file.folder == "rejected":
            return name
    return file.name


def reject(world, file, why):
    shown = shown_as(world, file)
    for f in world.files:
        again = f.state == REJECTED and f.key != file.key and (
            (f.folder, f.name) == (file.folder, file.name) or (file.folder == "rejected" and f.shown == shown))
        if again:
            world = put(world, f._replace(state=KEPT))
    student = student_of(world, file)
    world = put(world, file._replace(state=REJECTED, shown=shown, why=why, who=student, loose=False))
    gone = world.deleted
    # A photo that was deleted to be replaced comes back when its successor is rejected, if one process did both.
    if gone and gone[0] == student and photo_of(world, student) is None and gone[5] == "self" and \
            (gone[3], gone[4]) == (file.folder, file.name):
        earlier = get(world, gone[1])
        if earlier and earlier.state == KEPT:
            back = set_photo(put(world, earlier._replace(state=ACCEPTED)), student, earlier.key)
            return [world, back._replace(deleted=None)]
    return [world]


def accept(world, file, student):
    before = photo_of(world, student)
    if before is not None:
        world = put(world, get(world, before)._replace(state=KEPT))
    for f in world.files:
        if f.state == REJECTED and f.key != file.key:
            if (f.folder, f.name) == (file.folder, file.name):
                world = put(world, f._replace(state=KEPT))
            elif student_of(world, f) == student or f.who == student:
                world = put(world, f._replace(loose=True))
    world = put(world, file._replace(state=ACCEPTED, who=student, shown=None, why=None))
    return set_photo(world, student, file.key)


def judge_good(world, file):
    student = student_of(world, file)
    if student is None:
        return reject(world, file, "nobody")
    before = get(world, photo_of(world, student)) if photo_of(world, student) is not None else None
    if before and before.cid == file.cid:
        for f in world.files:
            if f.state == REJECTED and f.who == student:
                world = put(world, f._replace(loose=True))
        return [put(world, file._replace(state=KEPT, who=student))]
    if student in world.approved:
        return reject(world, file, "approved")
    # A person's rejection stands as long as its file is in rejected/.
    decided = [f for f in world.files if f.state == REJECTED and (f.why, f.who, f.cid) == ("decision", student, file.cid)]
    results = reject(world, file, "decision") if decided else []
    if decided and not any(f.loose for f in decided):
        return results
    others = [f for f in world.files if f.key != file.key and f.state in (ACCEPTED, RECEIVED)
              and content.picture_of(f.cid or "?") == content.picture_of(file.cid) and student_of(world, f) != student]
    # Nobody knows what picture a torn upload shows.
    unknown = [f for f in world.files if f.key != file.key and f.state in (ACCEPTED, RECEIVED)
               and (f.cid is None or f.cid.startswith("?")) and student_of(world, f) != student]
    if unknown and not others:
        results += reject(world, file, "same-picture")
    if others:
        results += reject(world, file, "same-picture")
        if any(f.state == ACCEPTED for f in others):
            return results
    return results + [accept(world, file, student)]


def judge(world, file):
    """The verdict on a received file, carried out now."""
    file = file._replace(ever=True, handle=None)
    world = put(world, file)
    quality = content.quality(file.cid)
    results = []
    if quality != BAD:
        results += judge_good(world, file)
    if quality != GOOD:
        results += reject(world, file, "bad")
    return results


class Group:
    """The worlds of one group in one round."""

    def __init__(self, start, round_):
        self.worlds = {start}
        self.round = round_
        self.odd = []
        self.acknowledged = []  # (cid, name) of closes that returned 0

    def shown_by(self, file, now):
        """A new daemon shows at once what the old one had judged, and so does a barrier."""
        return file.due <= now or any(file.closed <= until and began <= now
                                      for began, until in self.round.outages + self.round.hurries)

    def close_over_verdicts(self, now, must=False):
        """Adds the worlds in which verdicts have come by now; must: only worlds in which all have."""
        todo, done = list(self.worlds), set(self.worlds)
        while todo:
            world = todo.pop()
            for file in world.files:
                if file.state == RECEIVED and file.handle is None and (must or self.shown_by(file, now)):
                    outcomes = judge(world, file)
                    if content.quality(file.cid) == GOOD and any(file.closed <= t <= now for t in self.round.worker_kills):
                        outcomes = outcomes + reject(world, file, "examiner")
                    for result in outcomes:
                        if result not in done:
                            done.add(result)
                            todo.append(result)
            if len(done) > WORLDS_MAX:
                raise Blurred("worlds")
        self.worlds = done
        if must:
            self.worlds = {w for w in done if not any(f.state == RECEIVED and f.handle is None for f in w.files)}

    def feed(self, entry):
        """One entry of the journal."""
        if entry["op"] in NOT_NAMES:
            return
        end = entry["t1"] if entry["t1"] is not None else entry["t0"] + 3600
        error = entry["error"]
        if error and any(began <= end and entry["t0"] <= until for began, until in self.round.outages):
            error = None  # the mount was not there, or the daemon died meanwhile
        if entry["op"] == "close" and error == 0:
            self.acknowledged.append((entry["cid"], entry.get("name")))
        self.close_over_verdicts(end)
        after, certain = set(), False
        for world in self.worlds:
            for result, outcome in step(world, entry, self.round):
                if error in UNCERTAIN:
                    after |= {world, result}
                elif outcome == error or (outcome is None):
                    after.add(result)
                    certain = True
        if not after and not certain:
            self.odd.append(entry)
            if error == 0:
                raise Unexplained(entry)
            after = self.worlds
        self.worlds = after
        if len(after) > WORLDS_MAX:
            raise Blurred("worlds")

    def finish(self, now):
        """At the barrier: nobody has anything open, and every verdict has come."""
        closed = set()
        for world in self.worlds:
            for file in world.files:
                if file.handle is not None:
                    world = put(world, file._replace(handle=None, state=OPEN))
            closed |= self.end_open(world)
        self.worlds = closed
        self.close_over_verdicts(now, must=True)

    @staticmethod
    def end_open(world):
        """What was open when its client or the daemon died: nothing of it, or any part."""
        results = {world}
        for file in world.files:
            if file.state != OPEN:
                continue
            step_results = set()
            for w in results:
                torn = get(w, file.key)._replace(cid="?any", handle=None)
                state = HELD if content.is_temporary(file.name) else RECEIVED
                step_results |= {put(w, torn._replace(state=GONE)), put(w, torn._replace(state=state))}
            results = step_results
        return results
