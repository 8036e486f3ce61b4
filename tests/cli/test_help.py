#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What idphotoctl says about itself, and about arguments it cannot use."""

import os
import subprocess
import unicodedata
import unittest

PROGRAM = os.environ["IDPHOTO_CTL"]
DAEMON = os.environ["IDPHOTO_DAEMON"]
WORKER = os.environ["IDPHOTO_WORKER"]


def run(*arguments, **environment):
    """Runs the program in English unless told otherwise."""
    env = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", **environment}
    return subprocess.run([PROGRAM, *arguments], env=env, capture_output=True, encoding="utf-8",
                          stdin=subprocess.DEVNULL, timeout=60, check=False)


def columns(line):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def command_names():
    """The commands that the program's own help lists."""
    lines = run("--help").stdout.split("Commands:\n")[1].split("\n\n")[0].splitlines()
    return [line[2:].split("  ")[0] for line in lines]


class Help(unittest.TestCase):
    def helps(self):
        for language in ("en", "zh"):
            yield language, run("--help", f"--lang={language}")
            for name in command_names():
                yield language, run(*name.split(), "--help", f"--lang={language}")

    def test_help_goes_to_stdout_and_succeeds(self):
        for _, result in self.helps():
            with self.subTest(args=result.args):
                self.assertEqual(result.returncode, 0)
                self.assertEqual(result.stderr, "")
                self.assertTrue(result.stdout.startswith(("Usage: ", "用法：")))

    def test_help_fits_eighty_columns(self):
        for _, result in self.helps():
            for line in result.stdout.splitlines():
                with self.subTest(line=line):
                    self.assertLessEqual(columns(line), 80)

    def test_every_command_is_listed_with_a_summary(self):
        names = command_names()
        for expected in ("check", "config check", "config show", "init", "point add", "point list",
                         "status", "wait"):
            self.assertIn(expected, names)
        self.assertEqual(names, sorted(names))

    def test_the_language_follows_the_environment(self):
        self.assertIn("命令", run("--help", LC_ALL="zh_CN.UTF-8").stdout)
        self.assertIn("命令", run("--help", LC_ALL="", LANG="zh_CN.UTF-8").stdout)
        self.assertIn("Commands", run("--help", LANG="zh_CN.UTF-8").stdout)

    def test_errors_speak_the_language_that_is_asked_for(self):
        said = {
            ("status", "--store=/nowhere"): (
                "idphotoctl: there is no store at '/nowhere'; 'idphotoctl init' makes one\n",
                "idphotoctl: “/nowhere”不是数据目录；可用“idphotoctl init”新建\n"),
            ("statsu",): (
                "idphotoctl: unknown command 'statsu', did you mean 'status'?\n"
                "Try 'idphotoctl --help'.\n",
                "idphotoctl: 没有命令“statsu”，是否想用“status”？\n"
                "请用“idphotoctl --help”查看帮助。\n"),
            ("config", "--store=/nowhere"): (
                "idphotoctl: 'config' alone is not a command, use 'config check' or 'config show'\n"
                "Try 'idphotoctl --help'.\n",
                "idphotoctl: “config”不是完整的命令，请用“config check”或“config show”\n"
                "请用“idphotoctl --help”查看帮助。\n"),
            ("check", "/nowhere.jpg"): (
                "idphotoctl: cannot read '/nowhere.jpg': No such file or directory\n",
                "idphotoctl: 无法读取“/nowhere.jpg”：没有这个文件或文件夹\n"),
        }
        for arguments, (english, chinese) in said.items():
            for result, text in ((run(*arguments), english), (run(*arguments, LC_ALL="zh_CN.UTF-8"), chinese),
                                 (run("--lang=zh", *arguments), chinese), (run(*arguments, "--lang", "zh"), chinese),
                                 (run(*arguments, "--lang=en", LC_ALL="zh_CN.UTF-8"), english)):
                with self.subTest(args=result.args):
                    self.assertEqual((result.returncode, result.stdout, result.stderr), (2, "", text))

    def test_help_of_a_command_shows_its_own_options(self):
        text = run("check", "--help").stdout
        self.assertIn("--json", text)
        self.assertNotIn("--json", run("wait", "--help").stdout)

    def test_help_of_the_commands_that_begin_with_a_word(self):
        names = command_names()
        for first in {name.split()[0] for name in names if " " in name}:
            for language, word in (("en", "Usage: "), ("zh", "用法：")):
                results = [run(*arguments, f"--lang={language}")
                           for arguments in ((first, "--help"), ("--help", first), (first, "-h"), ("help", first))]
                for result in results:
                    self.assertEqual((result.returncode, result.stderr, result.stdout), (0, "", results[0].stdout))
                text = results[0].stdout
                self.assertTrue(text.startswith(f"{word}idphotoctl {first} "))
                self.assertEqual([line[2:].split("  ")[0] for line in text.split("\n\n")[1].splitlines()[1:]],
                                 [name for name in names if name.startswith(first + " ")])
                for line in text.splitlines():
                    self.assertLessEqual(columns(line), 80)

    def test_help_is_a_command_too(self):
        self.assertEqual(run("help").stdout, run("--help").stdout)
        for name in command_names():
            result = run("help", *name.split(), "--lang=zh")
            self.assertEqual((result.returncode, result.stderr), (0, ""))
            self.assertEqual(result.stdout, run(*name.split(), "--help", "--lang=zh").stdout)
        for arguments, message in ((["frobnicate"], "unknown command 'frobnicate'"), (["chekc"], "did you mean 'check'?"),
                                   (["point", "ad"], "did you mean 'point add'?"), (["point", "add", "x"], "unexpected argument 'x'")):
            result = run("help", *arguments)
            self.assertEqual((result.returncode, result.stdout), (2, ""))
            self.assertIn(message, result.stderr)

    def test_version_and_what_it_was_built_with(self):
        result = run("--version")
        self.assertEqual(result.returncode, 0)
        self.assertRegex(result.stdout, r"\Aidphotoctl \d+\.\d+\.\d+\nBuilt with(out)? libxlsxwriter: .*\.\n"
                                        r"Formats of photos: jpeg( heic)?( avif)?( png)?( webp)?( tiff)?\.\n\Z")
        self.assertRegex(run("--version", "--lang=zh").stdout, r"\Aidphotoctl \d+\.\d+\.\d+\n[已未]启用 libxlsxwriter：.*。\n可接收的照片格式：jpeg[ a-z]*。\n\Z")


