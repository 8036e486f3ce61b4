#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the members of the office group see and do in OFFICE/, under their own account, and nobody else [R8] [S4]."""

import base64
import csv
import errno
import glob
import grp
import io
import json
import os
import shutil
import stat
import zipfile

from browser import Browser, DOWN, ENTER, ESCAPE, RIGHT
from harness import MountTest, NUMBERS, POINT, WORKBOOKS, main, need, read, run, wait_for
from users import UsersTest, as_user, errno_of

OTHER = "大连 学习中心's"
OFFICE_GROUP, OWN_GROUP, OFFICER, STAFF, STRANGER = grp.getgrnam("games").gr_gid, 61001, 60003, 60001, 60002
STUDENTS = [(NUMBERS[0], "张三", POINT), (NUMBERS[1], "李四", POINT), (NUMBERS[2], "王五", POINT), (NUMBERS[3], "赵六", OTHER)]
FILES = ("STATUS.txt", "status.csv", *WORKBOOKS, "index.html", "pending/index.html", f"pending/{POINT}/index.html", f"pending/{OTHER}/index.html")
# The order of gravity: compressed more and less before they were sent, and not at all.
QUALITIES = {NUMBERS[1]: 45, NUMBERS[2]: 58, NUMBERS[0]: None}


def group_that_reviews(mount):
    with open(os.path.join(mount.store, "idphotofs.conf"), "a", encoding="utf-8") as f:
        f.write("\n[office]\noffice-group = games\n")


class Review(UsersTest):
    """Three photos wait at one point, two of them with warnings; a student of another is missing."""

    options = ("delay=100", "settle=300", "settle-empty=600")
    points = ()

    def setUp(self):
        super().setUp()
        self.mount.end()
        group_that_reviews(self.mount)
        self.mount.start()
        roster = os.path.join(self.directory, "roster.csv")
        with open(roster, "w", encoding="utf-8") as f:
            f.write("身份证号,姓名,班级,教学点\n")
            f.writelines(f"{number},{name},一班,{point}\n" for number, name, point in STUDENTS)
        for point in (POINT, OTHER):
            self.mount.ctl("point", "add", point, f"--group={OWN_GROUP}")
        self.mount.ctl("roster", "import", roster)
        self.drop()

    def drop(self):
        for source, (number, quality) in zip(self.good(3), QUALITIES.items()):
            path = self.copy_of(source, f"{number}.jpg")
            if quality:
                run("convert", path, "-quality", str(quality), path)
            shutil.copyfile(path, self.mount.point(f"{number}.jpg"))
        self.mount.settle()
        self.assertEqual(len(self.mount.photos()), 3)

    def office(self, *parts):
        return os.path.join(self.mount.path, "OFFICE", *parts)

    def as_officer(self, function):
        return as_user(OFFICER, [OFFICE_GROUP], function)

    def run_as_officer(self, *command):
        """umask 022, as accounts have it."""
        return run("setpriv", f"--reuid={OFFICER}", f"--regid={OFFICE_GROUP}", "--clear-groups", "sh", "-c",
                   'umask 022; cd "$0"; exec "$@"', self.office(), *command, check=False)

    def text(self, *parts):
        return self.as_officer(lambda: read(self.office(*parts)).decode())


