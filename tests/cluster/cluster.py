# SPDX-License-Identifier: MIT
"""Several gateways on one store: each a mount with a directory of its own, which share a server and a directory of blobs."""

import json
import os
import shutil
import subprocess
import sys
from unittest import mock

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "postgresql"))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "mount"))

from server import need_postgresql, nodes  # noqa: E402
from harness import *  # noqa: E402

# Directories, with colons between them, each a mount of one filesystem that machines share: every test keeps its blobs in a new
# directory there, and its gateways see it through one mount each, as far as there are as many.
SHARED = list(filter(None, os.environ.get("IDPHOTO_TEST_SHARED", "").split(":")))
LEASE = 10  # seconds, of GATEWAY_LEASE_SECONDS
TAKEOVER = 15  # within which another gateway has gone on

# What a gateway says of one that is gone, or of itself.
EXPECTED_LOG = re.compile("is gone; going on with|was given up|registered again|has taken over|does not answer|trying again"
                          "|another gateway's by now")
# A file without a row, of a daemon that was killed between the two: nobody was told that it is kept.
LEFT_OVER = ("orphan", "staging")


class Writer:
    """A client in a process of its own that writes a file in parts. Its descriptor is nobody else's."""

    PROGRAM = """
import os, sys
fd = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT)
for line in sys.stdin:
    offset, size = map(int, line.split())
    try:
        if size < 0:
            os.close(fd)
        else:
            with open(sys.argv[2], "rb") as f:
                f.seek(offset)
                os.write(fd, f.read(size))
        print(0, flush=True)
    except OSError as e:
        print(e.errno, flush=True)
"""

    def __init__(self, path, source):
        self.size = os.path.getsize(source)
        self.process = subprocess.Popen([sys.executable, "-c", self.PROGRAM, path, source], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)

    def _tell(self, offset, size):
        self.process.stdin.write(f"{offset} {size}\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def write(self, offset, size=1 << 30):
        """0, or the number of the error."""
        return self._tell(offset, size)

    def close(self):
        status = self._tell(0, -1)
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()
        return status


def serve(node):
    """With an empty database. What is acknowledged survives the server."""
    node.make().configure("synchronous_commit = on\n")
    node.start().sql("CREATE DATABASE photos")


class Gateway(Mount):
    """The first one makes the store, the others are attached to it."""

    def __init__(self, directory, name, first=None, **kwargs):
        os.makedirs(directory, exist_ok=True)
        super().__init__(directory, init=not first, **kwargs)
        if first:
            self.catalog = first.catalog
            own = os.path.join(directory, "blobs")
            self.blobs = own if os.path.exists(own) else first.blobs
            os.makedirs(self.path)
            run(IDPHOTOCTL, "attach", f"--blobs={self.blobs}", self.store, self.catalog,
                data=read(os.path.join(first.store, "audit.key")))
        else:
            self.blobs = os.path.join(directory, "blobs")
        self.name = name
        self.configure(f"[store]\ngateway = {name}\n")

    def forgive(self, expected=EXPECTED_LOG):
        """What gateways say of each other is no complaint, and what else is expected."""
        lines = self.log()[self.log_checked:].splitlines()
        bad = [line for line in lines if BAD_LOG.search(line) and not EXPECTED_LOG.search(line) and not expected.search(line)]
        if bad:
            raise AssertionError("the daemon complained:\n" + "\n".join(bad))
        self.log_checked = len(self.log())

    def end(self, how="unmount"):
        self.forgive()
        super().end(how)

    def shows(self, name, point=POINT):
        return name in os.listdir(self.point(point=point))

    def owner_rows(self):
        return self.query("SELECT id, owner, state FROM submission WHERE state < 4")


def make_gateways(directory, names, url, config="", **kwargs):
    """Of one new store, not started yet. The blobs lie with the first one."""
    made = []
    with mock.patch.dict(os.environ, IDPHOTO_TEST_CATALOG=url, IDPHOTO_TEST_BLOBS="shared"):
        for name in names:
            made.append(Gateway(os.path.join(directory, name), name, made[0] if made else None, **kwargs))
            made[-1].configure(config)
    return made


class ClusterTest(MountTest):
    """Two gateways a test, a and b, on a server of the class."""

    gateways = ("a", "b")
    has_standby = False

    @classmethod
    def setUpClass(cls):
        need_postgresql()
        super().setUpClass()
        made = nodes(1 + cls.has_standby)
        cls.node, *standby = made.__enter__()
        cls.addClassCleanup(made.__exit__, None, None, None)
        serve(cls.node)
        for cls.standby in standby:
            cls.standby.follow(cls.node)

    def url(self):
        hosts = [self.node.directory] + ([self.standby.directory] if self.has_standby else [])
        return f"postgresql://idphoto@/photos?host={','.join(hosts)}"

    def make_blobs(self, path):
        """Where the shared directory is to be."""
        if SHARED:
            self.link_blobs(SHARED)

    def link_blobs(self, mounts):
        """Makes the shared directory where these are mounted, and for every gateway a name of its own for it."""
        made = tempfile.mkdtemp(dir=mounts[0])
        self.addCleanup(shutil.rmtree, made, ignore_errors=True)
        for i, name in enumerate(self.gateways):
            os.mkdir(os.path.join(self.directory, name))
            os.symlink(os.path.join(mounts[i % len(mounts)], os.path.basename(made)), os.path.join(self.directory, name, "blobs"))

    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="idphoto-test-")
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)
        self.make_blobs(os.path.join(self.directory, self.gateways[0], "blobs"))
        url = self.url()
        # What else a test makes is like them.
        os.environ.update(IDPHOTO_TEST_CATALOG=url, IDPHOTO_TEST_BLOBS="shared")
        self.mounts = make_gateways(self.directory, self.gateways, url, self.config, points=self.points,
                                    options=self.options)
        self.mount = self.mounts[0]
        for mount in self.mounts:
            setattr(self, mount.name, mount)
            self.addCleanup(mount.force_end)
            mount.start()

    def tearDown(self):
        for mount in self.mounts:
            if mount.daemon:
                mount.end()

    def settled(self):
        """Whether nothing waits for a verdict or its place, wherever it was dropped."""
        return self.mount.query("SELECT id FROM submission WHERE state < 4 AND temporary = 0") == []

    def is_sound(self):
        """Counters, references, hashes, and the log. Gateways may have been killed."""
        found = json.loads(self.mount.ctl("verify", "--json", check=False).stdout)
        self.assertEqual([fault for fault in found if fault["fault"] not in LEFT_OVER], [])
        self.assertIn("intact", self.mount.ctl("audit", "verify").stdout)
