# SPDX-License-Identifier: MIT
"""The programs that people use the mount with, behind one face: put, get, list, rename, delete, mirror, by names relative to the
mount, as the user who acts.

Each method returns when the client is done, and raises Complaint when it said anything that a person would take for an error.
"""

import os
import shutil

from harness import read
from servers import Rsyncd, Samba, Vsftpd
from users import WRAPPER

SFTP_SERVER = "/usr/lib/openssh/sftp-server"


class Complaint(AssertionError):
    """What the client said."""


class Actor:
    """A client of one mount. rename, delete and mirror stay None where it has no such thing."""

    label = ""
    programs = ()
    named = False  # it wants the accounts by name
    refusal = "[Pp]ermission denied"  # what it says where the user may not
    rename = None
    delete = None
    mirror = None

    def __init__(self, directory, root, staff):
        self.directory, self.root, self.staff = directory, root, staff
        self.user = staff.member
        self.start()

    def start(self):
        pass

    def end(self):
        pass

    def put(self, source, path):
        raise NotImplementedError

    def get(self, path):
        """The bytes of a file of the mount."""
        raise NotImplementedError

    def list(self, path):
        """What it prints of a folder of the mount."""
        raise NotImplementedError

    # ---- what they share ----

    def quiet(self, *args, **kwargs):
        """A program that has nothing to complain about: exit 0, and not a word to stderr. Returns what it printed."""
        result = self.user.run(*args, check=False, named=self.named, **kwargs)
        if result.returncode != 0 or result.stderr.strip():
            raise Complaint(f"{args[0]}: exit {result.returncode}\n{result.stdout}{result.stderr}")
        return result.stdout

    def work(self):
        """An empty folder of the user's own."""
        folder = os.path.join(self.user.home, "work")
        shutil.rmtree(folder, ignore_errors=True)
        os.mkdir(folder)
        self.user.give(folder)
        return folder

    def got(self, make):
        """The bytes that make(path) puts into a file."""
        path = os.path.join(self.work(), "got.jpg")
        make(path)
        return read(path)

    def staged(self, source, name):
        """The photo under the name it is to have, in a folder of its own."""
        target = os.path.join(self.work(), name)
        shutil.copyfile(source, target)
        os.utime(target, (1700000000, 1700000000))
        self.user.give(target)
        return target

    def stage_for(self, source, path):
        return self.staged(source, os.path.basename(path))

    def path(self, name):
        return os.path.join(self.root, name)


class Shell(Actor):
    """coreutils, and what is like them."""

    command = ()
    reader = ()  # where the command itself does more than to read

    def put(self, source, path):
        self.quiet(*self.command, self.stage_for(source, path), os.path.dirname(self.path(path)))

    def get(self, path):
        return self.got(lambda target: self.quiet(*(self.reader or self.command), self.path(path), target))

    def list(self, path):
        return self.quiet("ls", self.path(path))

    def rename(self, name, new_name):
        self.quiet("mv", self.path(name), self.path(new_name))

    def delete(self, name):
        self.quiet("rm", self.path(name))


class Cp(Shell):
    label, command, programs = "cp", ("cp",), ("cp",)

    def mirror(self, folder, path):
        return self.quiet(*self.command, "-r", os.path.join(folder, "."), self.path(path))


class CpA(Cp):
    label, command, programs = "cp -a", ("cp", "-a"), ("cp",)

    def mirror(self, folder, path):
        # With "." it would set the times of submitted/ itself, which only its owner may.
        return self.quiet("sh", "-c", 'cp -a "$1"/* "$2"', "sh", folder, self.path(path))


class Mv(Shell):
    label, command, programs, reader = "mv", ("mv",), ("mv",), ("cp",)


class Install(Shell):
    label, command, programs = "install -p", ("install", "-p", "-m", "0644"), ("install",)


class Gio(Shell):
    label, programs, command = "gio copy (GTK)", ("gio",), ("gio", "copy")

    def put(self, source, path):
        # Without -p, whose progress goes to stdout.
        self.quiet("gio", "copy", self.stage_for(source, path), self.path(path))

    def list(self, path):
        return self.quiet("gio", "list", self.path(path))

    def rename(self, name, new_name):
        self.quiet("gio", "move", self.path(name), self.path(new_name))

    def delete(self, name):
        self.quiet("gio", "remove", self.path(name))


