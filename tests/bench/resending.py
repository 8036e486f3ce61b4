# SPDX-License-Identifier: MIT
"""What scripts/bench rsync runs: the upload machine's cron job when there is nothing new."""

import os
import shutil

from figures import AT_MOST_PEER, Row, alternate, say, time_program
from harness import run
from rig import drop_caches


def prepare(rig, files):
    """(store, folder of the client's files): each of them was dropped, and judged."""
    source = rig.folder("client")
    store = os.path.join(rig.folder("dropped"), "store")
    rig.make_store(store, files, 1, "--missing=0", f"--source={source}")
    source = os.path.join(source, "001")
    # A point keeps its mode; rsync -a sends that of the folder [man: CAVEATS].
    os.chmod(source, 0o2770)
    return store, source


def would_send(source, target, *options):
    """What a dry run itemizes; the folder itself aside, whose time is the filesystem's own."""
    lines = run("rsync", "-ain", *options, source + "/", target + "/").stdout.splitlines()
    return [line for line in lines if not line.startswith(".d..t") and line.strip()]


def time_rsync(source, target, *options):
    return time_program("rsync", "-a", *options, source + "/", target + "/")


def measure(rig):
    files = rig.options.files
    say(f"  a store of {files:,} dropped files")
    store, source = prepare(rig, files)
    count = len(os.listdir(source))
    native, beneath = rig.folder("native-copy"), rig.folder("beneath-rsync")
    for target in (native, beneath):
        run("cp", "-a", source + "/.", target)
        shutil.copystat(source, target)
    rows = []
    with rig.mount(store) as mount, rig.bindfs(beneath) as bindfs:
        targets = {"ours": mount.at(), "submitted": mount.at("submitted"), "native": native, "bindfs": bindfs.path}
        for name, target in targets.items():
            more = would_send(source, target, *(["--delete"] if name == "submitted" else []))
            if more:
                raise AssertionError(f"rsync -a is no no-op: {len(more)} lines for {name}, such as: {more[0]}")
        say("  running rsync")
        first = {name: [] for name in targets}
        for turn in range(rig.rounds):
            # An hour later the kernel has forgotten; not what it sends, which is the same for all.
            mount.end()
            bindfs.end()
            drop_caches()
            time_program("ls", "-l", source)
            mount.start()
            bindfs.start()
            names = [n for n in targets if n != "submitted"]
            for name in names[turn % 3:] + names[:turn % 3]:
                first[name].append(time_rsync(source, targets[name]))
        found = alternate(rig.rounds, {
            "ours": lambda: time_rsync(source, targets["ours"]),
            "native": lambda: time_rsync(source, native),
            "bindfs": lambda: time_rsync(source, targets["bindfs"]),
            "submitted": lambda: time_rsync(source, targets["submitted"], "--delete"),
            "native --delete": lambda: time_rsync(source, native, "--delete"),
        })
        what = f"no-op rsync -a of {count:,} files"
        rows = [
            Row("[F4]", what + ", first after a mount", first["ours"], peer_name="native", peer=first["native"],
                bound=AT_MOST_PEER, limit=2),
            Row("", "  the same", first["ours"], peer_name="bindfs", peer=first["bindfs"]),
            Row("[F4]", what + ", again", found["ours"], peer_name="native", peer=found["native"],
                bound=AT_MOST_PEER, limit=2),
            Row("", "  the same", found["ours"], peer_name="bindfs", peer=found["bindfs"]),
            Row("[F4]", what + " --delete into submitted/", found["submitted"], peer_name="native",
                peer=found["native --delete"], bound=AT_MOST_PEER, limit=2),
        ]
        if would_send(source, targets["ours"]):
            raise AssertionError("rsync -a was no no-op afterwards")
    return rows
