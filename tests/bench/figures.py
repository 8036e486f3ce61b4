# SPDX-License-Identifier: MIT
"""Figures of scripts/bench: how they are taken in turn, judged, and printed.

A part of the bench returns rows; whether a row meets its clause is computed here, from the samples
that this run took, and nowhere else. Medians are judged; the least is shown beside them, so that a
machine that was busy during a run can be told from a program that is slow.
"""

import json
import statistics
import subprocess
import sys
import time
import unicodedata
from dataclasses import dataclass, field

# How a limit is meant.
AT_MOST_PEER = "at most peer"  # ours / peer is at most the limit
FASTER = "faster"  # peer / ours is at least the limit
BETTER = "better"  # ours is above the peer's; no number
UNDER = "under"  # ours is below the limit, in its unit
AT_MOST = "at most"  # ours is at most the limit, in its unit
AT_LEAST = "at least"  # ours is at least the limit, in its unit

MET, NOT_MET, NOT_MEASURED = "met", "not met", "not measured"

DECIMALS = {"s": 2, "%": 1, "MB": 1, "": 4, "files": 0, "photos/s": 1, "x": 2}


@dataclass
class Row:
    """One measurement: samples of ours, maybe samples of a peer, maybe a limit."""

    clause: str
    what: str
    ours: list
    unit: str = "ms"
    peer_name: str = ""
    peer: list = field(default_factory=list)
    bound: str = ""  # one of the above; none: a figure to know, of which no clause speaks
    limit: float = 0.0

    def ratio(self):
        """How many times the peer's figure ours is, or for FASTER the other way round. None without one."""
        if not self.ours or not self.peer:
            return None
        ours, peer = statistics.median(self.ours), statistics.median(self.peer)
        above, below = (peer, ours) if self.bound == FASTER else (ours, peer)
        return above / below if below else None

    def verdict(self):
        """MET, NOT_MET or NOT_MEASURED; an empty text where nothing is asked."""
        if not self.bound:
            return "" if self.ours else NOT_MEASURED
        needs_peer = self.bound in (AT_MOST_PEER, FASTER, BETTER)
        if not self.ours or (needs_peer and not self.peer):
            return NOT_MEASURED
        ours, ratio = statistics.median(self.ours), self.ratio()
        if self.bound == BETTER:
            good = ours > statistics.median(self.peer)
        elif self.bound == UNDER:
            good = ours < self.limit
        elif self.bound == AT_MOST:
            good = ours <= self.limit
        elif self.bound == AT_LEAST:
            good = ours >= self.limit
        elif ratio is None:
            return NOT_MEASURED
        else:
            good = ratio >= self.limit if self.bound == FASTER else ratio <= self.limit
        return MET if good else NOT_MET

    def limit_text(self):
        return {
            "": "",
            AT_MOST_PEER: f"<= {self.limit:g} x",
            FASTER: f">= {self.limit:g} x",
            BETTER: "> peer",
            UNDER: f"< {self.limit:g} {self.unit}",
            AT_MOST: f"<= {self.limit:g} {self.unit}",
            AT_LEAST: f">= {self.limit:g} {self.unit}",
        }[self.bound]

    def as_json(self):
        def of(samples):
            return {"median": statistics.median(samples), "least": min(samples),
                    "samples": list(samples)} if samples else None
        return {"clause": self.clause, "what": self.what, "unit": self.unit, "ours": of(self.ours),
                "peer": self.peer_name or None, "theirs": of(self.peer), "ratio": self.ratio(),
                "bound": self.bound or None, "limit": self.limit if self.bound else None,
                "verdict": self.verdict() or None}


# ---- taking them ----

def say(text):
    print(text, file=sys.stderr, flush=True)


def timed(function, *arguments):
    """Milliseconds on the wall."""
    start = time.perf_counter()
    function(*arguments)
    return (time.perf_counter() - start) * 1e3


def time_program(*arguments, **options):
    """Milliseconds on the wall of a program that must succeed; what it prints is thrown away."""
    return timed(lambda: subprocess.run(arguments, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        check=True, **options))


def alternate(rounds, methods):
    """Calls each of {name: function} once a round, so that a change of the machine's speed meets all.

    Another one is first in every round, so that none always finds the caches that its neighbour
    left. Returns {name: [what it returned, once a round]}.
    """
    names = list(methods)
    found = {name: [] for name in names}
    for turn in range(rounds):
        first = turn % len(names)
        for name in names[first:] + names[:first]:
            found[name].append(methods[name]())
    return found


# ---- growth ----

def growth_steps(by_size):
    """[(smaller size, larger size)] of what was measured."""
    sizes = sorted(by_size)
    return list(zip(sizes, sizes[1:]))


def worst_growth(by_size, floor):
    """Of {size: figure}: the worst step, as a multiple of what proportion allows; None without a step.

    1 is ten times the figure for ten times the size. A figure below the floor is the start of a
    process and the clock, not the work; it counts as the floor, else a tenth of a millisecond more
    would be growth.
    """
    steps = [by_size[b] / max(by_size[a], floor) / (b / a) for a, b in growth_steps(by_size)]
    return max(steps) if steps else None


# ---- printing ----

def width(text):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def number(value, unit):
    decimals = DECIMALS.get(unit, 2)
    if unit == "ms":
        decimals = 0 if value >= 1000 else 1 if value >= 10 else 2
    return f"{value:,.{decimals}f}"


def columns_of(rows):
    """Lines of cells, of equal length, without heading."""
    lines = []
    for row in rows:
        cells = [row.clause, row.what, row.unit]
        for samples in (row.ours, row.peer):
            cells += [number(statistics.median(samples), row.unit), number(min(samples), row.unit)] if samples else ["", ""]
        cells.insert(5, row.peer_name)
        ratio = row.ratio()
        cells += ["" if ratio is None else f"{ratio:.2f}", row.limit_text(), row.verdict()]
        lines.append(cells)
    return lines


HEADING = ["clause", "measurement", "unit", "ours", "least", "peer", "peer's", "least", "ratio", "limit", "verdict"]
RIGHT = {3, 4, 6, 7, 8}


def align(heading, lines, right):
    """The lines with their columns beneath each other; a line of one cell is a title."""
    tables = [line for line in lines if len(line) > 1] + [heading]
    widths = [max(width(line[i]) for line in tables) for i in range(len(heading))]
    printed = []
    for line in [heading] + lines:
        if len(line) == 1:
            printed.append(line[0])
            continue
        cells = []
        for i, cell in enumerate(line):
            space = " " * (widths[i] - width(cell))
            cells.append(space + cell if i in right else cell + space)
        printed.append("  ".join(cells).rstrip())
    return printed


def print_table(parts):
    """Of [(title, rows)]: the one table. Figures are medians."""
    lines = []
    for title, rows in parts:
        if rows:
            lines.append([f"-- {title}"])
            lines += columns_of(rows)
    print("\n".join(align(HEADING, lines, RIGHT)))


def count_verdicts(rows):
    verdicts = [row.verdict() for row in rows]
    return {verdict: verdicts.count(verdict) for verdict in (MET, NOT_MET, NOT_MEASURED)}


def write_json(path, machine, parts, notes=(), more=None):
    whole = {"machine": dict(machine), "parts": {title: [row.as_json() for row in rows] for title, rows in parts},
             "notes": list(notes), **(more or {})}
    with open(path, "w", encoding="utf-8") as f:
        json.dump(whole, f, ensure_ascii=False, indent=1)
        f.write("\n")