class Python(Actor):
    label, programs = "Python shutil", ("python3",)

    def python(self, statement, *args):
        return self.quiet("python3", "-c", f"import os, shutil, sys; a = sys.argv[1:]; {statement}", *args)

    def put(self, source, path):
        self.python("shutil.copy2(*a)", self.stage_for(source, path), os.path.dirname(self.path(path)))

    def get(self, path):
        return self.got(lambda target: self.python("shutil.copy2(*a)", self.path(path), target))

    def list(self, path):
        return self.python("print(*os.listdir(*a))", self.path(path))

    def rename(self, name, new_name):
        self.python("shutil.move(*a)", self.path(name), self.path(new_name))

    def delete(self, name):
        self.python("os.remove(*a)", self.path(name))

    def mirror(self, folder, path):
        # As copytree() does for what is in the folder; it would set the times of submitted/ itself as well.
        return self.python("[shutil.copytree(e.path, os.path.join(a[1], e.name), dirs_exist_ok=True) if e.is_dir() "
                           "else shutil.copy2(e.path, a[1]) for e in os.scandir(a[0])]", folder, self.path(path))


class Rsync(Actor):
    label, options, programs = "rsync -a", (), ("rsync",)

    def put(self, source, path):
        self.quiet("rsync", "-a", *self.options, self.stage_for(source, path), self.target(os.path.dirname(path)) + "/")

    def get(self, path):
        return self.got(lambda target: self.quiet("rsync", "-a", *self.options, self.target(path), target))

    def list(self, path):
        return self.quiet("rsync", "--list-only", self.target(path) + "/")

    def mirror(self, folder, path):
        return self.quiet("rsync", "-rtOi", "--delete", *self.options, folder + "/", self.target(path) + "/")

    def target(self, path):
        return self.path(path)


class RsyncChecksum(Rsync):
    label, options = "rsync -ac", ("-c",)


class RsyncInplace(Rsync):
    label, options = "rsync --inplace", ("--inplace",)


class RsyncBackup(Rsync):
    label, options = "rsync --backup", ("--backup",)


class OneServerEach(Actor):
    """A server that acts as one user: another for each."""

    server_class = None

    def start(self):
        self.servers = {}

    def server(self):
        if self.user not in self.servers:
            self.servers[self.user] = self.server_class(os.path.join(self.directory, self.user.name), self.root, self.user)
        return self.servers[self.user]

    def end(self):
        for server in self.servers.values():
            server.end()


class RsyncDaemon(OneServerEach, Rsync):
    label, server_class = "rsync daemon", Rsyncd

    def target(self, path):
        return self.server().url(path)


class Tar(Actor):
    label, programs = "tar", ("tar",)

    def put(self, source, path):
        name = os.path.basename(self.stage_for(source, path))
        self.extract([name], os.path.dirname(path))

    def extract(self, names, path, folder="work"):
        self.quiet("tar", "-cf", "photos.tar", "-C", folder, *names)
        return self.quiet("tar", "-xf", "photos.tar", "-C", self.path(path))

    def get(self, path):
        self.quiet("tar", "-cf", "photos.tar", "-C", os.path.dirname(self.path(path)), os.path.basename(path))
        self.quiet("tar", "-xf", "photos.tar", "-C", self.work())
        return read(os.path.join(self.user.home, "work", os.path.basename(path)))

    def list(self, path):
        return self.quiet("tar", "-cvf", "/dev/null", "-C", os.path.dirname(self.path(path)), os.path.basename(path))

    def mirror(self, folder, path):
        return self.extract(sorted(os.listdir(folder)), path, folder)


class Archiver(Actor):
    """Makes an archive at home, and takes it apart in the mount."""

    archive = ""
    pack = ()
    unpack = ()  # followed by the archive, and the folder behind `into`
    into = ""
    lister = ()

    def packed(self, names, folder):
        archive = os.path.join(self.user.home, self.archive)
        if os.path.exists(archive):
            os.unlink(archive)
        self.quiet(*self.pack, archive, *names, cwd=folder)
        return archive

    def unpacked(self, archive, folder):
        return self.quiet(*self.unpack, archive, *self.into.format(folder).split("\n"))

    def put(self, source, path):
        staged = self.stage_for(source, path)
        archive = self.packed([os.path.basename(staged)], os.path.dirname(staged))
        self.unpacked(archive, os.path.dirname(self.path(path)))

    def get(self, path):
        self.unpacked(self.packed([self.path(path)], self.user.home), self.work())
        found = [os.path.join(d, f) for d, _, files in os.walk(os.path.join(self.user.home, "work")) for f in files]
        return read(found[0])

    def list(self, path):
        return self.quiet(*self.lister, self.packed(["."], self.path(path)))

    def mirror(self, folder, path):
        return self.unpacked(self.packed(sorted(os.listdir(folder)), folder), self.path(path))


class Unzip(Archiver):
    label, programs, archive = "unzip", ("zip", "unzip"), "photos.zip"
    pack, unpack, into = ("zip", "-q", "-r"), ("unzip", "-q", "-o"), "-d\n{}"
    lister = ("unzip", "-Z1")
    refusal = "[Pp]ermission denied|checkdir error|cannot create|name not matched|Nothing to do"


