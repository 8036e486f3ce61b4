# SPDX-License-Identifier: MIT
"""Numbers, names and bytes of the stress test. A content is known by a short text from which its bytes can be made again.

"g.PICTURE.SERIAL" is a good photo with a comment of its own in it, "c.PICTURE.SERIAL" the first part of one, "t.SERIAL" words,
"n.SERIAL" noise; "CONTENT/N" is a content cut or filled up to N bytes. Sizes differ too: a row whose original was erased on purpose
still tells by its size what it was. "?..." is what nobody can know, such as what a killed daemon left of an open file.
"""

import functools
import hashlib
import os
import random
import re

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
NUMBER = re.compile(r"219999\d{11}[\dX]")
TEMPORARY = re.compile(r"(\.[^/]+\.[A-Za-z0-9]{6}|.*\.part|.*~)")

GOOD, BAD, UNKNOWN = "good", "bad", "unknown"


def number(index):
    """The index-th ID number; nobody has it."""
    body = f"219999{1980 + index // 336 % 25:04}{index // 28 % 12 + 1:02}{index % 28 + 1:02}{index // 8400 + 100:03}"
    return body + "10X98765432"[sum(int(c) * w for c, w in zip(body, WEIGHTS)) % 11]


def told_by(name, folder=""):
    """The student whom a name, or else the folder's name, tells; None: nobody."""
    found = NUMBER.search(name) or NUMBER.search(folder or "")
    return found.group() if found else None


def is_temporary(name):
    return bool(TEMPORARY.fullmatch(name))


class Contents:
    """The pictures, and what is made of them."""

    def __init__(self, directory):
        self.paths = [os.path.join(directory, name) for name in sorted(os.listdir(directory))]

    @functools.lru_cache(maxsize=512)
    def picture(self, index):
        with open(self.paths[index], "rb") as f:
            return f.read()

    def data(self, cid):
        if "/" in cid:
            base, size = cid.rsplit("/", 1)
            return self.data(base)[: int(size)].ljust(int(size), b"\0")
        kind, *rest = cid.split(".")
        serial = int(rest[-1])
        if kind == "t":
            return (b"only words %08d " % serial * 400)[: 1500 + serial % 3000]
        if kind == "n":
            return random.Random(serial).randbytes(5000 + serial % 20000)
        picture = self.picture(int(rest[0]))
        if kind == "g":
            comment = random.Random(serial).randbytes(64000 + serial % 40000 - len(picture) - 4)
            return picture[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + picture[2:]
        return picture[: 9000 + serial % 9000]

    @functools.lru_cache(maxsize=100000)
    def digest(self, cid):
        return "" if cid.startswith("?") else hashlib.sha256(self.data(cid)).hexdigest()

    @functools.lru_cache(maxsize=100000)
    def size(self, cid):
        return len(self.data(cid))


def quality(cid):
    if cid.startswith("?bad"):
        return BAD
    if cid.startswith("?"):
        return UNKNOWN
    if "/" in cid:
        return BAD  # clients cut shorter than any picture
    return GOOD if cid.startswith("g.") else BAD


def picture_of(cid):
    return int(cid.split(".")[1]) if cid.startswith("g.") and "/" not in cid else None
