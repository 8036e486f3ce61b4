# SPDX-License-Identifier: MIT
"""Searches models with spin: exhaustively, many at a time, one line each."""

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

COMPILE = ["gcc", "-w", "-DSAFETY", "-DNOREDUCE", "-DCOLLAPSE", "-DVECTORSZ=2048", "-o", "pan", "pan.c"]
SEARCH = ["./pan", "-m1000000", "-w22"]


class Failure(Exception):
    pass


def command(arguments, folder):
    result = subprocess.run(arguments, cwd=folder, capture_output=True, text=True, timeout=200, check=False)
    if result.returncode != 0:
        raise Failure(f"{' '.join(arguments)}:\n{result.stdout}{result.stderr}")
    return result.stdout


def search(model, flags, optimise, options):
    """States stored, errors, and how the error came about."""
    with tempfile.TemporaryDirectory(prefix="idphoto-model-") as folder:
        for name in os.listdir(HERE):
            if name.endswith(".pml"):
                shutil.copy(os.path.join(HERE, name), folder)
        command(["spin", "-a", *(f"-D{flag}" for flag in flags), model], folder)
        command([*COMPILE, optimise], folder)
        output = command([*SEARCH, *options], folder)
        stored = re.search(r"([\d.e+]+) states, stored", output)
        errors = re.search(r"errors: (\d+)", output)
        if not stored or not errors or ("not completed" in output and errors[1] == "0") or "too small" in output:
            raise Failure(f"no exhaustive search:\n{output}")
        trail = ""
        if errors[1] != "0":
            trail = command(["spin", "-t", "-p", *(f"-D{flag}" for flag in flags), model], folder)
        return int(float(stored[1])), int(errors[1]), trail


def look_at(model, table, runs, optimise="-O1", options=()):
    """Searches each of the runs: a name, whether an error must be found, and flags. Returns what main() does.

    To optimise a search takes longer than most searches do: those that find a fault are soon through.
    """
    for program in ("spin", "gcc"):
        if not shutil.which(program):
            print(f"skipped: {program} is not installed")
            return 77
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(min(os.cpu_count() or 1, 4)) as pool:
        searches = [pool.submit(search, model, flags, "-O0" if faulty else optimise, options) for _, faulty, flags in runs]
        for (name, faulty, _), future in zip(runs, searches):
            try:
                stored, errors, trail = future.result()
            except Failure as failure:
                print(f"{name}: FAILED: {failure}")
                failed += 1
                continue
            right = (errors > 0) == faulty
            failed += not right
            told = "none" if errors == 0 else "found" if faulty else "WRONG"
            matrix.record_row(table, {"rules": name, "states": stored, "errors": told})
            print(f"{name}: {stored} states, {errors} errors{', found' if faulty and right else '' if right else ': WRONG'}",
                  flush=True)
            if errors and not right:
                print("\n".join(trail.splitlines()[-120:]))
    print(f"{len(runs) - failed} of {len(runs)} configurations as they should be")
    return 1 if failed else 0
