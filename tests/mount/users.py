# SPDX-License-Identifier: MIT
"""The people of SPEC and their accounts: a uid and groups each that nobody on this machine has, umask 022, no rights in the store.

Programs that ask for accounts by name are told them by libnss_wrapper; nothing is added to the machine.
"""

import ctypes.util
import errno
import grp
import json
import os
import subprocess
import traceback

from harness import MountTest, POINT, run, skip, wait_for

OTHER_POINT = "大连学习中心"
POINT_GROUP, OTHER_GROUP = 61001, 61002
# The configuration takes the name of a group. Nobody is in this one.
OFFICE_GROUP = "games"
WRAPPER = ctypes.util.find_library("nss_wrapper")


def errno_of(function, *args, **kwargs):
    """The name of the errno, or OK."""
    try:
        result = function(*args, **kwargs)
    except OSError as error:
        return errno.errorcode[error.errno]
    if function is os.open:
        os.close(result)
    return "OK"


def as_user(uid, groups, function):
    """What function() returns in a process of that user; through JSON."""
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            os.close(r)
            os.setgroups(groups)
            os.setresgid(groups[0], groups[0], groups[0])
            os.setresuid(uid, uid, uid)
            with os.fdopen(w, "w") as f:
                json.dump(function(), f)
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    os.close(w)
    with os.fdopen(r) as f:
        text = f.read()
    _, status = os.waitpid(pid, 0)
    if status != 0:
        raise AssertionError("the user's process failed")
    return json.loads(text)


class User:
    """One person or machine. Its programs run in its home, which lies in the test's directory."""

    def __init__(self, name, uid, gid, groups=(), directory=None):
        self.name, self.uid, self.gid, self.groups = name, uid, gid, list(groups)
        self.password = f"of {name}"
        self.accounts = {}  # environment of programs that ask for accounts
        self.home = os.path.join(directory, "home", name)
        os.makedirs(self.home)
        os.chmod(os.path.dirname(self.home), 0o755)
        self.environment = {"HOME": self.home, "USER": name, "LOGNAME": name}
        for variable in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR"):
            self.environment[variable] = os.path.join(self.home, variable.lower())
            os.mkdir(self.environment[variable], 0o700)
        self.give(self.home)

    def give(self, path):
        """Makes a file or folder and what is in it the user's own."""
        for directory, folders, files in os.walk(path):
            for name in folders + files:
                os.chown(os.path.join(directory, name), self.uid, self.gid)
        os.chown(path, self.uid, self.gid)

    def identity(self):
        return {"user": self.uid, "group": self.gid, "extra_groups": self.groups, "umask": 0o022}

    def run(self, *args, env=None, cwd=None, named=False, **kwargs):
        """As harness.run(). With `named` the program finds the accounts by their names."""
        return run(*args, cwd=cwd or self.home, **self.identity(), **kwargs,
                   env={**self.environment, **(self.accounts if named else {}), **(env or {})})

    def popen(self, *args, env=None, **kwargs):
        return subprocess.Popen(args, cwd=self.home, **self.identity(), **kwargs,
                                env={**os.environ, "LC_ALL": "C.UTF-8", **self.environment, **(env or {})})

    def shell(self, script, *args):
        """Exit status and stderr of a shell's script; the arguments are $1 and so on."""
        result = self.run("sh", "-c", script, "sh", *args, check=False)
        return [result.returncode, result.stderr]

    def call(self, function):
        """What function() returns in a process of this user."""
        return as_user(self.uid, [self.gid, *self.groups], function)


class Staff:
    """Who works with one mount."""

    def __init__(self, directory):
        def user(name, uid, *groups):
            return User(name, uid, uid, groups, directory)

        self.member = user("zhang", 60001, POINT_GROUP)
        self.colleague = user("li", 60002, POINT_GROUP)
        self.other = user("wang", 60003, OTHER_GROUP)
        self.reviewer = user("zhao", 60004, grp.getgrnam(OFFICE_GROUP).gr_gid)
        self.upload = user("upload", 60005, POINT_GROUP)
        self.stranger = user("qian", 60006)
        self.all = (self.member, self.colleague, self.other, self.reviewer, self.upload, self.stranger)
        self.directory = directory
        self.accounts = self.write_accounts() if WRAPPER else {}
        for each in self.all:
            each.accounts = self.accounts

    def write_accounts(self):
        """The machine's accounts and the staff's, for programs that look one up; the environment that shows them."""
        people = [f"{u.name}:x:{u.uid}:{u.gid}:{u.name}:{u.home}:/bin/sh\n" for u in self.all]
        groups = [f"{u.name}:x:{u.gid}:\n" for u in self.all]
        for name, gid in (("shenyang", POINT_GROUP), ("dalian", OTHER_GROUP)):
            groups.append(f"{name}:x:{gid}:{','.join(u.name for u in self.all if gid in u.groups)}\n")
        environment = {"LD_PRELOAD": WRAPPER}
        for kind, path, lines in (("PASSWD", "/etc/passwd", people), ("GROUP", "/etc/group", groups)):
            with open(path, encoding="utf-8") as f:
                text = "".join(lines) + f.read()
            if kind == "GROUP":
                gid = grp.getgrnam(OFFICE_GROUP).gr_gid
                text = text.replace(f"{OFFICE_GROUP}:x:{gid}:", f"{OFFICE_GROUP}:x:{gid}:{self.reviewer.name}")
            environment[f"NSS_WRAPPER_{kind}"] = os.path.join(self.directory, kind.lower())
            with open(environment[f"NSS_WRAPPER_{kind}"], "w", encoding="utf-8") as f:
                f.write(text)
        return environment


class UsersTest(MountTest):
    """A mounted store that other users than root come to."""

    @classmethod
    def setUpClass(cls):
        if os.geteuid() != 0:
            skip("other users need root")
        super().setUpClass()

    def setUp(self):
        super().setUp()
        os.chmod(self.directory, 0o755)


class StaffTest(UsersTest):
    """One mounted store a test, with two points of different groups, and the staff."""

    options = ("delay=100", "settle=200", "settle-empty=400")
    points = ()
    config = f"\n[office]\noffice-group = {OFFICE_GROUP}\n"

    def setUp(self):
        super().setUp()
        self.staff = Staff(self.directory)
        for point, group in ((POINT, POINT_GROUP), (OTHER_POINT, OTHER_GROUP)):
            self.mount.ctl("point", "add", point, f"--group={group}")
        wait_for(lambda: {POINT, OTHER_POINT} <= set(os.listdir(self.mount.path)), "the points are there")
