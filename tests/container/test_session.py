# SPDX-License-Identifier: LGPL-2.1-or-later
"""What lasts after a login by ssh, on a booted system: sudo without a second approval, over a restart of
badged and of the host's whole daemon, until the provider takes the person back."""

import json
import time

import pytest

from container.booted import ADMIN, logind_sessions, wait_until
from container.test_login import LOGIN
from container.visitor import Visitor, sign_in

KEPT = "keep_tokens = yes"
SILENT = "[service sudo]\nmax_age = 15min"


def sessions(container):
    """Those that badged lists, open ones, as {name: value}."""
    answer = container.run("busctl", "--json=short", "call", *ADMIN, "ListSessions", "s", "").stdout
    return [{name: value["data"] for name, value in one.items()}
            for one in json.loads(answer)["data"][0]]


def refreshes(provider):
    return [request for request in provider.requests()
            if request.endpoint == "token" and request.more.get("grant") == "refresh"]


def set_max_age(container, text):
    """As an administrator does it: a drop-in, and a restart."""
    folder = container.root / "etc/badged/badged.conf.d"
    folder.mkdir(exist_ok=True)
    (folder / "max-age.conf").write_text(f"[service sudo]\nmax_age = {text}\n")
    container.run("systemctl", "restart", "badged")


@pytest.fixture
def max_age(container):
    yield lambda text: set_max_age(container, text)
    (container.root / "etc/badged/badged.conf.d/max-age.conf").unlink(missing_ok=True)


def test_from_the_login_to_the_day_the_person_leaves(container, badged, scripted, journal, max_age):
    """One ssh login; sudo says nothing; badged is restarted, and still knows; the provider disables
    the person, and the next sudo is refused, with the session and its tokens at their end."""
    provider = scripted.scenario("refresh-soon")
    badged(provider, section=KEPT, services=SILENT)
    with sign_in(provider) as person:
        person.become_root_silently()
        person.leave_root()
        assert not refreshes(provider) and provider.count("device") == 1

        container.run("systemctl", "restart", "badged")
        kept, = sessions(container)
        assert kept["account"] == "alice" and kept["service"] == "sshd"
        person.become_root_silently()
        person.leave_root()
        assert not refreshes(provider)

        max_age("1s")
        wait_until(lambda: time.time() >= kept["proved_at"] + 2, "the end of max_age")
        provider.disable_all()
        screen = person.sudo_refused()
        assert "Your identity provider has ended your session." in screen
        entry = journal.wait_for(MESSAGE_ID=LOGIN, SERVICE="sudo", OUTCOME="refused")
        assert entry["ACCOUNT"] == "alice" and "does not renew" in entry["REASON"]
        assert not sessions(container)
        wait_until(lambda: provider.live_tokens() == {"access": 0, "refresh": 0},
                   "the end of the tokens")
        person.leave()


def test_session_outlives_no_reboot(container, badged, scripted):
    """The login session is gone with the old boot, and so is what it was good for."""
    provider = scripted.scenario("refresh-soon")
    badged(provider, section=KEPT, services=SILENT)
    person = sign_in(provider)
    assert len(sessions(container)) == 1
    container.reboot()
    person.close_terminal()
    container.run("systemctl", "start", "badged")
    wait_until(lambda: not sessions(container), "the end of the old session")
    wait_until(lambda: provider.live_tokens() == {"access": 0, "refresh": 0},
               "the end of the tokens")


@pytest.mark.parametrize("end", ["hung up", "by the administrator"])
def test_session_that_ends_leaves_nothing(end, container, badged, scripted):
    provider = scripted.scenario("refresh-soon")
    badged(provider, section=KEPT, services=SILENT)
    with sign_in(provider) as person:
        own, = sessions(container)
        assert own["login_session"] in logind_sessions(container)
        if end == "hung up":
            person.close_terminal()
            wait_until(lambda: not logind_sessions(container), "logind's end of it")
        else:
            container.run("badgectl", "session", "end", own["id"])
        wait_until(lambda: not sessions(container), "the end of the session")
        wait_until(lambda: provider.live_tokens() == {"access": 0, "refresh": 0},
                   "the end of the tokens")


def test_ticket_opens_the_door_while_the_provider_is_down(container, badged, scripted):
    """Root made it before; it counts once."""
    provider = scripted.scenario("device-500")
    badged(provider)
    made = container.run("badgectl", "ticket", "create", "alice", "--service", "sshd", "--once",
                         "--name", "night shift", "--json")
    secret = json.loads(made.stdout)["secret"]
    with Visitor() as person:
        person.present(secret)
        person.see_shell()
        person.leave()
    with Visitor(tries=1) as person:
        person.see_refusal()    # it was for once: nothing is asked for any more


def test_two_logins_of_one_person_are_two_sessions(container, badged, scripted):
    """Each sudo goes by the login session that it is in."""
    provider = scripted.scenario("refresh-soon")
    badged(provider, section=KEPT, services=SILENT)
    with sign_in(provider) as one, sign_in(provider) as other:
        first, second = sessions(container)
        assert first["login_session"] != second["login_session"]
        container.run("badgectl", "session", "end", first["id"])
        assert one.is_asked_for_sudo()
        other.become_root_silently()
        other.leave_root()
        for person in (one, other):
            person.leave()