class Mount(unittest.TestCase):
    def daemon(self, *arguments, **environment):
        env = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", **environment}
        return subprocess.run([DAEMON, *arguments], env=env, capture_output=True, encoding="utf-8",
                              stdin=subprocess.DEVNULL, timeout=60, check=False)

    def test_help_fits_eighty_columns_in_both_languages(self):
        for locale, word in (("C.UTF-8", "Usage: "), ("zh_CN.UTF-8", "用法：")):
            result = self.daemon("--help", LC_ALL=locale)
            self.assertEqual((result.returncode, result.stderr), (0, ""))
            self.assertTrue(result.stdout.startswith(word))
            for line in result.stdout.splitlines():
                self.assertLessEqual(columns(line), 80, line)

    def test_all_programs_tell_one_version(self):
        told = [subprocess.run([program, "--version"], capture_output=True, encoding="utf-8",
                               timeout=60, check=True).stdout
                for program in (PROGRAM, DAEMON, WORKER)]
        version = told[0].split()[1]
        # Behind its own, idphotoctl tells what it was built with.
        told[0] = told[0].splitlines(keepends=True)[0]
        self.assertEqual(told, [f"{name} {version}\n" for name in
                                ("idphotoctl", "idphotofs", "idphoto-worker")])

    def test_each_mistake_is_named_on_stderr(self):
        for arguments, message in [
                (["-o", "lnag=zh", "a", "b"], "unknown option 'lnag' for -o, did you mean 'lang'?"),
                (["-o", "allow-other", "a", "b"],
                 "unknown option 'allow-other' for -o, did you mean 'allow_other'?"),
                (["-o", "noguard,settle-emtpy=3", "a", "b"],
                 "unknown option 'settle-emtpy' for -o, did you mean 'settle-empty'?"),
                (["-o", "frobnicate", "a", "b"],
                 "unknown option 'frobnicate' for -o; 'idphotofs --help' lists them"),
                (["-o", "lang", "a", "b"], "option 'lang' needs a value: lang=en|zh"),
                (["-o", "workers=", "a", "b"], "option 'workers' needs a value: workers=N"),
                (["-o", "noguard=1", "a", "b"], "option 'noguard' takes no value"),
                (["-o", "lang=de", "a", "b"], "option 'lang' takes one of en|zh, not 'de'"),
                (["-o", "verdict=l", "a", "b"], "option 'verdict' takes one of later|close, not 'l'"),
                (["-o", "delay=1s", "a", "b"],
                 "option 'delay' takes a whole number from 0 to 60000, not '1s'"),
                (["--hlep"], "unknown option '--hlep', did you mean '--help'?"),
                (["--verison"], "unknown option '--verison', did you mean '--version'?"),
                (["-x"], "unknown option '-x'; 'idphotofs --help' lists them"),
                (["-o"], "-o needs options after it")]:
            with self.subTest(arguments=arguments):
                result = self.daemon(*arguments)
                self.assertEqual((result.returncode, result.stdout, result.stderr),
                                 (2, "", f"idphotofs: error: {message}\n"))


