# SPDX-License-Identifier: MIT
"""What happens to the clients from outside: killed daemons and workers, stopped and killed clients, commands beside."""

import os
import random
import shutil
import signal
import subprocess
import threading
import time
import zipfile
from collections import Counter

from harness import IDPHOTOCTL, PATIENCE, read


def children_of(pid, name):
    """Pids of the children of a process that run this program."""
    found = []
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            if int(read(f"/proc/{entry}/stat").rsplit(b")", 1)[1].split()[1]) == pid and \
                    os.path.basename(os.readlink(f"/proc/{entry}/exe")) == name:
                found.append(int(entry))
        except OSError:
            continue  # it has ended
    return found


def died(mount):
    """Nobody but us ends the daemon."""
    status = mount.daemon.poll()
    return [] if status is None else [f"the daemon ended by itself with {status}"]


class Chaos(threading.Thread):
    """Faults at random for one round."""

    def __init__(self, round_, mount, clients, seed, settings):
        super().__init__(daemon=True)
        self.round, self.mount, self.clients = round_, mount, clients
        self.random = random.Random(seed)
        self.settings = settings
        self.stopped = threading.Event()
        self.counts = Counter()
        self.error, self.deaths = None, []
        self.resume = []  # (when, client)

    def wait(self, seconds):
        return self.stopped.wait(seconds)

    def run(self):
        try:
            while not self.wait(self.random.expovariate(self.settings.faults)):
                self.let_go(time.monotonic())
                self.random.choice([self.kill_daemon] * 2 + [self.kill_worker] * 2 + [self.stop_client] * 3 + [self.kill_client])()
        except Exception as error:  # told by the runner
            self.error = error
        finally:
            self.let_go(float("inf"))

    def kill_daemon(self):
        if self.random.random() > self.settings.daemon_kills:
            return
        began = time.monotonic()
        self.deaths += died(self.mount)
        self.mount.kill()
        self.wait(self.random.uniform(0, 0.2))
        self.mount.start()
        self.round.outages.append((began, time.monotonic()))
        self.counts["daemon"] += 1

    def kill_worker(self):
        if not self.settings.worker_kills:
            return
        workers = children_of(self.mount.daemon.pid, "idphoto-worker")
        if workers:
            self.round.worker_kills.append(time.monotonic())
            try:
                os.kill(self.random.choice(workers), signal.SIGKILL)
                self.counts["worker"] += 1
            except ProcessLookupError:
                pass

    def stop_client(self):
        client = self.random.choice(self.clients)
        if client.poll() is None:
            client.send_signal(signal.SIGSTOP)
            self.resume.append((time.monotonic() + self.random.uniform(0.05, 1.5), client))
            self.counts["stops"] += 1

    def kill_client(self):
        if self.random.random() < 0.2:
            client = self.random.choice(self.clients)
            client.kill()
            self.counts["clients"] += 1

    def let_go(self, now):
        for when, client in self.resume:
            if when <= now and client.poll() is None:
                client.send_signal(signal.SIGCONT)
        self.resume = [r for r in self.resume if r[0] > now]


class Office(threading.Thread):
    """Commands of the operator and of the office beside: purge, exports, rosters; and who waits for verdicts."""

    def __init__(self, directory, mount, round_, rosters, seed):
        super().__init__(daemon=True)
        self.directory, self.mount, self.round, self.rosters = directory, mount, round_, rosters
        self.random = random.Random(seed)
        self.stopped = threading.Event()
        self.counts = Counter()
        self.complaints = []

    def run(self):
        while not self.stopped.wait(self.random.uniform(0.1, 0.8)):
            purges = [self.purge] * (3 if self.round.purges else 0)
            self.random.choice(purges + [self.sync, self.export_folder, self.export_zip, self.roster, self.drop_roster])()

    def ctl(self, *arguments):
        done = subprocess.run([IDPHOTOCTL, f"--store={self.mount.store}", "--lang=en", *arguments], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False)
        self.counts[arguments[0]] += 1
        # An export tells by its status that a photo in the folder is approved no longer.
        if done.returncode and b"not part of this export" not in done.stdout:
            self.complaints.append(f"{' '.join(arguments)}: exit {done.returncode}\n{done.stdout.decode(errors='replace')}")
        return done.returncode == 0

    def sync(self):
        """Verdicts come sooner for who waits for them."""
        began = time.monotonic()
        point = self.random.choice(self.points())
        done = subprocess.run(["sync", os.path.join(self.mount.path, point, "STATUS.txt")], stderr=subprocess.DEVNULL, check=False,
                              timeout=PATIENCE * 2) if point else None
        self.counts["sync"] += 1
        if done:
            self.round.hurries.append((began, time.monotonic()))

    def points(self):
        try:
            names = os.listdir(self.mount.path)
            return [n for n in names if os.path.isdir(os.path.join(self.mount.path, n, "submitted"))] or [None]
        except OSError:
            return [None]

    def purge(self):
        self.ctl("purge", "--days=0")

    def export_folder(self):
        self.ctl("export", os.path.join(self.directory, "export"))

    def export_zip(self):
        path = os.path.join(self.directory, "export.zip")
        if self.ctl("export", f"--zip={path}"):
            with zipfile.ZipFile(path) as archive:
                bad = archive.testzip()
            if bad or os.path.exists(path + ".part"):
                self.complaints.append(f"export --zip: {bad or 'a .part is left'}")
            os.unlink(path)

    def roster(self):
        self.ctl("roster", "import", self.random.choice(self.rosters))

    def drop_roster(self):
        name = f"roster-{self.random.randrange(1 << 30)}.csv"
        try:
            shutil.copyfile(self.random.choice(self.rosters), os.path.join(self.mount.path, "OFFICE", "import", name))
            self.counts["import"] += 1
        except OSError:
            pass  # the daemon is dead just now
