# SPDX-License-Identifier: MIT
"""A way to a server's socket that can be told to fail, as networks do."""

import contextlib
import os
import random
import select
import shutil
import socket
import tempfile
import threading
import time

NAME = ".s.PGSQL.5432"
COMMIT = b"COMMIT\0"


class Proxy:
    """Listens on a socket of its own and hands on what comes, a thread for each connection."""

    def __init__(self, server, seed=0):
        self.server = os.path.join(server, NAME)
        self.directory = tempfile.mkdtemp(prefix="idphoto-proxy-")
        self.random = random.Random(seed)
        self.lock = threading.Lock()
        self.connections = []
        self.late = []
        self.failures = {}
        self.on_commit = None  # of a connection whose client commits: what happens then
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(os.path.join(self.directory, NAME))
        self.listener.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.on_commit = None
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for thread in self.late:
            thread.join()
        self.cut(1)
        shutil.rmtree(self.directory, ignore_errors=True)

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                server = socket.socket(socket.AF_UNIX)
                try:
                    server.connect(self.server)
                except OSError:
                    server.close()
                    client.close()
                    continue
                pair = (client, server)
                with self.lock:
                    self.connections.append(pair)
                threading.Thread(target=self._hand_on, args=pair, daemon=True).start()

    def _hand_on(self, client, server):
        with contextlib.suppress(OSError, ValueError):
            while True:
                for readable in select.select([client, server], [], [])[0]:
                    data = readable.recv(65536)
                    if not data:
                        return self._end(client, server)
                    if readable is client:
                        self.see(client, data)
                    failing = self.on_commit if readable is client and COMMIT in data else None
                    if failing and failing(self, client, server, data):
                        return None
                    (server if readable is client else client).sendall(data)
        return self._end(client, server)

    def see(self, client, data):
        """What the client sends, before it is handed on."""

    def _end(self, *pair):
        with self.lock:
            if pair in self.connections:
                self.connections.remove(pair)
        for end in pair:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _count(self, what):
        with self.lock:
            self.failures[what] = self.failures.get(what, 0) + 1

    def cut(self, share):
        """Ends that share of the connections, each with whatever is under way."""
        with self.lock:
            chosen = [pair for pair in self.connections if self.random.random() < share]
        for pair in chosen:
            for end in pair:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
            self._count("cut")

    # ---- what may happen to a commit ----

    def swallow(self, client, server, data):
        """It is made, and nobody learns of it."""
        server.sendall(data)
        server.recv(65536)
        self._count("swallowed")
        self._end(client, server)
        return True

    def withhold(self, client, server, data):
        """It never comes."""
        del data
        self._count("withheld")
        self._end(client, server)
        return True

    def delay(self, client, server, data):
        """It comes when its client has turned to another connection long since."""
        def send():
            time.sleep(1)
            with contextlib.suppress(OSError):
                server.sendall(data)
                server.recv(65536)
            self._end(client, server)

        self._count("delayed")
        client.shutdown(socket.SHUT_RDWR)
        thread = threading.Thread(target=send)
        self.late.append(thread)
        thread.start()
        return True
