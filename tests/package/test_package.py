#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The Debian package, as an operator meets it: installed, used, removed. Its path is in $IDPHOTO_DEB.

Root's, on a machine that has no idphotofs of its own: where there is one, nothing is touched and the program exits
with 77, or fails where mounts are required.
"""

import glob
import grp
import gzip
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "mount"))
from harness import IDPHOTOCTL, NUMBERS, POINT, SAMPLES, daemons_of, main, need_fuse, read, run, skip, wait_for

DEB = os.environ.get("IDPHOTO_DEB", "")
STORES = "/var/lib/idphotofs"
DAEMON = "/usr/sbin/idphotofs"
CTL = "/usr/bin/idphotoctl"
WORKER = "/usr/libexec/idphotofs/idphoto-worker"
UNIT = "/lib/systemd/system/idphotofs@.service"
GROUP = "idphotofs"
# Of fstab and of mount(8), besides the mount's own.
OPTIONS = "defaults,noauto,user,nofail,_netdev,x-systemd.automount"

FILES = {
    DAEMON, CTL, WORKER, UNIT,
    "/usr/lib/sysusers.d/idphotofs.conf",
    "/usr/lib/tmpfiles.d/idphotofs.conf",
    "/usr/share/man/man1/idphotoctl.1.gz",
    "/usr/share/man/man5/idphotofs.conf.5.gz",
    "/usr/share/man/man7/idphotofs-reasons.7.gz",
    "/usr/share/man/man7/idphotofs-gateways.7.gz",
    "/usr/share/man/man7/idphotofs-speed.7.gz",
    "/usr/share/man/man7/idphotofs-status.7.gz",
    "/usr/share/man/man8/idphotofs.8.gz",
    "/usr/share/man/zh_CN/man1/idphotoctl.1.gz",
    "/usr/share/man/zh_CN/man8/idphotofs.8.gz",
    "/usr/share/bash-completion/completions/idphotoctl",
    "/usr/share/bash-completion/completions/idphotofs",
    "/usr/share/zsh/vendor-completions/_idphotoctl",
    "/usr/share/zsh/vendor-completions/_idphotofs",
    "/usr/share/doc/idphotofs/README.Debian",
    "/usr/share/doc/idphotofs/changelog.gz",
    "/usr/share/doc/idphotofs/copyright",
    "/usr/share/doc/idphotofs/examples/rsyncd.conf",
    "/usr/share/doc/idphotofs/examples/smb.conf",
    "/usr/share/doc/idphotofs/examples/vsftpd.conf",
}
# Compressed from a certain size on.
READMES = {"/usr/share/doc/idphotofs/README.md", "/usr/share/doc/idphotofs/README.zh-CN.md"}


def state_of_package():
    """As dpkg has it: empty when it knows nothing of the package."""
    return run("dpkg-query", "-W", "-f", "${db:Status-Status}", "idphotofs", check=False).stdout


def group_exists():
    return any(entry.gr_name == GROUP for entry in grp.getgrall())


def set_up_machine():
    """Refuses every machine on which this test could take something away that is not its own."""
    if not os.path.isfile(DEB):
        sys.exit("IDPHOTO_DEB names no package; scripts/test package makes one")
    if os.geteuid() != 0:
        skip("only root installs packages")
    need_fuse()
    if state_of_package() or os.path.exists(DAEMON):
        skip("idphotofs is installed on this machine already")
    if os.path.exists(STORES):
        skip(f"{STORES} is there already")
    for program in ("man", "readelf"):
        if not shutil.which(program):
            sys.exit(f"{program} is missing; scripts/test package installs it")


def apt_install():
    """With what it depends on; 0 or apt's exit status."""
    return run("apt-get", "-o", "DPkg::Lock::Timeout=300", "install", "-y", "--no-install-recommends", DEB, check=False,
               env={"DEBIAN_FRONTEND": "noninteractive"}, timeout=900)


