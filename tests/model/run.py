#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Looks at the life of an upload in every order of its steps: upload.pml, with spin.

By the rules that the program has no order may break a property, and the search must be exhaustive. By the rules of
version 0.1 each fault that those had must be found, or the model could not have found it in the present rules either.
One line a configuration: its name, how many states there were, how many errors, and for the old rules the fault.
"""

import sys

import search

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


def main():
    runs = [(f"rules: {name}", False, flags.split()) for name, flags in RULES]
    runs += [(f"version 0.1: {name}", True, [*flags.split(), "WITHOUT_GENERATION", f"CHECK={check}"])
             for name, check, flags in WITHOUT_GENERATION]
    # Processes wait for ever when all is done (-E); what waits that should not is a property of the model.
    return search.look_at("upload.pml", "Uploads in every order of their steps", runs, options=["-E"])


if __name__ == "__main__":
    sys.exit(main())
