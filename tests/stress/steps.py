# SPDX-License-Identifier: MIT
"""What one operation of a client makes of one world: the worlds it may lead to, each with the errno that the client then sees.

None as an errno: whatever the client saw fits. Where it is open what a filesystem should do, several worlds come of it.
"""

import errno

import content
from world import (ACCEPTED, GONE, HELD, IN_FLIGHT, KEPT, OPEN, RECEIVED, REJECTED, get, new_file, next_key, photo_of, put,
                   resolve, set_photo, student_of)

DELAY = 0.4       # a verdict is not shown sooner after the last close, in seconds; the mount waits for a little longer
CONTINUED = 1.0   # who opens an upload for writing as soon as this after its close may go on with it


class Unexplained(Exception):
    """An operation succeeded that no world allows."""


class Blurred(Exception):
    """Too much is possible: nothing is known of this group in this round."""


def received(world, file, now, delay=DELAY):
    return put(world, file._replace(state=RECEIVED, cid=file.cid or "?any", closed=now, due=now + delay, ever=True,
                                    shown=None, why=None, who=None))


def written(world, file, entry):
    """Closed after a change: received, but under a temporary name it waits for another."""
    if content.is_temporary(file.name):
        return put(world, file._replace(state=HELD))
    return received(world, file, entry["t0"])


def withdraw(world, file):
    """The photo of a student is no longer that."""
    return set_photo(put(world, file._replace(state=KEPT)), file.who, None)


def retire(world, file):
    """Deleted, or another took its name. What was received is kept; of the rest nothing need be."""
    return put(world, file._replace(state=KEPT if file.ever and file.state != OPEN else GONE, handle=None))


# ---- opening for writing ----

def reopen(world, file, entry, round_):
    """An upload goes on; what was received for a while already is kept as a version of its own. A new daemon counts anew from its
    start, of which the round learns a little later than a client may: while it does not know, either may be."""
    began, ended = entry["t0"], entry["t1"] if entry["t1"] is not None else entry["t0"] + 3600
    waited = began - max([file.closed] + [until for _, until in round_.outages if until <= ended])
    starting = any(since <= ended and began <= until for since, until in round_.outages)
    goes_on = put(world, file._replace(state=OPEN, handle=entry["handle"]))
    if file.state != RECEIVED or waited <= CONTINUED:
        return [goes_on]
    kept = put(world, file._replace(key=next_key(world), state=KEPT, alias=False))
    return [put(kept, file._replace(state=OPEN, handle=entry["handle"]))] + [goes_on] * starting


def fresh_for(world, node, entry, **rest):
    """A new upload of the name of something finished. In submitted/ what was dropped into the point goes on there."""
    if node[0] == "ghost":
        raise Blurred("written to what was set aside")
    folder = get(world, node[1]).folder if node[0] == "alias" else entry["folder"]
    return new_file(next_key(world), folder, entry["name"], **rest)


def step_open(world, entry, round_):
    folder, name, mode = entry["folder"], entry["name"], entry["mode"]
    results = []
    for node in resolve(world, folder, name):
        if node is None:
            if mode == "r+":
                results.append((world, errno.ENOENT))
            else:
                results.append((put(world, new_file(next_key(world), folder, name, handle=entry["handle"])), 0))
        elif mode == "x":
            results.append((world, errno.EEXIST))
        elif node[0] == "upload":
            results += [(w, 0) for w in reopen(world, get(world, node[1]), entry, round_)]
        else:
            results.append((put(world, fresh_for(world, node, entry, handle=entry["handle"])), 0))
            results.append((world, errno.EACCES))  # an approved photo is read only
    return results


def step_close(world, entry, _round):
    file = next((f for f in world.files if f.handle == entry["handle"]), None)
    if file is None:
        return [(world, 0)]  # its name went meanwhile
    if entry["cid"] is None:
        return [(put(world, file._replace(handle=None)), None)]
    file = file._replace(handle=None, cid=entry["cid"], ever=False)
    return [(written(world, file, entry), 0)]


def step_truncate(world, entry, round_):
    results = []
    for node in resolve(world, entry["folder"], entry["name"]):
        if node is None:
            results.append((world, errno.ENOENT))
            continue
        if node[0] == "upload":
            for w in reopen(world, get(world, node[1]), {**entry, "handle": None}, round_):
                file = get(w, node[1])
                file = file._replace(cid=f"{file.cid}/{entry['size']}" if file.cid and not file.cid.startswith("?") else "?bad")
                results.append((written(w, file, entry), 0))
        else:
            fresh = fresh_for(world, node, entry)
            file = get(world, node[1])
            known = node[0] != "photo" and file.cid and not file.cid.startswith("?")
            fresh = fresh._replace(cid=f"{file.cid}/{entry['size']}" if known else "?bad")
            results.append((written(world, fresh, entry), 0))
            results.append((world, errno.EACCES))
    return results


# ---- rename ----

