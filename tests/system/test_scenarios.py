# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every row of the scripted provider's table (tests/fakes/scripted-provider/scenarios.json) through
real PAM: one badged that knows each row as a provider, one PAM service for each, all at once.

A row says how its login must end, how often the provider may be asked, and in how many seconds.
"""

import concurrent.futures
import dataclasses
import pathlib
import re
import subprocess
import time

import pytest

from host import paths
from host.daemon import Daemon, write_settings
from host.journal import Journal
from host.scripted import SCENARIOS
from system.traces import assert_no_secrets, pending_logins

AT_ONCE = 16
USUAL_SEC = 8
MOST_SEC = 60
GRANTED_EXIT = 0
# What a row may say about [accounts] that only holds there; the rest goes into its own section.
SHARED_KEYS = ("account_groups", "groups_claim")


@dataclasses.dataclass(frozen=True)
class End:
    """How one row's login ended."""

    exit_code: int
    screen: str
    seconds: float
    requests: dict[str, int]


def settings(providers):
    """(text, files) with a section for every row."""
    some = next(iter(providers.values()))
    accounts = {key: value for provider in providers.values()
                for key, value in provider.row.get("accounts", {}).items() if key in SHARED_KEYS}
    lines = ["[badged]", "default_provider = granted", "max_logins_per_account = 1000",
             "max_logins_per_origin = 1000"]
    for name, provider in providers.items():
        keys = {"issuer": provider.issuer, "client_id": provider.client_id,
                "client_auth": provider.client_auth, "client_secret_file": "scripted.secret",
                "ca_file": "scripted.pem", "username_claim": "preferred_username"}
        keys |= {key: value for key, value in provider.row.get("accounts", {}).items()
                 if key not in SHARED_KEYS}
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
    with subprocess.Popen(["pamtester", service.name, provider.account, "authenticate"],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True) as process:
        for line in process.stdout:
            screen += line
            code = re.match(r"Code:\s+(\S+)", line)
            if code and "*" in provider.row.get("token", []):
                provider.approve(code[1], "alice")
        exit_code = process.wait(MOST_SEC)
    seconds = time.monotonic() - begun
    counts = {endpoint: provider.count(endpoint) for endpoint in provider.expected_requests}
    return End(exit_code, screen, seconds, counts)


@pytest.fixture(scope="module")
def journal_of_all():
    return Journal()


@pytest.fixture(scope="module")
def ends(scripted, journal_of_all):
    """name → End of every row."""
    providers = {name: scripted.scenario(name) for name in SCENARIOS}
    daemon = Daemon()
    write_settings(*settings(providers))
    daemon.start()
    try:
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            # The slow ones first, so that they do not queue up at the end.
            order = sorted(providers, key=lambda name: -providers[name].row.get("seconds", 0))
            futures = {name: pool.submit(play, name, providers[name]) for name in order}
            yield {name: future.result() for name, future in futures.items()}
        assert daemon.is_running(), f"badged died:\n{daemon.output()}"
        assert pending_logins() == 0
        assert_no_secrets(scripted.client_secret)
    finally:
        daemon.kill()


@pytest.mark.parametrize("name", SCENARIOS)
def test_row(name, ends, journal_of_all):
    row, end = SCENARIOS[name], ends[name]
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
    assert end.seconds < row.get("seconds", USUAL_SEC) + 3


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
    """A grep that finds nothing because it reads nothing would always pass."""
    assert paths.JOURNAL.stat().st_size > 0
