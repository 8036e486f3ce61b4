#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the parts of scripts/bench that are named, all without a name, and prints one table of them."""

import argparse
import os
import sys
import tempfile
import traceback

import figures
import machine
from figures import MET, NOT_MEASURED, NOT_MET, say

# In this order. The module and the title.
PARTS = {
    "photo": ("photo", "photo: processor time of one"),
    "drop": ("drop", "drop: many photos copied into a mount"),
    "list": ("listing", "list: ls and cat in a store of many students"),
    "mount": ("mounting", "mount: the daemon"),
    "rsync": ("resending", "rsync: nothing new to send"),
    "server": ("onserver", "server: the catalog on a PostgreSQL server"),
    "cluster": ("clustering", "cluster: two gateways on one store"),
    "roster": ("roster", "roster: importing a list of students"),
    "growth": ("growth", "growth: the worst step of a figure, as a multiple of what the students grew by"),
}

QUICK = {"rounds": 2, "count": 1, "photos": 100, "students": 10000, "files": 1000, "rows": 10000, "sizes": [1000, 10000]}
FULL = {"rounds": 5, "count": 4, "photos": 1000, "students": 100000, "files": 10000, "rows": 100000,
        "sizes": [1000, 10000, 100000, 1000000]}


def positive(text):
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("not above 0")
    return value


def sizes(text):
    return sorted({positive(part) for part in text.split(",")})


def parse(arguments):
    parser = argparse.ArgumentParser(prog="scripts/bench", usage="scripts/bench [NAME...] [OPTION...]",
                                     description="Measures the program beside its peers, in one run on one machine.")
    parser.add_argument("--build", help=argparse.SUPPRESS)
    parser.add_argument("--check-arguments", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("parts", nargs="*", metavar="NAME", help=f"one of {', '.join(PARTS)} (default: all of them)")
    parser.add_argument("--quick", action="store_true", help="small sizes: a look whether it works, not figures to quote")
    parser.add_argument("--without", action="append", default=[], metavar="NAME", choices=PARTS, help="leave a part out")
    parser.add_argument("--rounds", type=positive, help="runs of everything (default 5)")
    parser.add_argument("--dir", default=tempfile.gettempdir(), metavar="DIR",
                        help="where stores are made, and removed at the end (default: $TMPDIR or /tmp)")
    parser.add_argument("--json", metavar="FILE", help="write the figures there too, each sample of them")
    parser.add_argument("--details", action="store_true", help="photo: also every method and PSNR")
    parser.add_argument("--count", type=positive, help="photo: drawn photos of each size (default 4)")
    parser.add_argument("--core", type=int, help="photo: processor core to run on (default: the last)")
    parser.add_argument("--photos", type=positive, help="drop: how many (default 1000)")
    parser.add_argument("--students", type=positive, help="list: how many (default 100000)")
    parser.add_argument("--files", type=positive, help="rsync: how many (default 10000)")
    parser.add_argument("--rows", type=positive, help="roster: how many (default 100000)")
    parser.add_argument("--sizes", type=sizes, metavar="N,N...",
                        help="mount, growth: students of the stores (default 1000,10000,100000,1000000)")
    options = parser.parse_args(arguments)
    for name in options.parts:
        if name not in PARTS:
            parser.error(f"there is no bench '{name}'")
    for name, value in (QUICK if options.quick else FULL).items():
        if getattr(options, name) is None:
            setattr(options, name, value)
    if options.photos <= 20:
        parser.error("--photos: at least 21, as the last twenty are closed one by one")
    if not os.path.isdir(options.dir):
        parser.error(f"--dir: no directory '{options.dir}'")
    options.parts = [name for name in PARTS if name in (options.parts or PARTS) and name not in options.without]
    return options


def run_part(rig, name):
    """(title, rows). A part that fails is a row that was not measured, and the others still run."""
    module, title = PARTS[name]
    say(name)
    try:
        return title, __import__(module).measure(rig)
    except Exception as error:  # whatever it was, it must not cost the other parts their figures
        traceback.print_exc()
        reason = "; ".join(str(error).splitlines()) or type(error).__name__
        rig.note(f"The part {name} failed: {reason}")
        return title, [figures.Row("", "this part failed, see below", [])]


def report(rig, description, parts):
    for what, text in description:
        print(f"{what:<8} {text}")
    print()
    figures.print_table(parts)
    if rig.notes:
        print()
    for note in rig.notes:
        print(f"* {note}")
    for after in rig.after:
        after()
    counted = figures.count_verdicts([row for _, rows in parts for row in rows])
    print(f"\n{counted[MET]} met, {counted[NOT_MET]} not met, {counted[NOT_MEASURED]} not measured")
    return counted


def main():
    options = parse(sys.argv[1:])
    if options.check_arguments:
        return 0
    build = os.path.abspath(options.build)
    # As the tests' programs: all of this build, whatever is installed.
    os.environ["IDPHOTO_BUILD_ROOT"] = build
    os.environ["IDPHOTO_WORKER"] = os.path.join(build, "src", "idphoto-worker")
    os.environ["LC_ALL"] = "C.UTF-8"
    sys.path.insert(1, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "mount"))
    from rig import Rig  # reads the environment just set

    with Rig(build, options) as rig:
        description = machine.describe(rig.directory, rig.rounds, rig.few_rounds)
        parts = [run_part(rig, name) for name in options.parts]
        counted = report(rig, description, parts)
        if options.json:
            figures.write_json(options.json, description, parts, rig.notes, rig.more)
        sys.stdout.flush()
        say("removing the stores")
    return 1 if counted[NOT_MEASURED] else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
