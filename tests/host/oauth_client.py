# SPDX-License-Identifier: LGPL-2.1-or-later
"""A client of every grant by hand, without badged, for the tests of the providers: it authenticates in
each way, proves a key when it has one, and answers with what came."""

import base64
import hashlib
import os
import urllib.parse

from host.browser import Browser
from host.client_keys import assertion, encode, proof
from host.device_flow import DEVICE_GRANT, part_of
from host.providers import CLIENT_IDS

CIBA_GRANT = "urn:openid:params:grant-type:ciba"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
REDIRECT = "http://127.0.0.1:49152/callback"


class OauthClient:
    """client_auth: one of CLIENT_IDS. key: the SigningKey of private_key_jwt; dpop: the one of its
    proofs. metadata is what discovery said."""

    def __init__(self, provider, client_auth="client_secret_basic", key=None, dpop=None, scope=None):
        self.provider = provider
        self.client_auth = client_auth
        self.client_id = CLIENT_IDS[client_auth]
        self.key = key or (provider.keys and provider.keys.ec_key)
        self.dpop = dpop
        self.nonce = None
        self.asked_url = None
        self.scope = provider.scope if scope is None else scope
        self.browser = Browser(provider.ca_file)
        if "tls" in client_auth:
            key_file, certificate = provider.keys.certificates[client_auth]
            self.browser.tls.load_cert_chain(certificate, key_file)
        self.metadata = self.browser.get(
            f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration").json()
        self.tokens = None
        self.verifier = None

    def endpoint(self, name):
        aliases = self.metadata.get("mtls_endpoint_aliases", {})
        return "tls" in self.client_auth and aliases.get(name) or self.metadata[name]

    def credentials(self):
        """(form members, headers) for one request."""
        secret = self.provider.secret_of(self.client_auth)
        if self.client_auth == "client_secret_basic":
            pair = ":".join(map(urllib.parse.quote_plus, (self.client_id, secret)))
            return {}, {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
        if self.client_auth == "client_secret_post":
            return {"client_id": self.client_id, "client_secret": secret}, {}
        if self.client_auth.endswith("_jwt"):
            key = secret if self.client_auth == "client_secret_jwt" else self.key
            audience = {"issuer": self.provider.issuer,
                        "endpoint": self.asked_url}[self.provider.assertion_audience]
            return {"client_id": self.client_id, "client_assertion_type": ASSERTION_TYPE,
                    "client_assertion": assertion(self.client_id, audience, key,
                                                  kid=getattr(key, "kid", None))}, {}
        return {"client_id": self.client_id}, {}

    def post(self, name, form, prove=False, **changes):
        """Asks the endpoint that the metadata calls name, once more when it wants its nonce."""
        self.asked_url = url = self.endpoint(name)
        for _ in range(2):
            members, headers = self.credentials()
            if self.dpop and prove:
                headers["DPoP"] = proof(self.dpop, "POST", url, self.nonce)
            answer = self.browser.post(url, {**form, **members, **changes}, headers)
            wants_nonce = b"use_dpop_nonce" in answer.body
            self.nonce = answer.headers.get("DPoP-Nonce", self.nonce)
            if not (self.dpop and prove and wants_nonce):
                break
        return answer

    def token(self, grant_type, **form):
        """The error word, or "granted" with the answer kept in tokens."""
        answer = self.post("token_endpoint", {"grant_type": grant_type, **form}, prove=True)
        value = answer.json() if answer.body else {"error": f"status {answer.status}"}
        if answer.status == 200 and "error" not in value:
            self.tokens = value
        return value.get("error", "granted")

    # ---- the grants ----

    def ask_device_code(self, **more):
        return self.post("device_authorization_endpoint", {"scope": self.scope, **more})

    def poll_device_code(self, challenge, **more):
        return self.token(DEVICE_GRANT, device_code=challenge["device_code"], **more)

    def signed_in(self, **more):
        """Itself, after a device grant that approves itself within a few polls."""
        challenge = self.ask_device_code(**more).json()
        for _ in range(5):
            if self.poll_device_code(challenge) == "granted":
                return self
        raise AssertionError("no tokens came")

    def ask_backchannel(self, hint, message, **more):
        return self.post("backchannel_authentication_endpoint", {
            "scope": self.scope, "login_hint": hint, "binding_message": message, **more})

    def poll_backchannel(self, challenge):
        return self.token(CIBA_GRANT, auth_req_id=challenge["auth_req_id"])

    def authorization_url(self, state="state-of-the-test", **more):
        self.verifier = encode(os.urandom(32))
        query = {"response_type": "code", "client_id": self.client_id, "redirect_uri": REDIRECT,
                 "scope": self.scope, "state": state, "code_challenge": challenge_of(self.verifier),
                 "code_challenge_method": "S256", **more}
        return f"{self.endpoint('authorization_endpoint')}?{urllib.parse.urlencode(query)}"

    def redeem(self, code, **changes):
        return self.token("authorization_code", **{
            "code": code, "redirect_uri": REDIRECT, "code_verifier": self.verifier, **changes})

    def refresh(self, token=None, **more):
        return self.token("refresh_token", refresh_token=token or self.tokens["refresh_token"],
                          **more)

    def ask_for_itself(self, scope):
        return self.token("client_credentials", scope=scope)

    # ---- afterwards ----

    def introspect(self, token, **more):
        return self.post("introspection_endpoint", {"token": token, **more})

    def revoke(self, token, hint="refresh_token"):
        return self.post("revocation_endpoint", {"token": token, "token_type_hint": hint})

    def get(self, url, token=None, **headers):
        """A resource, with the access token, and with a proof when there is a key."""
        token = token or self.tokens["access_token"]
        for _ in range(2):
            headers = {"Authorization": f"{'DPoP' if self.dpop else 'Bearer'} {token}",
                       "User-Agent": "badged", **headers}
            if self.dpop:
                headers["DPoP"] = proof(self.dpop, "GET", url.split("?")[0], self.nonce, token)
            answer = self.browser.send("GET", url, headers=headers)
            self.nonce = answer.headers.get("DPoP-Nonce", self.nonce)
            if not (self.dpop and "use_dpop_nonce" in answer.headers.get("WWW-Authenticate", "")):
                break
        return answer

    def userinfo(self):
        return self.get(self.endpoint("userinfo_endpoint"))

    def id_token_claims(self):
        """Without a look at the signature."""
        return part_of(self.tokens["id_token"], 1)


def challenge_of(verifier):
    """RFC 7636 section 4.2, S256."""
    return encode(hashlib.sha256(verifier.encode()).digest())


def redirect_parameters(answer):
    """name → list of values, of the redirect that came."""
    query = urllib.parse.urlsplit(answer.headers["Location"]).query
    return urllib.parse.parse_qs(query, keep_blank_values=True)