def setUpModule():
    global HAD_GROUP
    HAD_GROUP = group_exists()
    unittest.addModuleCleanup(forget_package)
    result = apt_install()
    if result.returncode != 0:
        # Dependencies that apt has never heard of.
        run("apt-get", "update", timeout=300)
        result = apt_install()
    if result.returncode != 0:
        raise AssertionError(result.stdout + result.stderr)


def forget_package():
    if state_of_package():
        run("dpkg", "--purge", "idphotofs", check=False, timeout=300)
    if not HAD_GROUP and group_exists():
        run("groupdel", GROUP)
    if os.path.isdir(STORES) and not os.listdir(STORES):
        os.rmdir(STORES)


class Contents(unittest.TestCase):
    """The archive; on machines that are kept small, manuals are not unpacked at installation."""

    @classmethod
    def setUpClass(cls):
        cls.root = tempfile.mkdtemp(prefix="idphoto-deb-")
        cls.addClassCleanup(shutil.rmtree, cls.root)
        run("dpkg-deb", "-x", DEB, cls.root)

    def test_files(self):
        found = {"/" + os.path.relpath(os.path.join(folder, name), self.root)
                 for folder, _, names in os.walk(self.root) for name in names}
        readmes = {path for path in found if path.removesuffix(".gz") in READMES}
        self.assertEqual(len(readmes), len(READMES))
        self.assertEqual(found - readmes, FILES)

    def test_manuals_render(self):
        for path in FILES:
            if "/man/" in path:
                result = run("man", "--local-file", self.root + path, env={"MANPAGER": "cat", "MANWIDTH": "80", "MAN_KEEP_STDERR": "1"})
                self.assertEqual(result.stderr, "", path)
                self.assertRegex(result.stdout, "NAME|名称")
                self.assertIn(os.path.basename(path).split(".")[0], result.stdout)

    def test_unit(self):
        with open(self.root + UNIT, encoding="utf-8") as file:
            unit = file.read()
        self.assertIn(f"\nExecStart={DAEMON} -f ", unit)
        self.assertIn(f"STORE={STORES}/%i ", unit)

    def test_programs_are_hardened(self):
        for path in (DAEMON, CTL, WORKER):
            elf = run("readelf", "-h", "-l", "-d", "--dyn-syms", "--wide", self.root + path).stdout
            self.assertRegex(elf, r"Type:\s+DYN", path)
            self.assertIn("GNU_RELRO", elf, path)
            self.assertRegex(elf, r"FLAGS.*NOW", path)
            self.assertIn("__stack_chk_fail", elf, path)
            self.assertRegex(elf, r"__\w+_chk@", path)
            self.assertRegex(elf, r"GNU_STACK.* RW ", path)

    def test_changelog_and_manuals_speak_of_this_version(self):
        version = run("dpkg-deb", "-f", DEB, "Version").stdout.strip()
        with gzip.open(self.root + "/usr/share/doc/idphotofs/changelog.gz", "rt") as file:
            self.assertTrue(file.read().startswith(f"idphotofs ({version}) "))

    def test_what_it_depends_on(self):
        depends = run("dpkg-deb", "-f", DEB, "Depends").stdout
        for name in ("fuse3", "opencv-data", "libfuse3-3", "libjpeg62-turbo", "libsqlite3-0"):
            self.assertRegex(depends, rf"(^|, ){re.escape(name)}\b")
        suggests = run("dpkg-deb", "-f", DEB, "Suggests").stdout
        self.assertIn("rsync", suggests)
        self.assertIn("samba", suggests)


