#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the tests have to show beyond passed or failed: what every client could do, and what was cut, killed and lost.

A test appends rows, a line of JSON each, to the file that IDPHOTO_MATRIX names; without it nothing is recorded. This program
prints the rows of a whole run of scripts/test as tables, once, at its end.
"""

import json
import os
import sys

# What a member of the teaching point does, and then people of other groups and the upload machine.
COLUMNS = ("new", "again", "overwrite", "bad", "rename", "delete", "other", "upload", "office")
HEADINGS = ("new", "same again", "overwrite", "bad name", "rename", "delete", "other point", "upload machine", "office")
ABSENT = "–"
POWER_HEADINGS = ("cuts", "acknowledged", "looked for", "lost", "inconsistent")
FAULT_HEADINGS = ("faults", "cycles", "uploads", "lost", "inconsistent")


def append(row):
    """In one write, for tests run beside each other."""
    path = os.environ.get("IDPHOTO_MATRIX")
    if not path:
        return
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        os.write(fd, (json.dumps(row, ensure_ascii=False) + "\n").encode())
    finally:
        os.close(fd)


def record(client, cells, error=None):
    append({"client": client, "cells": cells, "error": error})


def record_faults(kind, counts):
    """What a test of faults has injected and lost; counts as FAULT_HEADINGS name them."""
    append({"faults": kind, "counts": counts})


def record_row(table_name, cells):
    """A row of the table of that name: a value for each heading. Returns the row."""
    build = os.path.basename(os.environ.get("IDPHOTO_BUILD_ROOT", "").rstrip("/"))
    row = {"table": table_name, "cells": {**cells, **({"build": build} if build else {})}}
    append(row)
    return row


def record_power(filesystem, workload, counts, seed):
    """What a test of power cuts has cut, and lost; counts as POWER_HEADINGS name them. Returns the row."""
    row = {"power": filesystem, "workload": workload, "counts": counts, "seed": seed}
    append(row)
    return row


def load(path):
    with open(path, encoding="utf-8") as f:
        return [json.loads(line) for line in f]


def rows(path):
    found = [row for row in load(path) if "client" in row]
    latest = {row["client"]: row for row in found}
    return [latest[name] for name in latest]


def table(found):
    width = max([len(row["client"]) for row in found] + [len("client")])
    widths = [max(len(h), len("verdict")) for h in HEADINGS]
    out = ["  ".join(["client".ljust(width)] + [h.ljust(w) for h, w in zip(HEADINGS, widths)] + ["errors shown"])]
    for row in found:
        cells = [row["cells"].get(c, ABSENT).ljust(w) for c, w in zip(COLUMNS, widths)]
        out.append("  ".join([row["client"].ljust(width)] + cells + [row["error"] or "none"]))
    return "\n".join(out)


def fault_table(found):
    """Several runs of one kind, as of several builds, are added up."""
    sums = {}
    for row in found:
        have = sums.setdefault(row["faults"], dict.fromkeys(FAULT_HEADINGS, 0))
        for key in FAULT_HEADINGS:
            have[key] += row["counts"].get(key, 0)
    width = max(len(kind) for kind in [*sums, "fault"])
    out = ["  ".join(["fault".ljust(width)] + [h.rjust(len(h)) for h in FAULT_HEADINGS])]
    for kind, counts in sums.items():
        out.append("  ".join([kind.ljust(width)] + [str(counts[h]).rjust(len(h)) for h in FAULT_HEADINGS]))
    return "\n".join(out)


def power_table(found):
    widths = [max(len(row[key]) for row in [{"power": "power cut", "workload": "workload"}, *found])
              for key in ("power", "workload")]
    out = ["  ".join(["power cut".ljust(widths[0]), "workload".ljust(widths[1]), *POWER_HEADINGS, "seed"])]
    for row in found:
        out.append("  ".join([row["power"].ljust(widths[0]), row["workload"].ljust(widths[1])] +
                             [str(row["counts"][h]).rjust(len(h)) for h in POWER_HEADINGS] + [str(row["seed"])]))
    return "\n".join(out)


def row_table(found):
    """Those of one table. Its headings are those of all rows, in their order; numbers stand to the right."""
    headings = list(dict.fromkeys(heading for row in found for heading in row["cells"]))
    columns = []
    for heading in headings:
        values = [row["cells"].get(heading, ABSENT) for row in found]
        width = max(len(str(v)) for v in [heading, *values])
        numbers = any(isinstance(v, (int, float)) for v in values)
        columns.append([str(v).rjust(width) if numbers else str(v).ljust(width) for v in [heading, *values]])
    lines = [found[0]["table"], *("  ".join(line).rstrip() for line in zip(*columns))]
    return "\n".join(lines)


if __name__ == "__main__":
    if len(sys.argv) == 2 and os.path.exists(sys.argv[1]) and os.path.getsize(sys.argv[1]):
        tables = []
        if clients := rows(sys.argv[1]):
            tables.append(table(clients))
        if faults := [row for row in load(sys.argv[1]) if "faults" in row]:
            tables.append(fault_table(faults))
        if cuts := [row for row in load(sys.argv[1]) if "power" in row]:
            tables.append(power_table(cuts))
        others = {}
        for row in load(sys.argv[1]):
            if "table" in row:
                others.setdefault(row["table"], []).append(row)
        tables += map(row_table, others.values())
        print("\n\n".join(tables))
