# SPDX-License-Identifier: LGPL-2.1-or-later
"""badgectl logout: a person ends the tokens of the own session, and the session of a browser at the
provider (OpenID Connect RP-Initiated Logout 1.0)."""

import json
import pathlib
import re
import subprocess
import time
import urllib.parse

import pytest

from host.browser import Browser
from host.providers import CLIENT_IDS
from system.bus_caller import INTERFACE, OBJECT, Caller
from system.person import Person, as_user
from system.test_browser_login import WITHOUT_IPV4
from system.test_tokens import (KEPT, as_uid, badgectl, refused, revoked, session, shell, token,
                                wait_until)
from system.traces import assert_no_secrets

OPENER = pathlib.Path("/usr/local/bin/xdg-open")
OPEN_SEC = 60


def logout(account="alice"):
    """What the daemon said of the tokens that it ended."""
    done = badgectl(account, "logout", "--json")
    assert (done.returncode, done.stderr) == (0, ""), done
    return json.loads(done.stdout)


def logout_refused(account):
    done = badgectl(account, "logout")
    assert (done.returncode, done.stdout) == (1, ""), done
    return done.stderr


def test_tokens_are_ended_and_the_shell_stays(scripted, journal):
    provider = scripted.scenario("end-session-for-people")
    with session(provider) as person:
        first = token()
        assert logout() == {
            "provider": "corp", "issuer": provider.issuer, "subject": "subject-of-alice",
            "end_session_url": f"{provider.root}/end-session?client_id="
                               f"{CLIENT_IDS['client_secret_basic']}"}
        assert "No tokens are kept" in refused()
        assert "No tokens are kept" in logout_refused("alice")
        wait_until(lambda: len(revoked(provider)) == 2, lambda: revoked(provider))
        assert provider.live_tokens() == {"access": 0, "refresh": 0}
        assert provider.count("end_session") == 0
        person.prove_shell()
        person.leave()
    entry = journal.wait_for(MESSAGE_ID="6f4d0c1b6a5e4bb09a0f0a6c2c5d7e16",
                             REASON="the caller ended the tokens of the own session")
    assert (entry["OUTCOME"], entry["ACCOUNT"], entry["CALLER_UID"]) == ("granted", "alice", "2001")
    assert_no_secrets(first["access_token"])


def test_bound_tokens_can_be_ended(scripted):
    """Though they are given to nobody."""
    provider = scripted.scenario("refresh-dpop-revoked")
    with session(provider):
        assert "end_session_url" not in logout()
        wait_until(lambda: provider.live_tokens() == {"access": 0, "refresh": 0}, provider.requests)


def test_nobody_ends_somebody_elses(scripted):
    provider = scripted.scenario("end-session-for-people")
    with session(provider):
        assert "no open session" in logout_refused("mallory")
        assert "You may not ask badged" in logout_refused("bob")
        with Caller() as root:
            name, sentence = root.refused(root.call, OBJECT, INTERFACE, "EndTokens")
            assert (name, "no open session" in sentence) == (f"{INTERFACE}.Error.Refused", True)
        token()
        assert not revoked(provider)


def test_two_names_of_one_uid_end_none_of_two_people(scripted, serve):
    provider = scripted.scenario("end-session-for-people")
    serve(provider, section=KEPT, accounts="account_groups = ops:wheel")
    with shell(provider), as_uid("ops", 2001):
        with Person("su", "ops") as other:
            other.see_challenge()
            other.account = "alice"     # whoami knows no better
            other.see_shell()
            assert "Several people" in logout_refused("alice")
            other.leave()



def as_alice_on_the_bus():
    """The reply of EndTokens as she gets it, which badgectl does not show."""
    done = subprocess.run([*as_user("alice"), "busctl", "--system", "--json=short", "call",
                           "org.badged.Badged1", OBJECT, INTERFACE, "EndTokens"],
                          capture_output=True, text=True, check=True, timeout=30)
    return {key: value["data"] for key, value in json.loads(done.stdout)["data"][0].items()}


@pytest.mark.parametrize("name, hinted", [("end-session-for-people", True), ("end-session", False)])
def test_id_token_is_for_people_who_may_have_tokens(name, hinted, scripted):
    provider = scripted.scenario(name)
    with session(provider):
        reply = as_alice_on_the_bus()
        assert ("end_session_url_hinted" in reply) == hinted
        assert "id_token" not in reply["end_session_url"]
        if hinted:
            assert Browser(provider.ca_file).get(reply["end_session_url_hinted"]).status == 200


# ---- the browser ----

@pytest.fixture
def opened(tmp_path):
    """What xdg-open was told: a function that waits for it."""
    tmp_path.chmod(0o777)
    for folder in tmp_path.parents:
        folder.chmod(folder.stat().st_mode | 0o111)
    told = tmp_path / "told"
    OPENER.write_text(f'#!/bin/sh\necho "$@" >{told}.tmp\nmv {told}.tmp {told}\n')
    OPENER.chmod(0o755)

    def wait():
        deadline = time.monotonic() + OPEN_SEC
        while not told.exists():
            assert time.monotonic() < deadline, "nothing was opened"
            time.sleep(0.05)
        return told.read_text().strip()

    yield wait
    OPENER.unlink()


def follow(address, account="alice", prefix=()):
    """Where the account's browser is led to from our own listener; "" when nowhere."""
    run = subprocess.run([*prefix, *as_user(account), "curl", "--silent", "--globoff", "--output", "/dev/null",
                          "--write-out", "%{redirect_url}", address], capture_output=True, text=True,
                         check=True, timeout=30)
    return run.stdout


def browser_logout(opened, loopback="127.0.0.1", prefix=()):
    """(the address that a browser was led to, what badgectl said)"""
    with subprocess.Popen([*prefix, *as_user("alice"), "DISPLAY=:77", "badgectl", "logout", "--browser"],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as process:
        address = opened()
        beside = ("nsenter", "--net", "--target", str(process.pid)) if prefix else ()
        assert urllib.parse.urlsplit(address).hostname == loopback
        assert follow(address, "mallory", beside) == ""
        url = follow(address, "alice", beside)
        said, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    return url, said


def test_browser_ends_its_session_at_the_provider(scripted, opened):
    provider = scripted.scenario("end-session-for-people")
    with session(provider):
        url, said = browser_logout(opened)
        assert "Your browser is at the provider now" in said and "id_token" not in said
        assert url.startswith(f"{provider.root}/end-session?")
        assert Browser(provider.ca_file).get(url).status == 200
        assert provider.count("end_session") == 1


def test_without_ipv4_the_browser_comes_by_ipv6(scripted, opened):
    """On a loopback that has ::1 only."""
    provider = scripted.scenario("end-session-for-people")
    with session(provider):
        url, _ = browser_logout(opened, "::1", WITHOUT_IPV4)
        assert url.startswith(f"{provider.root}/end-session?")


def test_real_provider_takes_the_hint(running_providers, serve, opened):
    """A browser that is not signed in there is signed out at once; a hint that is none of its own is
    not taken."""
    provider = running_providers("oidc-provider")
    serve(provider, section=KEPT)
    with shell(provider):
        url, _ = browser_logout(opened)
    assert url.startswith(f"{provider.issuer}/session/end?")
    browser = Browser(provider.ca_file)
    xsrf = re.search(r'name="xsrf" value="([^"]+)"', browser.get(url).text())[1]
    page = browser.post(f"{provider.issuer}/session/end/confirm", {"xsrf": xsrf, "logout": "yes"},
                        follow=True)
    assert page.status == 200 and "Sign-out Success" in page.text()
    assert browser.get(url + "x").status == 400
