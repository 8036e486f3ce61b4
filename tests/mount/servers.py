# SPDX-License-Identifier: MIT
"""File servers on the loopback interface over a mount, each with a configuration of its own, ended by its own pid."""

import grp
import os
import pwd
import signal
import socket
import subprocess
import urllib.parse

from harness import SOURCE, run, wait_for

EXAMPLES = os.path.join(SOURCE, "packaging", "examples")


def free_port():
    """A port that nobody listens on; another program may still take it, then the server's start fails loudly."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def example(name, **values):
    """An example configuration of the packaging with @NAME@ filled in."""
    with open(os.path.join(EXAMPLES, name), encoding="utf-8") as f:
        text = f.read()
    for key, value in values.items():
        text = text.replace(f"@{key}@", str(value))
    return text


class Server:
    """A daemon in the foreground; up when its port answers, gone after end()."""

    def __init__(self, directory, label):
        self.directory = os.path.join(directory, label)
        os.makedirs(self.directory, exist_ok=True)
        self.port = free_port()
        self.process = None

    def file(self, name, text):
        path = os.path.join(self.directory, name)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        return path

    def spawn(self, *args, **kwargs):
        with open(os.path.join(self.directory, "server.log"), "ab") as log:
            self.process = subprocess.Popen(args, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            start_new_session=True, **kwargs)
        wait_for(lambda: self.process.poll() is not None or self.answers(), f"{args[0]} answers")
        if self.process.poll() is not None:
            raise AssertionError(f"{args[0]} ended with {self.process.returncode}:\n{self.log()}")

    def answers(self):
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            return True
        except OSError:
            return False

    def log(self):
        with open(os.path.join(self.directory, "server.log"), errors="replace") as f:
            return f.read()

    def end(self):
        """Its children have its session: one signal to the group that we made."""
        if self.process is None:
            return
        try:
            os.killpg(self.process.pid, signal.SIGTERM)
        except ProcessLookupError:
            pass
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        # Children that serve a connection end a moment later; until then they are in the mount.
        wait_for(self.group_is_gone, "the server's children are gone", timeout=10)
        self.process = None

    def group_is_gone(self):
        try:
            os.killpg(self.process.pid, 0)
            return False
        except ProcessLookupError:
            return True


def me():
    return pwd.getpwuid(os.getuid()).pw_name


class Samba(Server):
    """smbd with one share, everything of it in the test's folder. Whoever connects is the guest who runs the test; where a staff
    is given, only they are let in, each by name and password."""

    def __init__(self, directory, path, extra="", staff=None):
        super().__init__(directory, "smbd")
        d = self.directory
        for name in ("private", "lock", "state", "cache", "pid", "ncalrpc"):
            os.makedirs(os.path.join(d, name), mode=0o755, exist_ok=True)
        os.chmod(os.path.join(d, "private"), 0o700)
        share = example("smb.conf", PATH=path)
        guests = f"map to guest = bad user\n   guest account = {me()}"
        self.conf = self.file("smb.conf", f"""[global]
   server role = standalone server
   interfaces = lo
   bind interfaces only = yes
   smb ports = {self.port}
   disable netbios = yes
   disable spoolss = yes
   load printers = no
   printcap name = /dev/null
   private dir = {d}/private
   lock directory = {d}/lock
   state directory = {d}/state
   cache directory = {d}/cache
   pid directory = {d}/pid
   ncalrpc dir = {d}/ncalrpc
   log file = {d}/log.%m
   max log size = 0
   log level = 1
   {"map to guest = never" if staff else guests}
   unix charset = UTF-8
{share}
   guest ok = {"no" if staff else "yes"}
{extra}
""")
        environment = {**os.environ, **(staff.accounts if staff else {})}
        for user in staff.all if staff else ():
            run("smbpasswd", "-a", "-s", "-c", self.conf, user.name, data=f"{user.password}\n{user.password}\n".encode(),
                env=environment)
        self.spawn("smbd", "--foreground", "--no-process-group", f"--configfile={self.conf}", env=environment)

    def client(self, *commands, check=True, user=None):
        """smbclient; returns its output. Without a user, who runs it himself, it is a guest."""
        login = ["-U", f"{user.name}%{user.password}"] if user else ["-N"]
        result = (user.run if user else run)("smbclient", f"--configfile={self.conf}", *login, "-p", str(self.port),
                                             "//127.0.0.1/photos", "-c", "; ".join(commands), check=False, timeout=60)
        if check and (result.returncode != 0 or "NT_STATUS" in result.stdout + result.stderr):
            raise AssertionError(f"smbclient {commands}: {result.returncode}\n{result.stdout}{result.stderr}")
        return result.stdout + result.stderr


class Rsyncd(Server):
    """rsync --daemon with one module, which acts as the user, or as who runs the test."""

    def __init__(self, directory, path, user=None):
        super().__init__(directory, "rsyncd")
        name, group = me(), grp.getgrgid(os.getgid()).gr_name
        if user:
            name, group = user.uid, " ".join(map(str, user.groups or [user.gid]))
        conf = self.file("rsyncd.conf", f"""address = 127.0.0.1
port = {self.port}
pid file = {self.directory}/pid
log file = {self.directory}/rsyncd.log
{example("rsyncd.conf", PATH=path, USER=name, GROUP=group)}""")
        self.spawn("rsync", "--daemon", "--no-detach", f"--config={conf}")

    def url(self, name=""):
        return f"rsync://127.0.0.1:{self.port}/photos/{name}"


class Vsftpd(Server):
    """vsftpd for an anonymous client, who may do everything that the user may, or who runs the test."""

    def __init__(self, directory, path, user=None):
        super().__init__(directory, "vsftpd")
        os.makedirs(os.path.join(self.directory, "empty"), exist_ok=True)
        conf = self.file("vsftpd.conf", example("vsftpd.conf") + f"""
background=NO
listen_address=127.0.0.1
listen_port={self.port}
run_as_launching_user=YES
secure_chroot_dir={self.directory}/empty
seccomp_sandbox=NO
pasv_address=127.0.0.1
chroot_local_user=NO
local_enable=NO
anonymous_enable=YES
no_anon_password=YES
anon_root={path}
anon_upload_enable=YES
anon_mkdir_write_enable=YES
anon_other_write_enable=YES
anon_world_readable_only=NO
anon_umask=027
xferlog_enable=NO
""")
        os.chmod(conf, 0o600)
        if user:
            user.give(conf)
        self.spawn("vsftpd", conf, **(user.identity() if user else {}))

    def lftp(self, *commands, check=True, user=None):
        settings = ("set cmd:fail-exit yes; set net:max-retries 2; set net:timeout 10; set ftp:use-feat yes; "
                    "set net:reconnect-interval-base 1; set file:charset utf8; set ftp:charset utf8; ")
        arguments = ("lftp", "-c", settings + f"open ftp://127.0.0.1:{self.port}; " + "; ".join(commands))
        if user:
            return user.run(*arguments, check=check, timeout=60)
        return run(*arguments, check=check, timeout=60, env={"HOME": self.directory})

    def url(self, name=""):
        return f"ftp://127.0.0.1:{self.port}/{urllib.parse.quote(name)}"
