# SPDX-License-Identifier: LGPL-2.1-or-later
"""badged.service as shipped, under systemd itself: who the daemon is, what others see of it, and
that systemd looks after it. What the sandbox holds is in test_confinement.py."""

import re

import pytest

from container.booted import ADMIN, BUS, SETTINGS, wait_until
from container.visitor import Visitor, sign_in

MOST_EXPOSURE = 1.5
WATCHDOG_SEC = 10     # half of it is a daemon's to be late
WRONG_SETTINGS = 78
START_LIMIT = 5       # starts in ten seconds that systemd permits by itself
AT_ONCE_SEC = 20      # for sshd and a busy machine; less than the bus would let people wait
FOLDERS = ("/", "/usr/sbin", "/etc", "/etc/badged", "/var", "/var/lib", "/run", "/boot")


@pytest.fixture
def running(container, badged, glewlwyd):
    """Started as an administrator would."""
    badged(glewlwyd)
    container.run("systemctl", "start", "badged")
    return container


def test_user_is_made_by_sysusers(container):
    fields = container.run("getent", "passwd", "badged").stdout.strip().split(":")
    assert 0 < int(fields[2]) < 1000
    assert fields[6].endswith("/nologin")
    assert container.run("getent", "shadow", "badged").stdout.split(":")[1].startswith("!")
    assert container.run("id", "-Gn", "badged").stdout.split() == ["badged"]


def test_unit_is_understood(container):
    done = container.run("systemd-analyze", "verify", "--man=no", "badged.service")
    assert not done.stdout + done.stderr
    assert container.property("LoadState") == "loaded"


def test_check_finds_nothing(running):
    assert "The settings are good" in running.run("badged", "--check").stdout
    assert "Everything is good." in running.run("badgectl", "check").stdout


def test_exposure(container, note):
    shown = container.run("systemd-analyze", "security", "--no-pager", "badged.service").stdout
    score = float(re.search(r"Overall exposure level for badged.service: ([\d.]+)", shown)[1])
    note(f"systemd-analyze security badged.service: {score} (at most {MOST_EXPOSURE})")
    assert score <= MOST_EXPOSURE


def test_daemon_in_proc(running):
    pid = running.pid()
    status = dict(line.split(":", 1)
                  for line in running.run("cat", f"/proc/{pid}/status").stdout.splitlines())
    uid, gid = running.ids("badged")
    assert uid != 0
    assert status["Uid"].split() == [str(uid)] * 4
    assert status["Gid"].split() == [str(gid)] * 4
    assert status["Groups"].split() in ([], [str(gid)])
    for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
        assert int(status[name], 16) == 0, name
    assert status["NoNewPrivs"].strip() == "1"
    assert status["Seccomp"].strip() == "2"
    assert status["Umask"].strip() == "0077"
    limits = running.run("cat", f"/proc/{pid}/limits").stdout
    assert re.search(r"Max core file size +0 +0 ", limits)


def test_users_in_its_namespace(running):
    """PrivateUsers: root and the daemon's own; everybody else is nobody to it."""
    lines = running.run("cat", f"/proc/{running.pid()}/uid_map").stdout.splitlines()
    uid = running.ids("badged")[0]
    assert sorted(line.split() for line in lines) == sorted(
        [[str(number), str(number), "1"] for number in (0, uid)])


def test_no_file_can_be_written(running):
    """Not even by root, in the daemon's view of the files; its state folder is its own."""
    for folder in FOLDERS:
        done = running.run("nsenter", f"--target={running.pid()}", "--mount", "touch",
                           f"{folder}/badged-was-here", check=False)
        assert "Read-only file system" in done.stderr, (folder, done.stderr)
    state = running.run("stat", "--format=%U %G %a", "/var/lib/badged").stdout.split()
    assert state == ["badged", "badged", "700"]


def test_start_waits_until_ready(running):
    assert running.property("Type") == "notify"
    assert running.property("StatusText") == "Ready for logins."
    owner = running.run("busctl", "call", *BUS, "GetConnectionUnixProcessID", "s", ADMIN[0]).stdout
    assert owner.split() == ["u", running.pid()]


def test_stop_is_a_success(running):
    running.run("systemctl", "stop", "badged")
    assert running.property("Result") == "success"
    assert running.property("ExecMainStatus") == "0"


def test_watchdog_is_fed(container, badged, glewlwyd, drop_in):
    badged(glewlwyd)
    container.run("systemctl", "start", "badged")
    assert container.property("WatchdogUSec") == "30s"
    drop_in(f"WatchdogSec={WATCHDOG_SEC}s")
    container.run("systemctl", "restart", "badged")
    first = container.property("WatchdogTimestampMonotonic")
    wait_until(lambda: container.property("WatchdogTimestampMonotonic") != first, "a sign of life")
    wait_until(lambda: int(container.property("WatchdogTimestampMonotonic"))
               > int(first) + 1_000_000 * WATCHDOG_SEC, "life beyond the limit")
    assert container.property("NRestarts") == "0"


def test_watchdog_replaces_a_daemon_that_hangs(container, badged, glewlwyd, drop_in, journal):
    badged(glewlwyd)
    drop_in(f"WatchdogSec={WATCHDOG_SEC}s")
    container.run("systemctl", "start", "badged")
    pid = container.pid()
    container.run("kill", "-STOP", pid)
    wait_until(lambda: container.is_active() and container.pid() not in ("0", pid), "a new daemon")
    assert container.property("NRestarts") == "1"
    assert any("Watchdog timeout" in entry["MESSAGE"]
               for entry in journal.entries(UNIT="badged.service"))
    with sign_in(glewlwyd) as person:
        person.leave()


def test_killed_daemon_comes_back(running, glewlwyd):
    pid = running.pid()
    running.run("kill", "-KILL", pid)
    wait_until(lambda: running.is_active() and running.pid() not in ("0", pid), "a new daemon")
    with sign_in(glewlwyd) as person:
        person.leave()


def test_wrong_settings(container, badged, glewlwyd, journal):
    """Exit 78 with the file, the line and the reason in the journal; not tried again by itself. People
    are told at once, however many they are, although systemd does not let the bus know that a start
    failed. Mended and started, it works at once."""
    badged(glewlwyd)
    good = (SETTINGS / "badged.conf").read_text()
    lines = good.splitlines()
    number = lines.index(next(line for line in lines if line.startswith("issuer"))) + 1
    lines[number - 1] = "issuer = http://idp.example/"
    (SETTINGS / "badged.conf").write_text("\n".join(lines) + "\n")
    assert container.run("systemctl", "start", "badged", check=False).returncode != 0
    assert container.property("ActiveState") == "failed"
    assert container.property("ExecMainStatus") == str(WRONG_SETTINGS)
    assert container.property("NRestarts") == "0"
    written = [entry["MESSAGE"] for entry in journal.entries(SYSLOG_IDENTIFIER="badged")]
    assert any(f"/etc/badged/badged.conf:{number}:" in line and "issuer" in line
               for line in written)
    for _ in range(START_LIMIT + 2):
        with Visitor(tries=1) as person:
            assert person.see_refusal(AT_ONCE_SEC) == \
                "The sign-in service is not running. Ask the administrator."
    assert container.property("ActiveState") == "failed"
    (SETTINGS / "badged.conf").write_text(good)
    container.run("systemctl", "start", "badged")
    with sign_in(glewlwyd) as person:
        person.leave()
    assert container.is_active()