class Mistakes(unittest.TestCase):
    CASES = [
        ([], "a command is missing"),
        (["staus"], "unknown command 'staus', did you mean 'status'?"),
        (["chekc", "x.jpg"], "unknown command 'chekc', did you mean 'check'?"),
        (["poin", "add"], "unknown command 'poin', did you mean 'point add'?"),
        (["point", "ad", "x"], "unknown command 'point ad', did you mean 'point add'?"),
        (["config"], "'config' alone is not a command, use 'config check' or 'config show'"),
        (["frobnicate"], "unknown command 'frobnicate'"),
        (["--stroe=x", "status"], "unknown option '--stroe', did you mean '--store'?"),
        (["check", "--jsno", "x"], "unknown option '--jsno', did you mean '--json'?"),
        (["check", "--frobnicate", "x"], "unknown option '--frobnicate'"),
        (["check", "-j", "x"], "unknown option '-j'"),
        (["check", "--json=yes", "x"], "option '--json' takes no value"),
        (["check", "x", "--write"], "option '--write' needs a value"),
        (["check"], "'check' needs more arguments: FILE|DIR..."),
        (["check", "--jobs=0", "x"], "'0' is not a number of jobs from 1 to 256"),
        (["check", "--jobs=-1", "x"], "'-1' is not a number of jobs from 1 to 256"),
        (["check", "--jobs=2x", "x"], "'2x' is not a number of jobs from 1 to 256"),
        (["--lang=de", "check", "x"], "unknown language 'de', known are 'en' and 'zh'"),
        (["status"], "no store is given: use --store=STORE or set IDPHOTO_STORE"),
        (["point", "list", "x", "--store=y"], "unexpected argument 'x'"),
    ]

    def test_each_mistake_is_named_on_stderr(self):
        for arguments, message in self.CASES:
            with self.subTest(arguments=arguments):
                result = run(*arguments)
                self.assertEqual(result.returncode, 2)
                self.assertEqual(result.stdout, "")
                lines = result.stderr.splitlines()
                self.assertEqual(lines[0], f"idphotoctl: {message}")
                self.assertRegex(lines[1], r"^Try 'idphotoctl( [a-z ]+)? --help'\.$")
                self.assertEqual(len(lines), 2)

    def test_output_that_cannot_be_written_is_a_failure(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            result = subprocess.run([PROGRAM, "--help"], stdout=full, stderr=subprocess.PIPE,
                                    encoding="utf-8", timeout=60, check=False)
        self.assertEqual(result.returncode, 2)
        self.assertIn("cannot write the output", result.stderr)


if __name__ == "__main__":
    unittest.main()
