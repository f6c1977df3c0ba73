# SPDX-License-Identifier: LGPL-2.1-or-later
"""badged is restarted, upgraded and rebooted around logins: what was pending is refused cleanly,
the next login works, and what the administrator wrote is still there."""

import pytest

from container import inside
from container.booted import SETTINGS, UNIT
from container.visitor import Visitor, sign_in

REFUSED_SEC = 60     # less than the code is good for
DAEMON = inside.ROOT / "usr/sbin/badged"


def restart(container):
    container.run("systemctl", "restart", "badged")


def upgrade(container):
    container.install()
    container.run("systemctl", "daemon-reload")
    container.run("systemctl", "restart", "badged")


REPLACEMENTS = {"restart": restart, "upgrade": upgrade}


@pytest.mark.parametrize("enter", ["before", "after"])
@pytest.mark.parametrize("replacement", REPLACEMENTS)
def test_pending_login_is_refused(replacement, enter, container, badged, scripted, journal):
    """Whether the person was being polled for, or had not pressed Enter yet; an approval in the
    meantime changes nothing, for the new daemon knows nothing of it."""
    provider = scripted.scenario("granted-by-control")
    badged(provider)
    with Visitor(tries=1) as person:
        challenge = person.see_challenge()
        if enter == "before":
            person.press_enter()
        REPLACEMENTS[replacement](container)
        provider.approve(challenge.user_code, "alice")
        if enter == "after":
            person.press_enter()
        assert person.see_refusal(REFUSED_SEC).endswith(".")
    assert not journal.entries(OUTCOME="granted")
    refusals = [entry for entry in journal.entries(SYSLOG_IDENTIFIER="sshd")
                if "pam_badge(sshd:auth): refused: account=alice" in entry["MESSAGE"]]
    assert len(refusals) == 1
    with sign_in(provider) as person:
        person.leave()


def test_upgrade_in_place(container, badged, glewlwyd):
    """The new program runs; settings and PAM files are as the administrator left them."""
    badged(glewlwyd)
    container.run("systemctl", "start", "badged")
    old_pid, old_inode = container.pid(), DAEMON.stat().st_ino
    snippet = inside.ROOT / "etc/pam.d/badge-sshd"
    kept = {path: path.read_text() + "# the administrator was here\n"
            for path in (SETTINGS / "badged.conf", snippet)}
    for path, text in kept.items():
        path.write_text(text)
    upgrade(container)
    assert DAEMON.stat().st_ino != old_inode
    assert container.pid() != old_pid
    assert container.run("stat", "--dereference", "--format=%i",
                         f"/proc/{container.pid()}/exe").stdout.strip() == str(DAEMON.stat().st_ino)
    assert {path: path.read_text() for path in kept} == kept
    with sign_in(glewlwyd) as person:
        person.leave()


def test_open_session_outlives_a_restart(container, badged, glewlwyd, journal):
    """Who is in stays in, and can leave without a complaint."""
    badged(glewlwyd)
    with sign_in(glewlwyd) as person:
        restart(container)
        person.prove_shell()
        person.leave()
    with sign_in(glewlwyd) as person:
        person.leave()


@pytest.mark.parametrize("enabled", [False, True], ids=["by the bus", "at boot"])
def test_login_after_reboot(enabled, container, badged, glewlwyd):
    """sysusers, state and settings are still there; enabled, it is up when the host is."""
    badged(glewlwyd)
    container.run("systemctl", "enable" if enabled else "disable", "badged")
    boots = container.boots
    container.reboot()
    assert container.boots == boots + 1
    assert container.is_active() == enabled
    with sign_in(glewlwyd) as person:
        person.leave()
    container.run("systemctl", "disable", "badged")
    assert UNIT.exists()
