#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every [tag] that stands in the tree is defined in src/README.md, and every one defined there is used.

The functions and files that src/README.md names exist. And nothing sends its reader to a document that the tree does not have.
"""

import os
import re
import sys

ROOT = os.environ["IDPHOTO_SOURCE_ROOT"]
LEGEND = "src/README.md"
FOLDERS = ("include", "man", "packaging", "scripts", "src", "tests")
TEXT = (".c", ".h", ".in", ".py", ".md", ".build", ".def", ".sh", ".css", ".js", ".html", ".1", ".5", ".7", ".8", "")
# A letter and a number, or a letter alone in a comment; [A-Z] of a pattern is neither.
TAG = re.compile(r"\[([A-Z]\d{1,2}|C)\](?!\s*=)")
DOCUMENT = re.compile(r"(?<![\w.-])([A-Z][A-Z-]+\.md)\b")
# Of what lies beside the tree only the corpus may be named: tests look for it and are left out without it.
BESIDE = re.compile(r"(?<![\w.])(?:\.\./)*shared/(?!corpus\b)[\w./-]*")
# What src/README.md names: a function of ours (others, such as create(), have no underscore), or a file.
FUNCTION = re.compile(r"`([a-z]+_[a-z_]+)\(\)")
FILE = re.compile(r"`((?:[a-z]+/)+[a-z_-]+\.[a-z]+)`")
ITSELF = "tests/legend/test_legend.py"


def files():
    yield from (name for name in os.listdir(ROOT) if name.endswith(".md"))
    for folder in FOLDERS:
        for where, _, names in os.walk(os.path.join(ROOT, folder)):
            for name in names:
                if os.path.splitext(name)[1] in TEXT:
                    yield os.path.relpath(os.path.join(where, name), ROOT)


def lines():
    for path in sorted(files()):
        if path == ITSELF or "__pycache__" in path:
            continue
        try:
            with open(os.path.join(ROOT, path), encoding="utf-8") as f:
                for number, line in enumerate(f, 1):
                    yield path, number, line
        except UnicodeDecodeError:
            continue


def named(path, number, line, functions):
    """What a line of the legend names and the tree does not have."""
    yield from (f"{path}:{number}: there is no {name}()" for name in FUNCTION.findall(line) if name not in functions)
    yield from (f"{path}:{number}: there is no {name}" for name in FILE.findall(line)
                if not any(os.path.exists(os.path.join(ROOT, folder, name)) for folder in ("", "src")))


def main():
    defined, used, faults = set(), set(), []
    functions = {name for path, _, line in lines() if path.endswith((".c", ".h")) for name in re.findall(r"\b(\w+)\(", line)}
    for path, number, line in lines():
        if path == LEGEND and line.startswith("| ["):
            defined.add(TAG.search(line).group(1))
            line = line.split("|", 2)[2]
        if path == LEGEND:
            faults += named(path, number, line, functions)
        used |= {(tag, path, number) for tag in TAG.findall(line)}
        faults += [f"{path}:{number}: {name} is not in the tree" for name in BESIDE.findall(line)]
        faults += [f"{path}:{number}: {name} is not in the tree" for name in DOCUMENT.findall(line)
                   if not os.path.exists(os.path.join(ROOT, name)) and not os.path.exists(os.path.join(ROOT, "src", name))]
    faults += [f"{path}:{number}: [{tag}] is not defined in {LEGEND}" for tag, path, number in sorted(used) if tag not in defined]
    faults += [f"{LEGEND}: [{tag}] stands nowhere else" for tag in sorted(defined - {tag for tag, path, _ in used if path != LEGEND})]
    for fault in faults:
        print(fault)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
