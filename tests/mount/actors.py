# SPDX-License-Identifier: MIT
"""The programs that people drop photos with, behind one face: put, rename, delete by names relative to the point.

Each method returns when the client is done, and fails when it said anything that a person would take for an error.
"""

import os
import shutil

from harness import run
from servers import Rsyncd, Samba, Vsftpd

SFTP_SERVER = "/usr/lib/openssh/sftp-server"


def quiet(*args, **kwargs):
    """A program that has nothing to complain about: exit 0, and not a word to stderr."""
    result = run(*args, **kwargs)
    if result.stderr.strip():
        raise AssertionError(f"{args[0]} complains: {result.stderr}")
    return result


class Actor:
    """A client of one mounted point. rename and delete stay None where it has no such thing."""

    label = ""
    programs = ()
    rename = None
    delete = None

    def __init__(self, directory, point):
        self.directory, self.point = directory, point
        self.work = os.path.join(directory, "work")
        os.makedirs(self.work, exist_ok=True)
        self.start()

    def start(self):
        pass

    def end(self):
        pass

    def put(self, source, name):
        raise NotImplementedError

    def staged(self, source, name):
        """The photo under the name it is to have, in a folder of its own."""
        shutil.rmtree(self.work)
        os.mkdir(self.work)
        target = os.path.join(self.work, name)
        shutil.copyfile(source, target)
        os.utime(target, (1700000000, 1700000000))
        return target

    def path(self, name):
        return os.path.join(self.point, name)


class Shell(Actor):
    """coreutils, and what is like them."""

    command = ()

    def put(self, source, name):
        quiet(*self.command, self.staged(source, name), self.point)

    def rename(self, name, new_name):
        quiet("mv", self.path(name), self.path(new_name))

    def delete(self, name):
        quiet("rm", self.path(name))


class Cp(Shell):
    label, command, programs = "cp", ("cp",), ("cp",)


class CpA(Shell):
    label, command, programs = "cp -a", ("cp", "-a"), ("cp",)


class Mv(Shell):
    label, command, programs = "mv", ("mv",), ("mv",)


class Install(Shell):
    label, command, programs = "install -p", ("install", "-p", "-m", "0644"), ("install",)


class Gio(Shell):
    label, command, programs = "gio copy (GTK)", ("gio", "copy", "-p"), ("gio",)

    def put(self, source, name):
        # The progress of -p goes to stdout.
        quiet("gio", "copy", self.staged(source, name), self.path(name))

    def rename(self, name, new_name):
        quiet("gio", "move", self.path(name), self.path(new_name))

    def delete(self, name):
        quiet("gio", "remove", self.path(name))


class Python(Actor):
    label = "Python shutil"

    def put(self, source, name):
        shutil.copy2(self.staged(source, name), self.point)

    def rename(self, name, new_name):
        shutil.move(self.path(name), self.path(new_name))

    def delete(self, name):
        os.remove(self.path(name))


class Rsync(Actor):
    label, options, programs = "rsync -a", (), ("rsync",)

    def put(self, source, name):
        quiet("rsync", "-a", *self.options, self.staged(source, name), self.target())

    def target(self):
        return self.point + "/"


class RsyncChecksum(Rsync):
    label, options = "rsync -ac", ("-c",)


class RsyncInplace(Rsync):
    label, options = "rsync --inplace", ("--inplace",)


class RsyncBackup(Rsync):
    label, options = "rsync --backup", ("--backup",)


class RsyncDaemon(Rsync):
    label = "rsync daemon"

    def start(self):
        self.server = Rsyncd(self.directory, self.point)

    def end(self):
        self.server.end()

    def target(self):
        return self.server.url()


class Tar(Actor):
    label, programs = "tar", ("tar",)

    def put(self, source, name):
        staged = self.staged(source, name)
        archive = os.path.join(self.directory, "photos.tar")
        quiet("tar", "-cf", archive, "-C", self.work, os.path.basename(staged))
        quiet("tar", "-xf", archive, "-C", self.point)


class Unzip(Actor):
    label, programs = "unzip", ("zip", "unzip")

    def put(self, source, name):
        archive = os.path.join(self.directory, "photos.zip")
        if os.path.exists(archive):
            os.unlink(archive)
        self.staged(source, name)
        quiet("zip", "-q", archive, name, cwd=self.work)
        quiet("unzip", "-q", "-o", archive, "-d", self.point)


