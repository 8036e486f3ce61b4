#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""index.html in a real browser, from the mount and copied away [S3]; what the root's tells [S4]."""

import os
import shutil
import stat
import unittest

from browser import Browser, DOWN, ENTER, ESCAPE, LEFT, RIGHT
from harness import MountTest, NUMBERS, POINT, main, need, read, run

HOSTILE = "<script>alert(1)</script>"
STUDENTS = [(NUMBERS[0], "张三", "一班"), (NUMBERS[1], HOSTILE, "一班"), (NUMBERS[2], "王五", "二班"), (NUMBERS[3], "赵六", "二班")]

VISIBLE = "return Array.from(document.querySelectorAll('.card')).filter(card => card.offsetParent !== null)"


class PageTest(MountTest):
    options = ("delay=100", "settle=300", "settle-empty=600")

    def setUp(self):
        super().setUp()
        roster = os.path.join(self.directory, "roster.csv")
        with open(roster, "w", encoding="utf-8") as f:
            f.write("身份证号,姓名,班级,教学点\n")
            f.writelines(f"{number},{name},{room},{POINT}\n" for number, name, room in STUDENTS)
        self.mount.ctl("roster", "import", roster)

    def drop(self):
        """Two photos, one rejected file of a student and one of nobody; one student is missing."""
        good = self.good(2)
        shutil.copyfile(good[0], self.mount.point(f"{NUMBERS[0]}.jpg"))
        shutil.copyfile(good[1], self.mount.point(f"{NUMBERS[1]}.jpg"))
        for name in (f"{NUMBERS[2]}_手机 #1.jpg", "IMG_1.jpg"):
            with open(self.mount.point(name), "wb") as f:
                f.write(b"no photo")
        self.mount.settle()


class Snapshot(PageTest):
    def test_the_size_is_true_and_a_reader_keeps_what_it_opened(self):
        path = self.mount.point("index.html")
        for page in (path, os.path.join(self.mount.path, "index.html")):
            self.assertEqual(os.stat(page).st_size, len(read(page)))
        with open(path, "rb") as f:
            size = os.fstat(f.fileno()).st_size
            self.drop()
            before = f.read()
            self.assertEqual(len(before), size)
        after = read(path)
        self.assertNotEqual(before, after)
        self.assertEqual(os.stat(path).st_size, len(after))

    def test_nothing_can_be_done_to_it(self):
        path = self.mount.point("index.html")
        for action in (lambda: open(path, "wb"), lambda: os.unlink(path), lambda: os.rename(path, path + "2")):
            with self.assertRaises(PermissionError):
                action()
        self.assertIn("index.html", os.listdir(self.mount.point()))
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o440)

    def test_the_root_s_page_names_nobody(self):
        self.drop()
        text = read(os.path.join(self.mount.path, "index.html")).decode()
        self.assertIn(POINT, text)
        for number, name, room in STUDENTS:
            for secret in (number, name, name.replace("<", "&lt;").replace(">", "&gt;"), room):
                self.assertNotIn(secret, text)
        self.assertNotIn("IMG_1", text)

    def test_the_command_writes_the_same_page(self):
        self.drop()
        path = os.path.join(self.directory, "page.html")
        self.mount.ctl("page", POINT, path)
        self.assertEqual(read(path), read(self.mount.point("index.html")))
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)
        self.assertEqual(self.mount.ctl("page", "no such point", path, check=False).returncode, 2)
        self.assertEqual(self.mount.ctl("page", POINT, self.directory + "/no/such", check=False).returncode, 2)


