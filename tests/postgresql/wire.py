# SPDX-License-Identifier: MIT
"""A way to the server that counts: how often a client waits for an answer, which on a network is a round trip each. Every wait of
the driver begins with a message of its own, Sync, or with a simple query."""

import time

from proxy import Proxy


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
    """delay: seconds that a network would take there and back."""

    def __init__(self, server, delay=0.0):
        self.delay = delay
        self.sent = {}
        self.trips = []  # of each: the texts of what was asked
        super().__init__(server)

    def see(self, client, data):
        if self.delay:
            time.sleep(self.delay)
        with self.lock:
            self.trips += self.sent.setdefault(client, _Sent()).trips(data)

    def taken(self):
        """What was counted since the last time this was asked."""
        with self.lock:
            trips, self.trips = self.trips, []
        return trips
