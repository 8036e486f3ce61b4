# SPDX-License-Identifier: MIT
"""The test programs that open a store once more, with its catalog on PostgreSQL, and some of them with their blobs in a shared
directory, too: test_units.py PROGRAM…"""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from server import need_postgresql, postgresql


# What they test depends on how blobs are kept.
SHARED = ("test_blob", "test_blob_shared", "test_export", "test_intake", "test_judge", "test_purge", "test_storecheck")


def run(program, url, shared):
    begin = time.monotonic()
    done = subprocess.run([program], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          env={**os.environ, "IDPHOTO_TEST_CATALOG": url, **({"IDPHOTO_TEST_BLOBS": "shared"} if shared else {})})
    ok = done.returncode == 0
    print(f"{'ok' if ok else 'FAILED'}: {os.path.basename(program)}{' with shared blobs' if shared else ''}, {time.monotonic() - begin:.1f} s")
    if not ok:
        print(done.stdout.decode(errors="replace"))
    return ok


def main():
    need_postgresql()
    with postgresql() as url, ThreadPoolExecutor(os.cpu_count()) as pool:
        runs = [(program, False) for program in sys.argv[1:]]
        runs += [(program, True) for program in sys.argv[1:] if os.path.basename(program) in SHARED]
        results = list(pool.map(lambda one: run(one[0], url, one[1]), runs))
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
