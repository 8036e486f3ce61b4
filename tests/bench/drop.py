# SPDX-License-Identifier: MIT
"""What scripts/bench drop runs: many photos copied into a mounted store, and what people do today instead.

Cores at photo work are the processor seconds of the workers, which do nothing else, of all that the
cores had from the first drop until the last verdict was shown. The peers are a shell script that
watches a folder with inotifywait and converts what appears, with ImageMagick and jpegoptim: one after
another, and by xargs one for each core. They check nothing.
"""

import os
import shutil
import signal
import subprocess
import time

from figures import AT_LEAST, AT_MOST_PEER, Row, alternate, say, time_program
from harness import IDPHOTOCTL, SAMPLES, run, wait_for
from machine import CONVERT
from rig import POINT, drop_caches, machine_busy
from roster import numbers

CLOSES = 20
NAMED_OTHERWISE = 12  # that idphoto-samples draws first; their names are of staff's invention

# $1 and $2 are the watched and the finished folder, $3 is convert, $4 how many at once.
SCRIPT = r"""
convert_one() {
        "$convert" "$in/$1" -resize '480x640!' -strip -density 300 "$out/.$1" &&
                jpegoptim --quiet --strip-all --size=38 "$out/.$1" && mv "$out/.$1" "$out/$1"
}
export -f convert_one
export in=$1 out=$2 convert=$3
watch() {
        inotifywait --monitor --quiet --event close_write --format %f "$in"
}
if [ "$4" -eq 1 ]; then
        watch | while read -r name; do convert_one "$name"; done
else
        watch | xargs --max-procs="$4" --replace='{}' bash -c 'convert_one "{}"'
fi
"""


def cores():
    return len(os.sched_getaffinity(0))