class Served(unittest.TestCase):
    """A store where the unit looks for it, its name this process's own."""

    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="idphoto-package-")
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)
        self.store = os.path.join(STORES, f"test-{os.getpid()}")
        self.path = os.path.join(self.directory, "mnt")
        self.samples = os.path.join(self.directory, "samples")
        os.mkdir(self.path)
        self.addCleanup(self.clean_up)
        run(SAMPLES, self.samples, "--plain", "3")
        self.photos = sorted(os.listdir(self.samples))
        run(CTL, "--lang=en", "init", self.store)
        run(CTL, f"--store={self.store}", "point", "add", POINT)

    def clean_up(self):
        if os.path.ismount(self.path):
            run("umount", "--lazy", self.path, check=False)
        for pid in daemons_of(self.store):
            os.kill(pid, signal.SIGKILL)
        run("chattr", "-i", self.path, check=False)
        shutil.rmtree(self.store, ignore_errors=True)

    def daemon(self):
        daemons = daemons_of(self.store)
        self.assertEqual(len(daemons), 1)
        self.assertEqual(os.readlink(f"/proc/{daemons[0]}/exe"), DAEMON)
        return daemons[0]

    def drop(self, n):
        """The n-th sample, until it is accepted."""
        run("cp", os.path.join(self.samples, self.photos[n]), os.path.join(self.path, POINT, f"同学 {self.photos[n]}"))
        run("sync", os.path.join(self.path, POINT, "STATUS.txt"))
        self.assertIn(self.photos[n], os.listdir(os.path.join(self.path, POINT)))
        self.assertEqual(os.listdir(os.path.join(self.path, POINT, "rejected")), [])

    def unmount(self):
        # While a verdict is announced the mount is in use for a millisecond.
        wait_for(lambda: run("umount", self.path, check=False).returncode == 0, "the unmount succeeds", timeout=5)
        wait_for(lambda: not daemons_of(self.store), "the daemon ends with its mount", timeout=10)
        self.assertEqual(os.listdir(self.path), [])


class Installed(Served):
    def test_programs_tell_the_version_of_the_package(self):
        version = run("dpkg-query", "-W", "-f", "${Version}", "idphotofs").stdout
        self.assertEqual(run(DAEMON, "--version").stdout, f"idphotofs {version}\n")
        self.assertEqual(run(CTL, "--version").stdout,
                         f"idphotoctl {version}\nBuilt with libxlsxwriter: status.xlsx is there.\n"
                         "Formats of photos: jpeg heic avif png webp tiff.\n")

    def test_machine_is_prepared(self):
        self.assertEqual(state_of_package(), "installed")
        status = os.stat(STORES)
        self.assertEqual((stat.S_IMODE(status.st_mode), status.st_uid, status.st_gid), (0o750, 0, 0))
        self.assertTrue(group_exists())

    def test_nothing_is_enabled(self):
        self.assertEqual(glob.glob("/etc/systemd/system/**/idphotofs@*", recursive=True), [])

    def test_unit_is_sound(self):
        if not shutil.which("systemd-analyze"):
            self.skipTest("no systemd-analyze")
        result = run("systemd-analyze", "verify", UNIT.replace("@", "@202601"), check=False)
        # Of the units of this machine it says much; of this one there is nothing to say.
        self.assertNotIn("idphotofs", result.stdout + result.stderr)

    def test_mount_by_type(self):
        run("mount", "-t", "fuse.idphotofs", self.store, self.path, "-o", OPTIONS)
        daemon = self.daemon()
        self.drop(0)
        children = run("pgrep", "-P", str(daemon)).stdout.split()
        self.assertEqual({os.readlink(f"/proc/{child}/exe") for child in children}, {WORKER})
        self.unmount()

    def test_mount_by_fstab(self):
        fstab = os.path.join(self.directory, "fstab")
        with open(fstab, "w", encoding="utf-8") as file:
            file.write(f"{self.store} {self.path} fuse.idphotofs {OPTIONS},log=warning 0 0\n")
        run("mount", "--fstab", fstab, self.path)
        self.daemon()
        self.drop(0)
        self.unmount()
        run("mount", "-T", fstab, self.path)
        self.assertIn(self.photos[0], os.listdir(os.path.join(self.path, POINT)))
        self.drop(1)
        self.unmount()

    def test_lists_are_imported_by_the_installed_program(self):
        run("mount", "-t", "fuse.idphotofs", self.store, self.path)
        folder = os.path.join(self.path, "OFFICE", "import")
        with open(os.path.join(folder, "roster.csv"), "w", encoding="utf-8") as file:
            file.write(f"身份证号,姓名,学号,教学点\r\n{NUMBERS[0]},同学甲,S001,{POINT}\r\n")
        wait_for(lambda: os.path.exists(os.path.join(folder, "roster.csv.report.txt")), "the report appears")
        self.assertEqual(len(os.listdir(os.path.join(self.path, POINT, "missing"))), 1)
        self.unmount()

    def test_the_office_is_the_group_that_the_configuration_names(self):
        with open(os.path.join(self.store, "idphotofs.conf"), "a", encoding="utf-8") as file:
            file.write(f"\n[office]\noffice-group = {GROUP}\n")
        run("mount", "-t", "fuse.idphotofs", self.store, self.path)
        office = os.stat(os.path.join(self.path, "OFFICE"))
        self.assertEqual(office.st_gid, grp.getgrnam(GROUP).gr_gid)
        self.assertEqual(office.st_mode & 0o007, 0)
        self.unmount()


