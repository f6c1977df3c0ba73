# SPDX-License-Identifier: LGPL-2.1-or-later
"""How badged proves to real providers which client it is, through real PAM: each provider with every
method that it takes, and with credentials that are not the client's, which must let nobody in.

One badged for each provider knows each way as a provider of its own; each login is a PAM service of its
own. What the scripted provider demands (fresh identifiers, one audience, nonces) is in
test_grants_and_clients.py.
"""

import concurrent.futures
import contextlib
import dataclasses
import pathlib
import re
import subprocess
import tempfile
import threading

import pytest

from host import paths
from host.client_keys import SigningKey
from host.daemon import Daemon, write_settings
from host.glewlwyd import Glewlwyd
from host.journal import Journal
from host.oidc_provider import OidcProvider
from host.providers import CLIENT_IDS
from system.rows import wait_for, wanted
from system.traces import assert_no_secrets, pending_logins

LOGIN_SEC = 120
AT_ONCE = 32
# All that the escaping of RFC 6749 section 2.3.1 is for; oidc-provider takes no bytes beyond ASCII.
SECRETS = {"oidc": "a:b+c%2Fd/e f&g=h?i#", "nonce": "j:k", "glewlwyd": "a:b+c%2Fd/e f&g=h?i#ü€"}
WRONG_SECRET = "a secret of thirty-two signs, not theirs"
SECRET_FILE = {"client_secret_file": "{provider}.secret"}
METHODS = {
    "none": {},
    "client_secret_basic": SECRET_FILE,
    "client_secret_post": SECRET_FILE,
    "client_secret_jwt": {"client_secret_file": "{provider}-jwt.secret"},
    "private_key_jwt": {"client_key_file": "{provider}-ec.key"},
    "tls_client_auth": {"client_key_file": "{provider}-tls.key",
                        "client_certificate_file": "{provider}-tls.pem"},
    "self_signed_tls_client_auth": {"client_key_file": "{provider}-self.key",
                                    "client_certificate_file": "{provider}-self.pem"},
}


@dataclasses.dataclass(frozen=True)
class Way:
    """A client as badged may be told to be. settings: what differs from the method's usual ones."""

    provider: str
    client_auth: str
    settings: dict = dataclasses.field(default_factory=dict)
    mend: str = ""      # the key that `badgectl check` must name, when it fails
    client: str = ""    # whose client_id, when not the method's own
    at: str = "device authorization"    # the endpoint that turns it away

    def lines(self, provider):
        keys = {"issuer": provider.issuer, "ca_file": f"{self.provider}.pem",
                "client_id": CLIENT_IDS[self.client or self.client_auth],
                "client_auth": self.client_auth, "scope": provider.scope,
                "username_claim": "preferred_username",
                **METHODS[self.client_auth], **self.settings}
        return [f"{key} = {value}".replace("{provider}", self.provider)
                for key, value in keys.items()]