class InBrowser(PageTest):
    def setUp(self):
        super().setUp()
        self.drop()
        self.browser = Browser()
        self.addCleanup(self.browser.close)

    def open(self, path):
        self.browser.open(path)
        self.browser.wait("return Array.from(document.images).every(img => img.complete)", "the pictures are loaded")

    def names(self):
        return self.browser.run(VISIBLE + ".map(card => card.querySelector('h2').textContent)")

    def widths(self):
        return self.browser.run("return Array.from(document.images).map(img => img.naturalWidth)")

    def click(self, selector):
        self.browser.run("document.querySelector(arguments[0]).click()", selector)

    def counts(self):
        return self.browser.run("return Object.fromEntries(Array.from(document.querySelectorAll('.states button'))"
                                ".map(button => [button.dataset.state, button.querySelector('b').textContent]))")

    def test_the_mounted_page(self):
        self.open(self.mount.point("index.html"))
        self.assertEqual(self.widths(), [480, 480])
        self.assertEqual(self.names(), ["张三", HOSTILE, "王五", "赵六", "IMG_1.jpg"])
        self.assertEqual(self.counts(), {"": "4", "missing": "1", "rejected": "1", "pending": "2", "approved": "0", "final": "0",
                                         "stray": "1"})
        # The name is a text: an alert would stop every further command, and the script is not there.
        self.assertEqual(self.browser.run("return document.scripts.length"), 1)
        for state, names in (("pending", ["张三", HOSTILE]), ("rejected", ["王五"]), ("missing", ["赵六"]),
                             ("stray", ["IMG_1.jpg"]), ("approved", [])):
            with self.subTest(state=state):
                self.click(f'button[data-state="{state}"]')
                self.assertEqual(self.names(), names)
        self.assertEqual(self.browser.complaints(), [])

    def test_search_and_reasons(self):
        self.open(self.mount.point("index.html"))
        for typed, names in (("王", ["王五"]), (NUMBERS[0][-6:], ["张三"]), ("二班", ["王五", "赵六"]), ("<SCRIPT>", [HOSTILE]),
                             ("二班 赵", ["赵六"]), ("nobody", [])):
            with self.subTest(typed=typed):
                # Escape empties the field.
                self.browser.press("/", ESCAPE, *typed)
                self.assertEqual(self.names(), names)
        self.browser.press(ESCAPE)
        self.browser.run("const why = document.querySelector('#why'); why.value = arguments[0];"
                         "why.dispatchEvent(new Event('change'))", "format-text")
        self.assertEqual(self.names(), ["王五", "IMG_1.jpg"])

    def test_keys(self):
        self.open(self.mount.point("index.html"))
        large = "return document.querySelector('#large').open"
        heading = "return document.querySelector('#large h2').textContent"
        focused = "return document.activeElement.querySelector('h2')?.textContent"
        # Keys count from when the page listens, which a loaded machine takes its time for.
        self.browser.wait("return document.readyState === 'complete' && document.hasFocus()", "the page is ready for keys")
        self.browser.press(DOWN)
        self.browser.wait(f"{focused} === '张三'", "the first card has the focus")
        self.browser.press(RIGHT, ENTER)
        self.browser.wait(large, "the large picture is open")
        self.assertEqual(self.browser.run(heading), HOSTILE)
        self.browser.wait("return document.querySelector('#large img').naturalWidth === 480", "the large picture")
        self.assertTrue(self.browser.run("return document.querySelector('#large svg').checkVisibility()"))
        self.browser.press("g")
        self.assertFalse(self.browser.run("return document.querySelector('#large svg').checkVisibility()"))
        self.browser.press(LEFT)
        self.assertEqual(self.browser.run(heading), "张三")
        self.browser.press(ESCAPE)
        self.browser.wait(large.replace("return ", "return !"), "the large picture is closed")
        self.browser.wait(f"{focused} === '张三'", "the card has the focus again")
        self.browser.press("g")
        self.assertTrue(self.browser.run("return document.querySelector('.card svg').checkVisibility()"))

    def test_links_lead_to_the_rejected_files(self):
        self.open(self.mount.point("index.html"))
        links = self.browser.run("return Array.from(document.querySelectorAll('.file a, h2 a')).map(a => a.href)")
        self.assertEqual(len(links), 2)
        for link in links:
            self.browser.do("POST", "/url", {"url": link})
            self.assertEqual(self.browser.run("return location.href"), link)

    def test_what_was_rejected_is_seen_as_it_was_sent(self):
        """A landscape one of a student, one of nobody, and bytes that only begin like a photo."""
        source = self.good(3)[2]
        wide = self.copy_of(source, f"{NUMBERS[3]}_横 #1 100%.jpg")
        run("convert", source, "-rotate", "90", wide)
        broken = self.copy_of(source, "IMG_9.jpg")
        with open(broken, "wb") as f:
            f.write(read(source)[:20] + b"x" * 5000)
        for path in (wide, self.copy_of(source, "IMG_2 同学.jpg"), broken):
            shutil.copyfile(path, self.mount.point(os.path.basename(path)))
        self.mount.settle()
        self.open(self.mount.point("index.html"))
        shown = ("return Array.from(document.querySelectorAll('.original')).map(i => [i.naturalWidth, i.naturalHeight,"
                 "i.closest('.card').dataset.state])")
        # Lazily loaded: each is scrolled to.
        self.browser.run("document.querySelectorAll('.original').forEach(i => i.loading = 'eager')")
        self.browser.wait(shown + ".filter(s => s[0] > 0).length === 2 && document.querySelectorAll('.original').length === 2",
                          "the photos are seen, and nothing where there is none")
        self.assertEqual(sorted(self.browser.run(shown)), [[480, 640, "stray"], [640, 480, "rejected"]])
        self.assertEqual(self.browser.run("return document.querySelector('.strays h2').textContent"), "Unmatched")
        self.click('button[data-state="missing"]')
        self.assertFalse(self.browser.run("return document.querySelector('.strays').checkVisibility()"))
        self.click('button[data-state="stray"]')
        self.assertEqual(len(self.names()), 3)

    def test_from_the_root_to_the_point(self):
        self.browser.open(os.path.join(self.mount.path, "index.html"))
        self.click("tbody a")
        self.browser.wait("return document.images.length === 2", "the point's page")
        self.assertEqual(self.browser.run("return document.querySelector('h1').textContent"), POINT)

    def test_copied_away_with_the_photos(self):
        away = os.path.join(self.directory, "away")
        os.mkdir(away)
        for name in ("index.html", f"{NUMBERS[0]}.jpg", f"{NUMBERS[1]}.jpg"):
            shutil.copyfile(self.mount.point(name), os.path.join(away, name))
        self.open(os.path.join(away, "index.html"))
        self.assertEqual(self.widths(), [480, 480])

    def test_one_file_holds_all_of_it(self):
        path = os.path.join(self.directory, "all.html")
        self.mount.ctl("page", "--embed", POINT, path)
        self.open(path)
        self.assertEqual(self.widths(), [480, 480])
        self.assertEqual(self.names()[:2], ["张三", HOSTILE])
        self.assertEqual(self.browser.complaints(), [])

    def test_without_scripts_it_is_a_plain_list(self):
        self.browser.disable_scripts()
        self.browser.open(self.mount.point("index.html"))
        self.assertEqual(self.names(), ["张三", HOSTILE, "王五", "赵六", "IMG_1.jpg"])
        # Only the script shows what only the script can do.
        self.assertFalse(self.browser.run("return document.querySelector('#search').checkVisibility()"))
        self.assertTrue(self.browser.run("return document.querySelector('.advice dd').checkVisibility()"))

    def test_what_is_put_in_as_markup_does_not_run(self):
        """As if the escaping had failed: the page's own policy still stands in the way."""
        path = os.path.join(self.directory, "broken.html")
        text = read(self.mount.point("index.html")).decode()
        broken = text.replace("<ul class=\"cards\">", "<script>document.title = 'ran'</script>"
                              "<img src=x onerror=\"document.title = 'ran'\"><ul class=\"cards\">")
        self.assertNotEqual(text, broken)
        with open(path, "w", encoding="utf-8") as f:
            f.write(broken)
        self.browser.open(path)
        self.assertNotEqual(self.browser.run("return document.title"), "ran")
        self.assertTrue(any("Content Security Policy" in line for line in self.browser.complaints()))


if __name__ == "__main__":
    need("chromium", "chromedriver", "convert")
    main()
