# SPDX-License-Identifier: LGPL-2.1-or-later
"""Glewlwyd (Debian package) as the identity provider: settings and sqlite file in the directory
given, set up through its own API, TLS by an authority made at run time.

Behaves: interval with a real slow_down, id_token with at_hash, used code → access_denied. Refresh
answers have no id_token, its errors no body. CIBA wants login_hint={"username":"alice"}. Assertions
must name the very endpoint as their audience, and their key. A request of CIBA under a certificate
never gets its tokens; self-signed certificates are refused by its TLS.
"""

import base64
import contextlib
import hashlib
import json
import shutil
import sqlite3
import urllib.parse
from pathlib import Path

from host.authority import Authority, openssl
from host.browser import Browser
from host.client_keys import ClientKeys
from host.providers import CLIENT_IDS, Provider, ProviderFailed, WrongUserCode, port_free, port_wait

SCHEMA = "/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3"
ADMIN = {"username": "admin", "password": "password"}
WEBAPP = Path("/usr/share/glewlwyd/webapp")
WEBAPP_SETTINGS = Path("/usr/share/glewlwyd/templates/config.json")
STARTS = 5
STORE_SEC = 10
CIBA_GRANT = "urn:openid:params:grant-type:ciba"
GRANTS = ["device_authorization", "refresh_token", "code", CIBA_GRANT]
# RFC 8252: it compares addresses as they are, the port included.
REDIRECTS = ["http://127.0.0.1:49152/callback", "http://[::1]:49152/callback"]
PROOF_SEC = 60
ASSERTION_SEC = 3600
DISABLE_CODE = """UPDATE gpo_device_authorization SET gpoda_status = 3
                  WHERE gpoda_user_code_hash = ? AND gpoda_status = 0"""
CLAIMS = [
    {"name": "preferred_username", "user-property": "username", "type": "string",
     "mandatory": True, "scope": ["openid"]},
    {"name": "email_verified", "user-property": "email_verified", "type": "boolean",
     "boolean-value-true": "yes", "boolean-value-false": "no",
     "mandatory": True, "scope": ["openid"]},
    {"name": "groups", "user-property": "groups", "type": "string",
     "mandatory": True, "scope": ["openid"]},
]

SETTINGS = """\
port={port}
bind_address="{listen_address}"
external_url="{origin}"
login_url="login.html"
api_prefix="api"
static_files_path="{webapp}"
static_files_mime_types=(
{{ extension=".html" mime_type="text/html" compress=0 }},
{{ extension=".css" mime_type="text/css" compress=0 }},
{{ extension=".js" mime_type="application/javascript" compress=0 }},
{{ extension=".json" mime_type="application/json" compress=0 }}
)
log_mode="console"
log_level="INFO"
cookie_domain="{host}"
cookie_secure=1
session_key="GLEWLWYD2_SESSION_ID"
admin_scope="g_admin"
profile_scope="g_profile"
user_module_path="/usr/lib/glewlwyd/user"
user_middleware_module_path="/usr/lib/glewlwyd/user_middleware"
client_module_path="/usr/lib/glewlwyd/client"
user_auth_scheme_module_path="/usr/lib/glewlwyd/scheme"
plugin_module_path="/usr/lib/glewlwyd/plugin"
use_secure_connection={secure}
secure_connection_key_file="{key}"
secure_connection_pem_file="{certificate}"
{client_ca}
hash_algorithm="SHA512"
database={{ type="sqlite3" path="{database}" }};
"""

# What the counting proxy calls the paths below the issuer.
ENDPOINTS = {
    "/.well-known/openid-configuration": "discovery",
    "/jwks": "jwks",
    "/device_authorization": "device",
    "/token": "token",
    "/userinfo": "userinfo",
    "/auth": "authorization",
    "/ciba": "backchannel",
    "/revoke": "revocation",
    "/introspect": "introspection",
}


