#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the commands do on a terminal: the live status, and progress; and that neither disturbs a pipe."""

import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import tempfile
import termios
import time
import unittest
from fcntl import ioctl
from pathlib import Path

PROGRAM = os.environ["IDPHOTO_CTL"]
POINT = "沈阳分校"
PATIENCE = float(os.environ.get("IDPHOTO_TEST_PATIENCE", "60"))


def environment(**more):
    env = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TERM": "xterm", **more}
    for name in ("IDPHOTO_WORKER", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"):
        if name in os.environ:
            env[name] = os.environ[name]
    return env


class OnTerminal:
    """A command that has a terminal of its own, as the foreground of a session."""

    def __init__(self, *arguments, rows=40, columns=80, stdout=None, **env):
        self.output = ""
        pid, self.fd = pty.fork()
        if pid == 0:
            ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            if stdout is not None:
                os.dup2(stdout, 1)
            os.execve(PROGRAM, [PROGRAM, *map(str, arguments)], environment(**env))
        self.pid = pid
        self.status = None

    def read(self):
        """What is there now; False at the end."""
        try:
            data = os.read(self.fd, 65536)
        except OSError:  # nobody has the other side any more
            return False
        self.output += data.decode("utf-8", "replace")
        return bool(data)

    def read_until(self, text):
        end = time.monotonic() + PATIENCE
        while text not in self.output:
            if time.monotonic() > end:
                raise AssertionError(f"'{text}' never came: {self.output!r}")
            if select.select([self.fd], [], [], 0.1)[0] and not self.read():
                raise AssertionError(f"ended without '{text}': {self.output!r}")

    def is_quiet(self, seconds):
        return not select.select([self.fd], [], [], seconds)[0]

    def forget(self):
        self.output = ""

    def write(self, text):
        os.write(self.fd, text.encode())

    def resize(self, rows, columns):
        ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def mode(self):
        return termios.tcgetattr(self.fd)[3]

    def end(self):
        while self.read():
            pass
        if self.status is None:
            self.status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
            os.close(self.fd)
        return self.status

    def kill(self):
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)
            self.end()


class TerminalTest(unittest.TestCase):
    def setUp(self):
        self.dir = Path(tempfile.mkdtemp(prefix="idphoto-terminal-"))
        self.addCleanup(shutil.rmtree, self.dir)
        self.store = self.dir / "store"
        self.ctl("init", self.store, "--batch=202601")
        self.ctl("point", "add", POINT)

    def ctl(self, *arguments):
        return subprocess.run([PROGRAM, *map(str, arguments)], env=environment(IDPHOTO_STORE=str(self.store)),
                              check=True, capture_output=True, encoding="utf-8", timeout=120)

    def terminal(self, *arguments, **options):
        terminal = OnTerminal(*arguments, IDPHOTO_STORE=str(self.store), **options)
        self.addCleanup(terminal.kill)
        return terminal


