# SPDX-License-Identifier: MIT
"""A way to the server that counts: how often a client waits for an answer, which on a network is a round trip each. Every wait of
the driver begins with a message of its own, Sync, or with a simple query."""

import contextlib
import os
import socket
import threading
import time


class Wire:
    """Listens where `directory` says and passes everything on to the server's socket, after `delay` seconds each way there and
    back together."""

    def __init__(self, directory, server, delay=0.0):
        self.directory, self.server, self.delay = directory, server, delay
        self.lock = threading.Lock()
        self.trips = []  # one list for each: the texts of what was asked since the last
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(os.path.join(directory, ".s.PGSQL.5432"))
        os.chmod(os.path.join(directory, ".s.PGSQL.5432"), 0o777)
        self.listener.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        # Closing alone does not wake who accepts.
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            server.connect(os.path.join(self.server, ".s.PGSQL.5432"))
            threading.Thread(target=self._there, args=(client, server), daemon=True).start()
            threading.Thread(target=self._back, args=(server, client), daemon=True).start()

    def _back(self, server, client):
        with contextlib.suppress(OSError):
            while data := server.recv(1 << 16):
                client.sendall(data)
        for end in (client, server):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _there(self, client, server):
        buffer, statements, since, started = b"", {}, [], False
        with contextlib.suppress(OSError):
            while data := client.recv(1 << 16):
                if self.delay:
                    time.sleep(self.delay)
                server.sendall(data)
                buffer += data
                while True:
                    # The first message has no type; those of before TLS are not sent over a Unix socket.
                    head = 1 if started else 0
                    if len(buffer) < head + 4:
                        break
                    size = head + int.from_bytes(buffer[head:head + 4], "big")
                    if len(buffer) < size:
                        break
                    kind, body, buffer = buffer[:head], buffer[head + 4:size], buffer[size:]
                    if not started:
                        started = True
                    elif kind == b"P":
                        name, text = body.split(b"\0")[:2]
                        statements[name] = text.decode()
                    elif kind == b"B":
                        since.append(statements.get(body.split(b"\0")[1], "?"))
                    elif kind == b"Q":
                        since.append(body.rstrip(b"\0").decode())
                    if kind in (b"S", b"Q"):
                        with self.lock:
                            self.trips.append(since)
                        since = []
        for end in (client, server):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def taken(self):
        """What was counted since the last time this was asked."""
        with self.lock:
            trips, self.trips = self.trips, []
        return trips
