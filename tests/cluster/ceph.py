# SPDX-License-Identifier: MIT
"""A Ceph of one's own with one filesystem: a monitor, a manager, a store of objects in a file and a metadata server, made in a
temporary folder, on loopback, and as many mounts of it as there are machines to be. All of it ends with the block that began it.

As a program it makes one, runs the test programs that are named, and prints a line for each: its name and its exit status."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid

PROGRAMS = ("ceph", "ceph-fuse", "ceph-mds", "ceph-mgr", "ceph-mon", "ceph-osd")
# What a daemon needs to come up on a busy machine.
PATIENCE = 240
# After so many seconds without a word the rights of a client are somebody else's. Ceph allows no less, its own default is 60.
SESSION_TIMEOUT = 30
OSD_SIZE = 8 << 30  # of a file with holes
SETTINGS = """
[global]
fsid = {fsid}
mon_host = {monitor}
public_network = 127.0.0.1/32
cluster_network = 127.0.0.1/32
ms_bind_msgr1 = false
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
run_dir = {directory}
pid_file =
admin_socket = {directory}/$name.$pid.asok
log_file = {directory}/$name.log
crash_dir = {directory}/crash
mon_data = {directory}/mon
mgr_data = {directory}/mgr
mds_data = {directory}/mds
osd_data = {directory}/osd
# One copy of everything, on one device.
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 8
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
mon_allow_pool_size_one = true
# Those that have the same objects promise each other how long these are theirs to read. One alone that has slept longer waits for
# ever for a promise that nobody is there to give.
osd_pool_default_read_lease_ratio = 100
# The disk of the machine is in use by others, too, and may be rather full.
mon_data_avail_warn = 1
mon_data_avail_crit = 0
mgr_initial_modules =
osd_objectstore = bluestore
bluestore_block_size = {osd_size}
bluestore_cache_autotune = false
bluestore_cache_size = 67108864
osd_memory_target = 939524096
"""


def missing():
    """The first program that is not installed, or None."""
    return next((program for program in PROGRAMS if not shutil.which(program)), None)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Ceph:
    """The daemons are children of the process that started them; their numbers stand in files, for the programs that it runs."""

    def __init__(self, directory):
        self.directory = directory
        self.conf = os.path.join(directory, "ceph.conf")
        self.started = {}

    # ---- daemons ----

    def _run(self, *command, **kwargs):
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd="/", text=True, **kwargs)
        if done.returncode != 0:
            raise AssertionError(f"{' '.join(command)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def ceph(self, *arguments):
        return self._run("ceph", f"--conf={self.conf}", f"--connect-timeout={PATIENCE}", *arguments)

    def _pid_path(self, name):
        return os.path.join(self.directory, name + ".pid")

    def pid(self, name):
        with open(self._pid_path(name)) as f:
            return int(f.read())

    def _log(self, name):
        with contextlib.suppress(FileNotFoundError), open(os.path.join(self.directory, name + ".out"), errors="replace") as f:
            return f.read()[-3000:]
        return ""

    def _start(self, name, *command):
        # It does not outlive this process, whatever ends that.
        command = ["setpriv", "--pdeathsig=KILL", *command]
        with open(os.path.join(self.directory, name + ".out"), "ab") as out:
            process = subprocess.Popen([*command, f"--conf={self.conf}"], cwd="/", stdin=subprocess.DEVNULL, stdout=out,
                                       stderr=out)
        self.started[name] = process
        with open(self._pid_path(name), "w") as f:
            f.write(str(process.pid))
        return process

    def _wait(self, name, condition):
        end = time.monotonic() + PATIENCE
        while not condition():
            if self.started[name].poll() is not None or time.monotonic() > end:
                raise AssertionError(f"{name} did not come up:\n{self._log(name)}")
            time.sleep(0.1)

    def _stop(self, name):
        process = self.started.pop(name)
        if process.poll() is None:
            process.send_signal(signal.SIGCONT)
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def make(self):
        address = f"v2:127.0.0.1:{free_port()}"
        with open(self.conf, "w") as f:
            f.write(SETTINGS.format(fsid=uuid.uuid4(), monitor=address, directory=self.directory, osd_size=OSD_SIZE))
        for name in ("mon", "mgr", "mds", "osd", "crash"):
            os.mkdir(os.path.join(self.directory, name))
        conf = f"--conf={self.conf}"
        monitor = ["ceph-mon", "--id=a", f"--public-addr={address}"]
        self._run(*monitor, "--mkfs", conf)
        self._start("mon", *monitor, "-f")
        self.ceph("status")
        self._start("mgr", "ceph-mgr", "-f", "--id=a")
        self._wait("mgr", lambda: '"available": true' in self.ceph("mgr", "stat"))
        osd = str(uuid.uuid4())
        self.ceph("osd", "new", osd)
        self._run("ceph-osd", "--mkfs", "--id=0", f"--osd-uuid={osd}", conf)
        self._start("osd", "ceph-osd", "-f", "--id=0")
        self._wait("osd", lambda: "1 up" in self.ceph("osd", "stat"))
        for pool in ("metadata", "data"):
            self.ceph("osd", "pool", "create", pool)
        self.ceph("fs", "new", "photos", "metadata", "data")
        self.ceph("fs", "set", "photos", "session_timeout", str(SESSION_TIMEOUT))
        self._start("mds", "ceph-mds", "-f", "--id=a")
        self._wait("mds", lambda: "up:active" in self.ceph("mds", "stat"))
        return self

    # ---- mounts ----

    def mount(self, path, below="/"):
        """As on one more machine: a client of its own. Returns its name here."""
        name = f"fuse{os.getpid()}.{time.monotonic_ns()}"
        self._start(name, "ceph-fuse", "-f", "--id=admin", "-r", below, path)
        self._wait(name, lambda: os.path.ismount(path))
        return name

    def signal(self, name, number):
        os.kill(self.pid(name), number)

    def refused(self):
        """The addresses of the clients that may not write any more, for having been silent when others waited for them."""
        return {line.split()[0] for line in self.ceph("osd", "blocklist", "ls").splitlines()}

    def kill(self, name):
        self.started[name].kill()
        self.started[name].wait()

    def unmount(self, name, path):
        subprocess.run(["fusermount3", "-u", "-z", path], stderr=subprocess.DEVNULL)
        self._stop(name)

    def end(self):
        # Who needs the others first.
        for name in reversed(list(self.started)):
            self._stop(name)


@contextlib.contextmanager
def cluster():
    directory = tempfile.mkdtemp(prefix="idphoto-ceph-")
    made = Ceph(directory)
    try:
        yield made.make()
    finally:
        made.end()
        shutil.rmtree(directory, ignore_errors=True)


def run_to_end(*arguments, **kwargs):
    """Its exit status. Whoever is interrupted meanwhile waits for what it cleans up."""
    process = subprocess.Popen(*arguments, **kwargs)
    try:
        return process.wait()
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait()


def main(programs):
    if program := missing():
        sys.exit(f"ceph: {program} is not installed")
    # Whoever ends this ends all of it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    begin = time.monotonic()
    with cluster() as made:
        paths = [os.path.join(made.directory, f"machine{i}") for i in range(2)]
        for path in paths:
            os.mkdir(path)
            made.mount(path)
        print(f"{made.ceph('--version').strip()}, up after {time.monotonic() - begin:.0f} s with {len(paths)} mounts;"
              f" a client is given up after {SESSION_TIMEOUT} s", file=sys.stderr, flush=True)
        environment = {**os.environ, "IDPHOTO_TEST_SHARED": ":".join(paths), "IDPHOTO_TEST_CEPH": made.directory}
        for program in programs:
            begin = time.monotonic()
            status = run_to_end([sys.executable, program], stdout=sys.stderr, env=environment)
            name = os.path.basename(program).removesuffix(".py").removeprefix("test_")
            print(f"{name}: {time.monotonic() - begin:.0f} s", file=sys.stderr, flush=True)
            print(name, status, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
