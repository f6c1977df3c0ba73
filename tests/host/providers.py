# SPDX-License-Identifier: LGPL-2.1-or-later
"""What every identity provider of the tests has in common: people, clients, a request log, and
processes that are waited for and ended by their own id.

Not a provider itself; glewlwyd.py, oidc_provider.py and scripted.py are. On loopback, unless a test
says otherwise.
"""

import atexit
import json
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

FAKES = Path(__file__).resolve().parent.parent / "fakes"
READY_SEC = 60
STOP_SEC = 5

CLIENT_ID = "badged"
# Signs that a client must escape before Basic authentication (RFC 6749 section 2.3.1).
CLIENT_SECRET = "top secret:+/%&=?"
POST_CLIENT_ID = "badged-post"
PUBLIC_CLIENT_ID = "badged-public"
# An HMAC key is at least as long as its digest (RFC 7518 section 3.2).
JWT_SECRET = "a secret of at least thirty-two signs:+/%&=?"
# Which client authenticates how; private_key_jwt has an RSA key and an EC key.
CLIENT_IDS = {
    "client_secret_basic": CLIENT_ID,
    "client_secret_post": POST_CLIENT_ID,
    "none": PUBLIC_CLIENT_ID,
    "client_secret_jwt": "badged-secret-jwt",
    "private_key_jwt": "badged-key",
    "tls_client_auth": "badged-tls",
    "self_signed_tls_client_auth": "badged-self-signed",
}


class ProviderFailed(Exception):
    """The provider did not start, or did not do what it was asked."""


class WrongUserCode(Exception):
    """The provider does not know this user code."""


@dataclass(frozen=True)
class Person:
    name: str
    password: str
    email: str
    email_verified: bool = True
    groups: tuple = ()


PEOPLE = {
    person.name: person
    for person in (
        Person("alice", "alice-password", "alice@example.com", groups=("staff", "wheel")),
        Person("bob", "bob-password", "bob@example.com", groups=("staff",)),
        Person("carol", "carol-password", "carol@example.org", email_verified=False),
    )
}


@dataclass(frozen=True)
class Request:
    """One line of a provider's request log. No codes, no tokens, no secrets."""

    time_ms: float
    method: str
    endpoint: str  # discovery jwks device token userinfo other
    status: int
    more: dict = field(default_factory=dict, compare=False)


class Provider:
    """start() → issuer; approve(), deny(); requests(); stop(). A context manager, too."""

    name = "provider"
    scope = "openid"
    client_auths = tuple(CLIENT_IDS)
    # Whom an assertion must name (RFC 7523 section 3): the issuer, or the very endpoint.
    assertion_audience = "issuer"

    def __init__(self):
        self.issuer = None
        self.ca_file = None
        self.client_id = CLIENT_ID
        self.client_secret = CLIENT_SECRET
        self.client_auth = "client_secret_basic"
        self.public_client_id = PUBLIC_CLIENT_ID
        self.keys = None    # host.client_keys.ClientKeys, from start() on, where clients have any
        self.users = PEOPLE
        # Under which name it is known and where it listens; to be changed before start(), if at all.
        self.host = "localhost"
        self.listen_address = "127.0.0.1"
        self.directory = None
        self.processes = []
        self.request_log = None

    def start(self, directory):
        """Runs the provider with all its files in directory; returns the issuer when it answers."""
        raise NotImplementedError

    def secret_of(self, client_auth):
        return JWT_SECRET if client_auth == "client_secret_jwt" else self.client_secret

    def approve(self, user_code, user):
        """user signs in and approves. Raises WrongUserCode."""
        raise NotImplementedError

    def deny(self, user_code, user):
        """user signs in and declines. Raises WrongUserCode."""
        raise NotImplementedError

    def hint_of(self, user):
        """By which login_hint it knows user (CIBA)."""
        return user

    def approve_backchannel(self, binding_message, user):
        """user approves the request that was pushed with this message (CIBA). Raises
        WrongUserCode when none waits."""
        raise NotImplementedError

    def deny_backchannel(self, binding_message, user):
        """user declines it."""
        raise NotImplementedError

    def authorize(self, url, user):
        """user opens the authorization request at url, signs in and approves; the answer that
        redirects to the client."""
        raise NotImplementedError

    def requests(self):
        """What has arrived so far, oldest first."""
        if self.request_log is None:
            raise ProviderFailed(f"{self.name} was started without a request log")
        lines = self.request_log.read_text().splitlines() if self.request_log.exists() else []
        return [request_from(json.loads(line)) for line in lines]

    def count(self, endpoint):
        return sum(request.endpoint == endpoint for request in self.requests())

    def stop(self):
        """Ends what start() started, and nothing else. May be called twice."""
        while self.processes:
            process_end(self.processes.pop())
        atexit.unregister(self.stop)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def run(self, arguments, log, **more):
        """Starts a process whose output goes to the file log; stop() ends it."""
        with open(log, "ab") as out:
            process = subprocess.Popen(arguments, stderr=out, start_new_session=True,
                                       **{"stdin": subprocess.DEVNULL, "stdout": out, **more})
        if not self.processes:
            atexit.register(self.stop)
        self.processes.append(process)
        return process

    def run_node(self, script, settings, log):
        """Starts a server of tests/fakes, which reads its settings from a line on its standard
        input, answers with its port when it listens, and ends when its standard input does."""
        process = self.run(["node", str(FAKES / script)], log,
                           stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            process.stdin.write(json.dumps(settings) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line.startswith("listening "):
            process.wait(STOP_SEC)
            raise ProviderFailed(f"{script} did not start: {Path(log).read_text()[-2000:]}")
        return int(line.split()[1])


def request_from(entry):
    known = {name: entry.pop(name) for name in ("time_ms", "method", "endpoint", "status")}
    return Request(**known, more=entry)


def process_end(process):
    for pipe in (process.stdin, process.stdout):
        if pipe:
            pipe.close()
    process.terminate()
    try:
        process.wait(STOP_SEC)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def port_free():
    """A port that nobody listens on now, for programs that cannot say which one they got."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def port_wait(port, process, log):
    """Returns when a connection succeeds; raises when the process ends first."""
    deadline = time.monotonic() + READY_SEC
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.01)
    raise ProviderFailed(f"nothing listens on {port}: {Path(log).read_text()[-2000:]}")