RSA = {"client_key_file": "{provider}-rsa.key", "client_key_id": "rsa-key"}
EC = {"client_key_id": "ec-key"}
PLAIN = {"client_secret_encoding": "plain"}
DPOP = {"dpop": "yes"}
# Neither of the two looks at it in the device grant: a provider that does is a row.
PKCE = {"pkce": "yes"}
AUDIENCE = "client_assertion_audience"
TO_ENDPOINT = {AUDIENCE: "endpoint"}
WRONG = {"client_secret_file": "wrong.secret"}
LATE = {"device_client_auth": "none"}
GRANTED = {
    "oidc-none": Way("oidc", "none"),
    "oidc-basic": Way("oidc", "client_secret_basic"),
    "oidc-post": Way("oidc", "client_secret_post"),
    "oidc-secret-jwt": Way("oidc", "client_secret_jwt"),
    "oidc-rs256": Way("oidc", "private_key_jwt", RSA),
    "oidc-ps256": Way("oidc", "private_key_jwt", RSA | {"client_key_algorithm": "PS256"}),
    "oidc-es256": Way("oidc", "private_key_jwt", EC),
    "oidc-es256-without-id": Way("oidc", "private_key_jwt"),
    "oidc-tls": Way("oidc", "tls_client_auth"),
    "oidc-self-signed-tls": Way("oidc", "self_signed_tls_client_auth"),
    "oidc-pkce": Way("oidc", "none", PKCE),
    "oidc-dpop": Way("oidc", "client_secret_basic", DPOP),
    "oidc-dpop-public": Way("oidc", "none", DPOP),
    "oidc-dpop-tls": Way("oidc", "tls_client_auth", DPOP),
    "nonce-dpop": Way("nonce", "none", DPOP),
    "nonce-dpop-signed": Way("nonce", "private_key_jwt", DPOP),
    "glewlwyd-none": Way("glewlwyd", "none"),
    "glewlwyd-basic-plain": Way("glewlwyd", "client_secret_basic", PLAIN),
    "glewlwyd-post": Way("glewlwyd", "client_secret_post"),
    "glewlwyd-secret-jwt": Way("glewlwyd", "client_secret_jwt", TO_ENDPOINT),
    "glewlwyd-rs256": Way("glewlwyd", "private_key_jwt", RSA | TO_ENDPOINT),
    "glewlwyd-ps256": Way("glewlwyd", "private_key_jwt",
                          RSA | TO_ENDPOINT | {"client_key_algorithm": "PS256"}),
    "glewlwyd-es256": Way("glewlwyd", "private_key_jwt", EC | TO_ENDPOINT),
    "glewlwyd-tls": Way("glewlwyd", "tls_client_auth"),
    "glewlwyd-pkce": Way("glewlwyd", "none", PKCE),
    "glewlwyd-dpop": Way("glewlwyd", "client_secret_post", DPOP | {"validate": "userinfo"}),
    "late-post": Way("late", "client_secret_post", LATE),
    "proof-dpop": Way("proof", "client_secret_basic", DPOP),
}
# Those that `badgectl check` is asked about.
CHECKED = ("oidc-self-signed-tls", "nonce-dpop", "glewlwyd-tls", "late-post", "proof-dpop")
# What the administrator reads for a client that could not prove itself.
SAID = {"oidc": "invalid_client", "late": "invalid_client", "glewlwyd": "unauthorized_client"}
REFUSED = {
    "oidc-no-proof": Way("oidc", "none", client="client_secret_basic", mend="client_auth"),
    "oidc-basic-plain": Way("oidc", "client_secret_basic", PLAIN, mend="client_secret_encoding"),
    "oidc-basic-wrong": Way("oidc", "client_secret_basic", WRONG, mend="client_secret_file"),
    "oidc-post-wrong": Way("oidc", "client_secret_post", WRONG, mend="client_secret_file"),
    "oidc-jwt-wrong": Way("oidc", "client_secret_jwt", WRONG, mend="client_secret_file"),
    "oidc-key-wrong": Way("oidc", "private_key_jwt", EC | {"client_key_file": "wrong.key"},
                          mend="client_key_file"),
    "oidc-kid-wrong": Way("oidc", "private_key_jwt", {"client_key_id": "rsa-key"},
                          mend="client_key_id"),
    "oidc-tls-wrong": Way("oidc", "tls_client_auth", {
        "client_key_file": "oidc-else.key", "client_certificate_file": "oidc-else.pem"},
        mend="client_certificate_file"),
    "oidc-self-signed-wrong": Way("oidc", "self_signed_tls_client_auth", {
        "client_key_file": "oidc-tls.key", "client_certificate_file": "oidc-tls.pem"},
        mend="client_certificate_file"),
    "glewlwyd-no-proof": Way("glewlwyd", "none", client="client_secret_basic", mend="client_auth"),
    "glewlwyd-basic": Way("glewlwyd", "client_secret_basic", mend="client_secret_encoding"),
    "glewlwyd-basic-wrong": Way("glewlwyd", "client_secret_basic", PLAIN | WRONG,
                                mend="client_secret_file"),
    "glewlwyd-post-wrong": Way("glewlwyd", "client_secret_post", WRONG, mend="client_secret_file"),
    "glewlwyd-jwt-for-issuer": Way("glewlwyd", "client_secret_jwt", mend=AUDIENCE),
    "glewlwyd-key-for-issuer": Way("glewlwyd", "private_key_jwt", EC, mend=AUDIENCE),
    "glewlwyd-jwt-wrong": Way("glewlwyd", "client_secret_jwt", WRONG | TO_ENDPOINT,
                              mend="client_secret_file"),
    "glewlwyd-key-wrong": Way("glewlwyd", "private_key_jwt",
                              EC | TO_ENDPOINT | {"client_key_file": "wrong.key"},
                              mend="client_key_file"),
    "glewlwyd-tls-wrong": Way("glewlwyd", "tls_client_auth", {
        "client_key_file": "glewlwyd-else.key", "client_certificate_file": "glewlwyd-else.pem"},
        mend="client_certificate_file"),
    "glewlwyd-self-signed-tls": Way("glewlwyd", "self_signed_tls_client_auth",
                                    mend="client_certificate_file"),
    "late-post-wrong": Way("late", "client_secret_post", LATE | WRONG, mend="client_secret_file",
                           at="token"),
    "late-post-never": Way("late", "none", client="client_secret_post", mend="client_auth",
                           at="token"),
    "late-post-early": Way("late", "client_secret_post", mend="client_auth"),
}
# Rows of the scripted provider: a code for whoever asks and tokens for the client alone, as Google
# and Auth0 do it; and a nonce for each proof.
SCRIPTED = {"late": "auth-none-at-device", "proof": "dpop-nonce-changes"}