class Removed(Served):
    """Runs last, as it takes the package away."""

    def left_behind(self):
        """Whatever bears the package's name where packages put things. In /run/shm tests have theirs."""
        return [path for pattern in ("/etc/**/idphotofs*", "/usr/*bin/idphoto*", "/usr/lib/*/idphotofs*", "/usr/libexec/idphotofs*",
                                     "/usr/share/*/idphotofs*", "/usr/share/man/**/idphoto*",
                                     "/usr/share/bash-completion/completions/idphoto*", "/usr/share/zsh/*/_idphoto*", "/lib/systemd/**/idphotofs*",
                                     "/run/**/idphotofs*", "/var/lib/dpkg/info/idphotofs.*", "/var/lib/systemd/**/idphotofs*",
                                     "/var/cache/idphotofs*", "/var/log/idphotofs*")
                for path in glob.glob(pattern, recursive=True) if not path.startswith("/run/shm/")]

    def test_removal(self):
        run("mount", "-t", "fuse.idphotofs", self.store, self.path)
        daemon = self.daemon()
        # An upgrade leaves a mount of fstab alone, and knows its daemon later on.
        run("dpkg", "-i", DEB, timeout=120)
        self.assertEqual(daemons_of(self.store), [daemon])
        self.drop(0)
        # In use: a shell stands in it, as shells do.
        with subprocess.Popen(["sleep", "60"], cwd=os.path.join(self.path, POINT)) as shell:
            try:
                run("dpkg", "-r", "idphotofs", timeout=120)
            finally:
                shell.kill()
        self.assertEqual(daemons_of(self.store), [])
        self.assertFalse(os.path.ismount(self.path))
        self.assertFalse(os.path.exists(DAEMON))
        self.assertTrue(os.path.isdir(self.store))

        # As 'systemctl enable' makes one, which needs a running systemd on some machines.
        enabled = f"/etc/systemd/system/multi-user.target.wants/idphotofs@{os.path.basename(self.store)}.service"
        os.makedirs(os.path.dirname(enabled), exist_ok=True)
        os.symlink(UNIT, enabled)
        run("dpkg", "--purge", "idphotofs", timeout=120)
        self.assertEqual(state_of_package(), "")
        self.assertEqual(self.left_behind(), [])
        self.assertEqual(os.listdir(STORES), [os.path.basename(self.store)])
        # The store is whole.
        run(IDPHOTOCTL, f"--store={self.store}", "verify")
        run(IDPHOTOCTL, f"--store={self.store}", "audit", "verify")
        self.assertIn(self.photos[0][:18], run(IDPHOTOCTL, f"--store={self.store}", "list", "--csv").stdout)

        # A store that has gone by itself leaves nothing.
        shutil.rmtree(self.store)
        run("dpkg", "-i", DEB, timeout=120)
        self.assertTrue(os.path.isdir(STORES))
        run("dpkg", "--purge", "idphotofs", timeout=120)
        self.assertFalse(os.path.exists(STORES))


if __name__ == "__main__":
    set_up_machine()
    main()
