#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measures what one photo costs and how it looks, beside other programs. Run by scripts/bench.

All methods run in one process group on one core, in turn, so that a change of the machine's speed
meets all of them. Times are processor time (user and system), of this thread for what is called in
the process and of the whole process, its start included, for programs. Of each round a method gives
one number, its mean over the photos of a group; least and median are over the rounds.
"""

import argparse
import math
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

LIMIT = 40000

CHECK = "idphotoctl check --write"
VIPS = "vipsthumbnail + jpegoptim"
MAGICK = "ImageMagick convert"
MAGICK_HINT = "the same, decoding scaled"
PROGRAMS = [CHECK, VIPS, MAGICK, MAGICK_HINT]

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


def run(*arguments, **options):
    """Runs a program to its end, in an environment of no language. Returns its output."""
    result = subprocess.run([str(a) for a in arguments], stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, encoding="utf-8", check=False,
                            env={**os.environ, "LC_ALL": "C.UTF-8"}, **options)
    if result.returncode != 0:
        sys.exit(f"bench: {arguments[0]} failed with {result.returncode}\n{result.stdout}")
    return result.stdout


def processor_seconds():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


class Bench:
    def __init__(self, build):
        self.build = build
        self.bench = build / "tests" / "bench" / "bench-photo"
        self.out = build / "bench-out"
        # Where a wrapper stands before Debian's program, the program is meant.
        self.convert = shutil.which("convert-im6.q16") or shutil.which("convert")
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
        for line in run(self.bench, "time", turn, *photos).splitlines():
            method, _, nsec = line.split("\t")
            sums[method] += int(nsec) / 1e6
        sums[FLOOR] = sums["plain-decode"] + sums["plain-encodes"]
        for method, total in sums.items():
            self.times[group, method].append(total / len(photos))

    def check(self, photos, folder):
        run(self.build / "src" / "idphotoctl", "check", "--jobs=1", f"--write={folder}", *photos)

    def vips(self, photos, folder):
        run("vipsthumbnail", *photos, "--size", "480x640!", "-o", f"{folder}/%s.jpg[Q=95,strip]")
        # In units of 1024 bytes; it often ends a little above what is asked, and with 39 above the
        # limit.
        run("jpegoptim", "--quiet", "--strip-all", "--size=38", *sorted(folder.iterdir()))

    def magick(self, photos, folder, *options):
        for photo in photos:
            run(self.convert, *options, photo, "-resize", "480x640!", "-strip",
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
            for line in run(self.bench, "score", photo, *there).splitlines():
                path, size, *values = line.split("\t")
                found[results[path]].append((int(size), *map(float, values)))
        return found


def corpus_photos():
    """Photos of the corpus that our rules accept: (of 12 megapixels, finished ones)."""
    root = Path(__file__).resolve().parents[2]
    corpus = Path(os.environ.get("IDPHOTO_CORPUS") or root.parent / "shared" / "corpus")
    derived = corpus / "derived"
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
            print(f"bench: leaving out {photo.name}: not accepted", file=sys.stderr)
    return good


def first_line(*arguments):
    try:
        return subprocess.run(arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              encoding="utf-8", check=False).stdout.splitlines()[0].strip()
    except (OSError, IndexError):
        return "unknown"


def describe_machine(bench, core):
    model = "unknown"
    with open("/proc/cpuinfo", encoding="utf-8") as cpuinfo:
        for line in cpuinfo:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
    print(f"machine    {model}, {os.cpu_count()} cores, running on core {core}; "
          f"load before {os.getloadavg()[0]:.1f}")
    print(f"system     {platform.system()} {platform.release()} {platform.machine()}, "
          f"{platform.freedesktop_os_release().get('PRETTY_NAME', '')}")
    version = first_line("dpkg-query", "-W", "-f", "${Version}", "libjpeg62-turbo")
    print(f"libraries  libjpeg-turbo {version}, {first_line('cc', '--version')}, "
          f"meson buildtype release")
    print(f"others     {first_line('vipsthumbnail', '--vips-version')}, "
          f"{first_line('jpegoptim', '--version')}, "
          f"{' '.join(first_line(bench.convert, '--version').split()[1:4])}")


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


def print_scores(bench, group, photos):
    scores = bench.scores(group, photos)
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


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--count", type=int, default=4)
    parser.add_argument("--core", type=int, default=max(os.sched_getaffinity(0)))
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    bench = Bench(arguments.build.resolve())
    os.sched_setaffinity(0, {arguments.core})
    describe_machine(bench, arguments.core)
    drawn = bench.build / "photos"
    for folder in (drawn, bench.out):
        shutil.rmtree(folder, ignore_errors=True)
    drawn.mkdir()
    run(bench.bench, "draw", drawn, arguments.count)
    large, finished = corpus_photos()
    groups = {
        LARGE: sorted(drawn.glob("12mp-*")) + large,
        "480x640, file too large": sorted(drawn.glob("small-*")),
        "480x640, finished already": sorted(drawn.glob("finished-*")) + finished,
    }
    groups = {group: accepted(bench, photos) for group, photos in groups.items()}
    for turn in range(arguments.rounds):
        for group, photos in groups.items():
            bench.round(group, photos, turn)
    for group, photos in groups.items():
        print_times(bench, group, photos)
        print_scores(bench, group, photos)
    print("\nThe floor is what libjpeg-turbo itself takes for a decode (scaled as far as the result "
          "allows) and two\nencodes with optimised tables. SSIM is of luma, against Lanczos-3 in "
          "double precision over every source\npixel, in the encoded values and in linear light; "
          "PSNR is of RGB against the first.")


if __name__ == "__main__":
    main()
