#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What real shells complete, against what the programs' own help lists."""

import atexit
import os
import pty
import re
import select
import shutil
import struct
import subprocess
import tempfile
import termios
import time
import unittest
import unittest.mock
from fcntl import ioctl
from pathlib import Path

CTL = os.environ["IDPHOTO_CTL"]
DAEMON = os.environ["IDPHOTO_DAEMON"]
SCRIPTS = Path(os.environ["IDPHOTO_COMPLETIONS"])
# The scripts ask the program for names, by its own name.
PROGRAMS = tempfile.mkdtemp(prefix="idphoto-completion-")
atexit.register(shutil.rmtree, PROGRAMS)
os.symlink(CTL, os.path.join(PROGRAMS, "idphotoctl"))
ENV = {"PATH": f"{PROGRAMS}:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TERM": "dumb"}
GLOBALS = {"--store=", "--lang=", "--help", "--version"}


def help_of(*command):
    return subprocess.run([*command, "--help"], env=ENV, capture_output=True, encoding="utf-8", check=True).stdout


def commands():
    lines = help_of(CTL).split("Commands:\n")[1].split("\n\n")[0].splitlines()
    return [line[2:].split("  ")[0] for line in lines]


def options(command):
    """The options that the help of a command shows, those with a value with their `=`."""
    return set(re.findall(r"^  (--[a-z-]+=?)", help_of(CTL, *command.split()), re.MULTILINE))


def make_store(path):
    """With what a shell would take apart."""
    for arguments in (["init", path, "--batch=202601"], *(["point", "add", name] for name in ("沈阳分校", "沈河 一校", "大连$(x)")),
                      ["batch", "add", "202602"], ["batch", "add", "old"]):
        subprocess.run([CTL, f"--store={path}", *arguments], env=ENV, check=True)


def mount_options():
    return set(re.findall(r"^  ([a-z_-]+=?)", help_of(DAEMON).split("Options for -o:\n")[1], re.MULTILINE))


def mount_flags():
    return set(re.findall(r"(?<= )--?[a-zA-Z]+", help_of(DAEMON).split("Options for -o:")[0].split("beside it.")[1]))


class Terminal:
    """A program on a terminal that is large enough for every list."""

    def __init__(self, *argv, cwd):
        pid, self.fd = pty.fork()
        if pid == 0:
            os.chdir(cwd)
            os.execve(argv[0], argv, {**ENV, "HOME": str(cwd), "ZDOTDIR": str(cwd)})
        self.pid = pid
        ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 400, 400, 0, 0))

    def read_until(self, pattern, seconds=30):
        text, end = "", time.monotonic() + seconds
        while not re.search(pattern, text):
            if time.monotonic() > end or not select.select([self.fd], [], [], 1)[0]:
                if time.monotonic() > end:
                    raise AssertionError(f"'{pattern}' never came:\n{text}")
                continue
            text += os.read(self.fd, 65536).decode("utf-8", "replace")
        return text

    def write(self, text):
        os.write(self.fd, text.encode())

    def close(self):
        os.close(self.fd)
        os.waitpid(self.pid, 0)


