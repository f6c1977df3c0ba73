# SPDX-License-Identifier: LGPL-2.1-or-later
"""The scripted provider (tests/fakes/scripted-provider): one process plays every row of its table
at once, each row an issuer of its own.

    with ScriptedServer() as server:
        server.start(directory)
        provider = server.scenario("granted-by-control")
        ... provider.issuer, provider.approve(user_code, "alice"), provider.requests()
"""

import itertools
import json
from pathlib import Path

from host.authority import Authority
from host.browser import Browser
from host.client_keys import ClientKeys
from host.providers import (CLIENT_IDS, FAKES, Provider, ProviderFailed, WrongUserCode, request_from)

SCRIPT = FAKES / "scripted-provider"
# name → row, for tests that run them all; README.md beside it says what stands in a row.
SCENARIOS = json.loads((SCRIPT / "scenarios.json").read_text())
CERTIFICATES = ("good", "expired", "wrong-host", "unknown-authority")


class ScriptedServer(Provider):
    """certificate: what a client meets before any scenario begins, one of CERTIFICATES. With one
    that is not good, control still works for this wrapper: it trusts what the client must not."""

    name = "scripted"

    def __init__(self, certificate="good", port=0):
        super().__init__()
        assert certificate in CERTIFICATES
        self.certificate = certificate
        self.port = port
        self.browser = None
        self.numbers = itertools.count(1)

    def start(self, directory):
        self.directory = Path(directory)
        trusted = Authority(self.directory / "tls")
        signer = trusted
        if self.certificate == "unknown-authority":
            signer = Authority(self.directory / "tls-unknown")
        key, certificate = signer.issue(
            host="elsewhere.example" if self.certificate == "wrong-host" else self.host,
            expired=self.certificate == "expired")
        self.keys = ClientKeys(self.directory / "clients")
        port = self.run_node("scripted-provider/server.mjs", {
            "port": self.port,
            "host": self.host,
            "listen_address": self.listen_address,
            "key_file": str(key),
            "certificate_file": str(certificate),
            "client_ca_file": str(self.keys.ca_file),
            "clients": self.clients(),
            "users": {person.name: claims_of(person) for person in self.users.values()} | impostors(self.users),
        }, self.directory / "log")
        self.issuer = f"https://{self.host}:{port}"
        self.ca_file = trusted.ca_file
        self.browser = Browser(self.ca_file)
        if self.certificate != "good":
            self.browser.trust_anybody()
        return self.issuer

    def clients(self):
        credentials = {
            "private_key_jwt": {"keys": self.keys.jwks()},
            "tls_client_auth": {"certificate_subject": CLIENT_IDS["tls_client_auth"]},
            "self_signed_tls_client_auth": {
                "certificate_sha256": self.keys.fingerprint("self_signed_tls_client_auth")},
            "none": {},
        }
        return [{"client_id": client_id,
                 **credentials.get(auth, {"client_secret": self.secret_of(auth)})}
                for auth, client_id in CLIENT_IDS.items()]

    def scenario(self, name, fresh=True):
        """A provider that plays the row; fresh: one that nobody has talked to yet."""
        return Scripted(self, name, f"{name}~{next(self.numbers)}" if fresh else name)


class Scripted(Provider):
    """One row of the table. start() and stop() belong to its server."""

    def __init__(self, server, name, address):
        super().__init__()
        self.name = name
        self.row = SCENARIOS[name]
        self.expected = self.row["expect"]
        self.expected_requests = self.row["requests"]
        self.account = self.row.get("account", "alice")
        self.server = server
        self.address = address
        self.root = f"{server.issuer}/{address}"    # what all its paths begin with
        self.issuer = self.root + self.row.get("issuer_path", "")
        self.ca_file = server.ca_file
        self.keys = server.keys

    def approve(self, user_code, user):
        self.decide("approve", {"user_code": user_code, "as": user})

    def approve_all(self, user):
        self.decide("approve-all", {"as": user})

    def deny(self, user_code, user):
        self.decide("deny", {"user_code": user_code})

    def approve_backchannel(self, binding_message, user):
        self.decide("approve", {"binding_message": binding_message, "as": user})

    def deny_backchannel(self, binding_message, user):
        self.decide("deny", {"binding_message": binding_message})

    def authorize(self, url, user):
        """As whom the row says."""
        return self.server.browser.get(url)

    def waiting(self):
        """What was pushed to phones and waits: binding_message, login_hint, scope, login."""
        return self.control("GET", "waiting").json()

    def elsewhere(self):
        """What the same paths begin with on the port that asks clients for certificates."""
        return self.control("GET", "where").json()["elsewhere"]

    def live_tokens(self):
        """How many tokens still count: {"access": …, "refresh": …}."""
        return self.control("GET", "tokens").json()

    def revoke_all(self):
        """The administrator at the provider ends every grant."""
        self.control("POST", "revoke-all")

    def disable_all(self):
        """The administrator at the provider takes everybody back: no refresh succeeds any more. Tokens
        that were given out count until they end, or are revoked."""
        self.control("POST", "disable", {})

    def decide(self, verb, value):
        if self.control("POST", verb, value).status == 404:
            raise WrongUserCode(self.name)

    def requests(self):
        return [request_from(entry) for entry in self.control("GET", "log").json()]

    def reset(self):
        """Forgets codes, tokens, counts and log."""
        self.control("POST", "reset")

    def control(self, method, verb, value=None):
        url = f"{self.server.issuer}/control/{self.address}/{verb}"
        answer = self.server.browser.send_json(method, url, value)
        if answer.status not in (200, 404):
            raise ProviderFailed(f"{self.name}: {verb}: {answer.status}")
        return answer


def subject_of(person):
    return f"subject-of-{person.name}"


def claims_of(person):
    return {
        "sub": subject_of(person),
        "name": person.name.title(),
        "preferred_username": person.name,
        "email": person.email,
        "email_verified": person.email_verified,
        "groups": list(person.groups),
    }


def impostors(people):
    """Who is not what the name says: approve(code, "alice-renamed")."""
    alice = claims_of(people["alice"])
    return {
        # The provider calls her by another name now, or by bob's.
        "alice-renamed": alice | {"preferred_username": "alicia"},
        "alice-named-bob": alice | {"preferred_username": "bob"},
        # Her name was given to somebody else.
        "another-alice": alice | {"sub": "subject-of-another-alice"},
    }
