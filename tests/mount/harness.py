# SPDX-License-Identifier: MIT
"""A store mounted for one test, by the real programs, and torn down whatever happens.

A test fails when the daemon does not exit with 0, or when its log holds an error, a warning or a
sanitizer's report, or anything personal, even if everything else went well. Without FUSE a test program exits with 77,
saying why; where IDPHOTO_REQUIRE_MOUNT is set it fails instead.
"""

import atexit
import contextlib
import csv
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

BUILD = os.environ.get("IDPHOTO_BUILD_ROOT", "build")
SOURCE = os.environ.get("IDPHOTO_SOURCE_ROOT", os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
CORPUS = os.environ.get("IDPHOTO_CORPUS", os.path.join(os.path.dirname(SOURCE), "shared", "corpus"))
REQUIRED = bool(os.environ.get("IDPHOTO_REQUIRE_MOUNT"))

IDPHOTOFS = os.path.join(BUILD, "src", "idphotofs")
IDPHOTOCTL = os.path.join(BUILD, "src", "idphotoctl")
SAMPLES = os.path.join(BUILD, "tests", "samples", "idphoto-samples")
GOOD = os.path.join(BUILD, "tests", "samples", "good")  # drawn with the build

# Sanitized builds run several times slower.
PATIENCE = float(os.environ.get("IDPHOTO_TEST_PATIENCE", "60"))

POINT = "沈阳分校"
# As the build has it.
WORKBOOKS = ("status.xlsx",) if "Built with libxlsxwriter" in subprocess.run(
    [IDPHOTOCTL, "--version", "--lang=en"], stdout=subprocess.PIPE, text=True, check=True).stdout else ()
FIXED = {"STATUS.txt", "status.csv", "status.xlsx", "index.html", "rejected", "missing", "submitted", "ready", "OFFICE"}
BAD_LOG = re.compile(r"error:|warning:|错误：|警告：|Sanitizer|runtime error|Assertion|leak", re.IGNORECASE)
# Nothing logs an ID number or a name [Z3]: no eighteen digits as of the fixtures, no name that a test drops or imports.
# What the operator typed, the paths of store and mountpoint, may stand there.
PERSONAL = re.compile(r"219999\d{6}|张三|李四|王五|赵六|同学|学生|IMG_|\.jpe?g|\.png", re.IGNORECASE)

# Nobody has these numbers: there is no district 219999.
NUMBERS = [
    "219999199001010016", "219999199001010024", "219999199001010032", "219999199001010040",
    "219999199001010059", "219999199001010067", "219999199001010075", "219999199001010083",
    "219999199001010091", "219999199001010104", "219999199001010112", "219999199001010120",
]


def skip(reason):
    if REQUIRED:
        print(f"FAILED: {reason}, and mounts are required here", file=sys.stderr)
        sys.exit(1)
    print(f"skipped: {reason}")
    sys.exit(77)


def need(*programs):
    """Ends the test program when one of these is not installed."""
    for program in programs:
        if not shutil.which(program):
            skip(f"{program} is not installed")


def need_workbooks():
    """Leaves one test out, and says so, where the program was built without them."""
    if not WORKBOOKS:
        print(f"left out: {sys._getframe(1).f_code.co_name} - built without libxlsxwriter")
        raise unittest.SkipTest("built without libxlsxwriter")


def need_fuse():
    if not os.path.exists("/dev/fuse"):
        skip("there is no /dev/fuse")
    try:
        os.close(os.open("/dev/fuse", os.O_RDWR))
    except OSError as error:
        skip(f"/dev/fuse cannot be opened: {error.strerror}")
    need("fusermount3")


def need_corpus():
    """Leaves one test out, and says so, where the corpus does not lie beside the source tree."""
    if not os.path.isdir(CORPUS):
        print(f"left out: {sys._getframe(1).f_code.co_name} - no corpus of test photos")
        raise unittest.SkipTest("no corpus of test photos")


def run(*args, check=True, env=None, timeout=None, data=None, **kwargs):
    """Runs a program; returns the finished process with text output. Further arguments are Popen's."""
    result = subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.PIPE, input=data,
                            timeout=timeout or PATIENCE * 5, env={**os.environ, "LC_ALL": "C.UTF-8", **(env or {})},
                            **kwargs)
    result.stdout = result.stdout.decode(errors="replace")
    result.stderr = result.stderr.decode(errors="replace")
    if check and result.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, args))}: exit {result.returncode}\n{result.stdout}{result.stderr}")
    return result


