#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""One set of words and sums [S5]: whatever happens, every text, table, page and command tells the same of the same moment.

Histories are made at random: IDPHOTO_SUMS_STEPS says how long, IDPHOTO_SUMS_SEED repeats one.
"""

import csv
import json
import os
import random
import re
import shutil
import signal
import subprocess
import time

from harness import IDPHOTOCTL, MountTest, NUMBERS, POINT, main, read, run, wait_for

STEPS = int(os.environ.get("IDPHOTO_SUMS_STEPS", "40"))
SEED = int(os.environ.get("IDPHOTO_SUMS_SEED", "0")) or int(time.time())

BARE = "大连学习中心"  # has no roster
STATES = ("missing", "rejected", "pending", "approved", "final")
WORDS = {"en": STATES, "zh": ("未交", "驳回", "待审", "通过", "终审通过")}
NAMES = {"en": ("STATUS.txt", "status.csv", "index.html", "missing", "rejected", "OFFICE"),
         "zh": ("状态.txt", "状态.csv", "总览.html", "未交", "驳回", "校本部")}
FILES = {"en": ("rejected", "checking"), "zh": ("驳回文件", "检查中")}


class Sums(MountTest):
    options = ("delay=50", "settle=100", "settle-empty=100")
    points = (POINT, BARE)

    def setUp(self):
        super().setUp()
        self.random = random.Random(SEED)
        self.status, self.table, self.page, self.missing, self.rejected, self.office = NAMES[self.lang]
        roster = os.path.join(self.directory, "roster.csv")
        with open(roster, "w", encoding="utf-8") as f:
            f.write("身份证号,姓名,学号,教学点\n")
            f.writelines(f"{number},学生{chr(0x7532 + i)},S{i:03},{POINT}\n" for i, number in enumerate(NUMBERS[:9]))
        self.mount.ctl("roster", "import", roster)
        self.pictures = self.good(12)

    # ---- what may happen ----

    def settled(self):
        for point in self.points:
            with open(self.mount.point(self.status, point=point), "rb") as f:
                os.fsync(f.fileno())

    def drop_good(self):
        point, i = self.random.choice(self.points), self.random.randrange(12)
        shutil.copyfile(self.pictures[i], self.mount.point(f"{NUMBERS[i]}.jpg", point=point))

    def drop_bad(self):
        point, i = self.random.choice(self.points), self.random.randrange(12)
        name = self.random.choice((f"{NUMBERS[i]} {self.random.randrange(3)}.jpg", f"IMG_{self.random.randrange(9)}.jpg"))
        with open(self.mount.point(name, point=point), "wb") as f:
            f.write(read(self.pictures[i])[:9000])

    def delete(self):
        point = self.random.choice(self.points)
        names = [n for n in os.listdir(self.mount.point(point=point)) if n[0] == "2" and n.endswith(".jpg")]
        names += [os.path.join(self.rejected, n) for n in os.listdir(self.mount.point(self.rejected, point=point))]
        if names:
            try:
                os.unlink(self.mount.point(self.random.choice(names), point=point))
            except PermissionError:
                pass  # approved

    def decide(self):
        verb = self.random.choice((("approve",), ("approve",), ("reopen",), ("reject", "--reason=hair")))
        self.mount.ctl("review", *verb, NUMBERS[self.random.randrange(12)], check=False)

    def progress(self):
        path = os.path.join(self.directory, "progress.csv")
        with open(path, "w", encoding="utf-8") as f:
            f.write(f"身份证号,状态\n{NUMBERS[self.random.randrange(9)]},{self.random.choice(('已完成', '驳回', '待审核'))}\n")
        self.mount.ctl("progress", "import", path, check=False)

    # ---- what is told ----

    def of_text(self, text):
        """Counts as a status text has them: students, by state, files."""
        block = text.split("\n\n")[1].splitlines()
        counts = [int(re.search(r" (\d+)  ", line)[1]) for line in block]
        self.assertEqual([line.split()[0] for line in block[1:]], list(WORDS[self.lang]), text)
        found = {"students": counts[0], **dict(zip(STATES, counts[1:]))}
        for key, word in zip(("rejected_files", "checking"), FILES[self.lang]):
            rest = text.split("\n\n")[2]
            line = re.search(rf"^  {word} +(\d+)  ", rest, re.M) if rest.split("\n")[0] in ("FILES", "文件") else None
            found[key] = int(line[1]) if line else 0
        return found

    def of_points_in_text(self, text):
        """Point -> counts, of the table in the root's text."""
        return {m[1]: dict(zip(("students", *STATES, "rejected_files"), map(int, m[2].split())))
                for m in re.finditer(r"^  (\S+)((?: +\d+){7})$", text, re.M)}

    def of_rows(self, rows):
        """Counts of students, of rows with a state."""
        states = [row["state"] if "state" in row else row["状态"] for row in rows]
        found = {key: states.count(word) for key, word in zip(STATES, WORDS[self.lang])}
        self.assertEqual(sum(found.values()), len(states), states)
        return {"students": len(states), **found}

    def of_page(self, html):
        found = {m[1]: int(m[2]) for m in re.finditer(r'data-state="(\w*)"[^>]*>[^<]*<b>(\d+)</b>', html)}
        return {key: found[key] for key in STATES}

    def watched(self):
        """The first that `status --watch` writes into a pipe."""
        process = subprocess.Popen([IDPHOTOCTL, f"--store={self.mount.store}", "status", "--watch", "--json"],
                                   stdout=subprocess.PIPE, text=True)
        try:
            return json.loads(process.stdout.readline())
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate()

    def csv_of(self, path):
        return list(csv.DictReader(read(path).decode("utf-8-sig").splitlines()))

    def check_point(self, point):
        told = json.loads(self.mount.ctl("status", point, "--json").stdout)
        self.assertEqual(sum(told[key] for key in STATES), told["students"])
        students = {key: told[key] for key in ("students", *STATES)}
        text = read(self.mount.point(self.status, point=point)).decode()
        self.assertEqual(self.of_text(text), {**students, "rejected_files": told["rejected_files"], "checking": 0})
        self.assertEqual(self.of_rows(self.csv_of(self.mount.point(self.table, point=point))), students)
        self.assertEqual(self.of_page(read(self.mount.point(self.page, point=point)).decode()),
                         {key: told[key] for key in STATES})
        rows = json.loads(self.mount.ctl("list", f"--point={point}", "--json").stdout)
        states = [row["state"] for row in rows]
        self.assertEqual({"students": len(states), **{key: states.count(key) for key in STATES}}, students)
        for state in STATES:
            self.assertEqual(len(json.loads(self.mount.ctl("list", f"--point={point}", f"--state={state}", "--json").stdout)),
                             told[state])
        # The folders say it, too.
        names = os.listdir(self.mount.point(point=point))
        self.assertEqual(sum(n[0] == "2" and n.endswith(".jpg") for n in names),
                         told["pending"] + told["approved"] + told["final"])
        self.assertEqual(len(os.listdir(self.mount.point(self.missing, point=point))), told["missing"] + told["rejected"])
        self.assertEqual(len(os.listdir(self.mount.point(self.rejected, point=point))), 2 * told["rejected_files"])
        self.assertEqual(told["has_roster"], point == POINT)
        # Without a roster nobody knows how many there should be.
        self.assertEqual("%" in text, point == POINT and told["students"] > 0)
        return told

    def check(self):
        self.settled()
        told = {point: self.check_point(point) for point in self.points}
        every = json.loads(self.mount.ctl("status", "--json").stdout)
        for key in ("students", *STATES, "rejected_files", "checking"):
            self.assertEqual(every[key], sum(point[key] for point in told.values()), key)
        self.assertEqual({**self.watched(), "batch": every["batch"]}, every)
        text = read(os.path.join(self.mount.path, self.status)).decode()
        self.assertEqual(self.of_text(text), {key: every[key] for key in ("students", *STATES, "rejected_files", "checking")})
        for tables in (self.of_points_in_text(text),
                       {row["point"]: row for row in json.loads(self.mount.ctl("point", "list", "--json").stdout)}):
            for point in self.points:
                for key in ("students", *STATES, "rejected_files"):
                    self.assertEqual(tables[point][key], told[point][key], (point, key))
        for rows in (self.csv_of(os.path.join(self.mount.path, self.table)),):
            for row in rows:
                numbers = [int(n) for n in list(row.values())[1:]]
                point = list(row.values())[0]
                self.assertEqual(numbers, [told[point][key] for key in ("students", *STATES)])
        self.assertEqual("%" in text, told[BARE]["students"] == 0 and told[POINT]["students"] > 0)

    def test_over_a_random_history(self):
        print(f"IDPHOTO_SUMS_SEED={SEED}")
        deeds = (self.drop_good, self.drop_good, self.drop_bad, self.delete, self.decide, self.decide, self.progress)
        for step in range(STEPS):
            self.random.choice(deeds)()
            if step % 8 == 7:
                self.check()
        self.check()
        self.mount.ctl("verify")


class InChinese(Sums):
    lang = "zh"


if __name__ == "__main__":
    main()
