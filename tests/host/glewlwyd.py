# SPDX-License-Identifier: LGPL-2.1-or-later
"""Glewlwyd (Debian package) as the identity provider: settings and sqlite file in the directory
given, set up through its own API, TLS by an authority made at run time.

Behaves: interval with a real slow_down, id_token with at_hash, used code → access_denied.
"""

import base64
import contextlib
import hashlib
import shutil
import sqlite3
import urllib.parse
from pathlib import Path

from host.authority import Authority, openssl
from host.browser import Browser
from host.providers import (POST_CLIENT_ID, Provider, ProviderFailed, WrongUserCode, port_free,
                            port_wait)

SCHEMA = "/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3"
ADMIN = {"username": "admin", "password": "password"}
WEBAPP = Path("/usr/share/glewlwyd/webapp")
WEBAPP_SETTINGS = Path("/usr/share/glewlwyd/templates/config.json")
STARTS = 5
STORE_SEC = 10
GRANTS = ["device_authorization", "refresh_token"]
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
}


class Glewlwyd(Provider):
    """With count_requests, a proxy that ends TLS and counts stands in front; else nothing does."""

    name = "glewlwyd"

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
            raise ProviderFailed(f"glewlwyd: {method} {path}: {answer.status}")
        return answer

    def set_up(self, admin):
        self.let_users_have_groups(admin)
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
                "introspection-revocation-allowed": True,
                "email-claim": "mandatory",
                "claims": CLAIMS,
            },
        }

    def clients(self):
        common = {"enabled": True, "authorization_type": GRANTS, "scope": ["openid"]}
        secret = {"confidential": True, "client_secret": self.client_secret}
        return [
            {"client_id": self.client_id, "name": "badged", **common, **secret,
             "token_endpoint_auth_method": ["client_secret_basic"]},
            {"client_id": POST_CLIENT_ID, "name": "badged by post", **common, **secret,
             "token_endpoint_auth_method": ["client_secret_post"]},
            {"client_id": self.public_client_id, "name": "badged, public", **common,
             "confidential": False, "token_endpoint_auth_method": ["none"]},
        ]

    def approve(self, user_code, user):
        person = self.users[user]
        browser = self.sign_in({"username": user, "password": person.password})
        for client in self.clients():
            self.call(browser, "PUT", f"/auth/grant/{client['client_id']}", {"scope": self.scope})
        code = urllib.parse.quote(user_code)
        answer = browser.get(f"{self.issuer}/device?code={code}&g_continue")
        end = answer.headers.get("Location", "").rpartition("prompt=")[2]
        if end == "deviceCodeError":
            raise WrongUserCode(self.name)
        if end != "deviceComplete":
            raise ProviderFailed(f"{user} could not approve: {answer.status} {end}")

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
