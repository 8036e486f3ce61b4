# SPDX-License-Identifier: MIT
"""A PostgreSQL of one's own: made in a temporary folder, on a Unix socket there, run as a user without rights, ended with the
block that began it."""

import contextlib
import glob
import os
import pwd
import shutil
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


@contextlib.contextmanager
def postgresql():
    """Yields the URL of an empty database."""
    directory = tempfile.mkdtemp(prefix="idphoto-pg-")
    data = os.path.join(directory, "db")
    server = None
    try:
        if os.getuid() == 0:
            os.chown(directory, pwd.getpwnam("nobody").pw_uid, -1)
        _run(*_unprivileged(os.path.join(BIN, "initdb"), "-D", data, "-U", "idphoto", "--auth=trust", "--encoding=UTF8",
                            "--locale=C", "--no-sync"))
        with open(os.path.join(data, "postgresql.conf"), "a", encoding="utf-8") as f:
            f.write(SETTINGS.format(socket=directory))
        with open(os.path.join(directory, "log"), "wb") as log:
            server = subprocess.Popen(_unprivileged(os.path.join(BIN, "postgres"), "-D", data), cwd="/", stdout=log, stderr=log)
        url = f"postgresql://idphoto@/postgres?host={directory}"
        for _ in range(600):
            if subprocess.run(["psql", "--quiet", "--no-psqlrc", url, "--command", "SELECT 1"], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL).returncode == 0:
                break
            if server.poll() is not None:
                raise AssertionError("the server ended:\n" + open(os.path.join(directory, "log"), errors="replace").read())
            time.sleep(0.05)
        _run("psql", "--quiet", "--no-psqlrc", url, "--command", "CREATE DATABASE photos")
        yield url.replace("/postgres?", "/photos?")
    finally:
        if server and server.poll() is None:
            # Whoever is still connected is cut off.
            server.send_signal(2)
            try:
                server.wait(timeout=20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
        shutil.rmtree(directory, ignore_errors=True)
