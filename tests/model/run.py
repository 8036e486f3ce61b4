#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Looks at the life of an upload in every order of its steps: upload.pml, with spin.

By the rules that the program has no order may break a property, and the search must be exhaustive. By the rules of
version 0.1 each fault that those had must be found, or the model could not have found it in the present rules either.
One line a configuration: its name, how many states there were, how many errors, and for the old rules the fault.
"""

import concurrent.futures
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "mount"))

import matrix  # noqa: E402

# Bits of CHECK in upload.pml.
NAMES, BLOBS, ROWS, BYTES, VERDICTS, FINAL, STAY, REMOVED = (1 << bit for bit in range(8))

# What clients do beside dropping a file, and what else happens. Together these cover each pair; all at once would be
# too many states.
RULES = [
    ("rename, reopen, delete", "RENAME RENAME_TEMPORARY REOPEN UNLINK"),
    ("begun under a temporary name", "BEGIN_TEMPORARY RENAME RENAME_TEMPORARY REOPEN TRUNCATE UNLINK NAME_OPS=1"),
    ("reopened or truncated twice", "REOPEN TRUNCATE WRITE_OPS=2 NAME_OPS=0"),
    ("reopened twice, renamed", "RENAME RENAME_TEMPORARY REOPEN WRITE_OPS=2 NAME_OPS=1"),
    ("truncated, deleted", "REOPEN TRUNCATE UNLINK"),
    ("two examiners, renamed", "RENAME WORKERS=2"),
    ("two examiners, reopened", "REOPEN WORKERS=2 NAME_OPS=0"),
    ("folder renamed", "FOLDER REOPEN UNLINK"),
    ("folder and file renamed", "FOLDER RENAME RENAME_TEMPORARY"),
    ("same bytes again, collector", "DROP UNLINK COLLECT=2 NAME_OPS=1"),
    ("reopened, collector", "REOPEN TRUNCATE COLLECT=2 NAME_OPS=0"),
    ("killed while renamed", "CRASH RENAME RENAME_TEMPORARY UNLINK"),
    ("killed while reopened", "CRASH REOPEN TRUNCATE UNLINK NAME_OPS=1"),
    ("killed while renamed and reopened", "CRASH RENAME RENAME_TEMPORARY REOPEN NAME_OPS=1"),
    ("killed while a folder is renamed", "CRASH FOLDER REOPEN NAME_OPS=1"),
]

# Only the operations that make the fault, and only the property that it breaks.
WITHOUT_GENERATION = [
    ("renamed between verdict and showing: stuck for as long as the daemon runs",
     VERDICTS, "RENAME NAME_OPS=1"),
    ("rename returns 0 beside the showing: accepted for the old name's student",
     NAMES, "RENAME NAME_OPS=1"),
    ("written under a temporary name while it is examined: a blob's bytes change",
     BLOBS, "RENAME RENAME_TEMPORARY REOPEN NAME_OPS=1"),
    ("collected by a list made before the drop: a row names a blob that is not there",
     ROWS, "COLLECT=1"),
    ("opened for writing beside its deletion: WITHDRAWN overwritten",
     FINAL, "REOPEN UNLINK NAME_OPS=1"),
    ("decided on before its verdict, deleted after it: a row goes that has an original",
     STAY, "REOPEN UNLINK NAME_OPS=1"),
    ("deleted while somebody has it open again: acknowledged bytes lost",
     BYTES, "REOPEN UNLINK NAME_OPS=1"),
    ("its folder renamed before the showing: accepted for the old folder's student",
     NAMES, "FOLDER NAME_OPS=1"),
    ("truncated by a second drop before its verdict: acknowledged bytes lost",
     BYTES, "REOPEN TRUNCATE NAME_OPS=0"),
    ("unlink returns 0 beside the showing: the photo stays accepted",
     REMOVED, "UNLINK NAME_OPS=1"),
]

# To optimise the program takes longer than most searches: little where a fault is soon found, some elsewhere.
COMPILE = ["gcc", "-w", "-DSAFETY", "-DNOREDUCE", "-DCOLLAPSE", "-DVECTORSZ=2048", "-o", "pan", "pan.c"]
# Processes wait for ever when all is done (-E); what waits that should not is a property of the model.
SEARCH = ["./pan", "-E", "-m1000000", "-w22"]


class Failure(Exception):
    pass


def command(arguments, folder):
    result = subprocess.run(arguments, cwd=folder, capture_output=True, text=True, timeout=200, check=False)
    if result.returncode != 0:
        raise Failure(f"{' '.join(arguments)}:\n{result.stdout}{result.stderr}")
    return result.stdout


def search(flags, optimise):
    """States stored, errors, and how the error came about."""
    with tempfile.TemporaryDirectory(prefix="upload-model-") as folder:
        for name in os.listdir(HERE):
            if name.endswith(".pml"):
                shutil.copy(os.path.join(HERE, name), folder)
        command(["spin", "-a", *(f"-D{flag}" for flag in flags), "upload.pml"], folder)
        command([*COMPILE, optimise], folder)
        output = command(SEARCH, folder)
        stored = re.search(r"([\d.e+]+) states, stored", output)
        errors = re.search(r"errors: (\d+)", output)
        if not stored or not errors or ("not completed" in output and errors[1] == "0") or "too small" in output:
            raise Failure(f"no exhaustive search:\n{output}")
        trail = ""
        if errors[1] != "0":
            trail = command(["spin", "-t", "-p", *(f"-D{flag}" for flag in flags), "upload.pml"], folder)
        return int(float(stored[1])), int(errors[1]), trail


def main():
    for program in ("spin", "gcc"):
        if not shutil.which(program):
            print(f"skipped: {program} is not installed")
            return 77
    runs = [(f"rules: {name}", False, flags.split()) for name, flags in RULES]
    runs += [(f"version 0.1: {name}", True, [*flags.split(), "WITHOUT_GENERATION", f"CHECK={check}"])
             for name, check, flags in WITHOUT_GENERATION]
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(min(os.cpu_count() or 1, 4)) as pool:
        for (name, faulty, _), future in zip(runs, [pool.submit(search, flags, "-O0" if faulty else "-O1") for _, faulty, flags in runs]):
            try:
                stored, errors, trail = future.result()
            except Failure as failure:
                print(f"{name}: FAILED: {failure}")
                failed += 1
                continue
            right = (errors > 0) == faulty
            failed += not right
            told = "none" if errors == 0 else "found" if faulty else "WRONG"
            matrix.record_row("Uploads in every order of their steps", {"rules": name, "states": stored, "errors": told})
            print(f"{name}: {stored} states, {errors} errors{', found' if faulty and right else '' if right else ': WRONG'}",
                  flush=True)
            if errors and not right:
                print("\n".join(trail.splitlines()[-120:]))
    print(f"{len(runs) - failed} of {len(runs)} configurations as they should be")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
