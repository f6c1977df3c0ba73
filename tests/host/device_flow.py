# SPDX-License-Identifier: LGPL-2.1-or-later
"""The client's side of a device flow by hand, without badged: what the tests of the providers, and
tests that need a subject beforehand, use."""

import base64
import json
import urllib.parse

from host.browser import Browser
from host.providers import POST_CLIENT_ID

DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"


class DeviceFlow:
    """client_auth: client_secret_basic, client_secret_post or none."""

    def __init__(self, provider, client_auth="client_secret_basic"):
        self.provider = provider
        self.browser = Browser(provider.ca_file)
        self.form, self.headers = credentials(provider, client_auth)
        self.metadata = self.browser.get(
            f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration").json()
        self.challenge = None
        self.tokens = None

    def start(self):
        answer = self.browser.post(self.metadata["device_authorization_endpoint"],
                                   {"scope": self.provider.scope, **self.form}, self.headers)
        assert answer.status == 200, answer.body
        self.challenge = answer.json()
        return self.challenge

    def poll(self):
        """One token request: the error word, or "granted" with the answer kept in tokens."""
        answer = self.browser.post(self.metadata["token_endpoint"], {
            "grant_type": DEVICE_GRANT,
            "device_code": self.challenge["device_code"],
            **self.form,
        }, self.headers)
        value = answer.json()
        if answer.status == 200:
            self.tokens = value
        return value.get("error", "granted")

    def id_token_claims(self):
        """Without a look at the signature."""
        return part_of(self.tokens["id_token"], 1)

    def userinfo(self):
        answer = self.browser.send("GET", self.metadata["userinfo_endpoint"], headers={
            "Authorization": f"Bearer {self.tokens['access_token']}"})
        assert answer.status == 200, answer.status
        return answer.json()


def credentials(provider, client_auth):
    """(form members, headers) that authenticate the client."""
    if client_auth == "none":
        return {"client_id": provider.public_client_id}, {}
    if client_auth == "client_secret_post":
        return {"client_id": POST_CLIENT_ID, "client_secret": provider.client_secret}, {}
    pair = ":".join(map(urllib.parse.quote_plus, (provider.client_id, provider.client_secret)))
    return {}, {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


def part_of(token, number):
    part = token.split(".")[number]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def subject_of(provider, user):
    """The sub by which the provider knows user: one flow of the public client tells."""
    flow = DeviceFlow(provider, "none")
    provider.approve(flow.start()["user_code"], user)
    assert flow.poll() == "granted"
    return flow.id_token_claims()["sub"]
