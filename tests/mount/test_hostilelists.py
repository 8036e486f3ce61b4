#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Lists that mean harm, dropped into OFFICE/import of a live mount [Z1]: each costs its own report, and nothing else.

The first half goes through the reader as it is installed; the second through tests/worker-hostile.c, a worker that such a list
has taken over.
"""

import io
import os
import resource
import struct
import zipfile

from harness import BUILD, MountTest, NUMBERS, POINT, main, read, skip, wait_for

HOSTILE = os.path.join(BUILD, "tests", "worker-hostile")
MIB = 1 << 20
RSS_MIB = 96  # of the daemon, beside what sanitizers keep
WORKERS_MIB = 512  # of any process that was ever started: a quarter of what a list may take
SANITIZED = any(name in read(os.path.join(BUILD, "src", "idphotofs")) for name in (b"__asan_init", b"__tsan_init"))
GOOD = f"身份证号,姓名,教学点\n{NUMBERS[3]},张三,{POINT}\n".encode()
SHEET = '<worksheet><sheetData>%s</sheetData></worksheet>'


def workbook(sheet, strings="<sst/>", book=None):
    """An XLSX of one sheet; sheet may be an iterable of pieces."""
    result = io.BytesIO()
    parts = {
        "xl/workbook.xml": book or '<workbook xmlns:r="r"><sheets><sheet name="1" r:id="a"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": '<R><Relationship Id="a" Target="worksheets/sheet1.xml"/></R>',
        "xl/sharedStrings.xml": strings,
        "xl/worksheets/sheet1.xml": sheet,
    }
    with zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            with archive.open(name, "w", force_zip64=False) as f:
                for piece in [content] if isinstance(content, str) else content:
                    f.write(piece.encode() if isinstance(piece, str) else piece)
    return result.getvalue()


def cells(*texts):
    return "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in texts)


HEAD = f"<row>{cells('身份证号', '姓名', '教学点')}</row>"


def bomb():
    yield SHEET[:SHEET.index("%s")] + HEAD
    for _ in range(700):
        yield b" " * MIB


def laughs():
    entities = '<!ENTITY a "ha">' + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghij", "bcdefghijk"))
    return f'<?xml version="1.0"?><!DOCTYPE x [{entities}]>' + SHEET % f"<row>{cells('&k;')}</row>"


def external():
    return '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + SHEET % f"<row>{cells('&e;')}</row>"


def lying_directory(data, size):
    """The central directory says another size of every part than its own header does."""
    at, data = 0, bytearray(data)
    while (at := data.find(b"PK\x01\x02", at)) >= 0:
        data[at + 20:at + 28] = struct.pack("<II", size, size)
        at += 4
    return bytes(data)


def pieces(head, piece, n, tail):
    yield head
    for _ in range(n):
        yield piece
    yield tail


ROW = f"<row>{cells(NUMBERS[3], '张三', POINT)}</row>"
# Whatever each says, none of them is taken.
REFUSED = {
    "bomb.xlsx": lambda: workbook(bomb()),
    "laughs.xlsx": lambda: workbook(laughs()),
    "external.xlsx": lambda: workbook(external()),
    "laughs in the book.xlsx": lambda: workbook(SHEET % HEAD, book=laughs()),
    "deep.xlsx": lambda: workbook(SHEET % ("<a>" * 200000 + "</a>" * 200000)),
    "one attribute.xlsx": lambda: workbook(pieces('<worksheet x="', "x" * MIB, 100, '"/>')),
    "one tag.xlsx": lambda: workbook(pieces("<worksheet", "".join(f' a{i}="b"' for i in range(50000)), 8, "/>")),
    "row a billion.xlsx": lambda: workbook(
        '<worksheet><dimension ref="A1:XFD1000000000"/><sheetData>' + HEAD
        + ROW.replace("<row>", '<row r="1000000000">') + "</sheetData></worksheet>"),
    "no such string.xlsx": lambda: workbook(SHEET % (HEAD + '<row><c t="s"><v>99999999999999999999</v></c></row>')),
    "strings.xlsx": lambda: workbook(SHEET % HEAD, pieces("<sst>", "<si/>" * 100000, 100, "</sst>")),
    "huge in the directory.xlsx": lambda: lying_directory(workbook(SHEET % "x"), 0xfffffff0),
    "nothing in the directory.xlsx": lambda: lying_directory(workbook(SHEET % "x"), 0),
    "cut off.xlsx": lambda: workbook(SHEET % (HEAD + ROW))[:-300],
    "no archive.xlsx": lambda: b"PK\x03\x04" + os.urandom(MIB),
    "no text.csv": lambda: os.urandom(MIB),
    "zeros.csv": lambda: bytes(32 * MIB),
    "commas.csv": lambda: b"," * (48 * MIB),
    "lines.csv": lambda: b"\n" * (48 * MIB),
    "quote.csv": lambda: GOOD + b'"' + b"x" * (48 * MIB),
    "no number.csv": lambda: GOOD + f"{'1' * 100000},李四,{POINT}\n".encode() * 100,
}
# These are lists all the same, of one student.
TAKEN = {
    "plain.xlsx": lambda: workbook(SHEET % (HEAD + ROW)),
    "plain.csv": lambda: GOOD,
    "a billion rows.xlsx": lambda: workbook(
        '<worksheet><dimension ref="A1:XFD1000000000"/><sheetData>' + HEAD + ROW + "</sheetData></worksheet>"),
    "a million columns.xlsx": lambda: workbook(pieces(
        SHEET[:SHEET.index("%s")] + HEAD + ROW[:-len("</row>")], "<c/>" * 100000, 10, "</row></sheetData></worksheet>")),
    "a million columns.csv": lambda: GOOD[:-1] + b",1" * 1000000 + b"\n",
}


class ListTest(MountTest):
    options = ("delay=50", "settle=100", "settle-empty=200")

    def inbox(self, name):
        return os.path.join(self.mount.path, "OFFICE", "import", name)

    def drop(self, name, data):
        """The report."""
        with open(self.inbox(name), "wb") as f:
            f.write(data)
        report = self.inbox(f"{name}.report.txt")
        wait_for(lambda: os.path.exists(report), f"{name} has a report", timeout=120)
        return read(report).decode()

    def missing(self):
        return os.listdir(self.mount.point("missing"))

    def tearDown(self):
        """Whatever was dropped before: the daemon is the same, as small as ever, and takes a photo."""
        with open(self.mount.point(f"{NUMBERS[3]}.jpg"), "wb") as f:
            f.write(self.photo())
        self.mount.settle()
        self.assertEqual(self.mount.photos(), [f"{NUMBERS[3]}.jpg"])
        self.assertIsNone(self.mount.daemon.poll())
        with open(f"/proc/{self.mount.daemon.pid}/status", encoding="ascii") as f:
            rss = next(int(line.split()[1]) // 1024 for line in f if line.startswith("VmHWM"))
        if not SANITIZED:
            self.assertLess(rss, RSS_MIB)
        super().tearDown()

    def photo(self):
        return read(self.good(1)[0])


class Reader(ListTest):
    def test_each_hostile_list_costs_its_own_report(self):
        for name, make in REFUSED.items():
            with self.subTest(name=name):
                text = self.drop(name, make())
                self.assertIn("Nothing was imported", text)
                # The reader has limits of its own, so that the process's are hardly ever met.
                self.assertNotIn("cannot be read", text)
                self.assertEqual(self.missing(), [])
                os.unlink(self.inbox(name))
        if not SANITIZED:
            # Of the daemon's children, too, once it has ended itself.
            self.mount.end()
            self.assertLess(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024, WORKERS_MIB)
            self.mount.start()
        self.assertIn("Students: 1 (", self.drop("good.csv", GOOD))
        self.assertEqual(self.missing(), [f"{NUMBERS[3]} 张三.txt"])

    def test_what_is_only_odd_is_read(self):
        for name, make in TAKEN.items():
            with self.subTest(name=name):
                self.assertIn("Students: 1 (", self.drop(name, make()))
                self.assertEqual(self.missing(), [f"{NUMBERS[3]} 张三.txt"])


class TakenOver(ListTest):
    """The reader does what the list says."""

    # Each ends the process, or its answer is not believed.
    ATTACKS = ("socket", "fork", "exec", "ptrace", "kill", "flood-output", "crash", "quiet-end", "short-answer", "long-answer",
               "garbage", "longer-than-written", "endless-list", "other-kind", "lie-foreign-path", "lie-endless-name",
               "lie-escape-name", "lie-broken-utf8", "large-allocation", "endless-loop")

    @classmethod
    def setUpClass(cls):
        if not os.path.exists(HOSTILE):
            skip("the hostile worker is not built")
        os.environ["IDPHOTO_WORKER"] = HOSTILE
        super().setUpClass()

    @classmethod
    def tearDownClass(cls):
        del os.environ["IDPHOTO_WORKER"]
        super().tearDownClass()

    def setUp(self):
        super().setUp()
        self.mount.end()
        with open(os.path.join(self.mount.store, "idphotofs.conf"), "w", encoding="utf-8") as f:
            f.write("[input]\nmax-list-time = 2 s\n")
        self.mount.start()

    def photo(self):
        return b"an honest photo"

    def test_each_attack_is_an_error_of_its_list(self):
        for word in self.ATTACKS:
            if SANITIZED and word == "large-allocation":
                continue  # whose address space has no limit
            with self.subTest(attack=word):
                text = self.drop(f"{word}.csv", word.encode())
                self.assertIn("This list cannot be read", text)
                self.assertNotIn("\033", text)
                self.assertEqual(os.listdir(self.mount.point("missing")), [])
        # The same list, from a worker that is as good as its word.
        self.assertNotIn("cannot be read", self.drop("good.csv", b"good"))

    def test_the_commands_say_the_same(self):
        path = os.path.join(self.directory, "list.csv")
        with open(path, "wb") as f:
            f.write(b"crash")
        for command in ("roster", "progress"):
            result = self.mount.ctl(command, "import", path, check=False)
            self.assertNotEqual(result.returncode, 0)
            self.assertIn("This list cannot be read", result.stdout)


if __name__ == "__main__":
    main()
