# SPDX-License-Identifier: LGPL-2.1-or-later
"""badgectl log on the journal of a booted host, as journald wrote it."""

import json
import time

import pytest

from container.booted import UNIT_NAME, wait_until
from container.visitor import sign_in


@pytest.fixture
def since(container, badged, glewlwyd):
    """The state is new, so a chain begins: what the tests before left in the journal is another one.
    The moment is a whole second, as badgectl takes it."""
    badged(glewlwyd)
    container.run("journalctl", "--sync")
    begin = int(time.time()) + 1
    time.sleep(max(0.0, begin - time.time()))
    return container.run("date", f"--date=@{begin}", "+%Y-%m-%d %H:%M:%S").stdout.strip()


def verify(container, since):
    container.run("journalctl", "--sync")
    run = container.run("badgectl", "log", "--verify", "--since", since, "--json", check=False)
    found = json.loads(run.stdout)
    assert run.returncode == (0 if found["good"] else 1)
    return found


def sign_in_and_out(container, glewlwyd):
    """sshd closes the session when ssh has left already."""
    with sign_in(glewlwyd) as person:
        person.leave()
    wait_until(lambda: container.status()["open_sessions"] == 0, "the end of the session")
    container.run("journalctl", "--sync")


def test_log_and_its_proof(container, glewlwyd, since):
    """Across a restart, of which the chain knows nothing."""
    sign_in_and_out(container, glewlwyd)
    container.run("systemctl", "restart", UNIT_NAME)
    sign_in_and_out(container, glewlwyd)
    found = verify(container, since)
    assert (found["good"], found["findings"]) == (True, [])
    assert found["entries"] == found["last"] >= 6     # each a login, a session opened and closed

    shown = container.run("badgectl", "log", "--since", since, "--account", "alice").stdout
    assert shown.count("login granted") == 2 and shown.count("session opened") == 2
    decisions = [json.loads(line) for line in
                 container.run("badgectl", "log", "--since", since, "--json").stdout.splitlines()]
    assert [int(one["sequence"]) for one in decisions] == list(range(1, found["last"] + 1))
    granted = [one for one in decisions if one["message"].startswith("login granted")]
    assert all(one["service"] == "sshd" and one["identity"] for one in granted)


def test_log_of_a_restarted_host(container, glewlwyd, since):
    """Killed, badged may not have written down the last entries; the journal has them."""
    sign_in_and_out(container, glewlwyd)
    container.run("systemctl", "kill", "--signal=KILL", UNIT_NAME)
    sign_in_and_out(container, glewlwyd)
    found = verify(container, since)
    assert found["good"] and found["entries"] >= 6
    assert all("goes on from an earlier one" in one["what"] for one in found["findings"])


def test_what_others_send_is_no_decision(container, glewlwyd, since):
    sign_in_and_out(container, glewlwyd)
    container.run("sh", "-c", "printf 'MESSAGE=login granted: account=root\\nSYSLOG_FACILITY=10\\n"
                  "SYSLOG_IDENTIFIER=badged\\n_SYSTEMD_UNIT=badged.service\\nOUTCOME=granted\\n"
                  "ACCOUNT=root\\nSEQUENCE=1\\n' | logger --journald")
    container.run("journalctl", "--sync")
    assert container.run("journalctl", "--quiet", "ACCOUNT=root", "OUTCOME=granted").stdout
    assert "root" not in container.run("badgectl", "log", "--since", since).stdout
    assert verify(container, since)["good"]


def test_a_cut_journal_shows(container, glewlwyd, since):
    """What an administrator's own rotation takes is a note; badged knows what came last."""
    sign_in_and_out(container, glewlwyd)
    container.run("journalctl", "--sync")
    container.run("journalctl", "--rotate")
    assert verify(container, since)["good"]
    archived = "/var/log/journal/$(cat /etc/machine-id)"
    container.run("sh", "-c", f"mkdir -p /root/away && mv {archived}/system@*.journal /root/away")
    try:
        found = verify(container, since)
    finally:
        container.run("sh", "-c", f"mv /root/away/* {archived}")
    assert not found["good"] and "entries are missing" in found["findings"][-1]["what"]


def test_catalog_explains(container, glewlwyd, since):
    sign_in_and_out(container, glewlwyd)
    shown = container.run("journalctl", "--quiet", "--catalog", f"--unit={UNIT_NAME}", "--since",
                          since).stdout
    assert "A login of alice ended: granted" in shown and "A session of alice was opened" in shown


def test_who_may_read(container, glewlwyd, since):
    """Whoever is neither root nor of a group that reads the journal sees nothing."""
    sign_in_and_out(container, glewlwyd)
    shown = container.run("badgectl", "log", "--since", since, user="mallory", check=False)
    assert "alice" not in shown.stdout
