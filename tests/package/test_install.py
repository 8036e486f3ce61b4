#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What 'meson install' puts where, with the prefix that this build has and with Debian's."""

import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest

BUILD = os.path.abspath(os.environ.get("IDPHOTO_BUILD_ROOT", "build"))
SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def meson(*arguments):
    result = subprocess.run(["meson", *arguments], capture_output=True, text=True, timeout=240, check=False)
    if result.returncode != 0:
        raise AssertionError(f"meson {' '.join(arguments)}:\n{result.stdout}{result.stderr}")


def introspect(what, build):
    """As 'meson introspect' does, which takes a second each time."""
    with open(os.path.join(build, "meson-info", f"intro-{what}.json"), encoding="utf-8") as file:
        return json.load(file)


def folders(build):
    """Where programs of each kind go, as this build was told."""
    options = {o["name"]: o["value"] for o in introspect("buildoptions", build)}
    prefix = options["prefix"]
    found = {name: os.path.join(prefix, options[name]) for name in ("bindir", "sbindir", "libexecdir", "mandir", "datadir")}
    found["libdir"] = os.path.join(prefix, "lib")
    found["unitdir"] = options["systemdsystemunitdir"] or os.path.join(prefix, "lib/systemd/system")
    found["zshdir"] = options["zshcompletiondir"] or os.path.join(found["datadir"], "zsh/site-functions")
    return found


def expected(build):
    return {path.format(**folders(build)) for path in (
        "{bindir}/idphotoctl",
        "{sbindir}/idphotofs",
        "{libexecdir}/idphotofs/idphoto-worker",
        "{mandir}/man1/idphotoctl.1",
        "{mandir}/man5/idphotofs.conf.5",
        "{mandir}/man7/idphotofs-reasons.7",
        "{mandir}/man7/idphotofs-gateways.7",
        "{mandir}/man7/idphotofs-speed.7",
        "{mandir}/man7/idphotofs-status.7",
        "{mandir}/man8/idphotofs.8",
        "{mandir}/zh_CN/man1/idphotoctl.1",
        "{mandir}/zh_CN/man8/idphotofs.8",
        "{datadir}/bash-completion/completions/idphotoctl",
        "{datadir}/bash-completion/completions/idphotofs",
        "{zshdir}/_idphotoctl",
        "{zshdir}/_idphotofs",
        "{unitdir}/idphotofs@.service",
        "{libdir}/sysusers.d/idphotofs.conf",
        "{libdir}/tmpfiles.d/idphotofs.conf",
        "{datadir}/doc/idphotofs/examples/rsyncd.conf",
        "{datadir}/doc/idphotofs/examples/smb.conf",
        "{datadir}/doc/idphotofs/examples/vsftpd.conf",
    )}


def programs_of_unit(text):
    """The paths of the unit's own programs; those of the system are found by name."""
    return re.findall(r"^Exec\w+=[-+!@:]*(/\S+)", text, re.MULTILINE)


class Install(unittest.TestCase):
    """This build, below a folder that stands for the root."""

    @classmethod
    def setUpClass(cls):
        cls.root = tempfile.mkdtemp(prefix="idphoto-install-")
        cls.addClassCleanup(shutil.rmtree, cls.root)
        # Debug information names the source; packages have it stripped.
        meson("install", "-C", BUILD, "--no-rebuild", "--strip", "--quiet", "--destdir", cls.root)

    def files(self):
        return {"/" + os.path.relpath(os.path.join(folder, name), self.root)
                for folder, _, names in os.walk(self.root) for name in names}

    def read(self, path):
        with open(self.root + path, "rb") as file:
            return file.read()

    def test_every_file_is_where_it_belongs(self):
        self.assertEqual(self.files(), expected(BUILD))

    def test_only_programs_are_executable(self):
        programs = {path for path in self.files() if os.stat(self.root + path).st_mode & 0o111}
        self.assertEqual({os.path.basename(path) for path in programs}, {"idphotofs", "idphotoctl", "idphoto-worker"})
        for path in self.files():
            self.assertEqual(os.stat(self.root + path).st_mode & 0o7022, 0, path)

    def test_programs_know_each_other_where_they_are_installed(self):
        where = folders(BUILD)
        daemon = self.read(where["sbindir"] + "/idphotofs")
        self.assertIn(f"{where['libexecdir']}/idphotofs/idphoto-worker\0".encode(), daemon)
        self.assertIn(f"{where['bindir']}/idphotoctl\0".encode(), daemon)
        self.assertIn(f"{where['libexecdir']}/idphotofs/idphoto-worker\0".encode(),
                      self.read(where["bindir"] + "/idphotoctl"))

    def test_the_unit_starts_the_installed_program(self):
        where = folders(BUILD)
        unit = self.read(where["unitdir"] + "/idphotofs@.service").decode()
        self.assertEqual(programs_of_unit(unit), [where["sbindir"] + "/idphotofs"])
        self.assertNotIn("@SBINDIR@", unit)

    def test_nothing_tells_where_it_was_built(self):
        for path in self.files():
            for folder in {SOURCE, BUILD}:
                self.assertNotIn(folder.encode() + b"/", self.read(path), path)

    def test_programs_run(self):
        where = folders(BUILD)
        for path in ("{sbindir}/idphotofs", "{bindir}/idphotoctl"):
            result = subprocess.run([self.root + path.format(**where), "--version"], capture_output=True, text=True,
                                    timeout=60, check=True)
            self.assertEqual(result.stdout.split()[0], os.path.basename(path))


class Prefix(unittest.TestCase):
    """Other prefixes, which need no second build: what goes where is settled when a build is configured."""

    def check(self, prefix, *options):
        with tempfile.TemporaryDirectory(prefix="idphoto-prefix-") as folder:
            meson("setup", folder, SOURCE, f"--prefix={prefix}", "-Dtests=false", *options)
            self.assertEqual(set(introspect("installed", folder).values()), expected(folder))
            where = folders(folder)
            with open(os.path.join(folder, "packaging", "idphotofs@.service"), encoding="utf-8") as file:
                self.assertEqual(programs_of_unit(file.read()), [where["sbindir"] + "/idphotofs"])
            with open(os.path.join(folder, "config.h"), encoding="utf-8") as file:
                config = file.read()
            self.assertIn(f'"{where["libexecdir"]}/idphotofs/idphoto-worker"', config)
            self.assertIn(f'"{where["bindir"]}/idphotoctl"', config)
            self.assertNotIn(SOURCE + "/", config)
            return expected(folder)

    def test_usr(self):
        self.assertIn("/usr/sbin/idphotofs", self.check("/usr"))

    def test_usr_local(self):
        self.assertIn("/usr/local/lib/systemd/system/idphotofs@.service", self.check("/usr/local"))

    def test_other_folders(self):
        files = self.check("/opt/idphotofs", "--libexecdir=lib", "--sbindir=bin", "-Dsystemdsystemunitdir=/etc/systemd/system")
        self.assertLessEqual({"/opt/idphotofs/bin/idphotofs", "/opt/idphotofs/lib/idphotofs/idphoto-worker",
                              "/etc/systemd/system/idphotofs@.service"}, files)


if __name__ == "__main__":
    unittest.main(verbosity=2)
