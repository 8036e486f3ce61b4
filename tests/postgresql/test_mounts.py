# SPDX-License-Identifier: MIT
"""Suites of mount tests once more, with the catalog on PostgreSQL: test_mounts.py SUITE…"""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from server import need_postgresql, postgresql


def run(suite, url):
    done = subprocess.run([sys.executable, "-B", suite], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          env={**os.environ, "IDPHOTO_TEST_CATALOG": url})
    print(f"{'ok' if done.returncode in (0, 77) else 'FAILED'}: {os.path.basename(suite)}")
    if done.returncode != 0:
        print(done.stdout.decode(errors="replace"))
    return done.returncode


def main():
    need_postgresql()
    with postgresql() as url, ThreadPoolExecutor(3) as pool:
        results = list(pool.map(lambda suite: run(suite, url), sys.argv[1:]))
    if 77 in results:
        print("skipped: a suite was skipped")
        sys.exit(77)
    sys.exit(0 if not any(results) else 1)


if __name__ == "__main__":
    main()
