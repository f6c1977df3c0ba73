# SPDX-License-Identifier: LGPL-2.1-or-later
"""CIBA with real programs: no code to type. The provider rings the person's phone, and both screens show
the same message. The rows of the scripted provider are in test_grants_and_clients.py; here is who
approves, what stands on the screen, and what must never let anybody in."""

import contextlib
import re
import tempfile

import pytest

from host import machine, pam, paths
from host.oidc_provider import OidcProvider
from host.providers import WrongUserCode
from host.terminal import draw
from system.conftest import SERVICES
from system.person import Person
from system.refusals import assert_told
from system.traces import assert_no_secrets

# By which login_hint each provider knows a person.
HINTS = {"glewlwyd": 'login_hint = {"username":"{account}"}'}
PICTURES = paths.BUILD / "artefacts" / "ciba"
POLL_SEC = 30
EXPIRY_SEC = 5
FORM = re.compile(r"[1-9][0-9]/([^/]+)/([^/]+)")


@pytest.fixture
def ring(serve):
    """ring(provider): badged that has the provider ring people."""

    def start(provider, **settings):
        lines = ["flow = ciba", HINTS.get(provider.name, "")]
        return serve(provider, section="\n".join(lines), **settings)

    return start


@pytest.fixture
def refused(journal, traces, daemon):
    def check(person, account="alice"):
        sentence = person.see_refusal(POLL_SEC + EXPIRY_SEC)
        assert_told(journal, account, sentence)
        traces.assert_none_left(daemon)
        assert_no_secrets()
        return sentence

    return check


def go_on(person, ring_):
    if ring_.has_prompt:
        person.press_enter()


# ---- it works, and is to be read ----

def test_granted(service, provider, ring, journal, traces):
    daemon = ring(provider)
    with Person(service, "alice") as person:
        asked = person.see_ring()
        window = "\n".join(line.rstrip() for line in person.window())
        provider.approve_backchannel(asked.message, "alice")
        go_on(person, asked)
        person.see_shell()
        person.leave()
    entry = journal.wait_for(SYSLOG_IDENTIFIER="badged", OUTCOME="granted")
    assert (entry["ACCOUNT"], entry["SERVICE"]) == ("alice", service)
    assert "Your phone is asking. Approve only if it shows" in window
    assert "Code:" not in window and "Address:" not in window
    traces.assert_none_left(daemon)
    assert_no_secrets()


@pytest.mark.parametrize("program", SERVICES)
def test_window_of_80x24(program, scripted, ring):
    """Words and number in one window, without a picture to scan; kept for people to look at."""
    provider = scripted.scenario("ciba-by-control")
    ring(provider)
    with Person(program, "alice") as person:
        asked = person.see_ring()
        window = [line.rstrip() for line in person.window()]
        PICTURES.mkdir(parents=True, exist_ok=True)
        draw(person.drawn()).save(PICTURES / f"{program}.png")
        assert person.picture() == ""
    found = FORM.fullmatch(asked.message)
    assert found and found.groups() == (program, machine.NAME)
    assert f"  {asked.message}" in window, window
    text = " ".join(window)
    assert "Only approve if you started this yourself." in text
    assert re.search(rf"Sign in as alice on {machine.NAME} \({program}\)", text)


def test_phone_is_told_what_the_screen_says(provider, ring):
    """Under another message nobody waits for anything."""
    ring(provider)
    with Person("sshd", "alice") as person:
        asked = person.see_ring()
        number = int(asked.message[:2])
        other = f"{10 + (number - 9) % 90}{asked.message[2:]}"
        with pytest.raises(WrongUserCode):
            provider.approve_backchannel(other, "alice")
        provider.approve_backchannel(asked.message, "alice")
        person.press_enter()
        person.see_shell()
        person.leave()


def test_two_rings_at_once(running_providers, ring):
    """Each terminal gets what was approved for it, and nothing else. Glewlwyd does not list the second
    while the first one waits."""
    provider = running_providers("oidc-provider")
    ring(provider)
    with Person("sshd", "alice") as first, Person("su", "alice") as second:
        rings = [first.see_ring(), second.see_ring()]
        assert rings[0].message != rings[1].message
        provider.approve_backchannel(rings[1].message, "alice")
        second.see_shell()
        first.press_enter()
        assert "@" + machine.NAME + ":" not in first.screen
        provider.approve_backchannel(rings[0].message, "alice")
        first.see_shell()
        first.leave()
        second.leave()