class Glewlwyd(Provider):
    """With count_requests, a proxy that ends TLS and counts stands in front; else nothing does."""

    name = "glewlwyd"
    client_auths = tuple(auth for auth in CLIENT_IDS if auth != "self_signed_tls_client_auth")
    assertion_audience = "endpoint"

    def __init__(self, interval_sec=5, expiration_sec=600, count_requests=False, port=0):
        super().__init__()
        # It compares what Basic carries as it is, without the form decoding of RFC 6749 2.3.1.
        self.client_secret = "plain-secret-0123456789"
        self.interval_sec = interval_sec
        self.expiration_sec = expiration_sec
        self.count_requests = count_requests
        self.port = port
        self.api = None
        self.database = None

    def start(self, directory):
        self.directory = Path(directory)
        authority = Authority(self.directory / "tls")
        key, certificate = authority.issue(host=self.host)
        self.keys = ClientKeys(self.directory / "clients")
        self.ca_file = authority.ca_file
        self.database = self.directory / "glewlwyd.db"
        database_create(self.database)
        webapp_create(self.directory / "webapp")
        self.run_server(key, certificate)
        self.set_up(self.sign_in(ADMIN))
        return self.issuer

    def run_server(self, key, certificate):
        """It cannot say which port it got, so a port that somebody takes first costs a new try."""
        for attempt in range(STARTS):
            port = (not self.count_requests and self.port) or port_free()
            front = self.run_proxy(key, certificate, port) if self.count_requests else port
            origin = f"https://{self.host}:{front}"
            settings = self.directory / "glewlwyd.conf"
            settings.write_text(SETTINGS.format(
                port=port, origin=origin, webapp=self.directory / "webapp", key=key,
                certificate=certificate, secure="false" if self.count_requests else "true",
                client_ca=f'secure_connection_ca_file="{self.keys.ca_file}"',
                database=self.database, host=self.host,
                listen_address=self.listen_address))
            process = self.run(["glewlwyd", f"--config-file={settings}"], self.directory / "log")
            try:
                port_wait(port, process, self.directory / "log")
            except ProviderFailed:
                self.stop()
                if attempt == STARTS - 1 or self.port:
                    raise
            else:
                self.api = f"{origin}/api"
                self.issuer = f"{self.api}/oidc"
                return

    def run_proxy(self, key, certificate, upstream_port):
        self.request_log = self.directory / "requests.log"
        return self.run_node("counting-proxy.mjs", {
            "port": self.port,
            "upstream_port": upstream_port,
            "key_file": str(key),
            "certificate_file": str(certificate),
            "request_log": str(self.request_log),
            "endpoints": {f"/api/oidc{path}{end}": endpoint
                          for path, endpoint in ENDPOINTS.items() for end in ("", "/")},
        }, self.directory / "proxy.log")

    def sign_in(self, account):
        browser = Browser(self.ca_file)
        self.call(browser, "POST", "/auth/", account)
        return browser

    def call(self, browser, method, path, value):
        answer = browser.send_json(method, self.api + path, value)
        if answer.status != 200:
            raise ProviderFailed(f"glewlwyd: {method} {path}: {answer.status} {answer.body[:300]}")
        return answer

    def set_up(self, admin):
        self.let_users_have_groups(admin)
        self.let_clients_have_keys(admin)
        self.call(admin, "POST", "/mod/plugin/", self.plugin())
        for client in self.clients():
            self.call(admin, "POST", "/client/", client)
        for person in self.users.values():
            self.call(admin, "POST", "/user/", user_from(person))

    def let_users_have_groups(self, admin):
        store = admin.get(f"{self.api}/mod/user/database").json()
        store["parameters"]["data-format"] = {
            "email_verified": {"multiple": False, "read": True, "write": True},
            "groups": {"multiple": True, "read": True, "write": True},
        }
        self.call(admin, "PUT", "/mod/user/database", store)
        self.call(admin, "PUT", "/mod/user/database/reset", {})

    def let_clients_have_keys(self, admin):
        store = admin.get(f"{self.api}/mod/client/database").json()
        store["parameters"]["data-format"]["tls_client_auth_subject_dn"] = {
            "multiple": False, "read": True, "write": True}
        self.call(admin, "PUT", "/mod/client/database", store)
        self.call(admin, "PUT", "/mod/client/database/reset", {})

    def plugin(self):
        key_file = self.directory / "signing.key"
        openssl("genrsa", "-out", key_file, "2048")
        return {
            "module": "oidc",
            "name": "oidc",
            "display_name": "Sign in",
            "enabled": True,
            "parameters": {
                "iss": self.issuer,
                "jwt-type": "rsa",
                "jwt-key-size": "256",
                "key": key_file.read_text(),
                "cert": openssl("rsa", "-in", key_file, "-pubout"),
                "jwks-show": True,
                "access-token-duration": 3600,
                "refresh-token-duration": 1209600,
                "code-duration": 600,
                "allow-non-oidc": True,
                "auth-type-device-enabled": True,
                "auth-type-refresh-enabled": True,
                "device-authorization-expiration": self.expiration_sec,
                "device-authorization-interval": self.interval_sec,
                "auth-type-code-enabled": True,
                "auth-type-client-enabled": True,
                "pkce-allowed": True,
                "oauth-as-iss-id": True,
                "refresh-token-one-use": "always",
                "introspection-revocation-allowed": True,
                "introspection-revocation-allow-target-client": True,
                "request-parameter-allow": True,
                "request-maximum-exp": ASSERTION_SEC,
                "client-jwks-parameter": "jwks",
                "client-cert-source": "TLS",
                "client-cert-self-signed-allowed": True,
                "client-cert-use-endpoint-aliases": True,
                "oauth-dpop-allowed": True,
                "oauth-dpop-iat-duration": PROOF_SEC,
                "oauth-ciba-allowed": True,
                "oauth-ciba-mode-poll-allowed": True,
                "oauth-ciba-default-expiry": self.expiration_sec,
                "oauth-ciba-maximum-expiry": self.expiration_sec,
                "email-claim": "mandatory",
                "claims": CLAIMS,
            },
        }

    def clients(self):
        credentials = {
            "none": {},
            "private_key_jwt": {"jwks": {"keys": self.keys.jwks()}},
            "tls_client_auth": {
                "tls_client_auth_subject_dn": f"CN={CLIENT_IDS['tls_client_auth']}"},
        }
        return [{"client_id": CLIENT_IDS[auth], "name": f"badged by {auth}", "enabled": True,
                 "scope": ["openid"], "confidential": auth != "none",
                 "authorization_type": GRANTS + (["client_credentials"] if auth != "none" else []),
                 "redirect_uri": REDIRECTS, "token_endpoint_auth_method": [auth],
                 "backchannel_token_delivery_mode": "poll",
                 **credentials.get(auth, {"client_secret": self.secret_of(auth)})}
                for auth in self.client_auths]

    def signed_in(self, user):
        """The browser of somebody who lets every client know who they are."""
        browser = self.sign_in({"username": user, "password": self.users[user].password})
        for auth in self.client_auths:
            self.call(browser, "PUT", f"/auth/grant/{CLIENT_IDS[auth]}", {"scope": self.scope})
        return browser

    def approve(self, user_code, user):
        browser = self.signed_in(user)
        code = urllib.parse.quote(user_code)
        answer = browser.get(f"{self.issuer}/device?code={code}&g_continue")
        end = answer.headers.get("Location", "").rpartition("prompt=")[2]
        if end == "deviceCodeError":
            raise WrongUserCode(self.name)
        if end != "deviceComplete":
            raise ProviderFailed(f"{user} could not approve: {answer.status} {end}")

    def hint_of(self, user):
        return json.dumps({"username": user}, separators=(",", ":"))

    def approve_backchannel(self, binding_message, user):
        self.decide_backchannel(binding_message, user, "connect_uri", "complete")

    def deny_backchannel(self, binding_message, user):
        self.decide_backchannel(binding_message, user, "cancel_uri", "cancelled")

    def decide_backchannel(self, binding_message, user, address, end):
        browser = self.signed_in(user)
        waiting = browser.get(f"{self.issuer}/ciba_user_list/").json()
        found = [one for one in waiting if one["binding_message"] == binding_message]
        if not found:
            raise WrongUserCode(self.name)
        answer = browser.get(f"{found[0][address]}&g_continue")
        if not answer.headers.get("Location", "").endswith(f"ciba_message={end}"):
            raise ProviderFailed(f"{user} could not decide: {answer.status}")

    def authorize(self, url, user):
        return self.signed_in(user).get(f"{url}&g_continue")

    def deny(self, user_code, user):
        """Its pages offer no way to decline. What they lack is done to its database: the code is
        disabled, and the token endpoint then says access_denied by itself."""
        self.sign_in({"username": user, "password": self.users[user].password})
        digest = base64.b64encode(hashlib.sha512(user_code.encode()).digest()).decode()
        digest = f"{{SHA512}}{digest}"
        with contextlib.closing(sqlite3.connect(self.database, timeout=STORE_SEC)) as store:
            with store:
                changed = store.execute(DISABLE_CODE, (digest,)).rowcount
        if changed != 1:
            raise WrongUserCode(self.name)


def database_create(path):
    with contextlib.closing(sqlite3.connect(path)) as store:
        store.executescript(Path(SCHEMA).read_text())


def webapp_create(path):
    """A copy of the package's pages, which do not work in their place in Debian 12: their settings
    are a link to a folder, and what other packages bring are links out of it, never served."""
    def left_out(folder, names):
        return [name for name in names if name == "config.json" or not Path(folder, name).exists()]

    packaged = WEBAPP / "config.json"
    shutil.copytree(WEBAPP, path, ignore=left_out)
    shutil.copy(packaged if packaged.is_file() else WEBAPP_SETTINGS, path / "config.json")


def user_from(person):
    return {
        "username": person.name,
        "name": person.name.title(),
        "password": person.password,
        "email": person.email,
        "email_verified": "yes" if person.email_verified else "no",
        "groups": list(person.groups),
        "scope": ["openid", "g_profile"],
        "enabled": True,
    }
