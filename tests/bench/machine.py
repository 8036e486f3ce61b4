# SPDX-License-Identifier: MIT
"""On what the figures of scripts/bench were taken: one who reads them must be able to tell."""

import os
import platform
import shutil
import subprocess

# Where a wrapper stands before Debian's program, the program is meant.
CONVERT = shutil.which("convert-im6.q16") or shutil.which("convert") or "convert"


def first_line(*arguments):
    try:
        return subprocess.run(arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              encoding="utf-8", errors="replace", check=False).stdout.splitlines()[0].strip()
    except (OSError, IndexError):
        return "missing"


def processor():
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as f:
        return next((line.split(":", 1)[1].strip() for line in f if line.startswith("model name")), "unknown processor")


def memory_megabytes():
    with open("/proc/meminfo", encoding="ascii") as f:
        return next(int(line.split()[1]) // 1024 for line in f if line.startswith("MemTotal:"))


def filesystem_of(path):
    """The type of filesystem that holds a path."""
    path = os.path.realpath(path)
    best, kind = "", "unknown"
    with open("/proc/self/mounts", encoding="utf-8", errors="replace") as f:
        for line in f:
            _, where, this, *_ = line.split()
            inside = path == where or path.startswith(where.rstrip("/") + "/")
            if inside and len(where) >= len(best):
                best, kind = where, this
    return kind


def describe(directory, rounds, few_rounds):
    """[(what, text)] to be printed above the table."""
    load = os.getloadavg()[0]
    jpeg = first_line("dpkg-query", "-W", "-f", "${Version}", "libjpeg62-turbo")
    free = shutil.disk_usage(directory).free / 1e9
    system = platform.freedesktop_os_release().get("PRETTY_NAME", "")
    return [
        ("machine", f"{processor()}, {len(os.sched_getaffinity(0))} cores, {memory_megabytes()} MB of memory; "
                    f"load before {load:.1f}"),
        ("system", f"{platform.system()} {platform.release()} {platform.machine()}, {system}"),
        ("stores", f"on {filesystem_of(directory)}, {free:.0f} GB free"),
        ("build", f"meson buildtype release, {first_line('cc', '--version')}, libjpeg-turbo {jpeg}"),
        ("peers", ", ".join([first_line("vipsthumbnail", "--vips-version").replace("libvips", "vips"),
                             " ".join(first_line("jpegoptim", "--version").split()[:2]),
                             " ".join(first_line(CONVERT, "--version").split()[1:4]),
                             first_line("bindfs", "--version"),
                             "rsync " + " ".join(first_line("rsync", "--version").split()[2:3]),
                             first_line("inotifywait", "--help")])),
        ("rounds", f"{rounds}, of the slow parts {few_rounds}, ours and the peers in turn; medians, and the least beside "
                   "them"),
    ]
