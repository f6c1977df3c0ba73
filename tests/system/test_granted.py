# SPDX-License-Identifier: LGPL-2.1-or-later
"""alice approves, and alice is in: every provider with every program that asks."""

import pytest

from system.person import Person
from system.rows import wait_for
from system.traces import assert_no_secrets, descriptors


def sign_in(service, provider, account="alice", approver="alice"):
    """A whole visit: code, approval, shell, exit."""
    with Person(service, account) as person:
        challenge = person.see_challenge()
        provider.approve(challenge.user_code, approver)
        if challenge.has_prompt:
            person.press_enter()
        person.see_shell()
        assert not person.said_before_shell()
        person.leave()
    return challenge


def test_shell_is_the_persons_own(service, provider, serve, journal, traces):
    daemon = serve(provider)
    sign_in(service, provider)
    entry = journal.wait_for(SYSLOG_IDENTIFIER="badged", ACCOUNT="alice", OUTCOME="granted")
    assert entry["SERVICE"] == service
    assert entry["PROVIDER"] == "corp"
    assert entry["IDENTITY"].startswith(f"{provider.issuer} ")
    assert entry["RULE"] == "claim"
    assert len(entry["MESSAGE_ID"]) == 32
    assert entry["LOGIN"]
    assert entry["_UID"] == str(daemon.uid()), "the entry is not from the daemon's own user"
    traces.assert_none_left(daemon)
    assert_no_secrets(provider.client_secret)


def test_second_login_opens_nothing_more(service, provider, serve):
    """The first warms up what the daemon keeps: library descriptors, the connection."""
    daemon = serve(provider)
    sign_in(service, provider)
    before = descriptors(daemon.pid)
    sign_in(service, provider)
    wait_for(lambda: not descriptors(daemon.pid) - before)


def test_enter_first_and_approve_later(provider, serve):
    """Polling starts with Enter; the shell opens at the next allowed poll by itself."""
    serve(provider)
    with Person("sshd", "alice") as person:
        challenge = person.see_challenge()
        assert challenge.has_prompt
        person.press_enter()
        provider.approve(challenge.user_code, "alice")
        person.see_shell()
        person.leave()


def test_address_and_code_are_the_last_lines(service, provider, serve):
    serve(provider)
    with Person(service, "alice") as person:
        challenge = person.see_challenge()
        window = person.window()
        code_line = max(number for number, line in enumerate(window) if challenge.user_code in line)
        assert challenge.address.startswith("https://")
        assert any(challenge.address in line for line in window[code_line - 1:code_line])
        assert len([line for line in window[code_line + 1:] if line.strip()]) <= 1   # the prompt


def test_picture_can_be_scanned(service, provider, serve):
    """A phone held before the 80x24 window reads the address with the code in it."""
    serve(provider)
    with Person(service, "alice") as person:
        challenge = person.see_challenge()
        picture = person.picture()
        assert picture.startswith("https://localhost:")
        assert challenge.user_code in picture


@pytest.mark.parametrize("client_auth", ["client_secret_basic", "client_secret_post", "none"])
def test_client_authentication(client_auth, provider, serve):
    serve(provider, client_auth=client_auth)
    sign_in("su", provider)


def test_mapped_by_file(glewlwyd, serve, journal):
    """accounts.map opens ops to alice's identity; the claim does not name ops at all."""
    serve(glewlwyd, accounts="map_file = accounts.map",
          files={"accounts.map": "ops = corp:preferred_username=alice\n"})
    sign_in("sshd", glewlwyd, account="ops")
    assert journal.wait_for(ACCOUNT="ops", OUTCOME="granted")["RULE"] == "map"


def test_shared_account_by_group(provider, serve, journal):
    serve(provider, accounts="account_groups = ops:wheel")
    sign_in("sshd", provider, account="ops")
    assert journal.wait_for(ACCOUNT="ops", OUTCOME="granted")["RULE"] == "group"


def test_email_with_suffix(provider, serve):
    serve(provider, username_claim="email", accounts="strip_suffix = @example.com")
    sign_in("sshd", provider)


def test_two_people_at_once(glewlwyd, serve):
    serve(glewlwyd)
    with Person("sshd", "alice") as alice, Person("sshd", "bob") as bob:
        codes = {"alice": alice.see_challenge(), "bob": bob.see_challenge()}
        for name, person in (("bob", bob), ("alice", alice)):
            glewlwyd.approve(codes[name].user_code, name)
            person.press_enter()
            person.see_shell()
            person.leave()


def test_daemon_runs_confined(glewlwyd, serve):
    """Own user, no capability, no new privileges, filtered calls: read from the running process."""
    daemon = serve(glewlwyd)
    status = daemon.proc_status()
    assert status["Uid"].split() == [str(daemon.uid())] * 4
    assert daemon.uid() != 0
    for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
        assert int(status[name], 16) == 0, name
    assert status["NoNewPrivs"] == "1"
    assert status["Seccomp"] == "2"
    assert not status["Groups"].strip()
