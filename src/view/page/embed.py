#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes a C file of the page's style and script, with the hashes by which its content policy allows them.

    embed.py OUTPUT page.css page.js review.js
"""

import base64
import hashlib
import os
import sys


def literal(line):
    return '        "' + line.replace("\\", "\\\\").replace('"', '\\"') + '\\n"'


def main():
    output, *sources = sys.argv[1:]
    lines = ['#include "pageassets.h"', ""]
    for source in sources:
        with open(source, encoding="ascii") as f:
            text = f.read()
        if "</" in text:
            sys.exit(f"{source}: '</' could end the element that it will stand in")
        name = os.path.basename(source).replace(".", "_")
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        lines += [f"const char {name}[] ="] + [literal(line) for line in text.splitlines()] + ["        ;"]
        lines += [f'const char {name}_hash[] = "sha256-{digest}";', ""]
    with open(output, "w", encoding="ascii") as f:
        f.write("\n".join(lines))


main()
