#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Where the daemon's messages go, and which."""

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import unittest

from harness import IDPHOTOCTL, IDPHOTOFS, PATIENCE, main, need, need_fuse, run, skip, wait_for

# The log is a socket that the test listens on, put over /dev/log for the daemon alone. Its mount is in
# that namespace, too, and ends with it.
IN_OWN_DEV = r"""
set -e
mount -t tmpfs none "$1"
for name in null zero random urandom tty fuse log; do
        touch "$1/$name"
done
for name in null zero random urandom tty fuse; do
        mount --bind "/dev/$name" "$1/$name"
done
mount --bind "$2" "$1/log"
mkdir "$1/shm"
mount --bind /dev/shm "$1/shm"
mount --rbind "$1" /dev
shift 2
exec "$@"
"""

LINE = re.compile(r"<(\d+)>[A-Z][a-z]{2} [ \d]\d [\d:]{8} idphotofs\[(\d+)\]: (.*)")
DAEMON_FACILITY, INFO = 3 << 3, 6


class Logging(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        need_fuse()
        need("unshare")
        if run("unshare", "-m", "--propagation", "private", "true", check=False).returncode != 0:
            skip("no mount namespace can be made here")

    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="idphoto-log-")
        self.addCleanup(shutil.rmtree, self.dir)
        self.store, self.path = os.path.join(self.dir, "store"), os.path.join(self.dir, "mnt")
        run(IDPHOTOCTL, "init", self.store)
        for name in ("mnt", "dev"):
            os.mkdir(os.path.join(self.dir, name))
        self.addCleanup(self.kill_what_is_left)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(self.socket.close)
        self.socket.bind(os.path.join(self.dir, "log"))
        self.socket.settimeout(PATIENCE)

    def command(self, *arguments):
        return ["unshare", "-m", "--propagation", "private", "sh", "-c", IN_OWN_DEV, "sh", os.path.join(self.dir, "dev"),
                os.path.join(self.dir, "log"), IDPHOTOFS, "-o", "noguard", *arguments, self.store, self.path]

    def message(self):
        """The next one: priority, process, text."""
        line = self.socket.recv(4096).decode()
        match = LINE.fullmatch(line.rstrip("\0\n"))
        self.assertIsNotNone(match, line)
        return int(match.group(1)), int(match.group(2)), match.group(3)

    def nothing_more(self):
        self.socket.setblocking(False)
        with self.assertRaises(BlockingIOError):
            self.socket.recv(4096)

    def daemon_pid(self):
        """Of the daemon of this store; it alone has its mountpoint as last argument."""
        found = [pid for pid in run("pgrep", "-f", self.path, check=False).stdout.split()
                 if os.path.realpath(f"/proc/{pid}/exe").endswith("idphotofs")]
        return int(found[0]) if found else None

    def kill_what_is_left(self):
        pid = self.daemon_pid()
        if pid:
            os.kill(pid, signal.SIGKILL)

    def stop(self):
        pid = self.daemon_pid()
        os.kill(pid, signal.SIGTERM)
        wait_for(lambda: not os.path.exists(f"/proc/{pid}"), "the daemon ends")
        return pid

    def test_a_daemon_logs_to_syslog(self):
        result = run(*self.command("-o", "log=info"))
        # Who started it sees how that went; from then on the log is elsewhere.
        self.assertRegex(result.stderr, r"^idphotofs: store .* is mounted\n$")
        pid = self.stop()
        self.assertEqual(self.message(), (DAEMON_FACILITY | INFO, pid, "unmounted"))
        self.nothing_more()

    def test_the_level_holds_there_too(self):
        run(*self.command("-o", "log=warning"))
        self.stop()
        self.nothing_more()

    def test_the_foreground_logs_to_stderr_only(self):
        with subprocess.Popen(self.command("-f"), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, encoding="utf-8") as process:
            line = process.stderr.readline()
            self.assertRegex(line, r"^idphotofs: ")
            process.terminate()
            rest = process.communicate(timeout=PATIENCE)[1]
            self.assertIn("idphotofs: unmounted\n", line + rest)
            self.assertEqual(process.returncode, 0)
        self.nothing_more()

    def test_what_fails_before_the_mount_is_told_to_who_started_it(self):
        run(*self.command())
        try:
            result = run(*self.command(), check=False)
            self.assertEqual(result.returncode, 1)
            self.assertIn("is in use by another daemon", result.stderr)
        finally:
            self.stop()


if __name__ == "__main__":
    main()
