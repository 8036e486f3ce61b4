# SPDX-License-Identifier: MIT
"""A browser without a window, driven through chromedriver by plain JSON over HTTP (W3C WebDriver)."""

import base64
import json
import os
import re
import shutil
import subprocess
import tempfile
import urllib.error
import urllib.request

from harness import PATIENCE, wait_for

# What WebDriver calls the keys.
ENTER, ESCAPE = "\ue007", "\ue00c"
LEFT, UP, RIGHT, DOWN = "\ue012", "\ue013", "\ue014", "\ue015"

STARTS = 5
ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
]


class Browser:
    """user: uid and group of whom it runs as; None: of the test."""

    def __init__(self, *arguments, size=(1440, 900), user=None):
        self.directory = tempfile.mkdtemp(prefix="idphoto-browser-")
        who = {}
        if user:
            os.chown(self.directory, *user)
            who = {"user": user[0], "group": user[1], "extra_groups": []}
        self.session = None
        try:
            self.base = f"http://127.0.0.1:{self.start(who)}"
            options = {
                "args": [*ARGUMENTS, f"--user-data-dir={self.directory}", f"--window-size={size[0]},{size[1]}", *arguments],
                "binary": shutil.which("chromium"),
            }
            wanted = {"browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
            answer = self.call("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})
            self.session = answer["sessionId"]
        except BaseException:
            self.close()
            raise

    def start(self, who):
        """The driver's port. It takes one that is free on one kind of address, and ends when it is not on the other."""
        for _ in range(STARTS):
            self.driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                                           env={**os.environ, "HOME": self.directory}, cwd="/", **who)
            for line in self.driver.stdout:
                found = re.search(r"started successfully on port (\d+)", line)
                if found:
                    return int(found.group(1))
            self.driver.stdout.close()
            self.driver.wait()
        raise AssertionError("chromedriver did not start")

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, {"Content-Type": "application/json"}, method=method)
        # No proxy stands between this and a process of our own.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=PATIENCE * 2) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.read().decode()[:500]}") from error

    def do(self, method, path, body=None):
        return self.call(method, f"/session/{self.session}{path}", body)

    def open(self, path):
        self.do("POST", "/url", {"url": "file://" + urllib.request.pathname2url(path)})

    def reload(self):
        """The driver may answer while the old page still stands, and keys would be typed at that one."""
        self.run("document.old = true")
        self.do("POST", "/refresh", {})
        self.wait("return !document.old && document.readyState === 'complete' && document.hasFocus()", "the page is there again")

    def run(self, script, *arguments):
        """The value that the JavaScript returns."""
        return self.do("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def wait(self, script, what):
        return wait_for(lambda: self.run(script), what)

    def press(self, *keys):
        """Typed at whatever has the focus."""
        for key in keys:
            actions = [{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]
            self.do("POST", "/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": actions}]})

    def screenshot(self, path):
        with open(path, "wb") as f:
            f.write(base64.b64decode(self.do("GET", "/screenshot")))

    def emulate(self, **media):
        features = [{"name": name.replace("_", "-"), "value": value} for name, value in media.items()]
        self.do("POST", "/goog/cdp/execute", {"cmd": "Emulation.setEmulatedMedia", "params": {"features": features}})

    def disable_scripts(self):
        """Those of pages opened from now on; run() still works."""
        self.do("POST", "/goog/cdp/execute", {"cmd": "Emulation.setScriptExecutionDisabled", "params": {"value": True}})

    def complaints(self):
        """What the browser wrote on its console: refused addresses and scripts among it."""
        return [entry["message"] for entry in self.do("POST", "/se/log", {"type": "browser"})]

    def close(self):
        if self.session:
            self.do("DELETE", "")
        self.driver.terminate()
        self.driver.wait()
        self.driver.stdout.close()
        shutil.rmtree(self.directory, ignore_errors=True)
