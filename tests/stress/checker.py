# SPDX-License-Identifier: MIT
"""Compares what the store shows at a barrier with the worlds that the journals allow."""

import json
import os
from collections import Counter

import content
from model import Blurred, Group as Model
from steps import Unexplained
from world import ACCEPTED, GONE, HELD, KEPT, REJECTED, empty_world, get

LOST, WRONG, STUCK, INCONSISTENT = "lost", "wrong name", "stuck", "inconsistent"
# What is in none of the model's worlds, and breaks none of the promises above: the model leaves out a few of the things that
# may happen, such as what a torn upload shows. So one a round is forgiven; a broken daemon makes ten times as many.
UNEXPLAINED = "unexplained"


class Group:
    """Students, pictures and names that one client has for itself; what of it was ever sent."""

    def __init__(self, key, point, students, pictures):
        self.key, self.point, self.students, self.pictures = key, point, students, pictures
        self.cids = {}        # digest -> content, of all that was ever tried
        self.serials = set()  # in names without a number
        self.kept = {}        # digest -> ids of the rows that had it when it was looked for
        self.start = empty_world()  # at the last barrier
        self.old = []         # contents for dropping again

    def learn(self, entries, contents):
        for entry in entries:
            for text in [entry.get("name"), *[p[1] for p in (entry.get("from"), entry.get("to")) if p]]:
                if text and "IMG-" in text:
                    self.serials.add(int("".join(c for c in text.split("IMG-")[1].split(".")[0].split(" ")[0] if c.isdigit())))
                if text and text.startswith("class "):
                    self.serials.add(int(text.split(" ")[1]))
            cid = entry.get("cid")
            if cid:
                self.cids[contents.digest(cid)] = cid
                if cid not in self.old:
                    self.old = (self.old + [cid])[-6:]

    def learn_worlds(self, worlds, contents):
        """Contents that came of cutting others."""
        for world in worlds:
            for file in world.files:
                if file.cid and not file.cid.startswith("?"):
                    self.cids[contents.digest(file.cid)] = file.cid


class Violation:
    def __init__(self, kind, group, text, entries=(), rows=()):
        self.kind, self.group, self.text, self.entries, self.rows = kind, group, text, entries, rows
        self.history = []

    def __str__(self):
        lines = [f"{self.kind.upper()} [{self.group}] {self.text}"]
        if self.entries:
            lines.append("  journal:")
            start = self.entries[0]["t0"]
            for e in self.entries:
                what = {k: v for k, v in e.items() if k not in ("n", "group", "op", "t0", "t1", "error")}
                took = "unfinished" if e["t1"] is None else f"{1000 * (e['t1'] - e['t0']):.0f} ms"
                code = "" if e["error"] == 0 else f" -> {os.strerror(e['error']) if e['error'] else 'unknown'}"
                lines.append(f"    {e['t0'] - start:7.3f} {e['op']} {json.dumps(what, ensure_ascii=False)} ({took}){code}")
        if self.rows:
            lines.append("  rows:")
            lines += [f"    {r}" for r in self.rows]
        lines += [f"  history of {line}" for line in self.history]
        return "\n".join(lines)