class Files(Review):
    def test_the_office_reads_all_of_it(self):
        def look():
            found = {}
            for name in FILES:
                st = os.stat(self.office(name))
                found[name] = [stat.S_IMODE(st.st_mode), st.st_uid, st.st_gid, st.st_size, len(read(self.office(name)))]
            return found

        listed = self.as_officer(lambda: [sorted(os.listdir(self.office())), sorted(os.listdir(self.office("pending", POINT)))])
        self.assertEqual(listed, [["STATUS.txt", "approved", "export", "import", "index.html", "pending", "rejected", "status.csv", *WORKBOOKS],
                                  sorted([f"{n}.jpg" for n in QUALITIES] + ["index.html"])])
        for name, (mode, uid, gid, size, length) in self.as_officer(look).items():
            with self.subTest(name=name):
                self.assertEqual((mode, uid, gid, size), (0o440, 0, OFFICE_GROUP, length))
                self.assertGreater(size, 0)

    def test_names_numbers_and_findings(self):
        status = self.text("STATUS.txt")
        self.assertIn(f"  * {POINT}: 3 to review, 2 with warnings\n", status)
        self.assertIn(f"{NUMBERS[1]} 李四: The photo was compressed too much", status)
        self.assertLess(status.index("李四"), status.index("王五"))
        table = list(csv.DictReader(io.StringIO(self.text("status.csv").removeprefix("\ufeff"))))
        self.assertEqual(sorted((row["id_number"].strip('="'), row["name"], row["point"]) for row in table), sorted(STUDENTS))
        self.assertEqual([row["name"] for row in table][:2], ["李四", "王五"])
        listed = json.loads(self.mount.ctl("list", "--warned", "--sort=warnings", "--json").stdout)
        self.assertEqual([row["name"] for row in listed], ["李四", "王五"])
        self.assertIn("45", "".join(map(str, table[0].values())))
        for name in WORKBOOKS:
            book = base64.b64decode(self.as_officer(lambda path=self.office(name): base64.b64encode(read(path)).decode()))
            with zipfile.ZipFile(io.BytesIO(book)) as opened:
                sheet = opened.read("xl/worksheets/sheet1.xml").decode()
            self.assertEqual(sorted(("李四", "王五", "张三", "赵六"), key=sheet.index), [row["name"] for row in table])
        page = self.text("pending", POINT, "index.html")
        for part in ("The photo was compressed too much", "JPEG quality 45, allowed at least 60"):
            self.assertTrue(part in page, part)
        self.assertFalse("赵六" in page, "a student who has nothing to review")
        self.assertTrue("李四" in self.text("index.html"), "the page of all points")

    def test_the_store_is_none_of_the_office_s_business(self):
        def look():
            return [errno_of(os.listdir, self.mount.store), errno_of(read, os.path.join(self.mount.store, "catalog.db"))]

        self.assertEqual(self.as_officer(look), ["EACCES", "EACCES"])

    def test_nobody_else_learns_of_it(self):
        for name in FILES:
            self.as_officer(lambda: len(read(self.office(name))))  # the kernel has them in its cache
        for user, groups in ((STAFF, [OWN_GROUP]), (STRANGER, [61099])):
            found = as_user(user, groups, lambda: [errno_of(call, self.office(name)) for name in FILES + ("nothing.txt",)
                                                   for call in (os.stat, read)] + [errno_of(os.listdir, self.office())])
            self.assertEqual(set(found), {"EACCES"}, found)

    def test_the_root_s_files_name_nobody(self):
        for name in ("STATUS.txt", "status.csv", "index.html"):
            text = as_user(STRANGER, [61099], lambda: read(os.path.join(self.mount.path, name)).decode())
            for number, student, _ in STUDENTS:
                self.assertNotIn(number, text)
                self.assertNotIn(student, text)

    def test_an_open_page_stays_and_a_new_one_is_new(self):
        path, photo = self.office("pending", POINT, "index.html"), f"{NUMBERS[1]}.jpg"

        def look():
            with open(path, "rb") as f:
                size = os.fstat(f.fileno()).st_size
                os.rename(self.office("pending", POINT, photo), self.office("rejected", "light", photo))
                before = f.read().decode()
            after = read(path).decode()
            return [size, len(before.encode()), NUMBERS[1] in before, os.stat(path).st_size, len(after.encode()), NUMBERS[1] in after]

        size, length, had, new_size, new_length, has = self.as_officer(look)
        self.assertEqual((size, had, new_size, has), (length, True, new_length, False))
        self.assertIn(f"  * {POINT}: 2 to review, 1 with warnings\n", self.text("STATUS.txt"))
        # Of a command, too.
        self.mount.ctl("review", "reopen", NUMBERS[1])
        self.assertTrue(NUMBERS[1] in self.text("pending", POINT, "index.html"), "it waits again")

    def test_sync_waits_for_the_verdicts(self):
        number = NUMBERS[3]
        shutil.copyfile(self.good(4)[3], self.mount.point(f"{number}.jpg", point=OTHER))
        self.run_as_officer("sync", f"pending/{OTHER}/index.html")
        self.assertTrue(number in self.text("pending", OTHER, "index.html"), "it waits")


