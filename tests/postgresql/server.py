# SPDX-License-Identifier: MIT
"""A PostgreSQL of one's own: made in a temporary folder, on a Unix socket there, run as a user without rights, ended with the
block that began it."""

import contextlib
import glob
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time

REQUIRED = bool(os.environ.get("IDPHOTO_REQUIRE_MOUNT"))
NEWEST = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[4]))
BIN = NEWEST[-1] if NEWEST else ""
SETTINGS = """
listen_addresses = ''
unix_socket_directories = '{socket}'
max_connections = 200
shared_buffers = 64MB
# What a test proves is about programs that die, not about disks.
fsync = off
full_page_writes = off
synchronous_commit = off
"""


def need_postgresql():
    """Ends the test program where there is none."""
    if BIN and shutil.which("psql"):
        return
    if REQUIRED:
        print("FAILED: PostgreSQL is not installed, and required here", file=sys.stderr)
        sys.exit(1)
    print("skipped: PostgreSQL is not installed")
    sys.exit(77)


def _unprivileged(*command):
    """The server refuses to run as root."""
    if os.getuid() != 0:
        return list(command)
    nobody = pwd.getpwnam("nobody")
    return ["setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups", *command]


def _run(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd="/")
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(command)}: exit {done.returncode}\n{done.stdout.decode(errors='replace')}")


class Node:
    """One server, alone or of a pair: its data and its socket lie in a folder of its own."""

    def __init__(self, directory):
        self.directory = directory
        self.data = os.path.join(directory, "db")
        self.socket = directory
        self.port = 5432
        self.server = None
        os.mkdir(directory)
        if os.getuid() == 0:
            os.chown(directory, pwd.getpwnam("nobody").pw_uid, -1)

    def make(self):
        _run(*_unprivileged(os.path.join(BIN, "initdb"), "-D", self.data, "-U", "idphoto", "--auth=trust", "--encoding=UTF8",
                            "--locale=C", "--no-sync"))
        self.configure(SETTINGS.format(socket=self.directory))
        return self

    def configure(self, settings):
        with open(os.path.join(self.data, "postgresql.conf"), "a", encoding="utf-8") as f:
            f.write(settings)

    def url(self, database):
        return f"postgresql://idphoto@/{database}?host={self.socket}&port={self.port}"

    def sql(self, text, database="postgres"):
        _run("psql", "--quiet", "--no-psqlrc", self.url(database), "--command", text)

    def answers(self):
        return subprocess.run(["psql", "--quiet", "--no-psqlrc", self.url("postgres"), "--command", "SELECT 1"],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0

    def start(self):
        log_path = os.path.join(self.directory, "log")
        with open(log_path, "ab") as log:
            self.server = subprocess.Popen(_unprivileged(os.path.join(BIN, "postgres"), "-D", self.data), cwd="/", stdout=log,
                                           stderr=log)
        for _ in range(1200):
            if self.answers():
                return self
            if self.server.poll() is not None:
                break
            time.sleep(0.05)
        raise AssertionError("the server ended:\n" + open(log_path, errors="replace").read())

    def _processes(self):
        """The server and what it has started, each of which is a session of its own."""
        found = [self.server.pid]
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/stat", "rb") as f:
                    if int(f.read().rsplit(b")", 1)[1].split()[1]) == self.server.pid:
                        found.append(int(pid))
            except OSError:
                continue
        return found

    def _signal_all(self, number):
        for pid in self._processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def kill(self):
        """As if the machine had lost its power."""
        self._signal_all(signal.SIGSTOP)
        self._signal_all(signal.SIGKILL)
        self.server.wait()

    @contextlib.contextmanager
    def stopped(self):
        """Nothing answers, and nothing ends either."""
        self._signal_all(signal.SIGSTOP)
        try:
            yield
        finally:
            self._signal_all(signal.SIGCONT)

    def restart(self):
        """As pg_ctl restart -m immediate."""
        self.server.send_signal(signal.SIGQUIT)
        self.server.wait()
        self.start()

    def end(self):
        if self.server and self.server.poll() is None:
            # Whoever is still connected is cut off.
            self.server.send_signal(signal.SIGINT)
            try:
                self.server.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.server.kill()
                self.server.wait()

    # ---- pairs ----

    def copy(self, other):
        """Becomes what the other one is now."""
        _run(*_unprivileged(os.path.join(BIN, "pg_basebackup"), "-D", self.data, "-h", other.directory, "-U", "idphoto",
                            "--checkpoint=fast", "--no-sync"))

    def take_place_of(self, other):
        """Starts on the socket of the other one, which is dead."""
        self.socket = other.directory
        for name in (".s.PGSQL.5432", ".s.PGSQL.5432.lock"):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(os.path.join(other.directory, name))
        self.start()

    def follow(self, primary):
        """Becomes the standby whose copy a commit of the primary waits for."""
        self.copy(primary)
        _run(*_unprivileged("touch", os.path.join(self.data, "standby.signal")))
        self.configure(f"""
unix_socket_directories = '{self.directory}'
primary_conninfo = 'host={primary.directory} user=idphoto application_name=standby'
""")
        self.start()
        primary.configure("synchronous_commit = on\nsynchronous_standby_names = 'standby'\n")
        primary.sql("SELECT pg_reload_conf()")
        for _ in range(600):
            done = subprocess.run(["psql", "--no-psqlrc", "--csv", "--tuples-only", primary.url("postgres"), "--command",
                                   "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'"],
                                  stdout=subprocess.PIPE)
            if done.stdout.strip() == b"1":
                return self
            time.sleep(0.05)
        raise AssertionError("the standby does not follow")

    def promote(self):
        """Seconds that it took."""
        begin = time.monotonic()
        _run(*_unprivileged(os.path.join(BIN, "pg_ctl"), "promote", "-w", "-D", self.data))
        return time.monotonic() - begin


@contextlib.contextmanager
def nodes(n):
    """Yields the folders' nodes; whatever of them runs ends with the block."""
    directory = tempfile.mkdtemp(prefix="idphoto-pg-")
    os.chmod(directory, 0o755)
    made = []
    try:
        for i in range(n):
            made.append(Node(os.path.join(directory, str(i))))
        yield made
    finally:
        for node in made:
            node.end()
        shutil.rmtree(directory, ignore_errors=True)


@contextlib.contextmanager
def postgresql():
    """Yields the URL of an empty database."""
    with nodes(1) as (node,):
        node.make().start().sql("CREATE DATABASE photos")
        yield node.url("photos")
