#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What every client could do, from the runs of the tests: rows are recorded as they pass, and printed as a table.

A test appends a line of JSON for each client to the file that IDPHOTO_MATRIX names; without it nothing is recorded.
"""

import json
import os
import sys

COLUMNS = ("new", "again", "overwrite", "bad", "rename", "delete")
HEADINGS = ("new", "same again", "overwrite", "bad name", "rename", "delete")
ABSENT = "–"
POWER_HEADINGS = ("cuts", "acknowledged", "looked for", "lost", "inconsistent")
FAULT_HEADINGS = ("faults", "cycles", "uploads", "lost", "inconsistent")


def record(client, cells, error=None):
    path = os.environ.get("IDPHOTO_MATRIX")
    if not path:
        return
    line = json.dumps({"client": client, "cells": cells, "error": error}, ensure_ascii=False) + "\n"
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        os.write(fd, line.encode())
    finally:
        os.close(fd)


def record_faults(kind, counts):
    """What a test of faults has injected and lost; counts as FAULT_HEADINGS name them."""
    path = os.environ.get("IDPHOTO_MATRIX")
    if not path:
        return
    with open(path, "a", encoding="utf-8") as f:
        f.write(json.dumps({"faults": kind, "counts": counts}) + "\n")


def record_power(filesystem, workload, counts, seed):
    """What a test of power cuts has cut, and lost; counts as POWER_HEADINGS name them. Returns the row."""
    row = {"power": filesystem, "workload": workload, "counts": counts, "seed": seed}
    path = os.environ.get("IDPHOTO_MATRIX")
    if path:
        with open(path, "a", encoding="utf-8") as f:
            f.write(json.dumps(row) + "\n")
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


if __name__ == "__main__":
    if len(sys.argv) == 2 and os.path.exists(sys.argv[1]) and os.path.getsize(sys.argv[1]):
        tables = []
        if clients := rows(sys.argv[1]):
            tables.append(table(clients))
        if faults := [row for row in load(sys.argv[1]) if "faults" in row]:
            tables.append(fault_table(faults))
        if cuts := [row for row in load(sys.argv[1]) if "power" in row]:
            tables.append(power_table(cuts))
        print("\n\n".join(tables))