class Moving(Review):
    """The page stands among the photos, and stays there whatever is moved."""

    def fixed(self):
        return [name for name in FILES if not os.path.exists(self.office(name))]

    def test_nothing_can_be_done_to_the_files(self):
        def tried(path):
            new = os.path.join(os.path.dirname(path), "new.html")
            return [errno_of(os.open, path, os.O_WRONLY), errno_of(os.unlink, path), errno_of(os.truncate, path, 0),
                    errno_of(os.rename, path, new), errno_of(os.rename, path, self.office("approved", POINT, "index.html")),
                    errno_of(os.rename, path, self.office("rejected", "light", "index.html")),
                    errno_of(os.rename, self.office("pending", POINT, f"{NUMBERS[0]}.jpg"), path),
                    errno_of(os.setxattr, path, "user.x", b"1")]

        for name in FILES:
            with self.subTest(name=name):
                found = self.as_officer(lambda: tried(self.office(name)))
                self.assertTrue(set(found) <= {"EACCES", "EPERM", "ENOTSUP"}, found)
        self.assertEqual(self.fixed(), [])
        self.assertEqual(len(self.mount.photos()), 3)

    def test_mv_of_everything_moves_the_photos_and_refuses_the_page(self):
        result = self.run_as_officer("sh", "-c", f'mv pending/"{POINT}"/* approved/"{POINT}"/')
        self.assertEqual(result.returncode, 1)
        lines = result.stderr.splitlines()
        self.assertEqual(len(lines), 1, result.stderr)
        self.assertIn("index.html", lines[0])
        self.assertIn("Permission denied", lines[0])
        self.assertEqual(sorted(os.listdir(self.office("approved", POINT))), sorted(f"{n}.jpg" for n in QUALITIES))
        self.assertEqual(os.listdir(self.office("pending", POINT)), ["index.html"])
        self.assertTrue("No photo waits for review." in self.text("pending", POINT, "index.html"), "nothing waits")

    def test_gio_moves_the_photos_and_refuses_the_page(self):
        # The page comes first, and the photos behind it are moved.
        names = sorted(glob.glob(self.office("pending", POINT, "*")), reverse=True)
        self.assertEqual(len(names), 4)
        result = self.run_as_officer("env", "HOME=/nonexistent", "gio", "move", *names, self.office("rejected", "clothes"))
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("index.html", result.stderr)
        self.assertEqual(os.listdir(self.office("pending", POINT)), ["index.html"])
        self.assertEqual(len([n for n in os.listdir(self.office("rejected", "clothes")) if n.endswith(".jpg")]), 3)

    def test_copying_a_folder_away_takes_the_page_along(self):
        away = os.path.join(self.directory, "away")
        os.mkdir(away)
        os.chmod(away, 0o777)
        result = self.run_as_officer("cp", "-r", f"pending/{POINT}", away)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertEqual(len(os.listdir(os.path.join(away, POINT))), 4)


