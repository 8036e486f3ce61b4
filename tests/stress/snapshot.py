# SPDX-License-Identifier: MIT
"""What the store says of itself at a barrier: rows of the catalog, originals, and what of it is a group's."""

import hashlib
import os
import re
import sqlite3
from collections import namedtuple

import content
from world import ACCEPTED, HELD, KEPT, REJECTED, empty_world, new_file, put, set_photo

Row = namedtuple("Row", "id point folder folder_name name shown temporary alias state size digest student student_state is_photo"
                        " codes")
STATES = {4: ACCEPTED, 5: REJECTED, 6: KEPT, 7: KEPT, 8: KEPT, 9: KEPT}
FOLDERS = {0: "", -1: "rejected", -2: "submitted"}
SERIAL = re.compile(r"(?:IMG-|class )(\d+)")

ROWS = """
SELECT s.id, p.name, s.folder, coalesce(f.name, ''), s.name, s.shown_name, s.temporary, s.alias, s.state, s.size,
       lower(hex(s.original)), coalesce(t.id_number, ''), coalesce(t.state, 0), s.photo != 0 AND t.photo = s.photo,
       (SELECT group_concat(code) FROM finding WHERE submission = s.id AND level = 'reject')
FROM submission AS s JOIN point AS p ON p.id = s.point LEFT JOIN folder AS f ON f.id = s.folder
     LEFT JOIN student AS t ON t.id = s.student ORDER BY s.id
"""
STUDENTS = "SELECT id_number, state, photo, (SELECT submission FROM photo WHERE id = student.photo) FROM student"
DECISION = "hair"  # for which the clients reject


class Snapshot:
    def __init__(self, store):
        self.store = store
        with sqlite3.connect(f"file:{store}/catalog.db?mode=ro", uri=True, timeout=30) as db:
            db.execute("BEGIN")
            self.rows = [Row(*values[:10], values[10] or None, *values[11:14], tuple((values[14] or "").split(",")))
                         for values in db.execute(ROWS)]
            self.students = {number: (state, submission) for number, state, photo, submission in db.execute(STUDENTS) if photo}
        db.close()
        self.by_id = {row.id: row for row in self.rows}
        self.by_digest, self.erased, self.of_student, self.of_serial = {}, {}, {}, {}
        for row in self.rows:
            if row.digest:
                self.by_digest.setdefault(row.digest, []).append(row)
            elif row.state in (6, 7, 8):
                self.erased.setdefault(row.size, []).append(row)
            for number in content.NUMBER.findall(row.name + " " + row.folder_name):
                self.of_student.setdefault(number, []).append(row)
            for serial in SERIAL.findall(row.name + " " + row.folder_name):
                self.of_serial.setdefault(int(serial), []).append(row)

    def staged(self, row):
        """Hash of what lies in the staging file of an upload that has no original yet."""
        try:
            with open(os.path.join(self.store, "staging", str(row.id)), "rb") as f:
                return hashlib.sha256(f.read()).hexdigest()
        except OSError:
            return None

    def digest(self, row):
        return row.digest or (self.staged(row) if row.state < 4 else None)

    def stuck(self):
        return [row for row in self.rows if row.state < 4 and not row.temporary]

    def blob(self, digest):
        return os.path.join(self.store, "blobs", digest[:2], digest[2:])

    def of_group(self, group):
        """Rows that are this group's, by a number or a serial of its own in the name, or by their bytes."""
        found = {}
        for number in group.students:
            for row in self.of_student.get(number, []):
                found[row.id] = row
            if number in self.students:
                row = self.by_id[self.students[number][1]]
                found[row.id] = row
        for serial in group.serials:
            for row in self.of_serial.get(serial, []):
                found[row.id] = row
        for digest in group.cids:
            for row in self.by_digest.get(digest, []):
                found[row.id] = row
        return [found[key] for key in sorted(found) if found[key].point == group.point]

    def world_of(self, group):
        """The one world that is the case now."""
        world, dropped = empty_world(), {}
        for row in self.of_group(group):
            state = HELD if row.state < 4 else STATES[row.state]
            if state == KEPT and not row.alias:
                continue
            digest = self.digest(row)
            folder = FOLDERS.get(row.folder)
            if folder is None:
                folder = f"folder-{row.folder}"
                dropped[folder] = row.folder_name
            world = put(world, new_file(row.id, folder, row.name, cid=group.cids.get(digest, f"?{digest}"), state=state,
                                        shown=row.shown if state == REJECTED else None, who=row.student or None,
                                        why="decision" if state == REJECTED and DECISION in row.codes else None,
                                        alias=bool(row.alias), ever=row.digest is not None))
        for number in group.students:
            if number in self.students:
                state, submission = self.students[number]
                world = set_photo(world, number, submission)
                if state == 3:
                    world = world._replace(approved=world.approved | {number})
        return world._replace(folders=tuple(sorted(dropped.items())))
