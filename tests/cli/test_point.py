#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Names of teaching points through the real idphotoctl: they become folders that Windows sees, too."""

import json
import unittest

from storetest import StoreTest

A, B = "219999199001010016", "219999199001010024"
GOOD = "沈阳（分校）"
BAD = ('a"b', "a*b", "a:b", "a<b", "a>b", "a?b", "a\\b", "a|b", "分校.", "分校 ", "CON", "nul", "com1", "LPT9.分校", "Aux .x")
RULE = {"en": "It must not contain any of \" * / : < > ? \\ |, begin with a dot, end with a dot or a space, or be a name reserved",
        "zh": "名称中不得含有 \" * / : < > ? \\ | 等字符，不得以句点开头，不得以句点或空格结尾，也不得使用 Windows 或本系统的保留名称"}


class Names(StoreTest):
    def points(self):
        return [row["point"] for row in json.loads(self.ok("point", "list", "--json"))]

    def refused(self, name, *arguments):
        for lang, rule in RULE.items():
            with self.subTest(name=name, command=arguments[:2], lang=lang):
                result = self.run_ctl(*arguments, lang=lang)
                self.assertEqual((result.returncode, result.stdout), (2, ""))
                self.assertIn(name, result.stderr)
                self.assertIn(rule, result.stderr)

    def test_what_windows_cannot_write_is_refused(self):
        self.ok("point", "add", GOOD)
        path = self.file(f"身份证号,姓名\n{A},张三\n")
        for name in BAD:
            self.refused(name, "point", "add", name)
            self.refused(name, "point", "rename", GOOD, name)
            self.refused(name, "roster", "import", f"--point={name}", path)
        self.assertEqual(self.points(), [GOOD])

    def test_a_roster_with_such_a_point_is_refused_whole(self):
        # Blanks around a cell's text are no part of it.
        for name in (name for name in BAD if not name.endswith(" ")):
            # As a spreadsheet program writes it.
            cell = '"' + name.replace('"', '""') + '"'
            path = self.file(f"身份证号,姓名,教学点\n{A},张三,{GOOD}\n{B},李四,{cell}\n")
            for lang, rule in (("en", "Names that no teaching point can have"), ("zh", "不能用作教学点的名称")):
                with self.subTest(name=name, lang=lang):
                    result = self.run_ctl("roster", "import", path, lang=lang)
                    self.assertEqual((result.returncode, result.stderr), (1, ""))
                    self.assertIn(rule, result.stdout)
                    self.assertIn(name, result.stdout)
        self.assertEqual(self.points(), [])


if __name__ == "__main__":
    unittest.main()
