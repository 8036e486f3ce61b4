# SPDX-License-Identifier: MIT
"""What scripts/bench mount runs: how soon a store answers, what its daemon takes, how soon it is back after a kill."""

import os
import shutil
import time

import sizes
from figures import UNDER, Row, say
from harness import SAMPLES, run

RECOVERED_UPLOADS = 30


def recover(rig, photos, path):
    """Milliseconds from the start of a daemon until a mount answers whose daemon was killed amid uploads.

    Also looks that every upload whose close() had returned has its place then."""
    run(rig.program("src", "idphotoctl"), "init", path)
    run(rig.program("src", "idphotoctl"), f"--store={path}", "point", "add", "教学点001")
    names = sorted(os.listdir(photos))
    with rig.mount(path) as mount:
        for name in names:
            shutil.copyfile(os.path.join(photos, name), mount.at(name))
        with open(mount.at("219999199001010016.jpg"), "wb") as unfinished:
            unfinished.write(b"\xff\xd8")
            unfinished.flush()
            mount.kill()
            try:
                unfinished.close()
            except OSError:
                pass
        took = mount.start()
        start = time.perf_counter()
        mount.settle("教学点001")
        settled = (time.perf_counter() - start) * 1e3
        lost = set(names) - set(mount.photos("教学点001")) - set(mount.rejected("教学点001"))
        if lost:
            raise AssertionError(f"{len(lost)} of {len(names)} uploads are gone after the kill")
    return took, settled


def recovery_rows(rig):
    say("  killing the daemon")
    photos = rig.folder("recovered")
    run(SAMPLES, photos, "--plain", str(RECOVERED_UPLOADS), "--seed", "11")
    took = [recover(rig, photos, os.path.join(rig.folder(f"killed-{turn}"), "store")) for turn in range(rig.rounds)]
    return [
        Row("[Z2]", f"killed amid {RECOVERED_UPLOADS} uploads: start until the mountpoint answers", [t[0] for t in took]),
        Row("[Z2]", "then, until every upload that was closed has its place", [t[1] for t in took]),
    ]


def measure(rig):
    rows = []
    by_size = sizes.measured_sizes(rig)
    for students, found in by_size.items():
        rows.append(Row("[F3]", f"{students:,} students: start until the mountpoint answers", found[sizes.MOUNT],
                        bound=UNDER, limit=100))
    # How soon depends on the disk, so that no clause can be held against it.
    for students, found in by_size.items():
        if found[sizes.MOUNT_COLD]:
            rows.append(Row("", f"{students:,} students: the same when no page of it is in memory, as after a boot",
                            found[sizes.MOUNT_COLD]))
    for students, found in by_size.items():
        entries = found[sizes.ENTRIES][0]
        rows.append(Row("[F3]", f"{students:,} students: daemon's most, {entries:,} entries listed and stat'ed",
                        found[sizes.MEMORY], "MB", bound=UNDER, limit=64))
    for students, found in by_size.items():
        rows.append(Row("[F3]", f"{students:,} students: one worker's most", found[sizes.WORKER_MEMORY], "MB"))
    for students, found in by_size.items():
        more = [after - before for before, after in zip(found[sizes.FILES_BEFORE], found[sizes.FILES_AFTER])]
        # A cache of some is fine, one for each inode is not.
        rows.append(Row("[F3]", f"{students:,} students: files more that the daemon keeps open after that", more, "files",
                        bound=UNDER, limit=64))
    return rows + recovery_rows(rig)
