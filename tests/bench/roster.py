# SPDX-License-Identifier: MIT
"""What scripts/bench roster runs: an import of many rows, again unchanged, and the tables of it."""

import datetime
import os

from figures import UNDER, Row, alternate, say, time_program
from harness import run
from rig import remove

WEIGHTS = [2 ** (17 - i) % 11 for i in range(17)]


def numbers(n):
    """ID numbers that nobody has: a region that does not exist, every birthday of some decades."""
    day = datetime.date(1940, 1, 1)
    while True:
        for sequence in range(1, 1000):
            body = f"219999{day:%Y%m%d}{sequence:03}"
            yield body + "10X98765432"[sum(int(c) * w for c, w in zip(body, WEIGHTS)) % 11]
            n -= 1
            if n == 0:
                return
        day += datetime.timedelta(days=1)


def write_roster(path, rows, points):
    with open(path, "w", encoding="gb18030", newline="") as f:
        f.write("姓名,身份证号,学号,教学点,专业\r\n")
        for i, number in enumerate(numbers(rows)):
            f.write(f"学生{i},{number},{20230000000 + i},第{i % points + 1}教学点,会计学\r\n")


class Import:
    """One list, imported into a new store each time."""

    def __init__(self, rig, rows, points):
        self.ctl = rig.program("src", "idphotoctl")
        self.directory = rig.folder(f"roster-{rows}-{points}")
        self.roster = os.path.join(self.directory, "roster.csv")
        self.store = os.path.join(self.directory, "store")
        write_roster(self.roster, rows, points)

    def first(self):
        remove(self.store)
        run(self.ctl, "--lang=zh", "init", self.store)
        return self.again()

    def again(self):
        return time_program(self.ctl, f"--store={self.store}", "roster", "import", self.roster) / 1e3

    def listed(self):
        return time_program(self.ctl, f"--store={self.store}", "list", "--csv") / 1e3

    def done(self):
        remove(self.directory)


def import_times(rig, rows, points):
    """Milliseconds, of the growth table."""
    key = ("roster", rows, points)
    if key not in rig.cache:
        say(f"  importing a roster of {rows:,} rows")
        one = Import(rig, rows, points)
        rounds = rig.rounds if rows < 500000 else rig.few_rounds
        rig.cache[key] = [s * 1e3 for s in alternate(rounds, {"first": one.first})["first"]]
        one.done()
    return rig.cache[key]


def measure(rig):
    rows = []
    count = rig.options.rows
    for points in (1, 100):
        say(f"  importing a roster of {count:,} rows, {points} point{'s' if points > 1 else ''}")
        one = Import(rig, count, points)
        found = {"first": [], "again": [], "listed": []}
        # In this order: the second needs what the first left.
        for _ in range(rig.rounds):
            found["first"].append(one.first())
            found["again"].append(one.again())
            found["listed"].append(one.listed())
        one.done()
        rig.cache["roster", count, points] = [s * 1e3 for s in found["first"]]
        of = f"{count:,} students of {points} point{'s' if points > 1 else ''}"
        rows += [
            Row("[F5]", f"{of}: roster import, GB18030 CSV, durable", found["first"], "s", bound=UNDER, limit=3),
            Row("[F5]", f"{of}: the same list again, nothing changed", found["again"], "s", bound=UNDER, limit=3),
            Row("", f"{of}: list --csv, all that status.csv holds", found["listed"], "s"),
        ]
    return rows