@pytest.fixture(scope="module")
def providers(scripted):
    """Secrets of the real ones have every sign that has to be escaped somewhere."""
    running = {"oidc": OidcProvider(), "nonce": OidcProvider(dpop_nonce=True),
               "glewlwyd": Glewlwyd(interval_sec=1)}
    for name, one in running.items():
        one.client_secret = SECRETS[name]
        one.start(tempfile.mkdtemp(prefix=f"{name}-", dir=paths.STATE))
    yield running | {name: scripted.scenario(row) for name, row in SCRIPTED.items()}
    for one in running.values():
        one.stop()


def files_for(name, provider):
    keys = provider.keys
    pairs = {"tls": keys.certificates["tls_client_auth"],
             "self": keys.certificates["self_signed_tls_client_auth"],
             "else": keys.authority.issue_client("somebody-else")}
    files = {f"{name}.pem": pathlib.Path(provider.ca_file), f"{name}.secret": provider.client_secret + "\n",
             f"{name}-jwt.secret": provider.secret_of("client_secret_jwt") + "\n",
             f"{name}-rsa.key": keys.key.path, f"{name}-ec.key": keys.ec_key.path}
    for kind, (key, certificate) in pairs.items():
        files |= {f"{name}-{kind}.key": key, f"{name}-{kind}.pem": certificate}
    return files


@contextlib.contextmanager
def badged(name, provider, ways):
    """Knows every way of that provider at once. Not of all of them: whoever gets in by one has the
    account from then on, and the same person at another is somebody else."""
    strange = SigningKey(pathlib.Path(tempfile.mkdtemp(dir=paths.STATE)) / "strange.key")
    lines = ["[badged]", f"default_provider = {next(iter(ways))}", "max_logins_per_account = 100",
             "max_logins_per_origin = 100",
             "max_logins_per_minute = 100000"]
    for title, way in ways.items():
        lines += ["", f"[provider {title}]", *way.lines(provider)]
    write_settings("\n".join(lines) + "\n", {"wrong.secret": WRONG_SECRET, "wrong.key": strange.path}
                   | files_for(name, provider))
    daemon = Daemon()
    daemon.start()
    try:
        yield
        assert daemon.is_running(), f"badged died:\n{daemon.output()}"
        wait_for(lambda: pending_logins() == 0)
    finally:
        daemon.stop()
    assert_no_secrets(*SECRETS.values(), WRONG_SECRET)