def clear_target(world, source, node, folder, name):
    """The world in which the target's name is free for the newcomer."""
    if node is None or node[0] in ("photo", "alias", "shown") or node == source:
        return world
    if node[0] == "ghost":
        return world._replace(ghosts=frozenset(g for g in world.ghosts if g[:2] != (folder, name)))
    return retire(world, get(world, node[1]))


def judge_again(world, file, moved, now):
    """What is finished becomes a new drop. Whether its old name resolves for a while is open."""
    if file.state == ACCEPTED:
        world = withdraw(world, file)
    for place in {(file.folder, file.name), ("rejected", file.shown)}:
        world = add_ghost(world, *place, ("stale", file.key))
    key = next_key(world)
    world = world._replace(files=tuple(f for f in world.files if f.key != file.key))
    return received(world, moved._replace(key=key, alias=True, loose=False), now, delay=0)


def add_ghost(world, folder, name, node):
    return world._replace(ghosts=world.ghosts | {(folder, name, node)})


def brought_back(world, file, moved, now):
    key = next_key(world)
    return received(put(world, file._replace(alias=False)), moved._replace(key=key, alias=True, loose=False), now)


def move(world, file, folder, name):
    return put(world, file._replace(folder=folder, name=name))


def rename_upload(world, file, entry, _round):
    folder, name = entry["to"]
    moved = file._replace(folder=folder, name=name)
    if file.state == OPEN:
        return [(put(world, moved), 0)]
    if content.is_temporary(name):
        return [(put(world, moved._replace(state=HELD, closed=entry["t0"])), 0)]
    if file.state == RECEIVED:
        return [(put(world, moved._replace(closed=entry["t0"])), 0)]
    return [(received(world, moved, entry["t0"]), 0)]


def rename_photo(world, file, entry, _round):
    """NUMBER.jpg itself gets another name."""
    folder, name = entry["to"]
    if content.is_temporary(name):
        return [(add_ghost(world, folder, name, ("photo", file.key)), 0), (world, errno.EPERM)]
    again = judge_again(world, file, file._replace(folder=folder, name=name), entry["t0"])
    results = [(world, errno.EPERM)] if file.who in world.approved else [(again, 0)]
    if student_of(world, file._replace(folder=folder, name=name)) == file.who:
        results.append((world, 0))
    return results


def rename_alias(world, file, entry, round_):
    folder, name = entry["to"]
    moved = file._replace(folder=folder, name=name)
    told = student_of(world, moved)
    again = judge_again(world, file, moved, entry["t0"])
    if file.state == REJECTED:
        return [(put(world, moved), 0)] if content.is_temporary(name) else [(again, 0)] + (
            [(put(world, moved._replace(state=KEPT)), 0)] if file.loose or round_.purges else [])
    if file.state != ACCEPTED:
        return [(put(world, moved), 0), (again, 0), (world, errno.EPERM)]
    if content.is_temporary(name):
        return [(put(world, moved), 0)]
    if told == file.who:
        # Brought back into the point, it gets a verdict of its own; until then the photo stays.
        back = [(brought_back(world, file, moved, entry["t0"]), 0)] if entry["from"][0] == "submitted" and folder == "" else []
        return [(put(world, moved), 0)] + back
    results = [(world, errno.EPERM)] if file.who in world.approved else [(again, 0)]
    return results + ([(put(world, moved), 0)] if told is None else [])


def rename_shown(world, file, entry, round_):
    folder, name = entry["to"]
    if content.is_temporary(name):
        return [(add_ghost(world, folder, name, ("shown", file.key)), 0)]
    again = judge_again(world, file, file._replace(folder=folder, name=name), entry["t0"])
    return [(again, 0)] + ([(put(world, file._replace(state=KEPT)), errno.ENOENT)] if file.loose or round_.purges else [])


def rename_node(world, node, entry, round_):
    kind, key = node
    if kind == "ghost":
        source = tuple(entry["from"])
        bare = world._replace(ghosts=frozenset(g for g in world.ghosts if g[:2] != source))
        file = get(world, key[1])
        back = [n for n in resolve(bare, *entry["to"]) if n and n[0] == key[0] and n[1] == key[1]]
        if back:
            return [(bare, 0)]
        fits = file and file.state == (ACCEPTED if key[0] == "photo" else REJECTED)
        if not fits:
            return [(bare, None)]
        return [(w, e) for w, e in (rename_photo if key[0] == "photo" else rename_shown)(bare, file, entry, round_)]
    file = get(world, key)
    return {"upload": rename_upload, "photo": rename_photo, "alias": rename_alias, "shown": rename_shown}[kind](
        world, file, entry, round_)


def step_rename(world, entry, round_):
    results = []
    for node in resolve(world, *entry["from"]):
        if node is None:
            results.append((world, errno.ENOENT))
            continue
        for target in resolve(world, *entry["to"]):
            cleared = clear_target(world, node, target, *entry["to"])
            # Nothing is cleared by a rename that is refused.
            results += [(w if e == 0 else world, e) for w, e in rename_node(cleared, node, entry, round_)]
    return results


