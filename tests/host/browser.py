# SPDX-License-Identifier: LGPL-2.1-or-later
"""A browser in pure Python: cookies, forms, JSON, redirects, as far as our providers need them."""

import http.client
import json
import ssl
import urllib.parse
from dataclasses import dataclass

REQUEST_SEC = 30
MAX_REDIRECTS = 10


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes
    url: str

    def json(self):
        return json.loads(self.body)

    def text(self):
        return self.body.decode()


class Browser:
    """One person's browser. Cookies go by name alone: it talks to one provider only."""

    def __init__(self, ca_file):
        self.tls = ssl.create_default_context(cafile=str(ca_file))
        self.cookies = {}
        self.timeout_sec = REQUEST_SEC

    def trust_anybody(self):
        self.tls.check_hostname = False
        self.tls.verify_mode = ssl.CERT_NONE

    def get(self, url, follow=False):
        return self.send("GET", url, follow=follow)

    def post(self, url, form, headers=None, follow=False):
        body = urllib.parse.urlencode(form)
        headers = {"Content-Type": "application/x-www-form-urlencoded", **(headers or {})}
        return self.send("POST", url, body, headers, follow)

    def send_json(self, method, url, value):
        return self.send(method, url, json.dumps(value), {"Content-Type": "application/json"})

    def send(self, method, url, body=None, headers=None, follow=False):
        answer = self.send_once(method, url, body, headers or {})
        hops = 0
        while follow and answer.status in (301, 302, 303) and hops < MAX_REDIRECTS:
            target = urllib.parse.urljoin(answer.url, answer.headers["Location"])
            if not target.startswith("https:"):
                break       # a client's own address (RFC 8252 section 7.3)
            answer = self.send_once("GET", target, None, {})
            hops += 1
        return answer

    def send_once(self, method, url, body, headers):
        parts = urllib.parse.urlsplit(url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        if self.cookies:
            headers = {**headers, "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        connection = http.client.HTTPSConnection(parts.hostname, parts.port, context=self.tls,
                                                 timeout=self.timeout_sec)
        try:
            connection.request(method, target, body, headers)
            response = connection.getresponse()
            answer = Answer(response.status, response.headers, response.read(), url)
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie", []):
            self.keep(line)
        return answer

    def keep(self, line):
        name, _, value = line.partition(";")[0].partition("=")
        self.cookies[name.strip()] = value.strip()
        if not value or "expires=thu, 01 jan 1970" in line.lower():
            del self.cookies[name.strip()]
