# SPDX-License-Identifier: LGPL-2.1-or-later
"""Rows of the scripted provider's table (tests/fakes/scripted-provider/scenarios.json) as logins: the
settings that they need, a badged that has them, and one login through real PAM."""

import concurrent.futures
import contextlib
import dataclasses
import pathlib
import re
import subprocess
import time

from host.daemon import Daemon, write_settings
from host.providers import CLIENT_IDS
from system.traces import pending_logins

AT_ONCE = 16
MOST_SEC = 120
USUAL_SEC = 8
SLACK_SEC = 20      # a busy machine
WAIT_SEC = 30
GRANTED_EXIT = 0
# What a row may say about [accounts] that holds for the default provider only.
DEFAULT_ONLY = ("account_groups", "groups_claim")


@dataclasses.dataclass(frozen=True)
class End:
    """How one row's login ended."""

    exit_code: int
    screen: str
    seconds: float
    requests: dict[str, int]

    @property
    def is_granted(self):
        return self.exit_code == GRANTED_EXIT


def has_default_only(row):
    return any(key in row.get("accounts", {}) for key in DEFAULT_ONLY)


def wanted(request, names):
    """Those of a module's rows whose tests are run here: a share of them, or those that -k names."""
    chosen = {item.callspec.params.get("name") for item in request.session.items
              if item.module is request.module and hasattr(item, "callspec")}
    return [name for name in names if name in chosen]


def binds(row):
    """Whoever is let in by a claim has the account from then on: no other row's identity could."""
    return row["expect"] == "granted" and "map" not in row


def client_auth_of(provider):
    """A preset says it, where the row does not."""
    settings = provider.row.get("provider", {})
    preset = {"google": "client_secret_post"}.get(settings.get("preset"), "none")
    return settings.get("client_auth") or (preset if "preset" in settings else provider.client_auth)


def credentials(client_auth, settings):
    """The keys that name what the client authenticates with."""
    if client_auth.startswith("client_secret_"):
        name = "jwt.secret" if client_auth == "client_secret_jwt" else "scripted.secret"
        return {"client_secret_file": name}
    if client_auth == "private_key_jwt":
        return {"client_key_file": "client-rsa.key"}
    if client_auth == "none":
        return {}
    return {"client_key_file": f"{client_auth}.key", "client_certificate_file": f"{client_auth}.pem"}


def provider_keys(provider):
    client_auth = client_auth_of(provider)
    settings = provider.row.get("provider", {})
    keys = {"issuer": provider.issuer, "client_id": CLIENT_IDS[client_auth], "ca_file": "scripted.pem",
            "username_claim": "preferred_username", **credentials(client_auth, settings)}
    if "preset" not in settings:
        keys["client_auth"] = client_auth
    keys |= {key: value for key, value in provider.row.get("accounts", {}).items()
             if key not in DEFAULT_ONLY}
    elsewhere = provider.elsewhere() if "{elsewhere}" in str(settings) else ""
    return keys | {key: value.replace("{root}", provider.root).replace("{elsewhere}", elsewhere)
                   for key, value in settings.items()}


def files_for(provider):
    keys = provider.keys
    files = {"scripted.pem": pathlib.Path(provider.ca_file),
             "scripted.secret": provider.client_secret + "\n",
             "jwt.secret": provider.secret_of("client_secret_jwt") + "\n",
             "client-rsa.key": keys.key.path, "client-ec.key": keys.ec_key.path}
    for client_auth, (key, certificate) in keys.certificates.items():
        files |= {f"{client_auth}.key": key, f"{client_auth}.pem": certificate}
    return files


def settings(providers):
    """(text, files) with a section for every row; the first is the default provider."""
    default, some = next(iter(providers.items()))
    accounts = {key: value for key, value in some.row.get("accounts", {}).items()
                if key in DEFAULT_ONLY}
    lines = ["[badged]", f"default_provider = {default}", "max_logins_per_account = 1000",
             "max_logins_per_origin = 1000", "max_logins_per_minute = 100000"]
    for name, provider in providers.items():
        keys = provider_keys(provider)
        lines += ["", f"[provider {name}]", *(f"{key} = {value}" for key, value in keys.items())]
    lines += ["", "[accounts]", *(f"{key} = {value}" for key, value in accounts.items())]
    files = files_for(some)
    mapped = [one for one in providers.values() if "map" in one.row]
    if mapped:
        lines.append("map_file = accounts.map")
        files["accounts.map"] = "".join(f"{one.account} = {one.issuer} {one.row['map']}\n" for one in mapped)
    return "\n".join(lines) + "\n", files


