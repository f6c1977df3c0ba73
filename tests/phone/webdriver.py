# SPDX-License-Identifier: LGPL-2.1-or-later
"""Chromium without a window, of the size of a phone, over the WebDriver protocol (W3C) as far as it
is needed here; chromedriver answers. Knows nothing of providers: pages.py does."""

import base64
import contextlib
import http.client
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time

from host import paths
from host.providers import process_end

BROWSER, DRIVER = "chromium", "chromedriver"
STARTED = re.compile(r"started successfully on port (\d+)")
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"     # what the standard calls an element in JSON
ANSWER_SEC = 120        # the longest that one command takes, on a busy machine
STARTS = 3
FIND_SEC = 60           # the longest until an element is on the page
WIDTH, HEIGHT, PIXEL_RATIO = 390, 740, 2

# As root there is no sandbox to be had. Nobody but the provider and this machine is to be talked to.
FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--lang=en-US", "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.0.0.1"]

# The page was drawn anew, or is still being drawn, between looking for an element and using it.
NOT_YET = ("stale element reference", "element click intercepted", "element not interactable")


class BrowserFailed(Exception):
    """It did not start, or did not do what it was told; error is WebDriver's word for it."""

    def __init__(self, text: str, error: str = "") -> None:
        super().__init__(text)
        self.error = error


class Browser:
    """A new browser of a person who trusts the authority in ca_file (None: nobody's but Chromium's
    own). Elements are named by XPath; looking for one waits for it. Use as a context manager."""

    def __init__(self, ca_file: pathlib.Path | None) -> None:
        self._home = pathlib.Path(tempfile.mkdtemp(prefix="browser-", dir=paths.STATE))
        self._process: subprocess.Popen | None = None
        self._port = 0
        self._session = ""
        if ca_file:
            trust(self._home, ca_file)

    def __enter__(self) -> "Browser":
        try:
            self._start_driver()
            self._start_browser()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def _start_driver(self) -> None:
        for program in (BROWSER, DRIVER):
            if not shutil.which(program):
                raise BrowserFailed(f"{program} is not installed")
        log = paths.LOGS / DRIVER
        with open(log, "ab") as out:
            self._process = subprocess.Popen(
                [DRIVER, "--port=0"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=out,
                text=True, start_new_session=True,
                env=os.environ | {"HOME": str(self._home), "TMPDIR": str(self._home)})
        found = next(filter(None, map(STARTED.search, self._process.stdout)), None)
        if not found:
            raise BrowserFailed(f"{DRIVER} did not start: {log.read_text(errors='replace')[-500:]}")
        self._port = int(found[1])

    def _start_browser(self) -> None:
        """chromedriver gives a browser a minute, which a busy machine may not."""
        for number in range(1, STARTS + 1):
            try:
                answer = self._call("POST", "/session", self._wishes(f"profile-{number}"))
                break
            except BrowserFailed as failure:
                if failure.error != "session not created" or number == STARTS:
                    raise
        self._session = f"/session/{answer['sessionId']}"

    def _wishes(self, profile: str) -> dict:
        return {"capabilities": {"alwaysMatch": {
            "goog:chromeOptions": {
                "binary": shutil.which(BROWSER),
                "args": [*FLAGS, f"--user-data-dir={self._home / profile}"],
                "mobileEmulation": {"deviceMetrics": {
                    "width": WIDTH, "height": HEIGHT, "pixelRatio": PIXEL_RATIO, "touch": True}}},
            "timeouts": {"implicit": FIND_SEC * 1000, "pageLoad": ANSWER_SEC * 1000}}}}

    def _end(self) -> None:
        try:
            if self._session:
                self._call("DELETE", self._session)
        finally:
            if self._process:
                process_end(self._process)
            shutil.rmtree(self._home, ignore_errors=True)

    def _call(self, method: str, path: str, value: object = None):
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=ANSWER_SEC)
        with contextlib.closing(connection):
            connection.request(method, path, None if value is None else json.dumps(value),
                               {"Content-Type": "application/json"})
            answer = json.loads(connection.getresponse().read())["value"]
        if isinstance(answer, dict) and "error" in answer:
            raise BrowserFailed(f"{value}: {answer['message'].splitlines()[0]}", answer["error"])
        return answer

    def _use(self, xpath: str, path: str, value: object) -> None:
        """One action on the element, begun again for as long as the page is not ready for it."""
        deadline = time.monotonic() + FIND_SEC
        while True:
            try:
                found = self.see(xpath)
                self._call("POST", f"{self._session}/element/{found}{path}", value)
                return
            except BrowserFailed as failure:
                if failure.error not in NOT_YET or time.monotonic() > deadline:
                    raise

    def open(self, address: str) -> None:
        self._call("POST", f"{self._session}/url", {"url": address})

    def see(self, xpath: str) -> str:
        """Waits until there is such an element; its id."""
        try:
            return self._find(xpath)
        except BrowserFailed as failure:
            if failure.error == "no such element":
                raise BrowserFailed(f"no {xpath} came on this page: {self._page()}") from None
            raise

    def _find(self, xpath: str) -> str:
        return self._call("POST", f"{self._session}/element",
                          {"using": "xpath", "value": xpath})[ELEMENT]

    def _page(self) -> str:
        """Where it is and what there is to read, for whoever has to find out what went wrong."""
        text = self._call("GET", f"{self._session}/element/{self._find('//body')}/text")
        return f"{self._call('GET', f'{self._session}/url')}\n{text}"

    def see_text(self, text: str) -> None:
        """Waits until one element has all of this to read."""
        self.see(f'//body//*[contains(normalize-space(), "{text}")]')

    def type(self, field: str, text: str) -> None:
        """field: the name, id or placeholder of an input."""
        self._use(f'//input[@name="{field}" or @id="{field}" or @placeholder="{field}"]', "/value",
                  {"text": text})

    def press(self, label: str) -> None:
        """Waits until a button so labelled can be pressed, and does."""
        self._use(f'//button[not(@disabled) and normalize-space()="{label}"]', "/click", {})

    def shoot(self, path: pathlib.Path) -> None:
        path.write_bytes(base64.b64decode(self._call("GET", f"{self._session}/screenshot")))


def trust(home: pathlib.Path, ca_file: pathlib.Path) -> None:
    """Chromium takes the authorities that a person added from this store."""
    store = home / ".pki" / "nssdb"
    store.mkdir(parents=True)
    for command in (["-N", "--empty-password"],
                    ["-A", "-n", "provider", "-t", "C,,", "-i", str(ca_file)]):
        subprocess.run(["certutil", "-d", f"sql:{store}", *command], check=True,
                       capture_output=True)