class BashFunctions(unittest.TestCase):
    """The functions called as bash calls them, with the line cut into words as bash cuts it."""

    def complete(self, *lines):
        program = r"""
            source "$1"; shift
            compopt() { echo "compopt $*"; }
            while IFS= read -r line; do
                    words=${line//=/ = }
                    read -ra COMP_WORDS <<<"$words"
                    [[ $line != *[\ ] ]] || COMP_WORDS+=('')
                    COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMP_LINE=$line COMP_POINT=${#line}
                    "_${COMP_WORDS[0]}" 2>&1
                    printf '%s\n' "${COMPREPLY[@]}" --
            done
        """
        name = lines[0].split()[0]
        result = subprocess.run(["bash", "--norc", "-c", program, "bash", SCRIPTS / name], env=ENV,
                                input="".join(line + "\n" for line in lines), capture_output=True,
                                encoding="utf-8", timeout=120, check=False)
        self.assertEqual(result.stderr, "")
        return [set(answer.split("\n")) - {"", "compopt -o nospace"} for answer in result.stdout.split("--\n")[:-1]]

    def one(self, line):
        return self.complete(line)[0]

    def test_every_command(self):
        names = commands()
        self.assertEqual(self.one("idphotoctl "), {name.split()[0] for name in names})
        for first in {name.split()[0] for name in names if " " in name}:
            self.assertEqual(self.one(f"idphotoctl {first} "),
                             {name.split()[1] for name in names if name.startswith(first + " ")})

    def test_every_option(self):
        names = commands()
        for name, answer in zip(names, self.complete(*(f"idphotoctl {name} --" for name in names))):
            with self.subTest(command=name):
                self.assertEqual(answer, options(name))
                self.assertLessEqual(GLOBALS, answer)
        self.assertEqual(self.one("idphotoctl --"), GLOBALS)

    def test_values(self):
        states = {"missing", "rejected", "pending", "approved", "final"}
        decisions = set(subprocess.run([CTL, "review", "reasons"], env=ENV, capture_output=True, encoding="utf-8",
                                       check=True).stdout.split())
        for line, wanted in [("idphotoctl --lang=", {"en", "zh"}),
                             ("idphotoctl --lang=z", {"zh"}),
                             ("idphotoctl --lang ", {"en", "zh"}),
                             ("idphotoctl status --lang=", {"en", "zh"}),
                             ("idphotoctl list --state=", states),
                             ("idphotoctl --store=/x list --json --state ", states),
                             ("idphotoctl list --reason=bl", {"blank-file", "blank-picture", "blur"}),
                             ("idphotoctl --store=", {"compopt -o dirnames"}),
                             ("idphotoctl init ", {"compopt -o dirnames"}),
                             ("idphotoctl restore a ", {"compopt -o dirnames"}),
                             ("idphotoctl restore a b ", set()),
                             ("idphotoctl check ", {"compopt -o default"}),
                             ("idphotoctl check --jobs=3 a b c", {"compopt -o default"}),
                             ("idphotoctl check --config=", {"compopt -o default"}),
                             ("idphotoctl page ", set()),
                             ("idphotoctl page p ", {"compopt -o default"}),
                             ("idphotoctl frobnicate now ", set()),
                             ("idphotoctl point add --owner=roo", {"root"})]:
            with self.subTest(line=line):
                self.assertEqual(self.one(line), wanted)
        answer = self.one("idphotoctl review reject --reason=")
        self.assertGreater(len(answer), 3)
        self.assertLessEqual(answer, decisions)

    def test_names_of_a_store(self):
        with tempfile.TemporaryDirectory(prefix="idphoto-completion-") as directory:
            store = os.path.join(directory, "store")
            make_store(store)
            points, batches = {"沈阳分校", "沈河\\ 一校", "大连\\$\\(x\\)"}, {"202601", "202602", "old"}
            shenyang = {"沈阳分校", "沈河\\ 一校"}
            before = f"idphotoctl --store={store}"
            for line, wanted in [(f"{before} status ", points), (f"{before} status 沈", shenyang), (f"{before} page ", points),
                                 (f"idphotoctl status --store {store} 大", {"大连\\$\\(x\\)"}), (f"{before} list --point=沈", shenyang),
                                 (f"{before} student move 1 --to ", points), (f"{before} point merge 沈阳分校 ", points),
                                 (f"{before} point rename 沈阳", {"沈阳分校"}), (f"{before} point rename 沈阳分校 ", set()),
                                 (f"{before} point add ", set()), (f"{before} roster import --point=沈阳", {"沈阳分校"}),
                                 (f"{before} wait ", points | {"compopt -o default"}), (f"{before} wait /mnt/", {"compopt -o default"}),
                                 (f"{before} batch use ", batches), (f"{before} purge --batch=2", {"202601", "202602"}),
                                 (f"{before} list --batch=o", {"old"}), (f"{before} batch add ", set()),
                                 (f"idphotoctl --store={directory}/none status ", set()), ("idphotoctl status ", set())]:
                with self.subTest(line=line):
                    self.assertEqual(self.one(line), wanted)
            with unittest.mock.patch.dict(ENV, IDPHOTO_STORE=store):
                self.assertEqual(self.one("idphotoctl status 沈阳"), {"沈阳分校"})
            with unittest.mock.patch.dict(ENV, HOME=directory):
                self.assertEqual(self.one("idphotoctl --store=~/store status 沈阳"), {"沈阳分校"})

    def test_help_takes_commands(self):
        self.assertEqual(self.one("idphotoctl help "), self.one("idphotoctl "))
        self.assertEqual(self.one("idphotoctl help point "), self.one("idphotoctl point "))

    def test_the_mount(self):
        self.assertEqual(self.one("idphotofs -o "), mount_options())
        self.assertEqual(self.one("idphotofs -"), mount_flags())
        for line, wanted in [("idphotofs -o lang=", {"en", "zh"}),
                             ("idphotofs -o noguard,lang=z", {"zh"}),
                             ("idphotofs -o lang=zh,wor", {"zh,workers="}),
                             ("idphotofs -o noguard,wor", {"noguard,workers="}),
                             ("idphotofs -owor", {"-oworkers="}),
                             ("idphotofs -o log=", {"error", "warning", "info", "debug"}),
                             ("idphotofs -o verdict=", {"later", "close"}),
                             ("idphotofs -o batch=", set()),
                             ("idphotofs ", {"compopt -o dirnames"}),
                             ("idphotofs -o lang=zh a ", {"compopt -o dirnames"})]:
            with self.subTest(line=line):
                self.assertEqual(self.one(line), wanted)