class SevenZip(Actor):
    label, programs = "7z", ("7z",)

    def put(self, source, name):
        archive = os.path.join(self.directory, "photos.7z")
        if os.path.exists(archive):
            os.unlink(archive)
        self.staged(source, name)
        quiet("7z", "a", "-bso0", "-bsp0", archive, name, cwd=self.work)
        quiet("7z", "x", "-bso0", "-bsp0", "-y", archive, f"-o{self.point}")


class Sftp(Actor):
    """The client and the server's half of OpenSSH, with a pipe for the network."""

    label, options, programs = "sftp", "", ("sftp",)

    def batch(self, *lines):
        quiet("sftp", "-q", "-D", SFTP_SERVER, "-b", "-", data=("\n".join(lines) + "\n").encode())

    def put(self, source, name):
        self.batch(f'put {self.options} "{self.staged(source, name)}" "{self.path(name)}"')

    def rename(self, name, new_name):
        self.batch(f'rename "{self.path(name)}" "{self.path(new_name)}"')

    def delete(self, name):
        self.batch(f'rm "{self.path(name)}"')


class SftpKeeping(Sftp):
    label, options = "sftp put -p", "-p"


class Lftp(Actor):
    label, setting, programs = "vsftpd, lftp", "", ("vsftpd", "lftp")

    def start(self):
        self.server = Vsftpd(self.directory, self.point)

    def end(self):
        self.server.end()

    def lftp(self, command):
        result = self.server.lftp(self.setting + command)
        if result.stderr.strip():
            raise AssertionError(f"lftp complains: {result.stderr}")

    def put(self, source, name):
        self.lftp(f'put "{self.staged(source, name)}"')

    def rename(self, name, new_name):
        self.lftp(f'mv "{name}" "{new_name}"')

    def delete(self, name):
        self.lftp(f'rm "{name}"')


class LftpTemporary(Lftp):
    label, setting = "vsftpd, lftp temp file", "set xfer:use-temp-file yes; "


class Curl(Lftp):
    label, programs = "vsftpd, curl", ("vsftpd", "curl", "lftp")

    def put(self, source, name):
        quiet("curl", "-sS", "-T", self.staged(source, name), self.server.url(name))


class Smb(Actor):
    """smbd as the example of the packaging says."""

    label, extra, programs = "smbd, as in the example", "", ("smbd", "smbclient")

    def start(self):
        self.server = Samba(self.directory, self.point, self.extra)

    def end(self):
        self.server.end()

    def put(self, source, name):
        self.server.client(f'put "{self.staged(source, name)}" "{name}"')

    def rename(self, name, new_name):
        self.server.client(f'rename "{name}" "{new_name}"')

    def delete(self, name):
        self.server.client(f'rm "{name}"')


class SmbMac(Smb):
    label, extra = "smbd, fruit and streams", ("   vfs objects = catia fruit streams_xattr\n   fruit:metadata = stream\n"
                                               "   fruit:resource = stream\n   store dos attributes = yes\n"
                                               "   ea support = yes")


class SmbAttributes(Smb):
    label, extra = "smbd, DOS attributes", "   vfs objects =\n   store dos attributes = yes\n   ea support = yes"


class SmbOplocks(Smb):
    label, extra = "smbd, defaults", ("   vfs objects =\n   oplocks = yes\n   level2 oplocks = yes\n   nt acl support = yes\n"
                                      "   case sensitive = auto\n   inherit permissions = no\n   strict sync = no")


ALL = (Cp, CpA, Mv, Install, Python, Gio, Rsync, RsyncChecksum, RsyncInplace, RsyncBackup, RsyncDaemon, Tar, Unzip,
       SevenZip, Sftp, SftpKeeping, Lftp, LftpTemporary, Curl, Smb, SmbMac, SmbAttributes, SmbOplocks)


def missing(actor):
    """The first of its programs that is not installed, or None."""
    if issubclass(actor, Sftp) and not os.path.exists(SFTP_SERVER):
        return SFTP_SERVER
    return next((p for p in actor.programs if not shutil.which(p)), None)
