# SPDX-License-Identifier: LGPL-2.1-or-later
"""end_login = yes with the real logind and polkit: the end of a session closes the connection, once the
rule that is shipped for it is copied into place; and the rule is good for nothing else."""

import contextlib
import shutil

import pytest

from container.booted import UNIT_NAME, logind_sessions, wait_until
from container.test_login import CLOSED
from container.test_session import KEPT, sessions
from container.visitor import sign_in
from system.test_recheck import ASKS, outlive_max_age

RULE = "usr/share/badged/polkit-1/rules.d/50-badged.rules"
COPY = "etc/polkit-1/rules.d/50-badged.rules"
ACTIVATION = "/usr/share/dbus-1/system-services/org.freedesktop.PolicyKit1.service"
MANAGE = "org.freedesktop.login1.manage"
POLKIT_NO = "Interactive authentication required"
PERMITTED = ("for action in {}; do"
             " pkcheck --action-id $action --process $$ >/dev/null 2>&1 && echo $action; done; true")

LOGIND = ("org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager")
SYSTEMD = ("org.freedesktop.systemd1", "/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager")
FORBIDDEN = {
    "reboot": (*LOGIND, "Reboot", "b", "false"),
    "let somebody linger": (*LOGIND, "SetUserLinger", "ubb", "2001", "true", "false"),
    "stop a unit": (*SYSTEMD, "StopUnit", "ss", "ssh.service", "replace"),
    "reload systemd": (*SYSTEMD, "Reload"),
}


@contextlib.contextmanager
def rule_in_place(container):
    """As badged.conf(5) says. polkit itself would see it a moment later."""
    shutil.copy(container.root / RULE, container.root / COPY)
    container.run("systemctl", "try-restart", "polkit")
    try:
        yield
    finally:
        (container.root / COPY).unlink()
        container.run("systemctl", "try-restart", "polkit")


@contextlib.contextmanager
def no_polkit(container):
    """As on a host where it is not installed."""
    container.run("mv", ACTIVATION, "/root")
    container.run("systemctl", "reload", "dbus")
    container.run("systemctl", "stop", "polkit")    # last, lest somebody starts it again
    try:
        yield
    finally:
        container.run("mv", f"/root/{ACTIVATION.rpartition('/')[2]}", ACTIVATION)
        container.run("systemctl", "reload", "dbus")


@pytest.fixture
def provider(badged, scripted):
    """One that is asked again at sudo."""
    one = scripted.scenario("refresh-soon")
    badged(one, badged="end_login = yes", section=KEPT, services=ASKS)
    return one


def end_by_administrator(container, _provider, _person, session):
    container.run("badgectl", "session", "end", session)


def end_by_provider(_container, provider, person, _session):
    """It disables the person, who tries sudo."""
    outlive_max_age()
    provider.disable_all()
    person.terminal.send("sudo -k; sudo -s\r")


ENDS = {"by the administrator": end_by_administrator, "by the provider": end_by_provider}


@pytest.mark.parametrize("end", ENDS)
def test_logind_closes_the_connection(end, container, provider, journal):
    """And no other of the same person."""
    with rule_in_place(container), sign_in(provider) as person, sign_in(provider) as other:
        first, second = sorted(sessions(container), key=lambda one: int(one["login_session"]))
        ENDS[end](container, provider, person, first["id"])
        person.see_end()
        wait_until(lambda: list(logind_sessions(container)) == [second["login_session"]],
                   "logind's end of it")
        assert [one["id"] for one in sessions(container)] == [second["id"]]
        other.prove_shell()
        other.leave()
    assert journal.wait_for(MESSAGE_ID=CLOSED, SESSION=first["id"])["ACCOUNT"] == "alice"


@pytest.mark.parametrize("missing", ["the rule", "polkit"])
def test_without_it_the_session_ends_alone(missing, container, provider, journal):
    """The journal says why, and what to do."""
    away = no_polkit(container) if missing == "polkit" else contextlib.nullcontext()
    with away, sign_in(provider) as person:
        own, = sessions(container)
        container.run("badgectl", "session", "end", own["id"])
        entry = journal.wait_for(_SYSTEMD_UNIT=UNIT_NAME, PRIORITY="4")
        assert f"Failed to end login session '{own['login_session']}'" in entry["MESSAGE"]
        assert f"copy /{RULE} to /etc/polkit-1/rules.d/" in entry["MESSAGE"]
        assert not sessions(container)
        assert list(logind_sessions(container)) == [own["login_session"]]
        person.prove_shell()
        person.leave()


def permitted(container, user, actions="$(pkaction)"):
    """What a program of that user may do without anybody being asked."""
    return set(container.run("sh", "-c", PERMITTED.format(actions), user=user).stdout.split())


def test_rule_permits_one_thing_to_one_user(container):
    everybody = permitted(container, "badged")
    assert MANAGE not in everybody
    with rule_in_place(container):
        assert permitted(container, "badged") == everybody | {MANAGE}
        assert MANAGE not in permitted(container, "mallory", MANAGE)
        for what, call in FORBIDDEN.items():
            answer = container.run("busctl", "call", *call, user="badged", check=False)
            assert answer.returncode != 0 and POLKIT_NO in answer.stderr, (what, answer.stderr)
