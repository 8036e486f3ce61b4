#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The manual pages tell all that the programs take and write."""

import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path
from unicodedata import east_asian_width

CTL = os.environ["IDPHOTO_CTL"]
DAEMON = os.environ["IDPHOTO_DAEMON"]
MAN = Path(os.environ["IDPHOTO_SOURCE_ROOT"]) / "man"
MADE = Path(os.environ["IDPHOTO_BUILD_ROOT"]) / "man"
PAGES = [MAN / "idphotoctl.1", MAN / "idphotofs-gateways.7", MAN / "idphotofs-speed.7", MAN / "idphotofs-status.7", MAN / "idphotofs.8",
         MADE / "idphotofs-reasons.7", MADE / "idphotofs.conf.5"]
ENV = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}


def output(*command):
    return subprocess.run(list(map(str, command)), env=ENV, capture_output=True, encoding="utf-8", check=True).stdout


def plain(source):
    """mdoc as words: macros that only mark or join are gone."""
    text = re.sub(r"\.It Xo\n(.*?)\.Xc\n", lambda m: ".It " + m.group(1).replace("\n.", " ").replace("\n", " ") + "\n",
                  source, flags=re.DOTALL)
    text = re.sub(r" Ns ([=|] )?(?:Ns )?", lambda m: (m.group(1) or "").strip(), text)
    return re.sub(r"(?<![^\s.=|])(Cm|Fl|Ar|Op|Oo|Oc|Li|Ns|Pq|Xo|Xc) ", "", text)


def items(page, section=None):
    """The items of a page, each with what stands below it, to the next."""
    text = page.read_text(encoding="utf-8").replace("\\:", "")  # where a line may end
    if section:
        text = re.split(r"^\.Sh ", text.split(f".Sh {section}\n")[1], flags=re.MULTILINE)[0]
    found = re.split(r"^\.It ", plain(text), flags=re.MULTILINE)[1:]
    return [(item.split("\n")[0].lstrip(". "), item) for item in found]


class Idphotoctl(unittest.TestCase):
    PAGE = MAN / "idphotoctl.1"

    def setUp(self):
        lines = output(CTL, "--help").split("Commands:\n")[1].split("\n\n")[0].splitlines()
        self.names = [line[2:].split("  ")[0] for line in lines]
        self.page = items(self.PAGE)

    def heads(self, name):
        """Heads of the items of a command; "batch add | use NAME" are two."""
        first, _, second = name.partition(" ")
        return [head for head, _ in self.page if re.match(rf"{first}(?![a-z-])", head) and
                (not second or re.search(rf"^{first} (?:[a-z]+ \| )*{second}(?![a-z-])", head))]

    def test_every_command_is_there(self):
        for name in self.names:
            self.assertTrue(self.heads(name), name)

    def test_every_option_stands_at_its_command(self):
        for name in self.names:
            text = output(CTL, *name.split(), "--help")
            own = text.split("Options of every command:")[0].split("Options:\n")
            for option in re.findall(r"^  --([a-z-]+)", own[1], re.MULTILINE) if len(own) > 1 else []:
                self.assertTrue(any(re.search(rf"(?<![a-z])-{option}(?![a-z-])", head) for head in self.heads(name)),
                                f"'{name} --{option}' is not in idphotoctl(1): {self.heads(name)}")

    def test_options_of_every_command_are_there(self):
        heads = " ".join(head for head, _ in self.page)
        for option in re.findall(r"^  --([a-z-]+)", output(CTL, "--help"), re.MULTILINE):
            self.assertRegex(heads, rf"-{option}(?![a-z-])")

    def test_no_option_is_there_that_is_none(self):
        known = set(re.findall(r"--([a-z-]+)", output(CTL, "--help")))
        for name in self.names:
            known |= set(re.findall(r"--([a-z-]+)", output(CTL, *name.split(), "--help")))
        for head, _ in self.page:
            for option in re.findall(r"(?<![a-z])-([a-z][a-z-]+)", head):
                self.assertIn(option, known, head)


class IdphotoctlInChinese(Idphotoctl):
    PAGE = MADE / "zh_CN" / "idphotoctl.1"


class Idphotofs(unittest.TestCase):
    PAGE, SECTION = MAN / "idphotofs.8", "DESCRIPTION"

    def test_every_option_is_there_and_no_other(self):
        flags, options = output(DAEMON, "--help").split("Options for -o:\n")
        heads = [head for head, _ in items(self.PAGE, self.SECTION)]
        told = {re.split(r"[=\s]", head)[0] for head in heads if not re.match(r"-?[a-zA-Z](,| |$)", head)}
        self.assertEqual(told, set(re.findall(r"^  ([a-z_-]+)", options, re.MULTILINE)))
        self.assertEqual({head[0] for head in heads if re.match(r"[a-zA-Z](,| |$)", head)},
                         set(re.findall(r"^  -([a-zA-Z])", flags, re.MULTILINE)))

    def test_fixed_values_are_there(self):
        page = plain(self.PAGE.read_text(encoding="utf-8"))
        for values in ("lang=en|zh", "verdict=later|close", "log=error|warning|info|debug"):
            self.assertIn(values, page)


class IdphotofsInChinese(Idphotofs):
    PAGE, SECTION = MADE / "zh_CN" / "idphotofs.8", "说明"


