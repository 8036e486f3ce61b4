# SPDX-License-Identifier: MIT
"""What scripts/bench roster runs: an import of many rows, again unchanged, and the tables of it."""

import datetime
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

RUNS = 5
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


class Timer:
    """Wall and processor seconds of children."""

    def __init__(self):
        self.wall, self.cpu = [], []

    def run(self, *args):
        before, start = os.times(), time.monotonic()
        subprocess.run(args, stdout=subprocess.DEVNULL, check=True)
        after = os.times()
        self.wall.append(time.monotonic() - start)
        self.cpu.append(after.children_user + after.children_system - before.children_user - before.children_system)

    def row(self, what):
        print(f"  {what:44}{statistics.median(self.wall):8.3f} s{min(self.wall):8.3f} s{statistics.median(self.cpu):8.3f} s")


def measure(build, rows, points, directory):
    ctl = os.path.join(build, "src", "idphotoctl")
    roster = os.path.join(directory, "roster.csv")
    store = os.path.join(directory, "store")
    write_roster(roster, rows, points)
    first, again, listed = Timer(), Timer(), Timer()
    for _ in range(RUNS):
        shutil.rmtree(store, ignore_errors=True)
        subprocess.run([ctl, "--lang=zh", "init", store], check=True)
        first.run(ctl, f"--store={store}", "roster", "import", roster)
        again.run(ctl, f"--store={store}", "roster", "import", roster)
        listed.run(ctl, f"--store={store}", "list", "--csv")
    print(f"{rows} students of {points} teaching point{'s' if points > 1 else ''}")
    first.row("roster import, GB18030 CSV, durable")
    again.row("the same list again, nothing changed")
    listed.row("list --csv, all that status.csv holds")
    return store


def main():
    build, rows = sys.argv[1], int(sys.argv[2])
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as f:
        model = next((line.split(":", 1)[1].strip() for line in f if line.startswith("model name")), "unknown processor")
    print(f"{model}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {RUNS} runs\n")
    print(f"  {'':44}{'median':>10}{'least':>10}{'processor':>10}")
    for points in (1, 100):
        directory = tempfile.mkdtemp(prefix="idphoto-bench-")
        try:
            measure(build, rows, points, directory)
        finally:
            shutil.rmtree(directory, ignore_errors=True)


main()