def draw(rig, count):
    """Paths of photos of so many people, each of its own picture, as a camera's owner sends them."""
    say(f"  drawing {count:,} photos")
    each = -(-count // cores()) + NAMED_OTHERWISE
    drawing = []
    for i in range(cores()):
        folder = rig.folder(f"drawn-{i}")
        drawing.append((folder, subprocess.Popen([SAMPLES, folder, "--count", str(each), "--seed", str(1 + 1000000 * i)])))
    photos = []
    for folder, child in drawing:
        if child.wait() != 0:
            raise AssertionError("drawing failed")
        # The spoilt ones among them are called by the first dozen's numbers.
        plain = [n for n in sorted(os.listdir(folder)) if len(n) == 22 and not n.startswith("219999199001010")]
        photos += [os.path.join(folder, n) for n in plain]
    target = rig.folder("photos")
    named = []
    for path, number in zip(photos[:count], numbers(count)):
        named.append(os.path.join(target, number + ".jpg"))
        os.rename(path, named[-1])
    for folder, _ in drawing:
        shutil.rmtree(folder)
    return named


def own_seconds():
    """Processor seconds of this program and of those that it ran, such as cp."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


class Drop:
    """One round of ours."""

    def __init__(self, rig, photos):
        self.rig, self.photos, self.turn = rig, photos, 0
        self.share, self.rate, self.work, self.closes, self.accepted = [], [], [], [], []
        self.left, self.daemon, self.idle, self.others = [], [], [], []

    def new_store(self):
        self.turn += 1
        store = os.path.join(self.rig.folder(f"drop-{self.turn}"), "store")
        run(IDPHOTOCTL, "init", store)
        run(IDPHOTOCTL, f"--store={store}", "point", "add", POINT)
        return store

    def run(self):
        """Milliseconds that cp took."""
        store = self.new_store()
        late = self.photos[-CLOSES:]
        with self.rig.mount(store) as mount:
            process = mount.process()
            daemon_before, work_before = process.processor_seconds(), process.workers_seconds()
            busy_before, own_before, start = machine_busy(), own_seconds(), time.perf_counter()
            took = time_program("cp", *self.photos[:-CLOSES], mount.at())
            # While the queue is full: a close() that waited for its photo would take as long as the queue.
            for path in late:
                self.closes.append(self.time_close(path, mount.at(os.path.basename(path))))
            mount.settle(POINT)
            elapsed = time.perf_counter() - start
            work = process.workers_seconds() - work_before
            own, busy = own_seconds() - own_before, machine_busy()
            daemon = process.processor_seconds() - daemon_before
            accepted, rejected = len(mount.photos(POINT)), len(mount.rejected(POINT))
            if accepted + rejected != len(self.photos):
                raise AssertionError(f"of {len(self.photos)} photos {accepted} were accepted and {rejected} rejected")
        whole = elapsed * cores()
        self.share.append(100 * work / whole)
        self.rate.append(len(self.photos) / elapsed)
        self.work.append(1e3 * work / len(self.photos))
        total = busy[1] - busy_before[1]
        used = busy[0] - busy_before[0]
        self.idle.append(100 * (total - used) / total)
        # Nobody else's doing: what the machine was busy with beside the drop itself.
        others = max(0, used - work - daemon - own)
        self.others.append(100 * others / total)
        self.daemon.append(100 * daemon / whole)
        self.left.append(100 * work / max(whole - others, work))
        self.accepted.append(accepted)
        shutil.rmtree(os.path.dirname(store), ignore_errors=True)
        return took

    @staticmethod
    def time_close(source, target):
        with open(source, "rb") as f:
            data = f.read()
        fd = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640)
        os.write(fd, data)
        start = time.perf_counter()
        os.close(fd)
        return (time.perf_counter() - start) * 1e3


def script_rate(rig, photos, at_once):
    """Photos per second of the shell script, from the first byte copied until the last is finished."""
    watched, finished = rig.folder("watched"), rig.folder("finished")
    script = subprocess.Popen(["bash", "-c", SCRIPT, "watch", watched, finished, CONVERT, str(at_once)],
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        wait_for(lambda: has_watch(script.pid), "inotifywait watches")
        start = time.perf_counter()
        run("cp", *photos, watched)
        while sum(not n.startswith(".") for n in os.listdir(finished)) < len(photos):
            time.sleep(0.05)
            if time.perf_counter() - start > 5 * len(photos):
                raise AssertionError("the shell script does not finish")
        return len(photos) / (time.perf_counter() - start)
    finally:
        # Its own session: what it started ends with it.
        os.killpg(script.pid, signal.SIGTERM)
        script.wait()


def has_watch(session):
    """Whether an inotifywait of the session has its watch."""
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if os.getsid(int(pid)) != session:
                continue
            for fd in os.listdir(f"/proc/{pid}/fdinfo"):
                with open(f"/proc/{pid}/fdinfo/{fd}", encoding="ascii") as f:
                    if "inotify wd" in f.read():
                        return True
        except OSError:
            continue
    return False


def copy_to(rig, photos, bound):
    """Milliseconds of cp to a native folder, or through bindfs to one."""
    target = rig.folder("copied")
    if not bound:
        return time_program("cp", *photos, target)
    with rig.bindfs(target) as bindfs:
        return time_program("cp", *photos, bindfs.path)


def measure(rig):
    photos = draw(rig, rig.options.photos)
    few = photos[:max(20, len(photos) // 5)]
    ours = Drop(rig, photos)
    drop_caches()
    say(f"  dropping them, {rig.few_rounds} times")
    found = alternate(rig.few_rounds, {
        "ours": ours.run,
        "script": lambda: script_rate(rig, few, 1),
        "script of all cores": lambda: script_rate(rig, few, cores()),
        "native": lambda: copy_to(rig, photos[:-CLOSES], False),
        "bindfs": lambda: copy_to(rig, photos[:-CLOSES], True),
    })
    count = len(photos)
    rig.note(f"Drop: {min(ours.accepted):,} of {count:,} drawn photos were accepted; of the cores' time the daemon "
             f"took up to {max(ours.daemon):.1f} %, up to {max(ours.others):.1f} % went to others on the machine, up to "
             f"{max(ours.idle):.1f} % was idle. "
             f"The shell scripts were given {len(few):,} of the photos.")
    return [
        Row("[F2]", f"{count:,} photos: cores at photo work, first drop to last verdict", ours.share, "%", bound=AT_LEAST,
            limit=85),
        Row("", "  the same, of the time that others on the machine left", ours.left, "%"),
        Row("[F2]", "close() while the queue is full, beside the work on one photo", ours.closes, peer_name="that work",
            peer=ours.work, bound=AT_MOST_PEER, limit=1),
        Row("", f"cp of {count - CLOSES:,} photos, none waited for", found["ours"], peer_name="native",
            peer=found["native"]),
        Row("", "  the same", found["ours"], peer_name="bindfs", peer=found["bindfs"]),
        Row("", "photos until their verdict, and a script converting", ours.rate, "photos/s", "script, one by one",
            found["script"]),
        Row("", "  the same", ours.rate, "photos/s", "script, xargs -P", found["script of all cores"]),
    ]
