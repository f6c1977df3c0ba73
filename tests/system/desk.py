# SPDX-License-Identifier: LGPL-2.1-or-later
"""A person at a desktop who runs badgectl login --browser. What the browser does is the test's: it gets
the address that would be opened, and comes back to the redirect address."""

import http.client
import json
import subprocess
import urllib.parse

from system.person import as_user

END_SEC = 30


class Desk:
    """Use as a context manager: an unfinished login is cancelled at the end."""

    def __init__(self, account="alice", provider=None, prefix=()):
        more = ["--provider", provider] if provider else []
        self.process = subprocess.Popen(
            [*prefix, *as_user(account), "DISPLAY=:77", "badgectl", "login", "--browser", "--json",
             *more], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.communicate(timeout=END_SEC)

    def challenge(self):
        """What came first, as an object: a challenge, or the verdict of a login that did not start."""
        return json.loads(self.process.stdout.readline())

    def end(self):
        """The verdict."""
        out, problems = self.process.communicate(timeout=END_SEC)
        assert problems == "", problems
        verdict = json.loads(out)
        assert verdict["event"] == "verdict"
        assert (verdict["outcome"] == "granted") == (self.process.returncode == 0)
        return verdict


def redirect_uri_of(challenge):
    query = urllib.parse.urlsplit(challenge["authorization_url"]).query
    return urllib.parse.parse_qs(query)["redirect_uri"][0]


def go_to(url, **changes):
    """The browser follows the redirect to our own listener: (status, page). changes put other
    parameters into the query; None takes one out."""
    parts = urllib.parse.urlsplit(url)
    query = urllib.parse.parse_qs(parts.query, keep_blank_values=True) | changes
    query = {name: value for name, value in query.items() if value is not None}
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=END_SEC)
    try:
        connection.request("GET", f"{parts.path}?{urllib.parse.urlencode(query, doseq=True)}")
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()
