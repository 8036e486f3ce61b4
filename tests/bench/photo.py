# SPDX-License-Identifier: MIT
"""What scripts/bench photo runs: what one photo costs and how it looks, beside other programs.

All methods run in one process group on one core, in turn, so that a change of the machine's speed
meets all of them. Times are processor time (user and system), of this thread for what is called in
the process and of the whole process, its start included, for programs. Of each round a method gives
one number, its mean over the photos of a group; least and median are over the rounds.
"""

import math
import os
import resource
import shutil
import statistics
import subprocess
from collections import defaultdict
from pathlib import Path

from figures import AT_MOST_PEER, BETTER, FASTER, Row, say
from harness import CORPUS, run
from machine import CONVERT

LIMIT = 40000

CHECK = "idphotoctl check --write"
VIPS = "vipsthumbnail + jpegoptim"
MAGICK = "ImageMagick convert"
MAGICK_HINT = "the same, decoding scaled"
PROGRAMS = [CHECK, VIPS, MAGICK, MAGICK_HINT]

SHORT = {VIPS: VIPS, MAGICK: "ImageMagick", MAGICK_HINT: "ImageMagick, scaled decode"}

LARGE = "12 megapixels"
FLOOR = "floor"
ROWS = [
    ("everything", "ours, every check"),
    ("without-face", "ours, no face checks"),
    ("without-checks", "ours, no checks of the picture"),
    ("plain-double", "libjpeg-turbo: decode to twice the size"),
    ("plain-decode", "libjpeg-turbo: scaled decode"),
    ("plain-encodes", "libjpeg-turbo: two encodes"),
    (FLOOR, "libjpeg-turbo: floor, the last two"),
    (CHECK, "ours: " + CHECK),
    (VIPS, VIPS),
    (MAGICK, MAGICK),
    (MAGICK_HINT, MAGICK_HINT),
]


def processor_seconds():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def output(*arguments):
    """Lines that a program prints."""
    return run(*map(str, arguments)).stdout.splitlines()


class Bench:
    def __init__(self, build, out):
        self.build = build
        self.bench = build / "tests" / "bench" / "bench-photo"
        self.out = out
        self.times = defaultdict(list)  # (group, method): milliseconds a photo, one a round

    def folder(self, group, method):
        return self.out / f"{group} {method}".replace(" ", "-").replace("/", "-")

    def fresh(self, group, method):
        folder = self.folder(group, method)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder

    def in_process(self, group, photos, turn):
        sums = defaultdict(float)
        for line in output(self.bench, "time", turn, *photos):
            method, _, nsec = line.split("\t")
            sums[method] += int(nsec) / 1e6
        sums[FLOOR] = sums["plain-decode"] + sums["plain-encodes"]
        for method, total in sums.items():
            self.times[group, method].append(total / len(photos))

    def check(self, photos, folder):
        output(self.build / "src" / "idphotoctl", "check", "--jobs=1", f"--write={folder}", *photos)

    def vips(self, photos, folder):
        output("vipsthumbnail", *photos, "--size", "480x640!", "-o", f"{folder}/%s.jpg[Q=95,strip]")
        # In units of 1024 bytes; it often ends a little above what is asked, and with 39 above the
        # limit.
        output("jpegoptim", "--quiet", "--strip-all", "--size=38", *sorted(folder.iterdir()))

    def magick(self, photos, folder, *options):
        for photo in photos:
            output(CONVERT, *options, photo, "-resize", "480x640!", "-strip",
                "-define", "jpeg:extent=40kb", folder / photo.name)

    def program(self, group, method, photos):
        folder = self.fresh(group, method)
        start = processor_seconds()
        if method == CHECK:
            self.check(photos, folder)
        elif method == VIPS:
            self.vips(photos, folder)
        elif method == MAGICK:
            self.magick(photos, folder)
        else:
            self.magick(photos, folder, "-define", "jpeg:size=960x1280")
        self.times[group, method].append((processor_seconds() - start) * 1e3 / len(photos))

    def round(self, group, photos, turn):
        steps = [lambda: self.in_process(group, photos, turn)]
        steps += [lambda m=m: self.program(group, m, photos) for m in PROGRAMS
                  if m != MAGICK_HINT or group == LARGE]
        turn %= len(steps)
        for step in steps[turn:] + steps[:turn]:
            step()

    def scores(self, group, photos):
        """method: lists of (bytes, SSIM, SSIM in linear light, square error), one a photo."""
        found = defaultdict(list)
        for photo in photos:
            results = {str(self.folder(group, m) / photo.name): m for m in PROGRAMS}
            there = [path for path in results if os.path.exists(path)]
            for line in output(self.bench, "score", photo, *there):
                path, size, *values = line.split("\t")
                found[results[path]].append((int(size), *map(float, values)))
        return found


def corpus_photos():
    """Photos of the corpus that our rules accept: (of 12 megapixels, finished ones)."""
    derived = Path(CORPUS) / "derived"
    finished = [p for p in sorted(derived.glob("*_ok_blue.jpg"))
                if 20480 <= p.stat().st_size <= LIMIT]
    return sorted(derived.glob("*_ok_blue_3024x4032.jpg")), finished[:4]


def accepted(bench, photos):
    """Only what every method can finish is compared."""
    good = []
    for photo in photos:
        result = subprocess.run([bench.build / "src" / "idphotoctl", "check", photo],
                                stdout=subprocess.DEVNULL, check=False)
        if result.returncode == 0:
            good.append(photo)
        else:
            say(f"  leaving out {photo.name}: not accepted")
    return good