def read(path):
    with open(path, "rb") as f:
        return f.read()


def note_of(name, names):
    """Of the names in rejected/ the one of this file's note, "NAME - WHY.txt"; None: there is none."""
    return next((n for n in names if n.startswith(name + " - ") and n.endswith(".txt")), None)


def wait_for(condition, what, timeout=None):
    """Polls until condition() is true and returns what it returned."""
    end = time.monotonic() + (timeout or PATIENCE)
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"timed out: {what}")
        time.sleep(0.02)


def daemons_of(store):
    """Processes of the programs that were told to serve this store, whoever started them."""
    found = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            arguments = read(f"/proc/{pid}/cmdline").split(b"\0")
            parent = read(f"/proc/{pid}/stat").rsplit(b")", 1)[1].split()[1]
        except OSError:
            continue
        if os.path.basename(arguments[0]) == b"idphotofs" and os.fsencode(store) in arguments:
            found[int(pid)] = int(parent)
    # A child that is about to become a worker looks like its parent.
    return [pid for pid, parent in found.items() if parent not in found]


def new_catalog():
    """Where IDPHOTO_TEST_CATALOG names a PostgreSQL database, every store has its catalog in a schema of its own there: the
    further argument of init."""
    database = os.environ.get("IDPHOTO_TEST_CATALOG")
    if not database:
        return []
    schema = f"m{os.getpid()}_{time.monotonic_ns()}"
    run("psql", "--quiet", "--no-psqlrc", database, "--command", f"CREATE SCHEMA {schema}")
    return [f"{database}&options=-csearch_path%3D{schema}"]


def blobs_are_shared():
    """Whether each store of this run has its blobs where several machines have them."""
    return bool(os.environ.get("IDPHOTO_TEST_CATALOG") and os.environ.get("IDPHOTO_TEST_BLOBS"))


def new_blobs(directory):
    """Where IDPHOTO_TEST_BLOBS is set besides, the blobs of every store are in a directory beside it, as several machines have it:
    the further argument of init."""
    if not blobs_are_shared():
        return []
    path = os.path.join(directory, "blobs")
    os.makedirs(path, exist_ok=True)
    return [f"--blobs={path}"]


def need_sqlite():
    """Leaves one test out where the catalog is no file of SQLite."""
    if os.environ.get("IDPHOTO_TEST_CATALOG"):
        raise unittest.SkipTest("the catalog is no file")


_unused = {}  # of what new stores are copies


def make_store(path, lang, points, *arguments):
    run(IDPHOTOCTL, "init", path, *arguments, f"--lang={lang}")
    for point in points:
        run(IDPHOTOCTL, f"--store={path}", "point", "add", point)


def new_store(path, lang, points):
    """A store is a directory like any other, and a program makes many that begin alike."""
    kind = (lang, tuple(points))
    if kind not in _unused:
        directory = tempfile.mkdtemp(prefix="idphoto-unused-")
        atexit.register(shutil.rmtree, directory, ignore_errors=True)
        make_store(os.path.join(directory, "store"), lang, points)
        _unused[kind] = os.path.join(directory, "store")
    shutil.copytree(_unused[kind], path)