def test_graphical_agents_read_one_line(scripted, ring):
    provider = scripted.scenario("ciba-by-control")
    ring(provider)
    pam.write_service("su", "dialog=text")
    with Person("su", "alice") as person:
        person.terminal.expect(r"Approve on your phone; it must show (\S+)\r\n")
        provider.approve_backchannel(person.terminal.match.group(1), "alice")
        person.see_shell()
        person.leave()


# ---- never granted ----

def test_bob_approves_alices_ring(service, scripted, ring, refused):
    """A provider that lets whoever holds the phone approve."""
    provider = scripted.scenario("ciba-by-control")
    ring(provider)
    with Person(service, "alice") as person:
        asked = person.see_ring()
        provider.approve_backchannel(asked.message, "bob")
        go_on(person, asked)
        refused(person)


def test_bobs_phone_rings_for_alices_login(provider, serve, refused):
    """The hint says whom to ask, and proves nothing."""
    serve(provider, section=f"flow = ciba\nlogin_hint = {provider.hint_of('bob')}")
    with Person("sshd", "alice") as person:
        asked = person.see_ring()
        provider.approve_backchannel(asked.message, "bob")
        person.press_enter()
        refused(person)


def test_bob_is_not_even_asked(provider, ring):
    """Both providers ring only whom the hint names."""
    ring(provider)
    with Person("sshd", "alice") as person:
        asked = person.see_ring()
        with pytest.raises(WrongUserCode):
            provider.approve_backchannel(asked.message, "bob")


def test_person_declines(service, provider, ring, refused):
    ring(provider)
    with Person(service, "alice") as person:
        asked = person.see_ring()
        provider.deny_backchannel(asked.message, "alice")
        go_on(person, asked)
        assert "declined" in refused(person)


@pytest.fixture(scope="module")
def hasty():
    """A provider whose rings end after a few seconds."""
    with OidcProvider(expiration_sec=EXPIRY_SEC) as one:
        one.start(tempfile.mkdtemp(prefix="hasty-", dir=paths.STATE))
        yield one


def test_ring_expires(service, hasty, ring, refused):
    ring(hasty)
    with Person(service, "alice") as person:
        asked = person.see_ring()
        go_on(person, asked)
        refused(person)


@pytest.mark.parametrize("program", ["sshd", "sudo", "su"])
def test_person_presses_ctrl_c(program, scripted, ring, daemon, traces, journal):
    """Approved too late: nobody asks for the tokens any more."""
    provider = scripted.scenario("ciba-by-control")
    ring(provider)
    with Person(program, "alice") as person:
        asked = person.see_ring()
        person.cancel()
    traces.assert_none_left(daemon)
    polls = provider.count("token")
    with contextlib.suppress(WrongUserCode):
        provider.approve_backchannel(asked.message, "alice")
    assert provider.count("token") == polls
    assert not journal.entries(OUTCOME="granted")


def test_nobody_answers_costs_no_poll(scripted, ring):
    """A scanner that reads the prompt and goes away."""
    provider = scripted.scenario("ciba-by-control")
    ring(provider)
    with Person("sshd", "alice") as person:
        person.see_ring()
        assert provider.count("token") == 0


def test_provider_that_has_no_ciba(scripted, ring, refused):
    """There is no other way to ask then: no code comes in its place."""
    provider = scripted.scenario("ciba-not-offered")
    ring(provider)
    with Person("su", "alice") as person:
        sentence = person.see_refusal(POLL_SEC)
        assert re.fullmatch(r"[A-Z].*\.", sentence)
        assert "Code:" not in person.screen
    assert provider.count("device") == 0


@pytest.mark.parametrize("row", ["ciba-bob-approves", "ciba-forged"])
def test_row_by_sshd(row, scripted, ring, refused):
    provider = scripted.scenario(row)
    ring(provider)
    with Person("sshd", "alice") as person:
        person.see_ring()
        person.press_enter()
        refused(person)
