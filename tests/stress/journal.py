# SPDX-License-Identifier: MIT
"""What a client did, one line before and one after each operation, so that a killed one has told how far it got.

An entry: group, operation and its arguments, t0 and t1 (monotonic seconds before and after), error (an errno, 0, or None when
the client did not live to see the end).
"""

import json
import os
import time


class Journal:
    def __init__(self, path):
        self.fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self.serial = 0

    def line(self, value):
        os.write(self.fd, (json.dumps(value, ensure_ascii=False) + "\n").encode())

    def do(self, group, operation, function, **arguments):
        """Runs the function and notes its errno; returns (errno, what it returned)."""
        self.serial += 1
        key = self.serial
        self.line({"n": key, "group": group, "op": operation, "t0": time.monotonic(), **arguments})
        error, value = 0, None
        try:
            value = function()
        except OSError as e:
            error = e.errno
        self.line({"n": key, "t1": time.monotonic(), "error": error})
        return error, value


def load(path):
    """Group -> its entries in order."""
    entries = {}
    if os.path.exists(path):
        with open(path, encoding="utf-8") as f:
            for line in f:
                try:
                    value = json.loads(line)
                except ValueError:
                    break  # killed in the middle of it
                if "op" in value:
                    entries[value["n"]] = {**value, "t1": None, "error": None}
                else:
                    entries[value["n"]].update(value)
    groups = {}
    for _, entry in sorted(entries.items()):
        groups.setdefault(entry["group"], []).append(entry)
    return groups
