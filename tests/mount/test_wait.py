#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""idphotoctl wait: the same as sync STATUS.txt [D6], for everybody, and it says what it waits for."""

import os
import shutil
import signal
import subprocess
import tempfile
import unittest.mock

from harness import BUILD, IDPHOTOCTL, MountTest, POINT, main, run, wait_for
from test_users import as_user

WORKER = os.path.join(BUILD, "src", "idphoto-worker")
OTHER = "大连学习中心"
GROUP, OTHER_GROUP, USER = 61001, 61002, 60001


class Wait(MountTest):
    # An empty file is given ten minutes unless somebody waits.
    options = ("delay=100", "settle=600000")
    points = (POINT, OTHER)

    def setUp(self):
        # A worker that begins no sooner than nothing holds it.
        directory = tempfile.mkdtemp(prefix="idphoto-worker-")
        self.addCleanup(shutil.rmtree, directory)
        self.held = os.path.join(directory, "held")
        worker = os.path.join(directory, "worker")
        with open(worker, "w") as script:
            script.write(f'#!/bin/sh\nwhile [ -e {self.held} ]; do /bin/sleep 0.05; done\nexec {WORKER} "$@"\n')
        os.chmod(worker, 0o755)
        with unittest.mock.patch.dict(os.environ, IDPHOTO_WORKER=worker):
            super().setUp()

    def tearDown(self):
        self.go_on()
        super().tearDown()

    def ctl(self, *arguments, store=True, **options):
        # As long as sync takes, not as long as an empty file is given.
        return run(IDPHOTOCTL, *((f"--store={self.mount.store}",) if store else ()), *arguments, check=False, timeout=60, **options)

    def drop_empty(self, name, point=POINT):
        with open(self.mount.point(name, point=point), "w"):
            pass

    def hold_verdicts(self):
        """No verdict comes out until go_on()."""
        with open(self.held, "w"):
            pass
        for pid in run("pgrep", "-P", str(self.mount.daemon.pid), check=False).stdout.split():
            os.kill(int(pid), signal.SIGKILL)

    def go_on(self):
        if os.path.exists(self.held):
            os.unlink(self.held)

    def test_an_empty_file_gets_its_verdict_at_once(self):
        for i, arguments in enumerate((["wait", POINT], ["wait"], ["wait", self.mount.point()], ["wait", self.mount.path + "/"],
                                       ["wait", self.mount.point("STATUS.txt")], ["wait", self.mount.point("rejected")])):
            name = f"empty{i}.jpg"
            self.drop_empty(name)
            result = self.ctl(*arguments, store=arguments[-1] in ("wait", POINT))
            self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", ""), arguments)
            self.assertIn(name, self.mount.rejected(), arguments)

    def test_a_directory_may_be_named_from_where_one_is(self):
        for cwd, path in ((self.mount.path, POINT + "/"), (self.mount.point(), "."), (self.mount.point("rejected"), "..")):
            name = f"{os.path.basename(cwd)}.jpg"
            self.drop_empty(name)
            self.assertEqual(self.ctl("wait", path, store=False, cwd=cwd).returncode, 0)
            self.assertIn(name, self.mount.rejected())

    def test_what_it_waits_for_is_told_and_time_may_run_out(self):
        self.hold_verdicts()
        for photo in self.good(4)[1:]:
            run("cp", photo, self.mount.point())
        for arguments in ([POINT], [], [self.mount.point()], [self.mount.path]):
            result = self.ctl("wait", *arguments, "--timeout=1500ms")
            self.assertEqual(result.returncode, 3, result.stderr)
            self.assertEqual(result.stderr.splitlines(), ["idphotoctl: waiting; files still being checked: 3",
                                                          "idphotoctl: not all files have their verdict yet"])
        quick = self.ctl("wait", POINT, "--timeout=50ms", "--lang=zh")
        self.assertEqual((quick.returncode, quick.stderr), (3, "idphotoctl: 等待超时，尚有文件未检查完毕\n"))
        # The other point is no concern of that.
        self.assertEqual(self.ctl("wait", OTHER).returncode, 0)
        with subprocess.Popen([IDPHOTOCTL, "wait", self.mount.point()], stderr=subprocess.PIPE, encoding="utf-8") as waiting:
            self.assertIn("files still being checked: 3", waiting.stderr.readline())
            self.go_on()
            self.assertEqual(waiting.wait(60), 0)
        self.assertEqual(len(self.mount.photos()), 3)

    def test_time_runs_out_even_when_the_daemon_hangs(self):
        try:
            self.mount.stop()
            self.assertEqual(self.ctl("wait", self.mount.point("rejected"), "--timeout=200ms", store=False).returncode, 3)
        finally:
            self.mount.daemon.send_signal(signal.SIGCONT)

    def test_files_that_nobody_judges_are_not_waited_for(self):
        self.hold_verdicts()
        run("cp", self.good(2)[1], self.mount.point())
        self.mount.kill()
        self.go_on()
        for arguments in ([], [POINT]):
            result = self.ctl("wait", *arguments)
            self.assertEqual(result.returncode, 1)
            self.assertIn("not mounted", result.stderr)
        self.assertEqual(self.ctl("wait", OTHER).returncode, 0)
        result = self.ctl("wait", self.mount.point(), store=False)
        self.assertEqual(result.returncode, 1)
        self.assertIn("not mounted", result.stderr)
        self.mount.force_end()
        self.mount.start()
        self.assertEqual(self.ctl("wait").returncode, 0)
        self.assertEqual(len(self.mount.photos()), 1)

    def test_what_is_no_place_in_a_mount_is_refused(self):
        for path, said in ((self.directory, "is not inside a mount of idphotofs"), ("/nowhere/at/all", "No such file or directory"),
                           (self.mount.point("nothing"), "No such file or directory")):
            result = self.ctl("wait", path, store=False)
            self.assertEqual(result.returncode, 2)
            self.assertIn(said, result.stderr)
        self.assertIn("name a directory of the mount", self.ctl("wait", store=False).stderr)
        for time in ("soon", "5 years", "-1s", "8000h"):
            self.assertIn(f"'{time}' is not a time", self.ctl("wait", POINT, f"--timeout={time}").stderr)

    def test_a_member_of_the_group_waits_without_the_store(self):
        if os.geteuid() != 0:
            self.skipTest("other users need root")
        os.chmod(self.directory, 0o755)
        for point, group in ((POINT, GROUP), (OTHER, OTHER_GROUP)):
            self.mount.ctl("point", "set", point, f"--group={group}")
        wait_for(lambda: os.stat(self.mount.point()).st_gid == GROUP, "the point is the group's")

        def member(*arguments):
            def function():
                result = self.ctl(*arguments, store=False)
                return [result.returncode, result.stderr]
            return as_user(USER, [GROUP], function)

        self.drop_empty("empty.jpg")
        self.assertEqual(member("wait", self.mount.point()), [0, ""])
        self.assertIn("empty.jpg", self.mount.rejected())
        self.assertEqual(member("wait", self.mount.point(point=OTHER))[0], 2)
        # The mount as a whole means what they may and no more is told.
        self.hold_verdicts()
        for photo in self.good(4)[1:]:
            run("cp", photo, self.mount.point(point=OTHER))
        self.assertEqual(member("wait", self.mount.path), [0, ""])
        run("cp", self.good(5)[4], self.mount.point())
        status, said = member("wait", self.mount.path, "--timeout=1500ms")
        self.assertEqual(status, 3)
        self.assertIn("files still being checked: 1\n", said)
        self.assertEqual(as_user(USER, [GROUP], lambda: os.getxattr(self.mount.point(), "user.idphotofs.checking").decode()), "1")
        self.assertEqual(os.listxattr(self.mount.point()), [])


if __name__ == "__main__":
    main()
