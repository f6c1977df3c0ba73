# SPDX-License-Identifier: LGPL-2.1-or-later
"""A one-time code that stands in for a provider out of reach: as long as its last word counts, at the
services that say so, once; and never where the provider can be asked."""

import pathlib
import subprocess
import tempfile
import time

import pytest

from host import paths
from host.scripted import ScriptedServer
from system.authenticator import enrol, enrol_as_root, list_factors
from system.test_recheck import KEPT, outlive_max_age, ssh, sudo
from system.traces import assert_no_secrets

SERVICE, OTHER_SERVICE = "offline", "online"
LINES = "auth required pam_badge.so dialog=prompt qr=none\naccount required pam_badge.so\n" \
        "session required pam_badge.so\n"
LOGIN_SEC = 60
FIRST_WAIT_SEC = 5
PROMPT = "Code of your authenticator app, or ticket: "
OUTAGE = "The identity provider cannot be asked right now."
WRONG = "That code is wrong, or was used before."
RULES = "\n[service offline]\noffline = totp\noffline_limit = {}\n"


@pytest.fixture(autouse=True)
def pam_services():
    for service in (SERVICE, OTHER_SERVICE):
        pathlib.Path("/etc/pam.d", service).write_text(LINES)


@pytest.fixture
def server():
    """Its own, for it goes away."""
    one = ScriptedServer()
    one.start(tempfile.mkdtemp(prefix="scripted-", dir=paths.STATE))
    yield one
    one.stop()


@pytest.fixture
def provider(server, serve):
    """badged with it, and codes for an hour after its last word."""
    one = server.scenario("granted-by-control")
    serve(one, badged=RULES.format("1h"))
    return one


def knock(typed, service=SERVICE, account="alice"):
    """(is in, screen) of somebody who types that at the prompt, and goes on to open a session."""
    done = subprocess.run(["pamtester", "-Irhost=203.0.113.7", service, account, "authenticate",
                           "acct_mgmt", "open_session", "close_session"], input=f"{typed}\n",
                          capture_output=True, text=True, check=False, timeout=LOGIN_SEC)
    return done.returncode == 0, done.stdout + done.stderr


def kept_out(typed, sentence, **who):
    is_in, screen = knock(typed, **who)
    assert not is_in and sentence in screen, screen
    return screen


def test_opens_while_the_provider_is_away(provider, server, journal):
    app = enrol("alice", provider)
    before, = list_factors("alice")
    server.stop()
    code = app.code()
    is_in, screen = knock(f"{code[:3]} {code[3:]}")
    assert is_in and PROMPT in screen and OUTAGE in screen, screen
    entry = journal.wait_for(SYSLOG_IDENTIFIER="badged", OUTCOME="granted", SERVICE=SERVICE)
    assert "a one-time code stands in for the provider" in entry["REASON"]
    assert entry["STRENGTH"] == "totp" and "IDENTITY" not in entry
    after, = list_factors("alice")
    assert after["used_at"] > 0 and after["used_from"] == "203.0.113.7"
    assert after["proved_at"] == before["proved_at"], "a code has made itself last longer"
    assert_no_secrets(app.secret.hex())


# ---- never granted ----

def test_replayed_code(provider, server, daemon):
    app = enrol("alice", provider)
    server.stop()
    code = app.code()
    assert knock(code)[0]
    kept_out(code, WRONG)
    daemon.restart()
    kept_out(code, WRONG)


def test_beyond_its_time(server, serve):
    provider = server.scenario("granted-by-control")
    serve(provider, badged=RULES.format("1s"))
    app = enrol("alice", provider)
    factor, = list_factors("alice")
    server.stop()
    while time.time() < factor["proved_at"] + 1:
        time.sleep(0.05)
    assert PROMPT not in kept_out(app.code(), OUTAGE)


def test_provider_never_said_yes(provider, server):
    app = enrol_as_root("alice")
    server.stop()
    assert PROMPT not in kept_out(app.code(), OUTAGE)


def test_provider_said_no(server, serve):
    """Whoever was taken away there is not let in by a code once the provider is out of reach."""
    provider = server.scenario("refresh")
    serve(provider, section=KEPT,
          services="[service sudo]\nmax_age = 1s\n\n[service offline]\noffline = totp")
    app = enrol_as_root("alice")
    with ssh(provider) as person:
        assert list_factors("alice")[0]["proved_at"] > 0
        provider.revoke_all()
        outlive_max_age()
        assert sudo(person)[0] == "refused"
    assert list_factors("alice")[0]["proved_at"] == 0
    server.stop()
    assert PROMPT not in kept_out(app.code(), OUTAGE)


def test_other_service(provider, server):
    app = enrol("alice", provider)
    server.stop()
    assert PROMPT not in kept_out(app.code(), OUTAGE, service=OTHER_SERVICE)


def test_other_account(provider, server):
    enrol("alice", provider)
    bobs = enrol_as_root("bob")
    server.stop()
    kept_out(bobs.code(), WRONG)


def test_provider_that_can_be_asked(provider):
    app = enrol("alice", provider)
    is_in, screen = knock(app.code())
    assert not is_in and "Code:" in screen, screen
    factor, = list_factors("alice")
    assert (factor["used_at"], factor["failures"]) == (0, 0)


def test_locked_account(provider, server):
    app = enrol("alice", provider)
    server.stop()
    subprocess.run(["badgectl", "account", "lock", "alice"], check=True)
    is_in, screen = knock(app.code())
    assert not is_in and PROMPT not in screen, screen


def test_wrong_codes_make_the_right_one_wait(provider, server, daemon):
    app = enrol("alice", provider)
    server.stop()
    wrong = app.wrong_code()
    for _ in range(3):
        begun = time.monotonic()
        kept_out(wrong, WRONG)
    for prepare in (lambda: None, daemon.restart):
        prepare()
        is_in, screen = knock(app.code())
        if is_in and time.monotonic() - begun >= FIRST_WAIT_SEC:
            pytest.skip("this machine takes longer for it than the wait is")
        assert not is_in, screen
    factor, = list_factors("alice")
    assert (factor["failures"], factor["used_at"]) == (3, 0)


def test_nothing_typed(provider, server):
    enrol("alice", provider)
    server.stop()
    is_in, screen = knock("")
    assert not is_in and PROMPT in screen, screen