class InBrowser(Review):
    """The page in a browser that runs as the reviewer."""

    def setUp(self):
        super().setUp()
        self.browser = Browser(user=(OFFICER, OFFICE_GROUP))
        self.addCleanup(self.browser.close)

    def open(self, *parts):
        self.browser.open(os.path.join(*parts))
        self.browser.wait("return document.readyState === 'complete' && document.hasFocus()", "the page is ready for keys")

    def open_page(self):
        self.open(self.office("pending", POINT, "index.html"))

    def names(self):
        return self.browser.run("return Array.from(document.querySelectorAll('.card')).filter(c => c.offsetParent)"
                                ".map(c => c.querySelector('h2').textContent)")

    def click(self, selector):
        self.browser.run("document.querySelector(arguments[0]).click()", selector)

    def listed(self, form):
        self.click("[data-list]")
        self.browser.run("const s = document.querySelector('#list select'); s.value = arguments[0];"
                         "s.dispatchEvent(new Event('change'))", form)
        text = self.browser.run("return document.querySelector('#list textarea').value")
        self.click("#list [data-close]")
        return text

    def mark(self):
        """The first two are approved by keys, the third is rejected for its reason."""
        self.browser.press(DOWN, "a", "a", "r")
        self.browser.wait("return document.querySelector('#reasons').open", "the reasons are asked for")
        self.browser.run("document.querySelector('#reasons select').value = 'glasses-reflection'")
        self.browser.press(ENTER)
        self.browser.wait("return !document.querySelector('#reasons').open", "the reason is taken")

    def test_the_gravest_come_first_with_words_and_pictures(self):
        self.open_page()
        self.browser.wait("return Array.from(document.images).every(i => i.complete && i.naturalWidth === 480)", "the photos are seen")
        self.assertEqual(self.names(), ["李四", "王五", "张三"])
        words = self.browser.run("return document.querySelector('.card .why').textContent")
        self.assertIn("The photo was compressed too much", words)
        self.assertIn("JPEG quality 45, allowed at least 60", words)
        self.assertIn(NUMBERS[1], self.browser.run("return document.querySelector('.card').textContent"))
        self.assertTrue(self.browser.run("return document.querySelector('.card svg use').checkVisibility()"))
        for state, names in (("warned", ["李四", "王五"]), ("clear", ["张三"]), ("", ["李四", "王五", "张三"])):
            self.click(f'.states [data-state="{state}"]')
            self.assertEqual(self.names(), names)
        self.browser.press("/", *"王")
        self.assertEqual(self.names(), ["王五"])
        self.assertEqual(self.browser.complaints(), [])

    def test_the_marked_ones_are_moved_by_the_commands(self):
        self.open_page()
        self.mark()
        self.assertEqual(self.browser.run("return Array.from(document.querySelectorAll('#marks b')).map(b => b.textContent)"), ["2", "1"])
        self.assertEqual(self.listed("names"), f"approved/{POINT}/  (2)\n{NUMBERS[1]}.jpg\n{NUMBERS[2]}.jpg\n\n"
                                               f"rejected/glasses-reflection/  (1)\n{NUMBERS[0]}.jpg\n")
        script = self.listed("moves")
        result = self.run_as_officer("sh", "-e", "-c", script)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertEqual(sorted(os.listdir(self.office("approved", POINT))), sorted(f"{n}.jpg" for n in (NUMBERS[1], NUMBERS[2])))
        self.assertIn(f"{NUMBERS[0]}.jpg", os.listdir(self.office("rejected", "glasses-reflection")))

    def test_the_commands_of_the_store_decide_the_same(self):
        self.open_page()
        self.mark()
        script = self.listed("commands").replace("idphotoctl", '"$CTL" --store="$STORE"')
        run("sh", "-e", "-c", script, env={"CTL": os.path.join(os.environ.get("IDPHOTO_BUILD_ROOT", "build"), "src", "idphotoctl"),
                                           "STORE": self.mount.store})
        self.assertEqual(len(os.listdir(self.office("approved", POINT))), 2)
        self.assertIn(f"{NUMBERS[0]}.jpg", os.listdir(self.office("rejected", "glasses-reflection")))

    def test_a_name_that_a_shell_would_take_apart(self):
        """The other point's has a blank and a quote."""
        shutil.copyfile(self.good(4)[3], self.mount.point(f"{NUMBERS[3]}.jpg", point=OTHER))
        self.mount.settle(point=OTHER)
        self.open(self.office("index.html"))
        self.assertEqual(self.names(), ["李四", "王五", "张三", "赵六"])
        self.browser.press("/", *"赵六")
        self.browser.press(ENTER, "a")
        result = self.run_as_officer("sh", "-e", "-c", self.listed("moves"))
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertEqual(os.listdir(self.office("approved", OTHER)), [f"{NUMBERS[3]}.jpg"])

    def test_marks_outlive_a_reload_and_can_be_taken_away(self):
        self.open_page()
        self.mark()
        self.browser.reload()
        self.assertEqual(self.browser.run("return document.querySelectorAll('.card[data-mark=approve]').length"), 2)
        self.browser.press(DOWN, "u")
        self.assertEqual(self.browser.run("return document.querySelectorAll('.card[data-mark=approve]').length"), 1)
        self.click('#marks [data-show="reject"]')
        self.assertEqual(self.names(), ["张三"])
        self.click("#marks [data-clear]")
        self.assertFalse(self.browser.run("return document.querySelector('#marks').checkVisibility()"))
        self.assertEqual(self.names(), ["李四", "王五", "张三"])

    def test_all_that_is_shown_is_marked_but_for_what_is_marked_already(self):
        self.open_page()
        self.browser.press(DOWN, "r")
        self.browser.wait("return document.querySelector('#reasons').open", "the reasons are asked for")
        self.browser.press(ENTER)
        self.browser.wait("return !document.querySelector('#reasons').open", "the reason is taken")
        self.click('.states [data-state="warned"]')
        self.click("#all")
        marks = "return Array.from(document.querySelectorAll('.card')).map(c => c.dataset.mark || '')"
        self.assertEqual(self.browser.run(marks), ["reject", "approve", ""])

    def test_where_nothing_waits_the_page_says_so(self):
        self.open(self.office("pending", OTHER, "index.html"))
        self.assertIn("No photo waits for review.", self.browser.run("return document.querySelector('main').innerText"))
        self.assertEqual(self.browser.complaints(), [])

    def test_marking_in_the_large_view_goes_on_to_the_next(self):
        heading = "return document.querySelector('#large h2').textContent"
        self.open_page()
        self.browser.press(DOWN, ENTER)
        self.browser.wait("return document.querySelector('#large').open", "the large view is open")
        self.browser.press("a")
        self.assertEqual(self.browser.run(heading), "王五")
        self.browser.press(RIGHT)
        self.assertEqual(self.browser.run(heading), "张三")
        self.browser.press(ESCAPE)
        self.assertEqual(self.browser.run("return Array.from(document.querySelectorAll('.card[data-mark]')).map(c => c.querySelector('h2').textContent)"),
                         ["李四"])

    def test_from_the_overview_to_the_point(self):
        self.browser.open(self.office("pending", "index.html"))
        rows = self.browser.run("return Array.from(document.querySelectorAll('tbody tr')).map(r => r.innerText.split(/\\s+/))")
        self.assertEqual(rows, [[POINT, "3", "2"]])
        self.click("tbody a")
        self.browser.wait("return document.querySelectorAll('.card').length === 3", "the point's page")
        self.browser.open(self.office("index.html"))
        self.click("tbody a")
        self.browser.wait("return document.querySelectorAll('.card').length === 3", "the point's page")

    def test_copied_away_with_the_photos(self):
        away = os.path.join(self.directory, "away")
        shutil.copytree(self.office("pending", POINT), away)
        run("chown", "-R", str(OFFICER), away)
        self.open(away, "index.html")
        self.browser.wait("return Array.from(document.images).every(i => i.naturalWidth === 480)", "the photos are seen")
        self.assertEqual(self.names(), ["李四", "王五", "张三"])

    def test_on_a_telephone_nothing_is_wider_than_the_screen(self):
        self.browser.do("POST", "/goog/cdp/execute", {"cmd": "Emulation.setDeviceMetricsOverride", "params": {
            "width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True}})
        for parts in (("pending", POINT, "index.html"), ("pending", "index.html"), ("index.html",)):
            self.browser.open(self.office(*parts))
            self.assertLessEqual(self.browser.run("return document.documentElement.scrollWidth"), 390, parts)

    def test_without_scripts_it_is_a_plain_list(self):
        self.browser.disable_scripts()
        self.browser.open(self.office("pending", POINT, "index.html"))
        self.assertEqual(self.names(), ["李四", "王五", "张三"])
        self.assertFalse(self.browser.run("return document.querySelector('#marks').checkVisibility()"))
        self.assertIn("move them into", self.browser.run("return document.querySelector('footer').innerText"))


class Chinese(MountTest):
    lang = "zh"

    def test_names_and_texts(self):
        shutil.copyfile(self.good(1)[0], self.mount.point(f"{NUMBERS[0]}.jpg"))
        run("sync", self.mount.point("状态.txt"))
        office = os.path.join(self.mount.path, "校本部")
        self.assertLessEqual({"状态.txt", "状态.csv", "总览.html"}, set(os.listdir(office)))
        self.assertIn(f"  * {POINT}：待审 1 张\n", read(os.path.join(office, "状态.txt")).decode())
        for path, part in (("总览.html", "省校审核总览"), ("待审/总览.html", "1 张照片待审"), (f"待审/{POINT}/总览.html", f"待审：{POINT}")):
            self.assertTrue(part in read(os.path.join(office, path)).decode(), part)
        with self.assertRaises(OSError) as caught:
            os.rename(os.path.join(office, "待审", POINT, "总览.html"), os.path.join(office, "通过", POINT, "总览.html"))
        self.assertEqual(caught.exception.errno, errno.EACCES)


if __name__ == "__main__":
    need("chromium", "chromedriver", "convert", "gio", "setpriv")
    main()
