# SPDX-License-Identifier: MIT
"""Gateways killed, stopped and cut off at random while photos come in through all of them: what a client was told succeeded is
there, once. IDPHOTO_CLUSTER_KILLS says how often (default: as often as a minute or so allows), of which a program that is one of
IDPHOTO_CLUSTER_PARTS does its part; IDPHOTO_SEED repeats the choices."""

import hashlib
import os
import random
import signal
import threading
import time

from cluster import *
import matrix
from proxy import Proxy

KILLS = int(os.environ.get("IDPHOTO_CLUSTER_KILLS", "40"))
PARTS = int(os.environ.get("IDPHOTO_CLUSTER_PARTS", "1"))
SEED = int(os.environ.get("IDPHOTO_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 32)
OUTSTANDING_MAX = 60
# Beyond it the others have taken over.
LONG = (LEASE + 1, LEASE + 4)

# What the server's absence, a killed worker or a lost race with a takeover may say.
EXPECTED_HERE = re.compile("cannot decide about submission|cannot go on with submission|cannot list what was received"
                           "|cannot make the centre's rendition|cannot look for photos without a rendition|cannot serve the store"
                           "|no synchronous standby takes them")
# What a daemon ends with whose connections ended again and again while it began.
BEGAN_IN_VAIN = "cannot serve the store: Input/output error"


class Drop:
    """What a client has sent, and what it was told of it."""

    def __init__(self, name, data):
        self.name, self.data = name, data
        self.digest = hashlib.sha256(data).hexdigest()
        self.acknowledged = False
        self.meddled = False  # somebody may have deleted or overwritten it since


class Client(threading.Thread):
    """Does the same again and again; what its calls on a dead mount say is no error of anybody's."""

    def __init__(self, step, may):
        super().__init__(daemon=True)
        self.step, self.may = step, may
        self.stop = threading.Event()
        self.error = None

    def run(self):
        while not self.stop.wait(0.1):
            try:
                if self.may():
                    self.step()
            except (OSError, AssertionError):
                pass
            except Exception as error:
                self.error = error
                raise


class Killed:
    """A gateway that dies, sleeps and comes back."""

    def __init__(self, gateway, choose):
        self.gateway, self.random = gateway, choose
        self.back_at = None  # when it goes on, or is started
        self.sleeps = False

    def is_up(self):
        return self.back_at is None

    def fell(self):
        """Whether it ended without being killed."""
        return self.gateway.daemon is not None and self.gateway.daemon.poll() is not None

    def kill(self, pause):
        self.gateway.kill()
        self.back_at = time.monotonic() + pause

    def sleep(self, pause):
        self.gateway.daemon.send_signal(signal.SIGSTOP)
        self.sleeps = True
        self.back_at = time.monotonic() + pause

    def come_back(self):
        if self.sleeps:
            self.gateway.daemon.send_signal(signal.SIGCONT)
        else:
            self.gateway.launch()
        self.back_at, self.sleeps = None, False


class Kills(ClusterTest):
    """Each upload has bytes of its own, so that its original is found by its hash: most are no photo, or one with some bytes
    behind its end, which is as good."""

    options = ("delay=200", "settle=300", "settle-empty=500")
    through_proxy = True
    kind = "SIGKILL of gateways"
    kills = max(KILLS // PARTS, 1)

    def url(self):
        return f"postgresql://idphoto@/photos?host={self.proxy.directory}" if self.through_proxy else super().url()

    def setUp(self):
        print(f"seed {SEED}", flush=True)
        self.random = random.Random(SEED)
        if self.through_proxy:
            self.proxy = Proxy(self.node.directory, SEED)
            self.addCleanup(self.proxy.__exit__)
        super().setUp()
        if self.through_proxy:
            for mount in self.mounts:
                mount.catalog = mount.catalog.replace(self.proxy.directory, self.node.directory)
        self.lock = threading.Lock()
        self.drops = []
        self.outstanding = 0
        self.serial = 0
        self.source = os.path.join(self.directory, "out")
        os.mkdir(self.source)
        self.photos = [read(path) for path in self.good(len(NUMBERS))]
        self.counts = dict.fromkeys(("kills", "all", "sleeps", "takeovers", "cuts", "in vain"), 0)

    # ---- the clients ----

    def make(self, name=None):
        """Bytes that no upload had before: every third a photo, the others words."""
        with self.lock:
            self.serial += 1
            serial = self.serial
        tail = serial.to_bytes(4, "big")
        if name or serial % 3 == 0:
            i = NUMBERS.index(name[:18]) if name else serial // 3 % len(NUMBERS)
            drop = Drop(name or f"同学{serial} {NUMBERS[i]}.jpg", self.photos[i] + tail)
        else:
            drop = Drop(f"IMG_{serial:05}.jpg", b"only words " + tail * 2000)
        with self.lock:
            self.drops.append(drop)
        return drop

    def source_of(self, drop):
        path = os.path.join(self.source, drop.digest, drop.name)
        os.mkdir(os.path.dirname(path))
        with open(path, "wb") as f:
            f.write(drop.data)
        return path

    def may_send(self):
        """Judging is slower than sending: what waits is bounded, or no check would end."""
        return self.outstanding < OUTSTANDING_MAX

    def write(self, mount):
        """In parts, and by a program: a file that is open here is open in every child of this process too, for a moment, and none
        is begun before a gateway that is stopped has let go of it."""
        drop = self.make()
        run("dd", f"if={self.source_of(drop)}", f"of={mount.point(drop.name)}", "bs=5000", "conv=excl", "status=none")
        drop.acknowledged = True

    def cp(self, mount):
        drop = self.make()
        run("cp", "-p", self.source_of(drop), mount.point(drop.name))
        drop.acknowledged = True

    def rsync(self, mount):
        drops = [self.make() for _ in range(3)]
        run("rsync", "-t", *map(self.source_of, drops), mount.point() + "/")
        for drop in drops:
            drop.acknowledged = True

    def rename(self, mount):
        """Under a temporary name, and renamed at whatever gateway the client has come to meanwhile."""
        drop = self.make()
        temporary = f".{drop.name}.Xk3dE2"
        run("cp", self.source_of(drop), mount.point(temporary))
        os.rename(random.choice(self.mounts).point(temporary), random.choice(self.mounts).point(drop.name))
        drop.acknowledged = True

    @contextlib.contextmanager
    def meddling(self, name, own=None):
        """Whatever is dropped under this name meanwhile may be gone before it is judged."""
        try:
            yield
        finally:
            with self.lock:
                for drop in self.drops:
                    drop.meddled = drop.meddled or (drop.name == name and drop is not own)

    def overwrite(self, mount):
        for name in mount.photos()[-2:-1]:
            drop = self.make(name)
            with self.meddling(name, drop):
                run("cp", self.source_of(drop), mount.point(name))
                drop.acknowledged = True

    def withdraw(self, mount):
        for name in mount.photos()[:1]:
            with self.meddling(name):
                os.unlink(mount.point(name))

    def review(self, mount):
        """The office rejects what it sees first, and brings another one back; a command at whatever gateway approves one."""
        office = os.path.join(mount.path, "OFFICE")
        pending, hair = os.path.join(office, "pending", POINT), os.path.join(office, "rejected", "hair")
        for source, target in ((pending, hair), (hair, pending)):
            for name in [n for n in os.listdir(source) if n.endswith(".jpg")][:1]:
                os.rename(os.path.join(source, name), os.path.join(target, name))
        for name in mount.photos()[-1:]:
            random.choice(self.mounts).ctl("review", "approve", name[:18])

    def clients(self):
        steps = (self.write, self.cp, self.rsync, self.rename, self.overwrite, self.withdraw, self.review)
        return [Client(lambda mount=mount, step=step: step(mount), self.may_send) for mount in self.mounts for step in steps]

    # ---- what happens to the gateways ----

    def fail_commit(self, proxy, *connection):
        how = proxy.random.random()
        return (proxy.swallow(*connection) if how < 0.01 else proxy.withhold(*connection) if how < 0.02
                else proxy.delay(*connection) if how < 0.025 else False)

    def strike(self, killed):
        """One of them, or all. Counted is also when none is left."""
        up = [k for k in killed if k.is_up()]
        if not up:
            return
        struck = up if self.random.random() < 0.15 else [self.random.choice(up)]
        how = self.random.random()
        if len(struck) == 1 and how < 0.04:
            struck[0].sleep(self.random.uniform(*LONG))
            self.counts["sleeps"] += 1
            return
        for k in struck:
            k.kill(0 if how < 0.7 else self.random.uniform(0, 2) if how < 0.93 else self.random.uniform(*LONG))
            self.counts["kills"] += 1
        self.counts["all"] += not any(k.is_up() for k in killed)

    def look_after(self, killed):
        for k in killed:
            if k.fell() and BEGAN_IN_VAIN in k.gateway.log()[-300:]:
                # As its service manager does.
                k.kill(1)
                self.counts["in vain"] += 1
            if k.fell():
                mounts = [line for line in read("/proc/self/mountinfo").decode().splitlines() if k.gateway.path in line]
                self.fail(f"seed {SEED}: a daemon ended by itself:\n{k.gateway.log()[-3000:]}\nits directory:"
                          f" {run('ls', '-la', k.gateway.path, check=False).stdout}\nmounted there: {mounts}")
            if not k.is_up() and time.monotonic() >= k.back_at:
                k.come_back()
        # While its standby takes over the server says nothing.
        with contextlib.suppress(AssertionError):
            [(outstanding,)] = self.mount.query("SELECT count(*) FROM submission WHERE state < 4 AND temporary = 0")
            self.outstanding = int(outstanding)

    def acknowledged(self):
        with self.lock:
            return sum(drop.acknowledged for drop in self.drops)

    def let_die(self, until, meanwhile=lambda: None):
        """Kills until so many are dead, then brings all back."""
        killed = [Killed(mount, self.random) for mount in self.mounts]
        if self.through_proxy:
            self.proxy.on_commit = self.fail_commit
        struck = time.monotonic()
        try:
            while self.counts["kills"] < until:
                time.sleep(self.random.uniform(0.05, 1))
                # A gateway that nobody could use meanwhile would die for nothing.
                if self.acknowledged() > self.counts["kills"] + len(self.mounts):
                    self.strike(killed)
                    struck = time.monotonic()
                self.assertLess(time.monotonic() - struck, 4 * PATIENCE, f"seed {SEED}: no client gets through")
                if self.through_proxy and self.random.random() < 0.1:
                    self.proxy.cut(0.3)
                    self.counts["cuts"] += 1
                self.look_after(killed)
                meanwhile()
        finally:
            if self.through_proxy:
                self.proxy.on_commit = None
            for k in killed:
                if not k.is_up():
                    k.come_back()

    # ---- what must hold ----

    def settled(self):
        try:
            for mount in self.mounts:
                mount.settle()
        except OSError:
            return False
        return super().settled()

    def all_come_back(self):
        for mount in self.mounts:
            wait_for(lambda mount=mount: mount.daemon.poll() is not None or mount.is_ready(), "the mount is ready")
            self.assertIsNone(mount.daemon.poll(), mount.log()[-3000:])

    def blob(self, digest):
        return os.path.join(self.mount.blobs, digest[:2], digest[2:])

    def is_kept(self, digest):
        try:
            return hashlib.sha256(read(self.blob(digest))).hexdigest() == digest
        except FileNotFoundError:
            return False

    def lost(self):
        """What was acknowledged, and its original or its verdict is not there."""
        # Who overwrites a photo that another gateway has just withdrawn goes on under the name that it was sent with.
        names = dict(self.mount.query("SELECT original, name FROM submission WHERE state >= 4 AND original IS NOT NULL"))
        return [drop.name for drop in self.drops if drop.acknowledged and not drop.meddled
                and not (names.get(drop.digest, "").endswith(drop.name) and self.is_kept(drop.digest))]

    def history(self, name):
        """What there is to say of a file: what was sent under its name, what rows there are, and what the log of events knows."""
        sent = [f"{drop.digest[:16]} acknowledged: {drop.acknowledged}, meddled: {drop.meddled}, kept: {self.is_kept(drop.digest)}"
                for drop in self.drops if drop.name == name]
        rows = self.mount.query("SELECT id, name, state, owner, generation, left(encode(original, 'hex'), 16), created, received,"
                                f" applied FROM submission WHERE name LIKE '%{name}' ORDER BY id")
        events = self.mount.query("SELECT id, wall, kind, submission, origin FROM event ORDER BY id")
        return "\n".join([name, *sent, *map(str, rows), *map(str, events)])

    def wrong(self):
        """Rows that should not be. Of each query none is expected."""
        queries = {
            # What was closed, and opened for writing again some time later, is kept as an earlier version, which has no verdict. It
            # is judged all the same if its gateway dies before the next close.
            "judged twice": "SELECT name, count(*) FROM submission WHERE state >= 4 AND original IS NOT NULL"
                            " AND NOT (state = 6 AND student = 0 AND photo = 0) GROUP BY name, original HAVING count(*) > 1",
            "two photos of one student": "SELECT student, count(*) FROM photo WHERE current = 1"
                                         " GROUP BY batch, student HAVING count(*) > 1",
            "unfinished": "SELECT id, name, owner, state FROM submission WHERE state < 4 AND temporary = 0",
            "of no gateway": "SELECT id, name, owner FROM submission WHERE owner != 0 AND state < 4"
                             " AND owner NOT IN (SELECT id FROM gateway)",
            "lane of no gateway": "SELECT id, gateway FROM lane WHERE gateway != 0 AND gateway NOT IN (SELECT id FROM gateway)",
            "barrier of no gateway": "SELECT id, gateway FROM barrier WHERE gateway NOT IN (SELECT id FROM gateway)",
            "unsealed": "SELECT event FROM unsealed",
        }
        found = {what: rows for what, query in queries.items() if (rows := self.mount.query(query))}
        blobs = self.mount.query("SELECT original FROM submission WHERE original IS NOT NULL UNION SELECT blob FROM photo")
        missing = [digest for (digest,) in blobs if not self.is_kept(digest)]
        return {**found, **({"no blob": missing} if missing else {})}

    def listing(self, mount):
        """What a client sees: names and sizes, but of what is written anew all the time."""
        found = {}
        for folder in ("", "rejected", "ready", "missing"):
            path = mount.point(folder)
            for name in os.listdir(path):
                if os.path.isfile(os.path.join(path, name)) and name not in FIXED:
                    found[os.path.join(folder, name)] = os.path.getsize(os.path.join(path, name))
        return found

    def all_is_there_once(self):
        self.all_come_back()
        wait_for(self.settled, "every photo has its verdict", timeout=4 * PATIENCE)
        wait_for(lambda: self.mount.query("SELECT event FROM unsealed") == [], "every event is sealed")
        lost, wrong = self.lost(), self.wrong()
        counts = {"faults": self.counts["kills"], "cycles": self.counts["kills"],
                  "uploads": self.acknowledged(), "lost": len(lost),
                  "inconsistent": sum(map(len, wrong.values()))}
        matrix.record_faults(self.kind, counts)
        self.counts["takeovers"] = sum(mount.log().count("is gone; going on with") for mount in self.mounts)
        print({**self.counts, **counts, "gateways": len(self.mounts),
               **({"commits": self.proxy.failures} if self.through_proxy else {})}, file=sys.stderr, flush=True)
        self.assertEqual(lost, [], "\n".join([f"seed {SEED}", *map(self.history, lost)]))
        twice = [self.history(name) for name, _ in wrong.get("judged twice", [])]
        self.assertEqual(wrong, {}, "\n".join([f"seed {SEED}", *twice]))
        self.assertEqual(self.mount.query("SELECT name FROM gateway ORDER BY name"), [(name,) for name in self.gateways])
        for other in self.mounts[1:]:
            wait_for(lambda other=other: self.listing(self.mount) == self.listing(other), "all mounts show the same")
        self.is_sound()
        self.assertGreater(counts["uploads"], self.kills)

    def go(self, meanwhile=lambda: None):
        clients = self.clients()
        for client in clients:
            client.start()
        try:
            self.let_die(self.kills, meanwhile)
        finally:
            for client in clients:
                client.stop.set()
            for client in clients:
                client.join(2 * PATIENCE)
        self.assertEqual([client.error for client in clients if client.error or client.is_alive()], [])
        self.all_is_there_once()

    def tearDown(self):
        for mount in self.mounts:
            mount.forgive(EXPECTED_HERE)
        super().tearDown()


class TwoGateways(Kills):
    def test_gateways_die_and_connections_fail(self):
        self.go()


class ThreeGatewaysOnAPair(Kills):
    gateways = ("a", "b", "c")
    has_standby = True
    through_proxy = False
    kind = "SIGKILL of gateways, and of a primary"
    kills = max(KILLS // 4, 8)

    def test_gateways_die_and_a_standby_takes_over(self):
        def fail_over():
            if self.node.server.poll() is None and self.counts["kills"] >= self.kills // 2:
                self.node.kill()
                self.standby.promote()

        self.go(fail_over)
        self.assertIsNotNone(self.node.server.poll())


del Kills

if __name__ == "__main__":
    main()
