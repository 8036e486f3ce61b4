#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Mounting, unmounting, and what stands in the way."""

import glob
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import time
import unittest.mock

from harness import BUILD, IDPHOTOCTL, IDPHOTOFS, Mount, MountTest, NUMBERS, POINT, daemons_of, main, need, read, run, wait_for

# What an fstab may hold besides the mount's own.
MOUNT_OPTIONS = "defaults,noauto,user,nofail,_netdev,x-systemd.automount,x-systemd.idle-timeout=60,x-gvfs-hide,lang=zh"


class Lifecycle(MountTest):
    options = ("delay=100",)

    def test_unmount(self):
        self.mount.end()

    def test_sigterm(self):
        run("cp", self.good(1)[0], self.mount.point())
        self.mount.end("signal")

    def test_unmount_right_after_a_copy(self):
        for path in self.good(12):
            run("cp", path, self.mount.point(f"x {os.path.basename(path)}"))
        self.mount.end()
        self.assertEqual(os.listdir(self.mount.path), [])
        self.mount.start()
        self.mount.settle()
        self.assertEqual(len(self.mount.photos()), 12)

    def test_background(self):
        self.mount.end()
        run(IDPHOTOFS, self.mount.store, self.mount.path)
        # Ready when the command returns.
        self.assertIn(POINT, os.listdir(self.mount.path))
        run("fusermount3", "-u", self.mount.path)
        # The next daemon gets the store as soon as this one has ended.
        wait_for(lambda: run(IDPHOTOFS, self.mount.store, self.mount.path, check=False).returncode == 0, "mounts again")
        run("fusermount3", "-u", self.mount.path)

    def test_mount_helper(self):
        if os.geteuid() != 0 or not shutil.which("mount.fuse3"):
            self.skipTest("needs root and mount.fuse3")
        self.mount.end()
        # The type that names no program: the source does, by its path.
        run("mount", "-t", "fuse", f"{IDPHOTOFS}#{self.mount.store}", self.mount.path, "-o", MOUNT_OPTIONS)
        self.check_mount_command(self.mount.path)
        run("umount", self.mount.path)
        self.check_daemon_ended()

    def test_mount_command_and_fstab(self):
        if os.geteuid() != 0 or not shutil.which("mount.fuse3"):
            self.skipTest("needs root and mount.fuse3")
        self.mount.end()
        fstab = os.path.join(self.directory, "fstab")
        with open(fstab, "w") as file:
            file.write(f"{self.mount.store} {self.mount.path} fuse.idphotofs {MOUNT_OPTIONS} 0 0\n")
        # mount(8) finds programs where the system installs them, whatever PATH is: there, for these mounts only.
        programs = os.path.join(self.directory, "programs")
        os.mkdir(programs)
        os.symlink(IDPHOTOFS, os.path.join(programs, "idphotofs"))
        for arguments in (["-t", "fuse.idphotofs", self.mount.store, self.mount.path, "-o", MOUNT_OPTIONS],
                          ["-T", fstab, self.mount.path], ["-T", fstab, self.mount.store]):
            with self.subTest(arguments=arguments):
                self.addCleanup(self.kill_daemons)
                with subprocess.Popen(["unshare", "--mount", "sh", "-euc",
                                       'mount --bind "$1" /usr/local/sbin; shift; mount "$@"; echo mounted; read done',
                                       "sh", programs, *arguments], text=True, stdin=subprocess.PIPE,
                                      stdout=subprocess.PIPE, stderr=subprocess.PIPE) as shell:
                    if shell.stdout.readline() != "mounted\n":
                        self.fail(shell.communicate()[1])
                    inside = f"/proc/{shell.pid}/root{self.mount.path}"
                    self.check_mount_command(inside, f"/proc/{shell.pid}/mounts")
                    run("nsenter", f"--mount=/proc/{shell.pid}/ns/mnt", "umount", self.mount.path)
                    self.check_daemon_ended()
                    shell.communicate("\n")

    def check_mount_command(self, path, mounts="/proc/mounts"):
        """By now the mount is there, in the options' language, and not less guarded for what the helper adds."""
        self.assertIn("状态.txt", os.listdir(path))
        with open(mounts) as file:
            line = next(line for line in file if line.split()[1] == self.mount.path)
        self.assertEqual(line.split()[2], "fuse.idphotofs")
        self.assertLessEqual({"nodev", "nosuid", "noexec"}, set(line.split()[3].split(",")))
        self.assertEqual(len(daemons_of(self.mount.store)), 1)

    def check_daemon_ended(self):
        wait_for(lambda: not daemons_of(self.mount.store), "the daemon ends with its mount", timeout=10)

    def kill_daemons(self):
        for pid in daemons_of(self.mount.store):
            os.kill(pid, signal.SIGKILL)

    def test_service_manager_is_told_when_the_mount_answers(self):
        self.mount.end()
        address = os.path.join(self.directory, "notify")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(address)
            manager.settimeout(30)
            with subprocess.Popen([IDPHOTOFS, "-f", "-o", "log=error", self.mount.store, self.mount.path],
                                  env=dict(os.environ, NOTIFY_SOCKET=address), stderr=subprocess.PIPE) as daemon:
                try:
                    self.assertEqual(manager.recv(100), b"READY=1")
                    self.assertIn(POINT, os.listdir(self.mount.path))
                finally:
                    daemon.terminate()
                self.assertEqual(daemon.wait(30), 0)
                self.assertEqual(daemon.stderr.read(), b"")

    def test_ends_while_it_calls_on_its_own_mount(self):
        """Verdicts are announced and names fetched by threads that wait for the daemon's own answers."""
        photos = self.good(12)
        source = os.path.join(self.directory, "sent")
        os.mkdir(source)
        for i in range(48):
            shutil.copy(photos[i % 12], os.path.join(source, f"{i} {os.path.basename(photos[i % 12])}"))
        self.mount.end()
        self.mount.options = ["delay=0", "settle=200"]
        for round in range(6):
            self.mount.start()
            with subprocess.Popen(["rsync", "-a", "--ignore-times", source + "/", self.mount.point() + "/"],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as rsync:
                time.sleep(0.15 * (round + 1))
                self.mount.end("terminate")
                rsync.wait()

    def test_second_daemon_is_refused(self):
        other = os.path.join(self.directory, "other")
        os.mkdir(other)
        result = run(IDPHOTOFS, "-f", self.mount.store, other, check=False)
        self.assertEqual(result.returncode, 1)
        self.assertIn("another daemon", result.stderr)
        self.assertFalse(os.path.ismount(other))

    def test_a_clock_with_an_empty_battery_judges_by_the_newest_day_known(self):
        need("faketime")
        # There libfaketime and the sanitizer's runtime both stand in front of pthread_cond_timedwait(), and wait for
        # different clocks.
        if b"HAVE_SANITIZERS 1" in read(os.path.join(BUILD, "config.h")):
            self.skipTest("this build is sanitized")
        self.mount.end()
        library = next(path for path in glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1"))
        environment = {"LD_PRELOAD": library, "FAKETIME": "@1970-01-02 00:00:00", "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                       "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"}
        with unittest.mock.patch.dict(os.environ, environment):
            self.mount.start()
        shutil.copy(self.good(1)[0], self.mount.point())
        self.mount.settle()
        self.assertEqual(len(self.mount.photos()), 1, self.mount.rejected())
        self.assertIn("1970-01-02", read(self.mount.point("STATUS.txt")).decode())  # the clock was wrong
        roster = os.path.join(self.directory, "roster.csv")
        with open(roster, "w") as f:
            f.write(f"身份证号,姓名,教学点\n{NUMBERS[0]},张三,{POINT}\n")
        self.mount.ctl("import", roster, env=environment)

    @unittest.skipUnless(os.geteuid() == 0, "only root mounts over a mount")
    def test_what_is_mounted_over_the_mount_is_not_touched(self):
        number = os.path.basename(self.good(1)[0])[:18]
        dropped, shown = f"sent {number}.jpg", f"{number}.jpg"
        other = os.path.join(self.directory, "other")
        os.makedirs(os.path.join(other, POINT))
        with open(os.path.join(other, POINT, dropped), "w") as f:
            f.write("somebody else's")
        point = os.open(self.mount.point(), os.O_RDONLY | os.O_DIRECTORY)
        try:
            run("mount", "--bind", other, self.mount.path)
            try:
                fd = os.open(dropped, os.O_WRONLY | os.O_CREAT, 0o644, dir_fd=point)
                os.write(fd, read(self.good(1)[0]))
                os.close(fd)
                wait_for(lambda: shown in os.listdir(point), "the verdict is out")
                self.assertEqual(os.listdir(os.path.join(other, POINT)), [dropped])
                self.assertEqual(read(os.path.join(other, POINT, dropped)), b"somebody else's")
            finally:
                run("umount", self.mount.path)
        finally:
            os.close(point)
        self.assertEqual(self.mount.photos(), [shown])

    def test_a_store_may_have_any_name(self):
        self.mount.end()
        renamed = os.path.join(self.directory, "a,b\\c=d 沈阳, e")
        os.rename(self.mount.store, renamed)
        self.mount.store = renamed
        self.mount.start()
        self.assertIn(POINT, os.listdir(self.mount.path))
        source = run("findmnt", "-n", "-o", "SOURCE", self.mount.path).stdout.strip()
        self.assertTrue(source.endswith("c=d 沈阳, e") or "\\x" in source, source)

    def test_a_newer_store_is_told_in_words(self):
        self.mount.end()
        with sqlite3.connect(os.path.join(self.mount.store, "catalog.db")) as catalog:
            catalog.execute("PRAGMA user_version = 9999")
        for command in ([IDPHOTOFS, "-f", self.mount.store, self.mount.path],
                        *([IDPHOTOCTL, f"--store={self.mount.store}", *arguments] for arguments in (
                            ["status"], ["verify"], ["export", os.path.join(self.directory, "out")], ["config", "check"]))):
            result = run(*command, check=False)
            self.assertNotEqual(result.returncode, 0)
            self.assertIn(f"the store at '{self.mount.store}' was written by a newer version", result.stderr, command)

    def test_failure_in_the_background_is_reported(self):
        other = os.path.join(self.directory, "other")
        os.mkdir(other)
        result = run(IDPHOTOFS, self.mount.store, other, check=False)
        self.assertEqual(result.returncode, 1)

    def test_bare_mountpoint_takes_no_photos(self):
        self.mount.end()
        flags = run("lsattr", "-d", self.mount.path, check=False).stdout.split(" ")[0]
        if "i" not in flags:
            self.skipTest("not root, or the filesystem has no immutable flag")
        with self.assertRaises(PermissionError):
            open(os.path.join(self.mount.path, "drop.jpg"), "wb")
        self.mount.start()
        self.assertIn("STATUS.txt", os.listdir(self.mount.path))
        self.mount.end()
        run("chattr", "-i", self.mount.path)
        self.mount.options = ["noguard"]
        self.mount.start()
        self.mount.end()
        with open(os.path.join(self.mount.path, "drop.jpg"), "wb") as f:
            f.write(b"on the disk below")

    def test_mountpoint_that_is_not_empty(self):
        self.mount.end()
        run("chattr", "-i", self.mount.path, check=False)
        with open(os.path.join(self.mount.path, "photo.jpg"), "w"):
            pass
        result = run(IDPHOTOFS, "-f", self.mount.store, self.mount.path, check=False)
        self.assertEqual(result.returncode, 1)
        self.assertIn("not empty", result.stderr)
        os.unlink(os.path.join(self.mount.path, "photo.jpg"))

    def test_mounted_there_already(self):
        store = os.path.realpath(self.mount.store)
        path = os.path.realpath(self.mount.path)
        for options, said in ((["-o", "lang=en"], f"idphotofs: error: '{store}' is already mounted at '{path}'\n"),
                              (["-olang=zh"], f"idphotofs: 错误：“{store}”已挂载到“{path}”，不能重复挂载\n")):
            result = run(IDPHOTOFS, "-f", *options, self.mount.store, self.mount.path, check=False)
            self.assertEqual((result.returncode, result.stderr), (1, said))
        self.assertIn(POINT, os.listdir(self.mount.path))
        # Another store neither.
        other = os.path.join(self.directory, "other")
        run(IDPHOTOCTL, "init", other)
        self.assertIn(f"'{store}' is already mounted at", run(IDPHOTOFS, "-f", other, self.mount.path, check=False).stderr)

    def test_a_mount_that_failed_leaves_the_mountpoint_as_it_was(self):
        other = os.path.join(self.directory, "other")
        os.mkdir(other)
        before = run("lsattr", "-d", other, check=False).stdout
        for options in (["-o", "batch=none"], ["-f"]):
            result = run(IDPHOTOFS, *options, self.mount.store, other, check=False)
            self.assertEqual(result.returncode, 1)
            self.assertEqual(run("lsattr", "-d", other, check=False).stdout, before)
        self.mount.end()
        result = run(IDPHOTOFS, "-o", "batch=none", self.mount.store, other, check=False)
        self.assertEqual(result.returncode, 1)
        self.assertIn("there is no batch 'none'", result.stderr)
        self.assertFalse(os.path.ismount(other))
        self.assertEqual(run("lsattr", "-d", other, check=False).stdout, before)
        with open(os.path.join(other, "file"), "w"):
            pass

    def test_mountpoint_inside_the_store(self):
        self.mount.end()
        inside = os.path.join(self.mount.store, "mnt")
        os.mkdir(inside)
        result = run(IDPHOTOFS, "-f", self.mount.store, inside, check=False)
        self.assertEqual(result.returncode, 1)
        self.assertIn("outside the store", result.stderr)

    def test_no_store(self):
        empty = os.path.join(self.directory, "empty")
        os.mkdir(empty)
        result = run(IDPHOTOFS, "-f", empty, self.directory + "/mnt2", check=False)
        self.assertEqual(result.returncode, 1)
        self.assertIn("no store", result.stderr)

    def test_killed_worker_is_replaced(self):
        run("cp", self.good(1)[0], self.mount.point())
        self.mount.settle()
        children = run("pgrep", "-P", str(self.mount.daemon.pid)).stdout.split()
        self.assertGreater(len(children), 0)
        for child in children:
            os.kill(int(child), signal.SIGKILL)
        run("cp", self.good(2)[1], self.mount.point())
        self.mount.settle()
        self.assertEqual(len(self.mount.photos()), 2)

    def test_options(self):
        self.assertEqual(run(IDPHOTOFS, "--version").stdout.split()[0], "idphotofs")
        usage = run(IDPHOTOFS, "--help").stdout
        self.assertTrue(all(len(line) <= 80 for line in usage.splitlines()))
        for arguments, word in [(["-x"], "-x"), (["-o", "colour=red", "a", "b"], "colour"), (["a"], "mountpoint"),
                                (["a", "b", "c"], "too many"), (["-o", "settle=soon", "a", "b"], "settle"),
                                (["-o", "log=loud", "a", "b"], "log")]:
            result = run(IDPHOTOFS, *arguments, check=False)
            self.assertEqual(result.returncode, 2, arguments)
            self.assertIn(word, result.stderr)
            self.assertEqual(result.stdout, "")

    def test_points_added_while_mounted_appear(self):
        self.mount.ctl("point", "add", "大连学习中心")
        self.assertIn("大连学习中心", os.listdir(self.mount.path))
        self.assertIn("大连学习中心", self.mount.ctl("point", "list").stdout)
        self.assertIn("大连学习中心", read(os.path.join(self.mount.path, "STATUS.txt")).decode())
        again = self.mount.ctl("point", "add", "大连学习中心", check=False)
        self.assertEqual(again.returncode, 2)
        self.assertIn("already", again.stderr)

    def test_status_command_tells_what_the_status_file_tells(self):
        run("cp", self.good(1)[0], self.mount.point())
        self.mount.settle()
        self.assertEqual(self.mount.ctl("status", POINT).stdout.encode(), read(self.mount.point("STATUS.txt")))

    def test_root_status_names_nobody(self):
        run("cp", self.good(1)[0], self.mount.point())
        run("cp", self.copy_of(self.good(1)[0], "张三.jpg"), self.mount.point())
        self.mount.settle()
        text = read(os.path.join(self.mount.path, "STATUS.txt")).decode()
        self.assertNotIn(NUMBERS[0], text)
        self.assertNotIn("张三", text)
        self.assertIn(POINT, text)

    def test_nothing_personal_in_the_log(self):
        for i, path in enumerate(self.good(12)):
            run("cp", path, self.mount.point(f"张三{i} {NUMBERS[i]}.jpg"))
        self.mount.settle()
        self.mount.end()
        log = self.mount.log()
        for word in NUMBERS + ["张三"]:
            self.assertNotIn(word, log)


class Chinese(MountTest):
    lang = "zh"

    def test_tree_in_chinese(self):
        self.assertEqual(sorted(os.listdir(self.mount.path)), sorted(["状态.txt", "状态.csv", "总览.html", "校本部", POINT]))
        run("cp", self.copy_of(self.good(1)[0], "IMG_1.jpg"), self.mount.point())
        run("sync", self.mount.point("状态.txt"))
        self.assertEqual(sorted(os.listdir(self.mount.point("驳回"))), ["IMG_1.jpg", "IMG_1.jpg - 文件名无身份证号.txt"])
        self.assertIn("身份证号", read(self.mount.point("驳回", "IMG_1.jpg - 文件名无身份证号.txt")).decode())
        self.assertIn("驳回", read(self.mount.point("状态.txt")).decode())

    def test_language_of_a_mount(self):
        self.mount.end()
        self.mount.options = ["lang=en"]
        self.mount.start()
        self.assertIn("STATUS.txt", os.listdir(self.mount.point()))


if __name__ == "__main__":
    main()