class Chinese(unittest.TestCase):
    """What stands in the English page stands in the Chinese one, in Chinese."""

    PAGES = [(MAN / name, MADE / "zh_CN" / name) for name in ("idphotoctl.1", "idphotofs.8")]

    def test_both_tell_the_same_things_in_the_same_order(self):
        for english, chinese in self.PAGES:
            self.assertEqual([head for head, _ in items(chinese)], [head for head, _ in items(english)])
            for mark in (".Sh", ".Ss", ".Bd"):
                count = [len(re.findall(rf"(?m)^\{mark} ", page.read_text(encoding="utf-8"))) for page in (english, chinese)]
                self.assertEqual(count[1], count[0], f"{chinese.name}: {mark}")

    def test_they_are_in_chinese(self):
        for _, page in self.PAGES:
            text = re.sub(r"^\.Bd.*?^\.Ed\n", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
            for line in text.splitlines():
                if not line.startswith(".") or line.startswith((".Sh", ".Ss")):
                    self.assertRegex(line, "[\u4e00-\u9fff]", page.name)

    @unittest.skipUnless(shutil.which("man"), "man is not installed")
    def test_lines_end_where_they_must(self):
        for _, page in self.PAGES:
            shown = subprocess.run(["man", str(page)], env={**ENV, "MANWIDTH": "78", "PAGER": "cat", "MANPAGER": "cat"},
                                   capture_output=True, encoding="utf-8", check=True).stdout
            text = re.sub(".\b", "", shown)
            self.assertIn("说明", text)
            for line in filter(lambda shown: re.search("[\u4e00-\u9fff]", shown), text.splitlines()):
                self.assertLessEqual(sum(2 if east_asian_width(c) in "WF" else 1 for c in line), 80, line)
                # Between two sentences stands no blank.
                self.assertNotRegex(line, "[\u4e00-\u9fff。，] [\u4e00-\u9fff]")


class Tables(unittest.TestCase):
    def test_every_key_of_the_configuration_is_there(self):
        keys = re.findall(r"^#?([a-z-]+) =", output(CTL, "config", "show", "--lang=en"), re.MULTILINE)
        self.assertGreater(len(keys), 30)
        self.assertEqual([head for head, _ in items(MADE / "idphotofs.conf.5", "KEYS")], keys)

    def test_every_reason_is_there_in_both_languages(self):
        header = (Path(os.environ["IDPHOTO_SOURCE_ROOT"]) / "include/idphoto/finding.h").read_text(encoding="utf-8")
        codes = re.findall(r'^ +X\([A-Z0-9_]+, "([a-z0-9-]+)"\)', header, re.MULTILINE)
        page = {head.split(" , ")[0]: text for head, text in items(MADE / "idphotofs-reasons.7", "REASONS")}
        self.assertEqual(sorted(page), sorted(codes))
        for code, text in page.items():
            self.assertRegex(text, r"(?s)[A-Za-z]{3}.*\n\.Pp\n.*[\u4e00-\u9fff]", code)

    def test_decisions_stand_with_their_words(self):
        page = dict(items(MADE / "idphotofs-reasons.7", "REASONS"))
        english = output(CTL, "review", "reasons", "--lang=en").splitlines()
        chinese = output(CTL, "review", "reasons", "--lang=zh").splitlines()
        self.assertEqual(len(english), len(chinese))
        for line_en, line_zh in zip(english, chinese):
            (code, title_en), (folder, title_zh) = line_en.split(None, 1), line_zh.split(None, 1)
            text = page[f"{code} , {folder}"].replace("\n", " ")
            self.assertIn(title_en, text)
            self.assertIn(title_zh, text)

    def test_columns_of_status_csv(self):
        with tempfile.TemporaryDirectory(prefix="idphoto-man-") as directory:
            store = os.path.join(directory, "store")
            output(CTL, "init", store)
            for sections, command in ((["STATUS.CSV OF A POINT", "THE LIST FOR PROGRAMS"], ["list"]),
                                      (["STATUS.CSV OF THE ROOT"], ["point", "list"])):
                heads = [re.sub(r"^Li ", "", head).split(" | ") for section in sections
                         for head, _ in items(MAN / "idphotofs-status.7", section)]
                for i, language in enumerate(("en", "zh")):
                    line = output(CTL, *command, "--csv", f"--store={store}", f"--lang={language}").splitlines()[0]
                    self.assertEqual([head[i] for head in heads], line.lstrip("\ufeff").split(","))


class Pages(unittest.TestCase):
    def test_each_names_the_others(self):
        names = [page.name.rsplit(".", 1) for page in PAGES]
        for page in PAGES:
            see = page.read_text(encoding="utf-8").split(".Sh SEE ALSO\n")[1].split(".Sh")[0]
            told = set(re.findall(r"^\.Xr (\S+) (\d)", see, re.MULTILINE))
            self.assertLessEqual(told & {("idphotoctl", "1"), ("idphotofs", "8")} | {tuple(page.name.rsplit(".", 1))},
                                 {tuple(name) for name in names})
            self.assertIn(("idphotofs", "8"), told | {("idphotofs", page.name[-1])}, page.name)
        see = (MAN / "idphotofs.8").read_text(encoding="utf-8")
        for name, section in names:
            if name != "idphotofs":
                self.assertIn(f".Xr {name} {section}", see)

    @unittest.skipUnless(shutil.which("mandoc"), "mandoc is not installed")
    def test_examples_keep_to_eighty_columns(self):
        for page in PAGES:
            for block in re.findall(r"^\.Bd -literal.*?\n(.*?)^\.Ed", page.read_text(encoding="utf-8"),
                                    re.MULTILINE | re.DOTALL):
                for line in block.splitlines():
                    self.assertLessEqual(len(line), 75, f"{page.name}: {line}")


if __name__ == "__main__":
    unittest.main()