class Mount:
    """A new store with its points, mounted."""

    def __init__(self, directory, points=(POINT,), lang="en", options=(), init=True):
        self.directory = directory
        self.store = os.path.join(directory, "store")
        self.path = os.path.join(directory, "mnt")
        self.log_path = os.path.join(directory, "daemon.log")
        self.options = list(options)
        self.daemon = None
        self.log_checked = 0
        catalog = new_catalog() if init else []
        self.catalog = catalog[0] if catalog else None
        if init:
            blobs = new_blobs(directory)
            if catalog or blobs:
                make_store(self.store, lang, points, *catalog, *blobs)
            else:
                new_store(self.store, lang, points)
            if blobs:
                # Tests look at files of blobs by this name.
                os.symlink(os.path.join(os.pardir, "blobs"), os.path.join(self.store, "blobs"))
            os.mkdir(self.path)

    def launch(self):
        """Starts the daemon, which is ready a moment later."""
        log = open(self.log_path, "ab")
        arguments = [IDPHOTOFS, "-f"]
        if self.options:
            arguments += ["-o", ",".join(self.options)]
        self.daemon = subprocess.Popen(arguments + [self.store, self.path], stdout=log, stderr=log,
                                       stdin=subprocess.DEVNULL)
        log.close()

    def start(self):
        self.launch()
        wait_for(lambda: self.daemon.poll() is not None or self.is_ready(), "the mount is ready")
        if self.daemon.poll() is not None:
            raise AssertionError(f"the daemon ended with {self.daemon.returncode}:\n{self.log()}")
        return self

    def is_ready(self):
        try:
            return os.path.ismount(self.path) and bool(os.listdir(self.path))
        except OSError:
            return False

    def log(self):
        with open(self.log_path, errors="replace") as f:
            return f.read()

    def kill(self):
        """The daemon dies as by an out-of-memory killer."""
        self.daemon.send_signal(signal.SIGKILL)
        self.daemon.wait()
        self.daemon = None
        self.check_nothing_personal()

    def check_nothing_personal(self):
        """In all that any daemon of this store has logged, killed ones too."""
        found = [line for line in self.log().splitlines() if PERSONAL.search(line.replace(self.directory, ""))]
        if found:
            raise AssertionError("the daemon's log names somebody:\n" + "\n".join(found))

    def end(self, how="unmount"):
        """Unmounts; the daemon must end by itself with 0 and a clean log."""
        if how == "unmount":
            # While a verdict is announced the mount is in use for a millisecond.
            wait_for(lambda: run("fusermount3", "-u", self.path, check=False).returncode == 0, "the unmount succeeds",
                     timeout=5)
        else:
            self.daemon.send_signal(signal.SIGTERM)
        try:
            status = self.daemon.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self.force_end()
            raise AssertionError("the daemon did not end after the unmount")
        self.daemon = None
        self.check_nothing_personal()
        log = self.log()
        if status != 0:
            raise AssertionError(f"the daemon ended with {status}:\n{log}")
        if os.path.ismount(self.path):
            raise AssertionError("still mounted after the daemon's end")
        bad = [line for line in log[self.log_checked:].splitlines() if BAD_LOG.search(line)]
        self.log_checked = len(log)
        if bad:
            raise AssertionError("the daemon complained:\n" + "\n".join(bad))

    def force_end(self):
        if self.daemon and self.daemon.poll() is None:
            self.daemon.kill()
            self.daemon.wait()
        self.daemon = None
        subprocess.run(["fusermount3", "-u", "-z", self.path], stderr=subprocess.DEVNULL)
        # What guards a bare mountpoint also keeps it from being removed.
        subprocess.run(["chattr", "-i", self.path], stderr=subprocess.DEVNULL)

    def configure(self, text):
        """Adds to the store's configuration."""
        with open(os.path.join(self.store, "idphotofs.conf"), "a", encoding="utf-8") as f:
            f.write(text)

    def query(self, sql):
        """The rows of the catalog itself, beside the daemon; bytes as hexadecimal digits. Changes are made as well."""
        if self.catalog:
            rows = run("psql", "--no-psqlrc", "--csv", "--tuples-only", self.catalog, "--command", sql).stdout
            return [tuple(field.removeprefix("\\x") for field in row) for row in csv.reader(rows.splitlines())]
        with contextlib.closing(sqlite3.connect(os.path.join(self.store, "catalog.db"), timeout=30)) as db, db:
            return [tuple(field.hex() if isinstance(field, bytes) else field for field in row)
                    for row in db.execute(sql).fetchall()]

    # ---- what a test asks ----

    def point(self, *parts, point=POINT):
        return os.path.join(self.path, point, *parts)

    def ctl(self, *args, **kwargs):
        return run(IDPHOTOCTL, f"--store={self.store}", "--lang=en", *args, **kwargs)

    def settle(self, point=POINT):
        """Every photo dropped before has its verdict and its place when this returns."""
        fd = os.open(self.point("STATUS.txt", point=point), os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)

    def stopped(self):
        tasks = f"/proc/{self.daemon.pid}/task"
        return all(read(f"{tasks}/{task}/stat").split(b") ")[1][:1] == b"T" for task in os.listdir(tasks))

    def stop(self):
        """Stops every thread of the daemon. One that tells the kernel of a change, by a system call on the mount, stops only when
        another has answered: then they all go on, and are stopped again."""
        def stopped():
            self.daemon.send_signal(signal.SIGSTOP)
            try:
                wait_for(self.stopped, "every thread is stopped", timeout=1)
            except AssertionError:
                self.daemon.send_signal(signal.SIGCONT)
                return False
            return True
        wait_for(stopped, "every thread of the daemon is stopped")

    def answered_without_daemon(self, path):
        """Whether stat(1) of the path comes back while the daemon is stopped."""
        try:
            self.stop()
            with subprocess.Popen(["stat", "--format=%s", path], stdout=subprocess.DEVNULL) as stat:
                try:
                    return stat.wait(timeout=0.3) == 0
                except subprocess.TimeoutExpired:
                    return False
                finally:
                    self.daemon.send_signal(signal.SIGCONT)
        finally:
            self.daemon.send_signal(signal.SIGCONT)

    def photos(self, point=POINT):
        return sorted(n for n in os.listdir(self.point(point=point)) if re.fullmatch(r"\d{17}[\dX]\.jpg", n))

    def rejected(self, point=POINT):
        """Shown name -> the text beside it."""
        found = {}
        names = set(os.listdir(self.point("rejected", point=point)))
        for name in names:
            if note := note_of(name, names):
                with open(self.point("rejected", note, point=point)) as f:
                    found[name] = f.read()
        return found

    def listed(self, *parts, point=POINT):
        """Names in the point besides the fixed ones."""
        return sorted(set(os.listdir(self.point(*parts, point=point))) - FIXED)