class Interactive(unittest.TestCase):
    def setUp(self):
        self.dir = Path(tempfile.mkdtemp(prefix="idphoto-completion-"))
        self.addCleanup(shutil.rmtree, self.dir)
        (self.dir / "a store").mkdir()
        (self.dir / "photo.jpg").touch()

    def bash(self, line):
        (self.dir / "rc").write_text(f"PS1='$ '\nbind 'set bell-style none'\nbind 'set enable-bracketed-paste off'\n"
                                     f"source {SCRIPTS}/idphotoctl\nsource {SCRIPTS}/idphotofs\n"
                                     "idphotoctl() { printf '<%s>' \"$@\"; echo; }\nidphotofs() { idphotoctl \"$@\"; }\n")
        terminal = Terminal("/bin/bash", "--noprofile", "--rcfile", str(self.dir / "rc"), "-i", cwd=self.dir)
        self.addCleanup(terminal.close)
        terminal.read_until(r"\$ $")
        terminal.write(f"{line}\t")
        time.sleep(0.3)
        terminal.write("\n")
        return re.search(r"<.*>", terminal.read_until(r">\r\n")).group()

    def test_bash_completes_what_is_typed(self):
        for line, wanted in [("idphotoctl hist", "<history>"),
                             ("idphotoctl review app", "<review><approve>"),
                             ("idphotoctl list --sta", "<list><--state=>"),
                             ("idphotoctl list --state=mis", "<list><--state=missing>"),
                             ("idphotoctl check pho", "<check><photo.jpg>"),
                             ("idphotoctl init pho", "<init><pho>"),
                             ("idphotoctl init a", "<init><a store/>"),
                             ("idphotofs -o lang=zh,nog", "<-o><lang=zh,noguard>"),
                             ("idphotofs a", "<a store/>")]:
            with self.subTest(line=line):
                self.assertEqual(self.bash(line), wanted)

    def test_bash_completes_names_of_the_store(self):
        make_store(self.dir / "a store" / "it")
        for line, wanted in [("idphotoctl --store=a\\ store/it status 沈阳", "<--store=a store/it><status><沈阳分校>"),
                             ("idphotoctl --store 'a store/it' status 沈河", "<--store><a store/it><status><沈河 一校>"),
                             ("idphotoctl --store 'a store/it' list --point=大", "<--store><a store/it><list><--point=大连$(x)>"),
                             ("idphotoctl --store 'a store/it' batch use o", "<--store><a store/it><batch><use><old>")]:
            with self.subTest(line=line):
                self.assertEqual(self.bash(line), wanted)

    def zsh(self):
        terminal = Terminal(shutil.which("zsh"), "-f", "-i", cwd=self.dir)
        self.addCleanup(terminal.close)
        terminal.write(f"unsetopt zle_bracketed_paste; fpath=({SCRIPTS} $fpath); autoload -Uz compinit; "
                       "compinit -u -D; LISTMAX=100000; unsetopt beep; bindkey '^D' list-choices; "
                       "idphotoctl() { }; idphotofs() { }; PS1=go''es-on%%\n")
        terminal.read_until("goes-on%")
        return terminal

    def listed(self, terminal, line):
        """What zsh lists behind a line, which is then taken away."""
        terminal.write(f"{line}\x04")
        text = terminal.read_until(re.escape(line.split()[-1]))
        time.sleep(0.5)
        while select.select([terminal.fd], [], [], 0.4)[0]:
            text += os.read(terminal.fd, 65536).decode("utf-8", "replace")
        terminal.write("\x15")
        return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", text)

    @unittest.skipUnless(shutil.which("zsh"), "zsh is not installed")
    def test_zsh_lists_every_command_and_option(self):
        terminal = self.zsh()
        names = commands()
        text = self.listed(terminal, "idphotoctl ")
        for name in names:
            self.assertRegex(text, rf"(?m)^(?:\S+ +)*{name.split()[0]} +(?:.* )?-- ")
        for first in {name.split()[0] for name in names if " " in name}:
            text = self.listed(terminal, f"idphotoctl {first} ")
            for name in names:
                if name.startswith(first + " "):
                    self.assertRegex(text, rf"(?m)^(?:\S+ +)*{name.split()[1]} +(?:.* )?-- ", first)
        for name in names:
            text = self.listed(terminal, f"idphotoctl {name} --")
            for option in options(name):
                self.assertRegex(text, rf"(?m)^(?:\S+ +)*{option.rstrip('=')} +(?:.* )?-- ", name)

    @unittest.skipUnless(shutil.which("zsh"), "zsh is not installed")
    def test_zsh_lists_values_and_the_mount_s_options(self):
        terminal = self.zsh()
        text = self.listed(terminal, "idphotoctl list --state=")
        self.assertRegex(text, r"approved +final +missing +pending +rejected")
        self.assertIn("photo.jpg", self.listed(terminal, "idphotoctl check "))
        text = self.listed(terminal, "idphotoctl init ")
        self.assertIn("a\\ store/", text)
        self.assertNotIn("photo.jpg", text)
        self.assertRegex(self.listed(terminal, "idphotoctl help point "), r"(?m)^(?:\S+ +)*rename +(?:.* )?-- ")
        make_store(self.dir / "a store" / "it")
        before = "idphotoctl --store='a store/it'"
        for line, wanted, other in ((f"{before} status ", ["沈阳分校", "沈河\\ 一校", "大连\\$\\(x\\)"], "202601"),
                                    (f"{before} batch use ", ["202601", "202602", "old"], "沈阳"),
                                    (f"{before} list --point=", ["沈阳分校", "沈河\\ 一校"], "202601"),
                                    (f"{before} purge --batch=", ["202601", "old"], "沈阳"),
                                    (f"{before} wait ", ["沈阳分校", "photo.jpg"], "202601")):
            text = self.listed(terminal, line)
            for name in wanted:
                self.assertIn(name, text, line)
            self.assertNotIn(other, text, line)
        text = self.listed(terminal, "idphotoctl review reject --reason=")
        for code in subprocess.run([CTL, "review", "reasons"], env=ENV, capture_output=True, encoding="utf-8",
                                   check=True).stdout.split("\n")[:3]:
            self.assertIn(code.split()[0], text)
        for line in ("idphotofs -o ", "idphotofs -o lang=zh,"):
            text = self.listed(terminal, line)
            for option in mount_options() - ({"lang="} if "zh" in line else set()):
                self.assertRegex(text, rf"(?m)^(?:\S+ +)*{option.rstrip('=')} +(?:.* )?-- ", line)
        self.assertRegex(self.listed(terminal, "idphotofs -o log="), r"debug +error +info +warning")
        self.assertIn("a\\ store/", self.listed(terminal, "idphotofs "))


if __name__ == "__main__":
    unittest.main()
