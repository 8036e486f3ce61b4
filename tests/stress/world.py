# SPDX-License-Identifier: MIT
"""One possible state of a group of students and files, and what it looks like by name. Worlds are values: steps make new ones."""

from collections import namedtuple

from content import told_by

OPEN, HELD, RECEIVED, ACCEPTED, REJECTED, KEPT, GONE = "open", "held", "received", "accepted", "rejected", "kept", "gone"
IN_FLIGHT = (OPEN, HELD, RECEIVED)

# cid: content (content.py). folder: "", "submitted", "rejected", or the key of a dropped folder. shown: name in rejected/.
# who: whose photo it is. why: of a rejection. alias: its dropped name resolves. ever: was received under a normal name once.
# loose: rejected, but may have been superseded by a later one. due: not shown before (monotonic). handle: who has it open.
File = namedtuple("File", "key cid folder name shown state who why alias ever loose closed due handle")

# photo: student -> key of the file. ghosts: (folder, name, node); stale: may resolve to an earlier submission. gone: what
# was deleted last, (student, file, time, folder, name, by whom). folders: key -> name.
World = namedtuple("World", "files photo approved ghosts deleted folders")


def new_file(key, folder, name, **rest):
    values = {"cid": None, "shown": None, "state": OPEN, "who": None, "why": None, "alias": True, "ever": False,
              "loose": False, "closed": 0.0, "due": 0.0, "handle": None}
    return File(key=key, folder=folder, name=name, **{**values, **rest})


def empty_world():
    return World((), (), frozenset(), frozenset(), None, ())


def get(world, key):
    return next((f for f in world.files if f.key == key), None)


def put(world, file):
    """The world with this file in place of the one of its key, or with one more. Of what is gone nothing is remembered."""
    if file.state == GONE:
        return world._replace(files=tuple(f for f in world.files if f.key != file.key))
    files = tuple(file if f.key == file.key else f for f in world.files)
    return world._replace(files=files if get(world, file.key) else files + (file,))


def photo_of(world, student):
    return dict(world.photo).get(student)


def set_photo(world, student, key):
    photo = dict(world.photo)
    photo.pop(student, None)
    if key is not None:
        photo[student] = key
    return world._replace(photo=tuple(sorted(photo.items())))


def next_key(world):
    return max((f.key for f in world.files), default=0) + 1


def student_of(world, file):
    return told_by(file.name, dict(world.folders).get(file.folder, ""))


def same_place(a, b):
    """Whether a name in folder a is looked for in folder b: submitted/ shows what stands in the point itself as well."""
    return a == b or (b == "submitted" and a == "")


def resolve(world, folder, name):
    """What a name may stand for, in the order in which it is looked for: ("upload"|"shown"|"photo"|"alias", key) or None.

    Several only where the model does not know: which of two aliases, and whether a ghost is still there.
    """
    uploads = [f for f in world.files if f.state in IN_FLIGHT and f.name == name and same_place(f.folder, folder)]
    if uploads:
        return [("upload", max(uploads, key=lambda f: (f.folder == folder, f.key)).key)]
    found = []
    if folder == "rejected":
        found = [("shown", f.key) for f in world.files if f.state == REJECTED and f.shown == name]
        if found and not any(get(world, key).loose for _, key in found):
            return found
    if folder == "":
        for student, key in world.photo:
            if name == f"{student}.jpg":
                return found + [("photo", key)]
    aliases = [f for f in world.files if f.state not in IN_FLIGHT and f.state != GONE and f.alias and f.name == name
               and same_place(f.folder, folder)]
    if aliases:
        return found + [("alias", f.key) for f in aliases]
    ghosts = [node for place, ghost, node in world.ghosts if (place, ghost) == (folder, name) and node[0] != "stale"]
    return (found + [("ghost", node) for node in ghosts] + [None]) if ghosts or found else [None]
