# SPDX-License-Identifier: MIT
"""What scripts/bench growth runs: how each figure grows with the number of students."""

import statistics

import roster
import sizes
from figures import AT_MOST, Row, align, growth_steps, number, worst_growth

# Below these a figure is the start of a process, or of the daemon, not the work on students.
FLOOR_MILLISECONDS = 5
FLOOR_MEGABYTES = 16

SHOWN = [
    sizes.MOUNT, sizes.MOUNT_COLD, sizes.LIST_FIRST, sizes.LIST, sizes.LIST_CHANGED, sizes.REJECTED_FIRST, sizes.REJECTED,
    sizes.STATUS_FIRST, sizes.STATUS, sizes.STATUS_CHANGED, sizes.ROOT_FIRST, sizes.ROOT, sizes.ROOT_CHANGED,
    sizes.CSV, sizes.PAGE, sizes.ROOT_CSV, sizes.ROOT_PAGE, sizes.DROP, sizes.MEMORY,
]
ROSTER = "roster import"


def unit_of(name):
    return "MB" if name in sizes.MEGABYTES else "ms"


def floor_of(name):
    return FLOOR_MEGABYTES if name in sizes.MEGABYTES else FLOOR_MILLISECONDS


def gather(rig):
    """{figure: {students: median}}"""
    by_size = sizes.measured_sizes(rig)
    found = {name: {} for name in SHOWN + [ROSTER]}
    for students, figures in by_size.items():
        for name in SHOWN:
            if figures[name]:
                found[name][students] = statistics.median(figures[name])
        found[ROSTER][students] = statistics.median(roster.import_times(rig, students, min(sizes.POINTS, students // 10)))
    return found


def show(found):
    """The table of its own: figures by size, and by how much each step multiplies them."""
    all_sizes = sorted({students for figure in found.values() for students in figure})
    heading = ["figure", "unit", *(f"{n:,}" for n in all_sizes), *(f"x{b / a:g}" for a, b in growth_steps(all_sizes))]
    lines = []
    for name, figure in found.items():
        cells = [name, unit_of(name)]
        cells += [number(figure[n], unit_of(name)) if n in figure else "" for n in all_sizes]
        cells += [f"{figure[b] / figure[a]:.2f}" if a in figure and b in figure else "" for a, b in growth_steps(all_sizes)]
        lines.append(cells)
    print("\nGrowth: stores of 100 teaching points by their students; the last columns say how many times a step takes\n"
          "the figure, beside how many times the students.")
    print("\n".join(align(heading, lines, set(range(2, len(heading))))))


def measure(rig):
    found = gather(rig)
    rig.after.append(lambda: show(found))
    rig.more["growth"] = {name: {"unit": unit_of(name), "students": figure} for name, figure in found.items()}
    rows = []
    for name, figure in found.items():
        worst = worst_growth(figure, floor_of(name))
        # As a multiple of what proportion allows: 1 is ten times the time for ten times the students.
        rows.append(Row("[F5]", name, [] if worst is None else [worst], "x", bound=AT_MOST, limit=1))
    rig.note(f"In proportion: below {FLOOR_MILLISECONDS} ms or {FLOOR_MEGABYTES} MB a figure counts as that much, as it is "
             "the start of a process then.")
    return rows