class SevenZip(Archiver):
    label, programs, archive = "7z", ("7z",), "photos.7z"
    pack, unpack, into = ("7z", "a", "-bso0", "-bsp0"), ("7z", "x", "-bso0", "-bsp0", "-y"), "-o{}"
    lister = ("7z", "l", "-ba")
    refusal = "errno=13|[Pp]ermission denied"


class Sftp(Actor):
    """The client and the server's half of OpenSSH, with a pipe for the network."""

    label, options, programs, named = "sftp", "", ("sftp",), True
    refusal = "[Pp]ermission denied|not found"

    def batch(self, *lines):
        return self.quiet("sftp", "-q", "-D", SFTP_SERVER, "-b", "-", data=("\n".join(lines) + "\n").encode())

    def put(self, source, path):
        self.batch(f'put {self.options} "{self.stage_for(source, path)}" "{self.path(path)}"')

    def get(self, path):
        return self.got(lambda target: self.batch(f'get "{self.path(path)}" "{target}"'))

    def list(self, path):
        return self.batch(f'ls "{self.path(path)}"')

    def rename(self, name, new_name):
        self.batch(f'rename "{self.path(name)}" "{self.path(new_name)}"')

    def delete(self, name):
        self.batch(f'rm "{self.path(name)}"')

    def mirror(self, folder, path):
        self.batch(*(f'put {self.options} -r "{os.path.join(folder, name)}" "{self.path(path)}/"'
                     for name in sorted(os.listdir(folder))))
        return ""


class SftpKeeping(Sftp):
    label, options = "sftp put -p", "-p"


class Lftp(OneServerEach):
    label, setting, programs, server_class = "vsftpd, lftp", "", ("vsftpd", "lftp"), Vsftpd
    refusal = "55[03] "

    def lftp(self, command):
        result = self.server().lftp(self.setting + command, check=False, user=self.user)
        if result.returncode != 0 or result.stderr.strip():
            raise Complaint(f"lftp: exit {result.returncode}\n{result.stdout}{result.stderr}")
        return result.stdout

    def put(self, source, path):
        self.lftp(f'put "{self.stage_for(source, path)}" -o "{path}"')

    def get(self, path):
        return self.got(lambda target: self.lftp(f'get "{path}" -o "{target}"'))

    def list(self, path):
        return self.lftp(f'cls "{path}/"')

    def rename(self, name, new_name):
        self.lftp(f'mv "{name}" "{new_name}"')

    def delete(self, name):
        self.lftp(f'rm "{name}"')

    def mirror(self, folder, path):
        return self.lftp(f'mirror -R --no-perms -v "{folder}" "{path}"')


class LftpTemporary(Lftp):
    label, setting = "vsftpd, lftp temp file", "set xfer:use-temp-file yes; "


class Curl(Lftp):
    label, programs = "vsftpd, curl", ("vsftpd", "curl", "lftp")
    refusal = "55[03] |denied"
    mirror = None

    def put(self, source, path):
        self.quiet("curl", "-sS", "-T", self.stage_for(source, path), self.server().url(path))

    def get(self, path):
        return self.got(lambda target: self.quiet("curl", "-sS", "-o", target, self.server().url(path)))

    def list(self, path):
        return self.quiet("curl", "-sS", "-l", self.server().url(path + "/"))


class Smb(Actor):
    """smbd as the example of the packaging says; the staff log in."""

    label, extra, programs = "smbd, as in the example", "", ("smbd", "smbclient")
    refusal = "NT_STATUS_ACCESS_DENIED"

    def start(self):
        self.server = Samba(self.directory, self.root, self.extra, self.staff)

    def end(self):
        self.server.end()

    def smb(self, *commands):
        said = self.server.client(*commands, user=self.user, check=False)
        if "NT_STATUS" in said:
            raise Complaint(said)
        return said

    def put(self, source, path):
        self.smb(f'put "{self.stage_for(source, path)}" "{path}"')

    def get(self, path):
        return self.got(lambda target: self.smb(f'get "{path}" "{target}"'))

    def list(self, path):
        return self.smb(f'ls "{path}/*"')

    def rename(self, name, new_name):
        self.smb(f'rename "{name}" "{new_name}"')

    def delete(self, name):
        self.smb(f'rm "{name}"')

    def mirror(self, folder, path):
        self.smb("prompt off", "recurse on", f'lcd "{folder}"', f'cd "{path}"', "mput *")
        return ""


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
    if issubclass(actor, (Sftp, Smb)) and not WRAPPER:
        return "libnss_wrapper"
    if issubclass(actor, Sftp) and not os.path.exists(SFTP_SERVER):
        return SFTP_SERVER
    return next((p for p in actor.programs if not shutil.which(p)), None)
