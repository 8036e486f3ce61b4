# SPDX-License-Identifier: MIT
"""The test programs that open a store once more, with its catalog on PostgreSQL: test_units.py PROGRAM…"""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from server import need_postgresql, postgresql


def run(program, url):
    begin = time.monotonic()
    done = subprocess.run([program], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          env={**os.environ, "IDPHOTO_TEST_CATALOG": url})
    ok = done.returncode == 0
    print(f"{'ok' if ok else 'FAILED'}: {os.path.basename(program)}, {time.monotonic() - begin:.1f} s")
    if not ok:
        print(done.stdout.decode(errors="replace"))
    return ok


def main():
    need_postgresql()
    with postgresql() as url, ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda program: run(program, url), sys.argv[1:]))
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
