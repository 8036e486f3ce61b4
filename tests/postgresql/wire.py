# SPDX-License-Identifier: MIT
"""Ways to the server: one that counts how often a client waits for an answer, which on a network is a round trip each, and one that
takes time. Every wait of the driver begins with a message of its own, Sync, or with a simple query."""

import os
import shutil
import subprocess
import tempfile

from proxy import NAME, Proxy


class _Sent:
    """What one client has sent, message by message."""

    def __init__(self):
        self.buffer, self.begun = b"", False
        self.statements = {}
        self.texts = []  # of this trip

    def messages(self, data):
        self.buffer += data
        while True:
            # The first message has no type.
            head = 1 if self.begun else 0
            size = head + int.from_bytes(self.buffer[head:head + 4], "big")
            if len(self.buffer) < max(size, head + 4):
                return
            kind, body, self.buffer = self.buffer[:head], self.buffer[head + 4:size], self.buffer[size:]
            self.begun = True
            yield kind, body

    def trips(self, data):
        """The texts of each trip that ends with this data."""
        for kind, body in self.messages(data):
            if kind == b"P":
                name, text = body.split(b"\0")[:2]
                self.statements[name] = text.decode()
            elif kind == b"B":
                self.texts.append(self.statements.get(body.split(b"\0")[1], "?"))
            elif kind == b"Q":
                self.texts.append(body.rstrip(b"\0").decode())
            if kind in (b"S", b"Q"):
                yield self.texts
                self.texts = []


class Wire(Proxy):
    def __init__(self, server):
        self.sent = {}
        self.trips = []  # of each: the texts of what was asked
        super().__init__(server)

    def see(self, client, data):
        with self.lock:
            self.trips += self.sent.setdefault(client, _Sent()).trips(data)

    def taken(self):
        """What was counted since the last time this was asked."""
        with self.lock:
            trips, self.trips = self.trips, []
        return trips


class Away:
    """A way to the server that only takes time, and little of the cores: seconds there and back."""

    def __init__(self, server, seconds):
        self.directory = tempfile.mkdtemp(prefix="idphoto-away-")
        line = os.path.join(os.environ.get("IDPHOTO_BUILD_ROOT", "build"), "tests", "postgresql", "delay-line")
        self.line = subprocess.Popen([line, os.path.join(self.directory, NAME), os.path.join(server, NAME), str(round(seconds * 1e6 / 2))],
                                     stdout=subprocess.PIPE)
        if self.line.stdout.readline() != b"listening\n":
            raise AssertionError("delay-line does not listen")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.line.kill()
        self.line.wait()
        self.line.stdout.close()
        shutil.rmtree(self.directory, ignore_errors=True)