class Checker:
    def __init__(self, contents):
        self.contents = contents
        self.totals = Counter()
        self.purged = False

    # ---- one group ----

    def check(self, group, entries, snapshot, round_):
        """Violations of one group; afterwards it starts from what there is."""
        group.learn(entries, self.contents)
        found = []
        if entries:
            model = Model(group.start, round_)
            try:
                for entry in entries:
                    model.feed(entry)
                model.finish(round_.ended)
            except Blurred as why:
                round_.blurred.append((group.key, str(why)))
                model.worlds = set()
            except Unexplained as e:
                found.append((UNEXPLAINED, f"an operation succeeded that cannot: {e.args[0]}"))
                model.worlds = set()
            self.totals["acknowledged"] += len(model.acknowledged)
            self.totals["odd"] += len(model.odd)
            for entry in model.odd:
                round_.odd.append((group.key, entry))
            group.learn_worlds(model.worlds, self.contents)
            if model.worlds:
                found += self.compare(group, model, snapshot)
        else:
            found += self.unchanged(group, snapshot)
        found += self.missing(group, snapshot)
        rows = snapshot.of_group(group)
        found += [(STUCK, f"submission {r.id} '{r.name}' has no verdict") for r in rows if r.state < 4 and not r.temporary]
        group.start = snapshot.world_of(group)
        for row in rows:
            if row.digest in group.cids:
                group.kept.setdefault(row.digest, set()).add(row.id)
        return [Violation(kind, group.key, text, entries, rows) for kind, text in found]

    def erased(self, group, digest, snapshot):
        """Whether our own purge took it."""
        cid = group.cids[digest]
        if not self.purged or cid.startswith("?"):
            return False
        ids = group.kept.get(digest, ())
        return any(snapshot.by_id[i].digest is None and snapshot.by_id[i].state in (6, 7, 8) for i in ids if i in snapshot.by_id) \
            or bool(snapshot.erased.get(self.contents.size(cid)))

    def is_there(self, group, digest, snapshot):
        rows = snapshot.by_digest.get(digest)
        if rows:
            return os.path.exists(snapshot.blob(digest))
        return self.erased(group, digest, snapshot)

    def missing(self, group, snapshot):
        """What was found at an earlier barrier is there still."""
        found = []
        for digest in list(group.kept):
            if not self.is_there(group, digest, snapshot):
                found.append((LOST, f"{group.cids[digest]} was in the store, and is not any more"))
                del group.kept[digest]
        return found

    def unchanged(self, group, snapshot):
        """Nobody touched the group in this round."""
        before, after = group.start, snapshot.world_of(group)
        if before.approved != after.approved or dict(before.photo) != dict(after.photo):
            return [(INCONSISTENT, f"photos changed by themselves: {before.photo} {set(before.approved)} -> "
                                   f"{after.photo} {set(after.approved)}")]
        return []

    def compare(self, group, model, snapshot):
        rows = snapshot.of_group(group)
        problems = []
        for world in model.worlds:
            problem = self.differs(group, world, rows, snapshot)
            if problem is None:
                return self.lost(group, model, snapshot)
            problems.append(problem)
        lost = self.lost(group, model, snapshot)
        if lost:
            return lost
        text = "; or ".join(p for p, _ in Counter(problems).most_common(3))
        return self.wrong_name(group, model, snapshot) or [(UNEXPLAINED, text)]

    def lost(self, group, model, snapshot):
        """Contents that are kept in every world, and are nowhere."""
        required = None
        for world in model.worlds:
            kept = {f.cid for f in world.files if f.state not in (GONE, HELD) and f.cid and not f.cid.startswith("?")}
            required = kept if required is None else required & kept
        found = []
        for cid in sorted(required or ()):
            digest = self.contents.digest(cid)
            if not self.is_there(group, digest, snapshot) and \
                    not any(snapshot.staged(r) == digest for r in snapshot.of_group(group) if r.state < 4):
                found.append((LOST, f"{cid} ({digest[:12]}) was acknowledged, and is not in the store"))
        return found

    def wrong_name(self, group, model, snapshot):
        """Students whose photo is a file that has another's name, or nobody's, in every world."""
        found = []
        for student in group.students:
            if student not in snapshot.students:
                continue
            row = snapshot.by_id[snapshot.students[student][1]]
            cid = group.cids.get(row.digest)
            # Its folder may have got another name after the verdict.
            if any(student in dict(w.photo) and get(w, dict(w.photo)[student]).cid == cid for w in model.worlds):
                continue
            names = {(f.name, dict(w.folders).get(f.folder, "")) for w in model.worlds for f in w.files
                     if f.cid == cid and f.state in (ACCEPTED, REJECTED, KEPT)}
            if cid and names and all(content.told_by(*n) != student for n in names):
                called = sorted("/".join(filter(None, (folder, name))) for name, folder in names)
                found.append((WRONG, f"{cid} is the photo of {student}, but is called {called}"))
        return found

    # ---- one world ----

    def differs(self, group, world, rows, snapshot):
        """None when this world is what the store shows, else the first difference."""
        photos = dict(world.photo)
        for student in group.students:
            seen = snapshot.students.get(student)
            if (seen is None) != (student not in photos):
                return f"{student} has {'no' if seen is None else 'a'} photo"
            if seen is None:
                continue
            cid = get(world, photos[student]).cid
            row = snapshot.by_id[seen[1]]
            if not cid.startswith("?") and self.contents.digest(cid) != row.digest:
                return f"the photo of {student} is {group.cids.get(row.digest)}, not {cid}"
            if (seen[0] == 3) != (student in world.approved):
                return f"{student} is {'' if seen[0] == 3 else 'not '}approved"
        return self.rejected_differ(group, world, rows, snapshot) or self.kept_differ(group, world, rows, snapshot)

    def rejected_differ(self, group, world, rows, snapshot):
        shown = [r for r in rows if r.state == 5]
        for file in (f for f in world.files if f.state == REJECTED):
            match = next((r for r in shown if r.name == file.name and
                          (file.cid.startswith("?") or r.digest == self.contents.digest(file.cid))), None)
            if match is None:
                digest = None if file.cid.startswith("?") else self.contents.digest(file.cid)
                gone = file.loose or (digest and self.purged and self.erased(group, digest, snapshot)) or \
                    (digest is None and self.purged)
                if gone:
                    continue
                return f"{file.cid} '{file.name}' is not in rejected/"
            reason = self.reason_differs(file, match)
            if reason:
                return reason
            shown.remove(match)
        return f"'{shown[0].name}' is in rejected/" if shown else None

    @staticmethod
    def reason_differs(file, row):
        if file.why is None or content.quality(file.cid) != content.GOOD:
            return None
        nameless = "name-no-number" in row.codes
        if nameless != (file.why == "nobody") and file.why != "examiner":
            return f"'{file.name}' was rejected as {'/'.join(row.codes)}"
        return None

    def kept_differ(self, group, world, rows, snapshot):
        for file in world.files:
            if file.cid is None or file.cid.startswith("?") or file.state not in (KEPT, HELD, ACCEPTED):
                continue
            digest = self.contents.digest(file.cid)
            if file.state == HELD:
                if not any(r.temporary and r.state < 4 and r.name == file.name and snapshot.digest(r) == digest for r in rows):
                    return f"{file.cid} is not held under '{file.name}'"
            elif not self.is_there(group, digest, snapshot):
                return f"{file.cid} is not kept"
        return None
