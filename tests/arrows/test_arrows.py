#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Calls from room to room go only where src/meson.build lets them, and no files of a room form a circle.

Arguments: the build directory's src, then for each room ROOM:OTHER,OTHER with the rooms that it may call. Read from the symbols
of the built objects, so that what a header promises or a comment says does not count.
"""

import glob
import os
import subprocess
import sys
from collections import defaultdict


def objects(src, room):
    found = glob.glob(os.path.join(glob.escape(src), room, "lib*.a.p", "*.c.o"))
    return {path: f"{room}/{os.path.basename(path).removesuffix('.o')}" for path in found}


def symbols(paths):
    """Which file defines each symbol, and which symbols each file wants."""
    defined, wanted = {}, defaultdict(set)
    lines = subprocess.run(["nm", "--portability", "--print-file-name", *paths], stdout=subprocess.PIPE, check=True,
                           text=True).stdout.splitlines()
    for line in lines:
        path, _, rest = line.partition(": ")
        name, kind = rest.split()[:2]
        if kind == "U":
            wanted[path].add(name)
        elif kind in "TDBRC":
            defined[name] = path
    return defined, wanted


def arrows(files):
    """From file to file: the symbols."""
    defined, wanted = symbols(list(files))
    found = defaultdict(lambda: defaultdict(set))
    for path, names in wanted.items():
        for name in names & defined.keys():
            if defined[name] != path:
                found[files[path]][files[defined[name]]].add(name)
    return found


def room_of(file):
    return file.split("/")[0]


def reachable(start, found):
    """Files of the same room that a file calls, directly or round about."""
    seen, todo = set(), [start]
    while todo:
        for other in found[todo.pop()]:
            if room_of(other) == room_of(start) and other not in seen:
                seen.add(other)
                todo.append(other)
    return seen


def check(src, allowed):
    found = arrows({path: file for room in allowed for path, file in objects(src, room).items()})
    files, used = sorted(found), defaultdict(set)
    for a in files:
        for b in sorted(found[a]):
            used[room_of(a)].add(room_of(b))
            if room_of(a) != room_of(b) and room_of(b) not in allowed[room_of(a)]:
                yield f"{a} calls {b}, which {room_of(a)} may not: {', '.join(sorted(found[a][b]))}"
    inside = {a: reachable(a, found) for a in files}
    for a in files:
        for b in sorted(found[a]):
            if b in inside[a] and a in inside.get(b, ()):
                yield f"{a} and {b} call each other, round about or directly: {', '.join(sorted(found[a][b]))}"
    for room, others in allowed.items():
        for other in sorted(others - used[room]):
            yield f"{room} may call {other}, and never does"


def main():
    allowed = {room: set(filter(None, others.split(","))) for room, _, others in (a.partition(":") for a in sys.argv[2:])}
    faults = list(check(sys.argv[1], allowed))
    for fault in faults:
        print(fault)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
