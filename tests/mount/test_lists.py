#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Lists that people drop into OFFICE/import [R5]: what holds, what is refused with a word, what stands there afterwards."""

import os

from harness import MountTest, NUMBERS, POINT, WORKBOOKS, main, read, run, wait_for

NAMES = ["张三", "李四", "王五", "赵六"]


class Lists(MountTest):
    options = ("delay=100", "settle=200", "settle-empty=400")

    def office(self, *parts):
        return os.path.join(self.mount.path, "OFFICE", *parts)

    def roster(self):
        rows = "".join(f"{number},{name},S{i:04},{POINT}\n"
                       for i, (number, name) in enumerate(zip(NUMBERS, NAMES), 1))
        return self.imported("名册.csv", "身份证号,姓名,学号,教学点\n" + rows)

    def approved(self, n):
        """The roster, and the first n of its students with an approved photo."""
        self.roster()
        for number, path in zip(NUMBERS[:n], self.good(n)):
            run("cp", path, self.mount.point(f"{number}.jpg"))
        self.mount.settle()
        self.mount.ctl("review", "approve", *NUMBERS[:n])

    def imported(self, name, content):
        """The report on a list that is dropped into import/."""
        with open(self.office("import", name), "wb") as f:
            f.write(content if isinstance(content, bytes) else content.encode())
        report = self.office("import", name + ".report.txt")
        wait_for(lambda: os.path.exists(report), "the report appears")
        return read(report).decode()

    def verify(self):
        self.mount.ctl("verify")

    # ---- what holds ----

    def test_the_latest_row_of_a_student_holds(self):
        self.approved(4)
        report = self.imported("进度.csv", "身份证号,姓名,状态,驳回原因,更新时间\n"
                               f"{NUMBERS[0]},张三,已完成,,2026-05-02\n{NUMBERS[0]},张三,驳回,照片模糊,2026-05-01\n"
                               f"{NUMBERS[1]},李四,驳回,照片模糊,2026-05-01 9:00\n{NUMBERS[1]},李四,已完成,,2026-05-01 10:00\n"
                               f"{NUMBERS[2]},王五,终审通过（2026-05-02）,,\n"
                               f"{NUMBERS[3]},赵六,驳回：照片模糊,,2026-05-03\n")
        self.assertIn("Rows: 6 (changed 4,", report)
        self.assertIn("Photos locked: 3", report)
        self.assertIn("Photos rejected: 1", report)
        self.assertEqual(self.mount.photos(), [f"{number}.jpg" for number in NUMBERS[:3]])
        self.assertIn("照片模糊", self.mount.rejected()[f"{NUMBERS[3]}.jpg"])
        for number in NUMBERS[:2]:
            history = self.mount.ctl("history", number).stdout
            self.assertEqual(history.count("progress"), 1, history)
            self.assertNotIn("refused", history)
        self.verify()

    def test_without_times_the_last_row_holds(self):
        self.approved(1)
        self.imported("进度.csv", f"学号,状态\nS0001,驳回\nS0001,初审合格\nS0001,已完成\n")
        self.assertEqual(self.mount.photos(), [f"{NUMBERS[0]}.jpg"])
        self.assertEqual(os.stat(self.mount.point(f"{NUMBERS[0]}.jpg")).st_mode & 0o777, 0o440)
        self.verify()

    # ---- what is refused with a word ----

    def assert_refused(self, name, content, word):
        report = self.imported(name, content)
        self.assertIn("Nothing was imported", report)
        self.assertIn(word, report)
        self.assertIn("collection centre", report)

    def test_our_own_tables_are_refused(self):
        self.approved(2)
        before = self.mount.ctl("list", "--json").stdout
        for lang, audit in (("en", "audit"), ("zh", None)):
            language = f"--lang={lang}"
            self.assert_refused(f"list {lang}.csv", self.mount.ctl(language, "list", "--csv").stdout, "status.csv")
            self.assert_refused(f"points {lang}.csv", self.mount.ctl(language, "point", "list", "--csv").stdout, "status.csv")
            target = os.path.join(self.directory, f"export {lang}")
            self.mount.ctl(language, "export", target)
            self.assert_refused(f"manifest {lang}.csv", read(os.path.join(target, "manifest.csv")), "manifest.csv")
        self.assert_refused("audit.csv", self.mount.ctl("audit", "list", "--csv").stdout, "audit log")
        self.assert_refused("point.csv", read(self.mount.point("status.csv")), "status.csv")
        for name in WORKBOOKS:
            self.assert_refused("point.xlsx", read(self.mount.point(name)), "status.csv")
        self.assert_refused("root.csv", read(os.path.join(self.mount.path, "status.csv")), "status.csv")
        for number, state in zip(NUMBERS[:2], ("驳回", "已完成")):
            # A table of ours in which somebody has filled in something is none the more a list.
            text = self.mount.ctl("--lang=zh", "list", "--csv").stdout
            self.assert_refused(f"{number}.csv", text.replace("通过", state).encode("gb18030"), "status.csv")
        self.assertEqual(self.mount.ctl("list", "--json").stdout, before)
        self.assertEqual(len(self.mount.photos()), 2)
        result = self.mount.ctl("progress", "import", self.mount.point("status.csv"), check=False)
        self.assertEqual(result.returncode, 2, result.stdout)
        self.assertIn("status.csv", result.stdout)
        self.verify()

    # ---- what stands there afterwards ----

    def reports(self):
        return [name for name in os.listdir(self.office("import")) if name.endswith(".report.txt")]

    def test_long_names_and_the_sender_s_times(self):
        source = os.path.join(self.directory, "lists")
        os.mkdir(source)
        # The longest that have room for the suffix, the first that have none, and two that differ only where it would be.
        names = ["a" * 240 + ".csv", "b" * 241 + ".csv", "c" * 251 + ".csv", "名" * 80 + ".csv", "册" * 83 + "ab.csv",
                 "单" * 83 + "12.csv", "单" * 83 + "13.csv", "名册.csv"]
        for i, name in enumerate(names):
            path = os.path.join(source, name)
            with open(path, "w", encoding="utf-8") as f:
                f.write(f"身份证号,姓名,教学点\n{NUMBERS[i]},学生{i},{POINT}\n")
            os.utime(path, ns=(10**18, 10**18 * (i + 1) + 123456789))
        command = ("rsync", "-a", "--itemize-changes", *[os.path.join(source, name) for name in names], self.office("import") + "/")
        self.assertEqual(run(*command).stdout.count(">f"), len(names))
        wait_for(lambda: len(self.reports()) == len(names), "every list has its report")
        for report in self.reports():
            self.assertLessEqual(len(os.fsencode(report)), 255)
            self.assertIn("added 1,", read(self.office("import", report)).decode())
        self.assertEqual(len(os.listdir(self.mount.point("missing"))), len(names))
        for remounted in (False, True):
            if remounted:
                self.mount.end()
                self.mount.start()
            self.assertEqual(run(*command).stdout, "")
            for name in names:
                sent, kept = os.stat(os.path.join(source, name)), os.stat(self.office("import", name))
                self.assertEqual((kept.st_mtime_ns, kept.st_size), (sent.st_mtime_ns, sent.st_size))
            self.assertEqual(len(self.reports()), len(names))
        # A report goes with its list, and no other does.
        for left, name in enumerate(reversed(names)):
            self.assertEqual(len(self.reports()), len(names) - left)
            os.unlink(self.office("import", name))
        self.assertEqual(os.listdir(self.office("import")), [])
        self.verify()

    def test_invisible_characters_in_the_name_of_a_list(self):
        content = f"身份证号,姓名,教学点\n{NUMBERS[0]},张三,{POINT}\n"
        names = ["名册.csv", "\u202a名册.csv", "\ufeff名册.csv\u202c"]
        for n, name in enumerate(names, 1):
            with open(self.office("import", name), "w", encoding="utf-8") as f:
                f.write(content)
            wait_for(lambda n=n: len(self.reports()) == n, f"the report {n} appears")
        self.assertEqual([name for name in self.reports() if not name.startswith("名册.csv")], [])
        self.assertEqual(sorted(set(os.listdir(self.office("import"))) - set(self.reports())), sorted(names))
        self.verify()

    def test_a_long_name_given_by_a_rename(self):
        self.roster()
        name = "进" * 84 + ".ab"
        os.rename(self.office("import", "名册.csv"), self.office("import", name))
        wait_for(lambda: len(self.reports()) == 1, "the report appears under the new name")
        self.assertTrue(self.reports()[0].startswith("进" * 70))
        self.assertIn("unchanged 4", read(self.office("import", self.reports()[0])).decode())


if __name__ == "__main__":
    main()
