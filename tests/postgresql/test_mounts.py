# SPDX-License-Identifier: MIT
"""Suites of mount tests once more, with the catalog on PostgreSQL, and some of them with the blobs in a shared directory, too:
test_mounts.py SUITE…"""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from server import need_postgresql, postgresql


# They write and read blobs in most ways.
SHARED = ("test_crash.py", "test_verdicts.py")


def run(suite, url, shared):
    done = subprocess.run([sys.executable, "-B", suite], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          env={**os.environ, "IDPHOTO_TEST_CATALOG": url, **({"IDPHOTO_TEST_BLOBS": "shared"} if shared else {})})
    print(f"{'ok' if done.returncode in (0, 77) else 'FAILED'}: {os.path.basename(suite)}{' with shared blobs' if shared else ''}")
    if done.returncode != 0:
        print(done.stdout.decode(errors="replace"))
    return done.returncode


def main():
    need_postgresql()
    with postgresql() as url, ThreadPoolExecutor(3) as pool:
        runs = [(suite, False) for suite in sys.argv[1:]]
        runs += [(suite, True) for suite in sys.argv[1:] if os.path.basename(suite) in SHARED]
        results = list(pool.map(lambda one: run(one[0], url, one[1]), runs))
    if 77 in results:
        print("skipped: a suite was skipped")
        sys.exit(77)
    sys.exit(0 if not any(results) else 1)


if __name__ == "__main__":
    main()