class MountTest(unittest.TestCase):
    """One mounted store a test."""

    options = ()
    points = (POINT,)
    lang = "en"
    config = ""  # added to the store's

    @classmethod
    def setUpClass(cls):
        need_fuse()
        cls.plain_directory = tempfile.mkdtemp(prefix="idphoto-plain-")

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.plain_directory, ignore_errors=True)

    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="idphoto-test-")
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)
        self.mount = Mount(self.directory, points=self.points, lang=self.lang, options=self.options)
        self.addCleanup(self.mount.force_end)
        self.mount.configure(self.config)
        self.mount.start()

    def tearDown(self):
        if self.mount.daemon:
            self.mount.end()

    def good(self, n=1):
        """Paths of n good photos of different people, with canonical names."""
        have = len(os.listdir(self.plain_directory))
        if have < n:
            drawn = sorted(os.listdir(GOOD)) if os.path.isdir(GOOD) else []
            if n > len(drawn):
                run(SAMPLES, self.plain_directory, "--plain", str(max(n, 12)))
            for name in drawn[have:n]:
                shutil.copyfile(os.path.join(GOOD, name), os.path.join(self.plain_directory, name))
        names = sorted(os.listdir(self.plain_directory))[:n]
        return [os.path.join(self.plain_directory, name) for name in names]

    def copy_of(self, path, name):
        """The photo under another name, on the native filesystem."""
        os.makedirs(os.path.join(self.directory, "src"), exist_ok=True)
        target = os.path.join(self.directory, "src", name)
        shutil.copyfile(path, target)
        os.utime(target, (1700000000, 1700000000))
        return target


class StoryTest(MountTest):
    """One mounted store for all the tests of a class, which go on one after the other by name. After a failure the rest cannot
    tell anything, and fails too."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.story = tempfile.mkdtemp(prefix="idphoto-test-")
        cls.addClassCleanup(shutil.rmtree, cls.story, ignore_errors=True)
        cls.told = Mount(cls.story, points=cls.points, lang=cls.lang, options=cls.options)
        cls.addClassCleanup(cls.told.force_end)
        cls.told.configure(cls.config)
        cls.told.start()
        cls.broken = None

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        cls.told.end()

    def setUp(self):
        if self.broken:
            self.fail(f"not reached: {self.broken} failed")
        self.directory, self.mount = self.story, self.told

    def tearDown(self):
        outcome = self._outcome.result
        if any(test is self for test, _ in outcome.failures + outcome.errors):
            type(self).broken = self._testMethodName


def main():
    result = unittest.main(exit=False, verbosity=2).result
    sys.exit(0 if result.wasSuccessful() else 1)
