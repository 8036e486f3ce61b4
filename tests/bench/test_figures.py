#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What scripts/bench makes of figures: ratios, verdicts, growth, the table. Nothing is timed here."""

import contextlib
import io
import json
import os
import tempfile
import unittest

import bench
import figures
from figures import AT_LEAST, AT_MOST, AT_MOST_PEER, BETTER, FASTER, MET, NOT_MEASURED, NOT_MET, UNDER, Row


class Verdicts(unittest.TestCase):
    def test_medians_are_compared(self):
        row = Row("[F3]", "x", [10, 12, 900], peer_name="y", peer=[6, 1, 7])
        self.assertEqual(row.ratio(), 2)

    def test_the_limit_itself_is_met(self):
        for bound, ours, peer, limit in ((AT_MOST_PEER, 2, 1, 2), (FASTER, 1, 4, 4), (AT_LEAST, 85, None, 85),
                                         (AT_MOST, 64, None, 64)):
            with self.subTest(bound=bound):
                row = Row("", "x", [ours], peer=[peer] if peer else [], bound=bound, limit=limit)
                self.assertEqual(row.verdict(), MET)

    def test_beyond_the_limit_is_not_met(self):
        for bound, ours, peer, limit in ((AT_MOST_PEER, 2.01, 1, 2), (FASTER, 1, 3.99, 4), (AT_LEAST, 84.9, None, 85),
                                         (UNDER, 50, None, 50), (AT_MOST, 65, None, 64), (BETTER, 0.99, 0.99, 0)):
            with self.subTest(bound=bound):
                row = Row("", "x", [ours], peer=[peer] if peer else [], bound=bound, limit=limit)
                self.assertEqual(row.verdict(), NOT_MET)

    def test_under_and_better_are_strict(self):
        self.assertEqual(Row("", "x", [49.9], bound=UNDER, limit=50).verdict(), MET)
        self.assertEqual(Row("", "x", [0.991], peer=[0.99], bound=BETTER).verdict(), MET)

    def test_faster_turns_the_ratio_round(self):
        self.assertEqual(Row("", "x", [10], peer=[30], bound=FASTER, limit=2).ratio(), 3)
        self.assertAlmostEqual(Row("", "x", [10], peer=[30], bound=AT_MOST_PEER, limit=2).ratio(), 1 / 3)

    def test_what_was_not_measured_is_never_met(self):
        for bound in (AT_MOST_PEER, FASTER, BETTER):
            self.assertEqual(Row("", "x", [1], bound=bound, limit=9).verdict(), NOT_MEASURED)
        for bound in (AT_MOST_PEER, FASTER, BETTER, UNDER, AT_MOST, AT_LEAST):
            self.assertEqual(Row("", "x", [], peer=[1], bound=bound, limit=9).verdict(), NOT_MEASURED)
        self.assertEqual(Row("", "x", [1], peer=[0], bound=AT_MOST_PEER, limit=9).verdict(), NOT_MEASURED)

    def test_a_figure_without_a_limit_has_no_verdict(self):
        self.assertEqual(Row("", "x", [1], peer=[2]).verdict(), "")

    def test_verdicts_are_counted(self):
        rows = [Row("", "x", [1], bound=UNDER, limit=2), Row("", "x", [3], bound=UNDER, limit=2),
                Row("", "x", [], bound=UNDER, limit=2), Row("", "x", [1])]
        self.assertEqual(figures.count_verdicts(rows), {MET: 1, NOT_MET: 1, NOT_MEASURED: 1})


class Turns(unittest.TestCase):
    def test_methods_take_turns_and_another_is_first_each_round(self):
        calls = []
        found = figures.alternate(3, {"a": lambda: calls.append("a") or 1, "b": lambda: calls.append("b") or 2})
        self.assertEqual("".join(calls), "abbaab")
        self.assertEqual(found, {"a": [1, 1, 1], "b": [2, 2, 2]})


class Growth(unittest.TestCase):
    def test_one_is_in_proportion(self):
        self.assertAlmostEqual(figures.worst_growth({1000: 20, 10000: 200}, 5), 1)
        self.assertLess(figures.worst_growth({1000: 20, 10000: 30}, 5), 1)

    def test_figures_below_the_floor_count_as_the_floor(self):
        self.assertAlmostEqual(figures.worst_growth({1000: 0.5, 10000: 50}, 5), 1)
        self.assertGreater(figures.worst_growth({1000: 0.5, 10000: 51}, 5), 1)

    def test_the_worst_step_is_found_whatever_the_sizes(self):
        self.assertAlmostEqual(figures.worst_growth({1000: 10, 2000: 20, 10000: 200}, 0), 2)

    def test_one_size_does_not_grow(self):
        self.assertIsNone(figures.worst_growth({1000: 10}, 0))


class Printing(unittest.TestCase):
    rows = [Row("[F3]", "ls -l 教学点", [10, 20], peer_name="native", peer=[10, 10], bound=AT_MOST_PEER, limit=2),
            Row("[F2]", "cores at work", [91.5], "%", bound=AT_LEAST, limit=85)]

    def test_columns_stand_beneath_each_other(self):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            figures.print_table([("some", self.rows), ("none", [])])
        heading, title, first, second = out.getvalue().splitlines()
        self.assertEqual(title, "-- some")
        self.assertNotIn("none", out.getvalue())
        for line in (first, second):
            at = line.index(" met")
            self.assertEqual(figures.width(line[:at + 1]), heading.index("verdict"))
        self.assertIn("<= 2 x", first)
        self.assertIn(">= 85 %", second)

    def test_the_same_for_programs(self):
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "out.json")
            figures.write_json(path, [("machine", "a")], [("some", self.rows)])
            with open(path, encoding="utf-8") as f:
                found = json.load(f)
        first, second = found["parts"]["some"]
        self.assertEqual((first["ratio"], first["verdict"], first["ours"]["least"]), (1.5, MET, 10))
        self.assertIsNone(second["theirs"])


class Arguments(unittest.TestCase):
    def test_everything_is_run_when_nothing_is_named(self):
        self.assertEqual(bench.parse([]).parts, list(bench.PARTS))
        self.assertEqual(bench.parse(["drop", "--without=drop"]).parts, [])
        self.assertNotIn("growth", bench.parse(["--without=growth"]).parts)

    def test_what_is_named_wins_over_what_quick_means(self):
        options = bench.parse(["list", "--quick", "--students=70"])
        self.assertEqual((options.parts, options.students), (["list"], 70))
        self.assertLess(options.rows, bench.parse([]).rows)

    def test_each_part_has_its_script(self):
        scripts = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, os.pardir, "scripts", "bench.d")
        self.assertEqual(sorted(os.listdir(scripts)), sorted(bench.PARTS))

    def test_arguments_that_cannot_be_used_are_told(self):
        for wrong in (["nothing"], ["--rounds=0"], ["--sizes=1,x"], ["--photos=20"], ["--dir=/nonexistent"]):
            with self.subTest(wrong=wrong), contextlib.redirect_stderr(io.StringIO()) as told:
                with self.assertRaises(SystemExit) as ended:
                    bench.parse(wrong)
                self.assertEqual(ended.exception.code, 2)
                self.assertIn("error:", told.getvalue())


if __name__ == "__main__":
    unittest.main()
