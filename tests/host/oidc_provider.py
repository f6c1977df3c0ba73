# SPDX-License-Identifier: LGPL-2.1-or-later
"""oidc-provider (npm, certified) as the identity provider: tests/fakes/oidc-provider/server.js in a
process of its own, TLS by an authority made at run time.

Behaves: no interval in the answer, never slow_down, claims beyond sub only at userinfo, refresh tokens
only for offline_access. CIBA takes a name or an e-mail as login_hint.
"""

import fcntl
import re
import subprocess
from pathlib import Path

from host.authority import Authority
from host.browser import Browser
from host.client_keys import ClientKeys
from host.providers import CLIENT_IDS, FAKES, Provider, ProviderFailed, WrongUserCode

PACKAGE = FAKES / "oidc-provider"


class OidcProvider(Provider):
    name = "oidc-provider"
    scope = "openid profile email groups"

    def __init__(self, expiration_sec=600, access_token_sec=3600, dpop_nonce=False, port=0):
        """dpop_nonce: proofs count only with the provider's nonce."""
        super().__init__()
        self.access_token_sec = access_token_sec
        self.dpop_nonce = dpop_nonce
        self.expiration_sec = expiration_sec
        self.port = port

    def start(self, directory):
        self.directory = Path(directory)
        install()
        authority = Authority(self.directory / "tls")
        key, certificate = authority.issue()
        self.request_log = self.directory / "requests.log"
        self.keys = ClientKeys(self.directory / "clients")
        port = self.run_node("oidc-provider/server.js", {
            "port": self.port,
            "key_file": str(key),
            "certificate_file": str(certificate),
            "request_log": str(self.request_log),
            "client_ca_file": str(self.keys.ca_file),
            "expiration_sec": self.expiration_sec,
            "access_token_sec": self.access_token_sec,
            "dpop_nonce": self.dpop_nonce,
            "clients": self.clients(),
            "users": {person.name: claims_of(person) for person in self.users.values()},
        }, self.directory / "log")
        self.issuer = f"https://localhost:{port}"
        self.ca_file = authority.ca_file
        return self.issuer

    def clients(self):
        credentials = {
            "none": {},
            "private_key_jwt": {"jwks": {"keys": self.keys.jwks()}},
            "tls_client_auth": {
                "tls_client_auth_subject_dn": f"CN={CLIENT_IDS['tls_client_auth']}"},
            "self_signed_tls_client_auth": {"jwks": {"keys": [self.keys.certificate_jwk()]}},
        }
        return [{"client_id": client_id, "client_auth": auth,
                 "credentials": credentials.get(auth, {"client_secret": self.secret_of(auth)})}
                for auth, client_id in CLIENT_IDS.items()]

    def approve(self, user_code, user):
        browser, page = self.confirm(user_code, {"confirm": "yes"})
        for form in ({"prompt": "login", "login": user, "password": self.users[user].password},
                     {"prompt": "consent"}):
            page = browser.post(page.url, form, follow=True)
        if page.status != 200 or "Sign-in Success" not in page.text():
            raise ProviderFailed(f"{user} could not approve: {page.status} at {page.url}")

    def deny(self, user_code, user):
        _, page = self.confirm(user_code, {"abort": "yes"})
        if "The Sign-in request was interrupted" not in page.text():
            raise ProviderFailed(f"{user} could not decline: {page.status}")

    def approve_backchannel(self, binding_message, user):
        self.decide_backchannel(binding_message, user, True)

    def deny_backchannel(self, binding_message, user):
        self.decide_backchannel(binding_message, user, False)

    def decide_backchannel(self, binding_message, user, is_approved):
        answer = Browser(self.ca_file).send_json("POST", f"{self.issuer}/control/backchannel", {
            "binding_message": binding_message, "user": user, "approve": is_approved})
        if answer.status == 404:
            raise WrongUserCode(self.name)

    def authorize(self, url, user):
        browser = Browser(self.ca_file)
        page = browser.get(url, follow=True)
        for form in ({"prompt": "login", "login": user, "password": self.users[user].password},
                     {"prompt": "consent"}):
            page = browser.post(page.url, form, follow=True)
        if page.status not in (302, 303):
            raise ProviderFailed(f"{user} could not approve: {page.status} at {page.url}")
        return page

    def confirm(self, user_code, choice):
        """Types the code into the page for it, then makes the choice that the next page offers."""
        browser = Browser(self.ca_file)
        url = f"{self.issuer}/device"
        form = {"xsrf": xsrf_of(browser.get(url)), "user_code": user_code}
        page = browser.post(url, form)
        if "Confirm Device" not in page.text():
            raise WrongUserCode(self.name)
        return browser, browser.post(url, {**form, **choice}, follow=True)


def claims_of(person):
    return {
        "name": person.name.title(),
        "preferred_username": person.name,
        "email": person.email,
        "email_verified": person.email_verified,
        "groups": list(person.groups),
    }


def xsrf_of(page):
    found = re.search(r'name="xsrf" value="([^"]+)"', page.text())
    if not found:
        raise ProviderFailed(f"no form for the code at {page.url}")
    return found[1]


def install():
    """npm ci from the lock file; needs the registry, so only when it was never done here."""
    with open(PACKAGE / "package.json", encoding="utf-8") as alone:
        fcntl.flock(alone, fcntl.LOCK_EX)   # other private hosts want it at the same time
        if (PACKAGE / "node_modules" / "oidc-provider").is_dir():
            return
        done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
                              cwd=PACKAGE, capture_output=True, text=True)
    if done.returncode != 0:
        raise ProviderFailed(f"npm ci: {done.stderr[-1000:]}")