def step_rename_folder(world, entry, _round):
    key = entry["folder"]
    folders = dict(world.folders)
    if key not in folders:
        return [(world, None)]
    folders[key] = entry["name"]
    results = {world._replace(folders=tuple(sorted(folders.items())))}
    for file in world.files:
        if file.folder != key or file.state not in (ACCEPTED, REJECTED) or content.told_by(file.name):
            continue
        # Finished before the rename: to stay, or to be judged again, and again by itself at that.
        for w in set(results):
            if get(w, file.key) and file.who not in w.approved:
                results.add(judge_again(w, file, file, entry["t0"]))
    return [(w, 0) for w in results] + [(world, errno.ENOENT)]


# ---- unlink, decisions ----

def hide(world, file):
    """A deleted name is gone, also as what earlier files were dropped as."""
    return world._replace(files=tuple(
        f._replace(alias=False) if (f.folder, f.name) == (file.folder, file.name) and f.key <= file.key and
        f.state not in IN_FLIGHT else f for f in world.files))


def step_unlink(world, entry, round_):
    folder, name = entry["folder"], entry["name"]
    results = []
    for node in resolve(world, folder, name):
        if node is None:
            results.append((world, errno.ENOENT))
        elif node[0] == "upload":
            file = get(world, node[1])
            results.append((hide(retire(world, file._replace(alias=False)), file), 0))
        elif node[0] == "photo":
            file = get(world, node[1])
            if file.who in world.approved:
                results.append((world, errno.EPERM))
                continue
            gone = withdraw(world, file)
            if (file.folder, file.name) == ("", name):
                gone = hide(gone, file)
            gone = gone._replace(deleted=(file.who, file.key, entry["t0"], folder, name, entry["by"]))
            results.append((gone, 0))
        elif node[0] == "shown":
            file = get(world, node[1])
            results.append((put(world, file._replace(state=KEPT)), 0))
            if file.loose or round_.purges:
                results.append((put(world, file._replace(state=KEPT)), errno.ENOENT))
        elif node[0] == "ghost":
            results.append((world._replace(ghosts=frozenset(g for g in world.ghosts if g[:2] != (folder, name))), 0))
        else:
            results.append((hide(world, get(world, node[1])), 0))
    return results


def bring_back(world, student):
    """A command finds the photo that a person rejected, as long as that stands in rejected/."""
    return [set_photo(put(world, f._replace(state=ACCEPTED, shown=None, why=None)), student, f.key) for f in world.files
            if f.state == REJECTED and f.why == "decision" and f.who == student]


def decide_again(world, entry, key):
    """Approves, or takes an approval back."""
    student = entry["student"]
    approved = student in world.approved
    after = world.approved | {student} if entry["what"] == "approve" else world.approved - {student}
    if key is not None and after != world.approved:
        return [(world._replace(approved=after), 0)]
    if entry["by"] == "move":
        return [(world, errno.ENOENT)]
    if key is not None:
        return [(world, 0)]
    back = [(w._replace(approved=after), 0) for w in bring_back(world, student)]
    return back + ([] if back and not any(f.loose for f in world.files) else [(world, errno.ENOENT)]) + ([(world, 0)] * approved)


def step_decide(world, entry, _round):
    student, what = entry["student"], entry["what"]
    key = photo_of(world, student)
    approved = student in world.approved
    if what != "reject":
        return decide_again(world, entry, key)
    if key is None and entry["by"] == "command" and bring_back(world, student):
        return [(world, 0)]
    if key is None or (approved and entry["by"] == "move"):
        return [(world, errno.ENOENT)]
    file = get(world, key)
    for f in world.files:
        if f.state == REJECTED and (f.folder, f.name) == (file.folder, file.name):
            world = put(world, f._replace(state=KEPT))
    taken = {f.shown for f in world.files if f.state == REJECTED}
    stem, dot, suffix = file.name.rpartition(".")
    shown = next(n for n in [file.name] + [f"{stem} ({i}){dot}{suffix}" for i in range(2, 60)] if n not in taken)
    world = set_photo(world._replace(approved=world.approved - {student}), student, None)
    return [(put(world, file._replace(state=REJECTED, why="decision", shown=shown, who=student)), 0)]


def step_folder(world, entry, _round):
    return [(world._replace(folders=tuple(sorted({**dict(world.folders), entry["folder"]: entry["name"]}.items()))), 0)]


STEPS = {"open": step_open, "close": step_close, "truncate": step_truncate, "rename": step_rename, "unlink": step_unlink,
         "rename-folder": step_rename_folder, "mkdir": step_folder, "decide": step_decide}


def step(world, entry, round_):
    if entry["op"] == "rename":
        entry = {**entry, "from": tuple(entry["from"]), "to": tuple(entry["to"])}
    place = entry.get("from") or (entry.get("folder"), entry.get("name"))
    stale = any(g[:2] == place and g[2][0] == "stale" for g in world.ghosts)
    if stale and entry["error"] == 0 and resolve(world, *place) == [None]:
        raise Blurred("an old name")
    return STEPS[entry["op"]](world, entry, round_)
