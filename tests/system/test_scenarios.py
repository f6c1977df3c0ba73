# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every row of the scripted provider's table (tests/fakes/scripted-provider/scenarios.json) through
real PAM, with one PAM service for each row. Most rows play all at once: one badged knows each of them
as a provider. Rows about shared accounts have a badged of their own, because groups count for the
default provider only.

A row says how its login must end, how often the provider may be asked, and in how many seconds.
"""

import concurrent.futures
import contextlib
import dataclasses
import json
import pathlib
import re
import subprocess
import time

import pytest

from host.daemon import Daemon, write_settings
from host.journal import Journal
from host.scripted import SCENARIOS
from system.traces import SECRETS, assert_no_secrets, pending_logins

AT_ONCE = 16
USUAL_SEC = 8
MOST_SEC = 60
# The others are played by the tests that they are for.
ROWS = {name: row for name, row in SCENARIOS.items() if "for" not in row}
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


def has_default_only(row):
    return any(key in row.get("accounts", {}) for key in DEFAULT_ONLY)


def breaks_connection(row):
    return any(shape in json.dumps(row) for shape in ("huge", "cut", "drop"))


def settings(providers):
    """(text, files) with a section for every row; the first is the default provider."""
    default, some = next(iter(providers.items()))
    accounts = {key: value for key, value in some.row.get("accounts", {}).items()
                if key in DEFAULT_ONLY}
    lines = ["[badged]", f"default_provider = {default}", "max_logins_per_account = 1000",
             "max_logins_per_origin = 1000", "max_logins_per_minute = 100000"]
    for name, provider in providers.items():
        keys = {"issuer": provider.issuer, "client_id": provider.client_id,
                "client_auth": provider.client_auth, "client_secret_file": "scripted.secret",
                "ca_file": "scripted.pem", "username_claim": "preferred_username"}
        keys |= {key: value for key, value in provider.row.get("accounts", {}).items()
                 if key not in DEFAULT_ONLY}
        keys |= provider.row.get("provider", {})
        lines += ["", f"[provider {name}]", *(f"{key} = {value}" for key, value in keys.items())]
    lines += ["", "[accounts]", *(f"{key} = {value}" for key, value in accounts.items()), ""]
    return "\n".join(lines), {"scripted.pem": pathlib.Path(some.ca_file),
                              "scripted.secret": some.client_secret + "\n"}


def play(name, provider):
    """One login through real PAM; approves where the row waits for somebody to."""
    service = pathlib.Path("/etc/pam.d") / f"row-{name}"
    service.write_text(f"auth required pam_badge.so provider={name} dialog=wait qr=none\n"
                       "account required pam_permit.so\n")
    begun = time.monotonic()
    screen = ""
    # Line by line, because some rows wait until this test has read the code and approved.
    with subprocess.Popen(["timeout", str(MOST_SEC), "stdbuf", "-oL", "pamtester", service.name,
                           provider.account, "authenticate"],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True) as process:
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


@pytest.fixture(scope="module")
def journal_of_all():
    return Journal()


@contextlib.contextmanager
def badged(providers):
    daemon = Daemon()
    write_settings(*settings(providers))
    daemon.start()
    try:
        yield
        assert daemon.is_running(), f"badged died:\n{daemon.output()}"
        assert pending_logins() == 0
    finally:
        daemon.stop()


def play_together(providers):
    with badged(providers), concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        # The slow ones first, so that they do not queue up at the end.
        order = sorted(providers, key=lambda name: -providers[name].row.get("seconds", 0))
        futures = {name: pool.submit(play, name, providers[name]) for name in order}
        return {name: future.result() for name, future in futures.items()}


def play_in_turn(providers):
    ends = {}
    for name, provider in providers.items():
        with badged({name: provider}):
            ends[name] = play(name, provider)
    return ends


@pytest.fixture(scope="module")
def ends(scripted, journal_of_all):
    """name → End of every row. Those that take the connection down with them would take others', too,
    for HTTP/2 carries all on one."""
    alone = {name for name, row in ROWS.items()
             if has_default_only(row) or breaks_connection(row)}
    together = {name: scripted.scenario(name) for name in ROWS if name not in alone}
    ends = play_together(together) | play_in_turn({name: scripted.scenario(name) for name in alone})
    assert_no_secrets(scripted.client_secret)
    return ends


@pytest.mark.parametrize("name", ROWS)
def test_row(name, ends, journal_of_all):
    row, end = ROWS[name], ends[name]
    is_granted = end.exit_code == GRANTED_EXIT
    assert is_granted == (row["expect"] == "granted"), end.screen

    entries = [entry for entry in journal_of_all.entries(SYSLOG_IDENTIFIER="badged",
                                                         SERVICE=f"row-{name}")]
    assert [entry["OUTCOME"] for entry in entries] == [row["expect"]], entries
    assert entries[0]["ACCOUNT"] == row.get("account", "alice")
    if not is_granted:
        assert entries[0]["REASON"]
        assert sentences(end.screen), f"no sentence for the person in:\n{end.screen}"
    assert end.requests == row["requests"]
    assert end.seconds < row.get("seconds", USUAL_SEC) * 1.1 + 3


def sentences(screen):
    return [line for line in screen.splitlines()
            if re.fullmatch(r"[A-Z][^:]*\.", line) and not line.startswith("pamtester")]


def test_table_names_what_must_never_be_granted():
    """The rows that the promise rests on are there and say no."""
    for name in ("bob-approves", "no-mapped-claim", "unverified-email", "id-wrong-audience",
                 "id-expired", "id-from-the-future", "id-none", "id-hs256-public-key",
                 "id-unknown-kid", "id-four-parts", "id-re-signed", "userinfo-other-subject",
                 "no-group-claim", "device-500", "device-html", "device-empty", "device-truncated",
                 "device-huge", "device-redirect", "token-html", "token-huge", "token-redirect"):
        assert SCENARIOS[name]["expect"] != "granted", name


def test_logs_are_where_the_grep_looks():
    """A grep that reads nothing, or looks for nothing, would always pass."""
    assert Journal(0).entries()
    for text in ('{"access_token":"abcdefghijklmnopqrst"}', "device_code=abcdefghijklmnopqrst",
                 "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2ln"):
        assert SECRETS.search(text), text