def play(name, provider):
    """One login through real PAM; approves where the row waits for somebody to."""
    service = pathlib.Path("/etc/pam.d") / f"row-{name}"
    service.write_text(f"auth required pam_badge.so provider={name} dialog=wait qr=none\n"
                       "account required pam_permit.so\n")
    begun = time.monotonic()
    screen = ""
    # Line by line, because some rows wait until this test has read the code and approved.
    # Each from elsewhere: badged lets whoever fails again and again from one place wait.
    with subprocess.Popen(["timeout", str(MOST_SEC), "stdbuf", "-oL", "pamtester",
                           f"-Irhost={name}.example.org", service.name, provider.account,
                           "authenticate"],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True) as process:
        if rings(provider.row):
            approve_on_the_phone(provider)
        for line in process.stdout:
            screen += line
            code = re.match(r"Code:\s+(\S+)", line)
            if code:
                begun = time.monotonic()    # how long the provider took before is not the row's matter
            if code and "*" in provider.row.get("token", []):
                provider.approve(code[1], "alice")
        exit_code = process.wait()
    seconds = time.monotonic() - begun
    counts = {endpoint: provider.count(endpoint) for endpoint in provider.expected_requests}
    return End(exit_code, screen, seconds, counts)


def rings(row):
    """A phone is asked, and somebody must decide there."""
    return row.get("provider", {}).get("flow") == "ciba" and "*" in row.get("token", [])


def approve_on_the_phone(provider):
    wait_for(provider.waiting)
    for request in provider.waiting():
        provider.approve_backchannel(request["binding_message"], "alice")


def wait_for_failure(daemon, name):
    """The first answer is for badged that starts; a login that waited for it, too, would share it."""
    wait_for(lambda: f"Failed to fetch the metadata of provider {name}:" in daemon.output())


def wait_for(condition):
    deadline = time.monotonic() + WAIT_SEC
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


@contextlib.contextmanager
def badged(providers):
    daemon = Daemon()
    write_settings(*settings(providers))
    daemon.start()
    try:
        for name, provider in providers.items():
            if len(provider.row.get("discovery", [])) > 1:
                wait_for_failure(daemon, name)
        yield
        assert daemon.is_running(), f"badged died:\n{daemon.output()}"
        wait_for(lambda: pending_logins() == 0)
    finally:
        daemon.stop()     # in order: whoever is killed counts no lines


def play_together(providers):
    """One badged for all, but for those that bind the account."""
    binding = {name: provider for name, provider in providers.items() if binds(provider.row)}
    return play_at_once({name: provider for name, provider in providers.items()
                         if name not in binding}) | play_in_turn(binding)


def play_at_once(providers):
    if not providers:
        return {}
    with badged(providers), concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        # The slow ones first, so that they do not queue up at the end.
        order = sorted(providers, key=lambda name: -providers[name].row.get("seconds", 0))
        futures = {name: pool.submit(play, name, providers[name]) for name in order}
        return {name: future.result() for name, future in futures.items()}


def play_in_turn(providers):
    """A badged for each."""
    ends = {}
    for name, provider in providers.items():
        with badged({name: provider}):
            ends[name] = play(name, provider)
    return ends


def assert_end(name, row, end, journal):
    """The login of this row ended as the row says, and so it stands in the journal."""
    assert end.is_granted == (row["expect"] == "granted"), end.screen
    journal.wait_for(SYSLOG_IDENTIFIER="badged", SERVICE=f"row-{name}")
    entries = journal.entries(SYSLOG_IDENTIFIER="badged", SERVICE=f"row-{name}")
    assert [entry["OUTCOME"] for entry in entries] == [row["expect"]], entries
    assert entries[0]["ACCOUNT"] == row.get("account", "alice")
    if not end.is_granted:
        assert entries[0]["REASON"]
        assert row.get("reason", "") in entries[0]["REASON"], entries[0]["REASON"]
        assert sentences(end.screen), f"no sentence for the person in:\n{end.screen}"
    assert end.requests == row["requests"], end.requests
    assert end.seconds < row.get("seconds", USUAL_SEC) + SLACK_SEC


def sentences(screen):
    return [line for line in screen.splitlines()
            if re.fullmatch(r"[A-Z][^:]*\.", line) and not line.startswith("pamtester")]