def print_times(bench, group, photos):
    floor = statistics.median(bench.times[group, FLOOR])
    megabytes = sum(p.stat().st_size for p in photos) / len(photos) / 1e6
    print(f"\n{group}: {len(photos)} photos, {megabytes:.2f} MB each")
    print(f"  {'milliseconds of processor time a photo':<40} {'least':>8} {'median':>8} "
          f"{'/ floor':>8}")
    for method, title in ROWS:
        times = bench.times[group, method]
        if not times:
            continue
        median = statistics.median(times)
        print(f"  {title:<40} {min(times):8.1f} {median:8.1f} {median / floor:8.2f}")
    ours, no_face, no_checks = (statistics.median(bench.times[group, method]) for method in
                                ("everything", "without-face", "without-checks"))
    print(f"  of ours, face checks are {ours - no_face:.1f}, the other checks "
          f"{no_face - no_checks:.1f}")
    whole = statistics.median(bench.times[group, CHECK])
    for method in (VIPS, MAGICK):
        other = statistics.median(bench.times[group, method])
        print(f"  {method} takes {other / ours:.2f} times as long as ours in the process, "
              f"{other / whole:.2f} times as idphotoctl check")


def print_scores(scores):
    print(f"  {'quality against the exact reduction':<40} {'bytes':>8} {'SSIM':>8} {'linear':>8} "
          f"{'PSNR dB':>8}")
    for method in PROGRAMS:
        rows = scores[method]
        if not rows:
            continue
        size, gamma, linear, error = (statistics.mean(column) for column in zip(*rows))
        psnr = f"{10 * math.log10(255 ** 2 / error):.2f}" if error > 0 else "exact"
        above = sum(row[0] > LIMIT for row in rows)
        note = f"  {above} of {len(rows)} above {LIMIT} bytes" if above else ""
        print(f"  {method:<40} {size:8.0f} {gamma:8.4f} {linear:8.4f} {psnr:>8}{note}")


def rows_of(bench, group, scores):
    """What the clause says of a group. The floor is decode and two encodes; its factor differs."""
    limit = 1.25 if group == LARGE else 2
    # The floor makes a photo and looks at nothing, as the first of these; the clause leaves open which of them is the cost.
    rows = [Row("[F1]", f"{group}: {title}", bench.times[group, method], peer_name="libjpeg-turbo floor",
                peer=bench.times[group, FLOOR], bound=AT_MOST_PEER, limit=limit)
            for method, title in (("without-checks", "making the photo, no checks"), ("everything", "with every check"))]
    for method, factor in ((VIPS, 2), (MAGICK, 4)):
        rows.append(Row("[F1]", f"{group}: {CHECK}", bench.times[group, CHECK], peer_name=SHORT[method],
                        peer=bench.times[group, method], bound=FASTER, limit=factor))
    if bench.times[group, MAGICK_HINT]:
        rows.append(Row("", f"{group}: {CHECK}", bench.times[group, CHECK], peer_name=SHORT[MAGICK_HINT],
                        peer=bench.times[group, MAGICK_HINT]))
    for method in (VIPS, MAGICK):
        # Of a group one number: a photo that came out better does not make up for a worse run.
        ours, theirs = ([statistics.mean(row[1] for row in scores[m])] if scores[m] else [] for m in (CHECK, method))
        rows.append(Row("[F1]", f"{group}: SSIM", ours, "", SHORT[method], theirs, BETTER))
    return rows


def print_details(bench, groups, scores):
    print("\nPhoto, in detail")
    for group, photos in groups.items():
        print_times(bench, group, photos)
        print_scores(scores[group])
    print("\nThe floor is what libjpeg-turbo itself takes for a decode (scaled as far as the result "
          "allows) and two\nencodes with optimised tables. SSIM is of luma, against Lanczos-3 in "
          "double precision over every source\npixel, in the encoded values and in linear light; "
          "PSNR is of RGB against the first.")


def measure_on_core(rig):
    bench = Bench(Path(rig.build), Path(rig.folder("photo-results")))
    drawn = Path(rig.folder("photo-drawn"))
    say("  drawing photos")
    output(bench.bench, "draw", drawn, rig.options.count)
    large, finished = corpus_photos()
    groups = {
        LARGE: sorted(drawn.glob("12mp-*")) + large,
        "480x640, file too large": sorted(drawn.glob("small-*")),
        "480x640, finished already": sorted(drawn.glob("finished-*")) + finished,
    }
    groups = {group: accepted(bench, photos) for group, photos in groups.items()}
    say("  making them, by every method")
    for turn in range(rig.rounds):
        for group, photos in groups.items():
            if photos:
                bench.round(group, photos, turn)
    groups = {group: photos for group, photos in groups.items() if photos}
    scores = {group: bench.scores(group, photos) for group, photos in groups.items()}
    if rig.options.details:
        rig.after.append(lambda: print_details(bench, groups, scores))
    rows = [row for group in groups for row in rows_of(bench, group, scores[group])]
    rig.note("Photo: processor time a photo, on one core. The floor is libjpeg-turbo's scaled decode and two encodes; "
             "SSIM is of luma against an exact reduction.")
    return rows


def measure(rig):
    """On one core: what a second thread would hide is cost all the same."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {rig.options.core if rig.options.core is not None else max(before)})
    try:
        return measure_on_core(rig)
    finally:
        os.sched_setaffinity(0, before)