@dataclasses.dataclass(frozen=True)
class End:
    exit_code: int
    screen: str
    check: subprocess.CompletedProcess | None     # `badgectl check`


def play(name, way, provider):
    """One login of alice, who approves if a code comes, and then presses Enter."""
    pathlib.Path(f"/etc/pam.d/way-{name}").write_text(
        f"auth required pam_badge.so provider={name} dialog=prompt qr=none\n"
        "account required pam_permit.so\n")
    screen = ""
    with subprocess.Popen(["timeout", str(LOGIN_SEC), "pamtester", f"-Irhost={name}.example.org",
                           f"way-{name}", "alice", "authenticate"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True) as process:
        for line in process.stdout:
            screen += line
            code = re.search(r"Code:\s+(\S+)", line)
            if code:
                provider.approve(code[1], "alice")
                process.stdin.write("\n")
                process.stdin.flush()
        exit_code = process.wait()
    check = subprocess.run(["badgectl", "check", name], capture_output=True, text=True,
                           check=False) if way.mend or name in CHECKED else None
    return End(exit_code, screen, check)


@pytest.fixture(scope="module")
def journal_of_all():
    return Journal()


def play_all(name, provider, titles):
    """title → End of those ways of the provider, many at once: oidc-provider wants five seconds between
    polls. Tokens of Glewlwyd come one at a time: its store does not wait, and says server_error."""
    ways = {title: way for title, way in (GRANTED | REFUSED).items()
            if way.provider == name and title in titles}
    if not ways:
        return {}
    glewlwyd = threading.Lock()

    def play_in_turn(title, way):
        is_alone = name == "glewlwyd" and title in GRANTED
        with glewlwyd if is_alone else contextlib.nullcontext():
            return play(title, way, provider)

    with badged(name, provider, ways), concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        futures = {title: pool.submit(play_in_turn, title, way) for title, way in ways.items()}
        return {title: future.result() for title, future in futures.items()}


@pytest.fixture(scope="module")
def ends(request, providers, journal_of_all):
    titles = wanted(request, GRANTED | REFUSED)
    return {title: end for name, provider in providers.items()
            for title, end in play_all(name, provider, titles).items()}


@pytest.mark.parametrize("name", GRANTED)
def test_granted(name, ends, journal_of_all):
    assert ends[name].exit_code == 0, ends[name].screen
    entry = journal_of_all.wait_for(SYSLOG_IDENTIFIER="badged", SERVICE=f"way-{name}")
    assert (entry["OUTCOME"], entry["ACCOUNT"]) == ("granted", "alice")


@pytest.mark.parametrize("name", CHECKED)
def test_check_is_content(name, ends):
    assert ends[name].check.returncode == 0, ends[name].check.stdout
    assert "token endpoint" in ends[name].check.stdout


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name, ends, journal_of_all):
    """The person reads a sentence, the journal says what the provider said, `badgectl check` which
    setting to look at."""
    way, end = REFUSED[name], ends[name]
    assert end.exit_code != 0, end.screen
    assert ("Code:" in end.screen) == (way.at == "token"), end.screen
    assert re.search(r"^[A-Z][^:]*\.$", end.screen, re.MULTILINE), end.screen
    entries = journal_of_all.entries(SYSLOG_IDENTIFIER="badged", SERVICE=f"way-{name}")
    assert [entry["OUTCOME"] for entry in entries] == [
        "refused" if way.at == "token" else "unavailable"]
    said = f"the {way.at} endpoint answered: {SAID[way.provider]}"
    assert entries[0]["REASON"].startswith(said), entries
    told = " ".join(end.check.stdout.split())
    assert end.check.returncode == 1 and SAID[way.provider] in told, told
    assert way.mend in told.partition("Mend:")[2], told