class Watch(TerminalTest):
    def watch(self, *arguments, **options):
        terminal = self.terminal("status", "--watch", "--interval=1", *arguments, **options)
        terminal.read_until("q: end")
        return terminal

    def test_a_change_is_drawn_in_place_and_nothing_else(self):
        terminal = self.watch()
        self.assertIn(POINT, terminal.output)
        terminal.forget()
        self.assertTrue(terminal.is_quiet(2.5))
        self.ctl("point", "add", "大连学习中心")
        terminal.read_until("q: end")
        self.assertTrue(terminal.output.startswith("\x1b[?25l\x1b[H"), terminal.output)
        self.assertIn("大连学习中心", terminal.output)
        self.assertNotIn("\x1b[2J", terminal.output)

    def test_q_ends_and_the_terminal_is_as_before(self):
        terminal = self.watch()
        self.assertFalse(terminal.mode() & (termios.ICANON | termios.ECHO))
        terminal.write("xq")
        terminal.read_until("\x1b[?25h")
        self.assertTrue(terminal.mode() & termios.ICANON and terminal.mode() & termios.ECHO)
        self.assertEqual(terminal.end(), 0)

    def test_signals_end_it_and_the_terminal_is_as_before(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            terminal = self.watch()
            os.kill(terminal.pid, number)
            terminal.read_until("\x1b[?25h")
            self.assertTrue(terminal.mode() & termios.ICANON and terminal.mode() & termios.ECHO)
            self.assertEqual(terminal.end(), 0)
        terminal = self.watch()
        terminal.write("\x03")
        self.assertEqual(terminal.end(), 0)

    def test_it_keeps_to_the_size_of_the_terminal(self):
        terminal = self.watch(rows=6, columns=30)
        self.check_size(terminal.output, 6, 30)
        terminal.forget()
        terminal.resize(9, 50)
        terminal.read_until("q: end")
        self.check_size(terminal.output, 9, 50)

    def check_size(self, output, rows, columns):
        lines = re.sub(r"\x1b\[\??[0-9]*[A-Za-z]", "", output[output.rindex("\x1b[H"):]).split("\r\n")
        self.assertEqual(len(lines), rows)
        for line in lines:
            self.assertLessEqual(len(line), columns)

    def test_a_pipe_gets_a_block_for_each_change(self):
        with subprocess.Popen([PROGRAM, "status", "--watch", "--interval=1"],
                              env=environment(IDPHOTO_STORE=str(self.store)), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            first = os.read(process.stdout.fileno(), 65536).decode()
            self.assertTrue(first.startswith("All teaching points"))
            self.assertFalse(select.select([process.stdout], [], [], 2.5)[0])
            self.ctl("point", "add", "大连学习中心")
            second = os.read(process.stdout.fileno(), 65536).decode()
            self.assertTrue(second.startswith("\nAll teaching points"))
            self.assertNotIn("\x1b", first + second)
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.communicate(timeout=PATIENCE), (b"", b""))
            self.assertEqual(process.returncode, 0)

    def test_it_ends_with_its_reader(self):
        with subprocess.Popen([PROGRAM, "status", "--watch", "--interval=3600"],
                              env=environment(IDPHOTO_STORE=str(self.store)), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE) as process:
            process.stdout.readline()
            process.stdout.close()
            self.assertEqual(process.wait(PATIENCE), 0)

    def test_json_is_a_line_for_each_change(self):
        with subprocess.Popen([PROGRAM, "status", "--watch", "--json", "--interval=1"],
                              env=environment(IDPHOTO_STORE=str(self.store)), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, encoding="utf-8") as process:
            self.assertIn('"closed":false', process.stdout.readline().replace(" ", ""))
            self.ctl("batch", "close", "202601")
            self.assertIn('"closed":true', process.stdout.readline().replace(" ", ""))
            process.terminate()
            self.assertEqual(process.wait(PATIENCE), 0)

    def test_it_does_no_work_while_nothing_changes(self):
        terminal = self.watch()

        def ticks():
            fields = Path(f"/proc/{terminal.pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
            return int(fields[11]) + int(fields[12])
        before = ticks()
        time.sleep(3)
        self.assertLessEqual(ticks() - before, 5)

    def test_wrong_intervals_are_told(self):
        for arguments, message in [(["--watch", "--interval=0"], "'0' is not a number of seconds"),
                                   (["--watch", "--interval=2x"], "'2x' is not a number of seconds"),
                                   (["--interval=2"], "'--interval' goes with '--watch' only")]:
            result = subprocess.run([PROGRAM, "status", *arguments], env=environment(IDPHOTO_STORE=str(self.store)),
                                    capture_output=True, encoding="utf-8", timeout=60, check=False)
            self.assertEqual(result.returncode, 2)
            self.assertIn(message, result.stderr)


class Progress(TerminalTest):
    """On a terminal only, and gone at the end."""

    def files(self, n):
        paths = [self.dir / f"{i}.jpg" for i in range(n)]
        for path in paths:
            path.write_bytes(b"no photo")
        return paths

    def last_line(self, output):
        """What stands in the line where the cursor was last, when the output is over."""
        return re.split(r"\r|\x1b\[K", output.split("\n")[-1])[-1]

    def commands(self):
        roster = self.dir / "roster.csv"
        roster.write_text(f"身份证号,姓名,教学点\n219999199001010016,张三,{POINT}\n", encoding="utf-8")
        self.ctl("roster", "import", roster)
        return [
            (["check", *self.files(12)], r"\[#*\.*\] \d+/12"),
            (["roster", "import", roster], r"importing\.\.\."),
            (["import", roster], r"importing\.\.\."),
            (["purge"], r"purging\.\.\."),
        ]

    def test_long_work_says_how_far_it_is(self):
        for arguments, pattern in self.commands():
            with self.subTest(command=arguments[0]):
                null = os.open(os.devnull, os.O_WRONLY)
                terminal = self.terminal(*arguments, stdout=null)
                os.close(null)
                self.assertIn(terminal.end(), (0, 1))
                self.assertRegex(terminal.output, pattern)
                self.assertEqual(self.last_line(terminal.output), "")

    def test_a_pipe_is_told_nothing(self):
        for arguments, _ in self.commands():
            with self.subTest(command=arguments[0]):
                result = subprocess.run([PROGRAM, *map(str, arguments)], stdin=subprocess.DEVNULL,
                                        env=environment(IDPHOTO_STORE=str(self.store)), capture_output=True,
                                        encoding="utf-8", timeout=120, check=False)
                self.assertIn(result.returncode, (0, 1))
                self.assertEqual(result.stderr, "")
                self.assertNotIn("\r", result.stdout)

    def test_the_words_are_of_the_user_s_language(self):
        terminal = self.terminal("purge", "--lang=zh")
        terminal.end()
        self.assertIn("正在清除……", terminal.output)

    def test_a_narrow_terminal_gets_a_short_bar(self):
        terminal = self.terminal("check", *self.files(12), columns=14)
        terminal.end()
        self.assertIn("] 12/12", terminal.output)
        for bar in re.findall(r"\[[#.]+\] \d+/12", terminal.output):
            self.assertLessEqual(len(bar), 13)


if __name__ == "__main__":
    unittest.main()
