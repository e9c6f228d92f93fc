"""Chromium, controlled through chromedriver by the W3C WebDriver protocol."""
import base64
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"

# The errors of commands that were sent while the page changed.
TRANSIENT = re.compile("stale element|no such element|not interactable|click intercepted|does not belong to the document")


class WebDriverError(Exception):
    pass


def is_installed():
    return bool(shutil.which("chromedriver") and shutil.which("chromium"))


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


class Browser:
    """A headless browser with a new profile, started with further arguments."""

    def __init__(self, *arguments):
        self.folder = tempfile.mkdtemp(prefix="countersign-chromium-")
        port = free_port()
        self.base = f"http://127.0.0.1:{port}"
        self.driver = subprocess.Popen(
            ["chromedriver", f"--port={port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.session = None
        try:
            self._wait_for_driver()
            arguments = [
                "--headless=new", "--disable-gpu", f"--user-data-dir={self.folder}/profile", "--lang=en", *arguments,
            ]
            if os.geteuid() == 0:
                arguments.append("--no-sandbox")
            options = {"binary": shutil.which("chromium"), "args": arguments}
            # Pages must load within 30 seconds.
            capabilities = {"browserName": "chrome", "goog:chromeOptions": options, "timeouts": {"pageLoad": 30000}}
            response = self._send("POST", "/session", {"capabilities": {"alwaysMatch": capabilities}})
            self.session = response["sessionId"]
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self.session:
            try:
                self("DELETE", "")
            except (WebDriverError, OSError):
                pass
        os.killpg(self.driver.pid, signal.SIGKILL)
        self.driver.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _wait_for_driver(self):
        for _ in range(200):
            try:
                if self._send("GET", "/status")["ready"]:
                    return
            except OSError:
                time.sleep(0.05)
        raise WebDriverError("timed out waiting until chromedriver accepts requests")

    def _send(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return json.load(response)["value"]
        except urllib.error.HTTPError as error:
            value = json.load(error)["value"]
            raise WebDriverError(f"{value['error']}: {value['message'].splitlines()[0]}") from None

    def __call__(self, method, path, body=None):
        return self._send(method, f"/session/{self.session}{path}", body)

    def command(self, name, **parameters):
        """Sends a command of the DevTools protocol."""
        return self("POST", "/goog/cdp/execute", {"cmd": name, "params": parameters})

    # Actions of a user

    def open(self, url):
        self("POST", "/url", {"url": url})

    def find(self, selector):
        """Returns the elements that match a CSS selector."""
        return [found[ELEMENT] for found in self("POST", "/elements", {"using": "css selector", "value": selector})]

    def wait_for(self, expectation, condition, seconds=20):
        """Waits until a condition is true and returns its value."""
        until = time.monotonic() + seconds
        while True:
            try:
                found = condition()
                if found:
                    return found
            except WebDriverError as error:
                if not TRANSIENT.search(str(error)):
                    raise
            if time.monotonic() > until:
                raise WebDriverError(f"timed out waiting for {expectation} at {self.url}: {self.text[:300]!r}")
            time.sleep(0.1)

    def click(self, selector):
        def click():
            for element in self.find(selector)[:1]:
                self("POST", f"/element/{element}/click", {})
                return True

        self.wait_for(f"{selector} to click", click)

    def type(self, selector, text):
        def type_into():
            for element in self.find(selector)[:1]:
                self("POST", f"/element/{element}/clear", {})
                self("POST", f"/element/{element}/value", {"text": text})
                return True

        self.wait_for(f"{selector} to type into", type_into)

    # State of the page

    @property
    def url(self):
        return self("GET", "/url")

    @property
    def text(self):
        for element in self.find("body")[:1]:
            return self("GET", f"/element/{element}/text")
        return ""

    @property
    def source(self):
        return self("GET", "/source")

    @property
    def cookies(self):
        return {cookie["name"]: cookie for cookie in self("GET", "/cookie")}

    def look(self, width=1280, height=800, dark=False, mobile=False):
        """Sets the size of the window and the color scheme."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.command("Emulation.setEmulatedMedia", features=[scheme])
        self.command(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=2 if mobile else 1,
            mobile=mobile,
        )

    def photograph(self, path):
        with open(path, "wb") as file:
            file.write(base64.b64decode(self("GET", "/screenshot")))
