# SPDX-License-Identifier: LGPL-2.1-or-later
"""Whoever failed again and again waits, for each account and origin alone; nobody else does, and the
provider hears nothing of it."""

import json
import pathlib
import subprocess
import time

import pytest

from system.rows import wait_for

SERVICE = "throttled"
LOGIN_SEC = 60
ORIGIN = "203.0.113.7"
SENTENCE = "Too many sign-ins failed."


@pytest.fixture(autouse=True)
def pam_service():
    pathlib.Path("/etc/pam.d", SERVICE).write_text(
        "auth required pam_badge.so dialog=wait qr=none\naccount required pam_permit.so\n")


def badgectl(*arguments, account="root"):
    return subprocess.run(["runuser", "-u", account, "--", "badgectl", *arguments, "--json"],
                          capture_output=True, text=True, check=False, timeout=LOGIN_SEC)


def throttles():
    return json.loads(badgectl("throttle", "list").stdout)["throttles"]


def knock(account="alice", origin=ORIGIN):
    done = subprocess.run(["pamtester", f"-Irhost={origin}", SERVICE, account, "authenticate"],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
                          timeout=LOGIN_SEC)
    return done.returncode == 0, done.stdout + done.stderr


def fail(count, **who):
    for _ in range(count):
        is_in, screen = knock(**who)
        assert not is_in and SENTENCE not in screen, screen


def wait_of(account="alice", origin=ORIGIN):
    return next(row["wait"] for row in throttles() if (row["account"], row["origin"]) == (account, origin))


def assert_waits(how=knock, **who):
    """Turned away. Where a slow machine takes longer than the wait, that was one more failure, after which
    the wait is longer: how many of them there were."""
    for more in range(6):
        wait, begun = wait_of(**who), time.monotonic()
        is_in, screen = how(**who)
        assert not is_in, screen
        if SENTENCE in screen:
            return more
        assert time.monotonic() - begun > wait - 1, screen
    raise AssertionError("nobody waits")


def test_from_the_third_failure_on(scripted, serve, journal):
    provider = scripted.scenario("denied-at-once")
    serve(provider)
    fail(2)
    assert throttles()[0]["wait"] == 0
    fail(1)
    asked = provider.count("device")
    more = assert_waits()
    assert provider.count("device") == asked + more, "the provider was asked all the same"
    row, = throttles()
    assert (row["account"], row["origin"], row["failures"]) == ("alice", ORIGIN, 3 + more)
    assert row["wait"] <= 5 * 2 ** more
    entry = journal.entries(SYSLOG_IDENTIFIER="badged", OUTCOME="throttled")[-1]
    assert entry["ACCOUNT"] == "alice" and "failed" in entry["REASON"]


def test_nobody_else_waits(scripted, serve):
    serve(scripted.scenario("denied-at-once"))
    fail(3)
    assert_waits()
    fail(1, origin="198.51.100.9")
    fail(1, account="bob")
    assert_waits()


def test_the_wait_is_over_by_itself(scripted, serve):
    serve(scripted.scenario("denied-at-once"))
    fail(3)
    wait_for(lambda: throttles()[0]["wait"] == 0)
    begun = time.monotonic()
    fail(1)
    row, = throttles()
    assert row["failures"] == 4
    assert 10 - (time.monotonic() - begun) - 1 < row["wait"] <= 10


def test_survives_the_daemon(scripted, serve):
    daemon = serve(scripted.scenario("denied-at-once"))
    fail(3)
    daemon.stop()
    daemon.start()
    more = assert_waits()
    assert throttles()[0]["failures"] == 3 + more


def test_success_ends_it(scripted, serve):
    """Two failures, a success, and the next two are the first ones again."""
    provider = scripted.scenario("granted-by-control")
    serve(provider, badged="login_timeout = 30s")
    pathlib.Path("/etc/pam.d", SERVICE).write_text(
        "auth required pam_badge.so dialog=prompt qr=none\naccount required pam_permit.so\n")
    for _ in range(2):
        approve(provider, "deny")
    assert throttles()[0]["failures"] == 2
    assert approve(provider, "approve")
    assert throttles() == []


def approve(provider, how):
    """One login, decided at the provider: True when it was granted."""
    with subprocess.Popen(["stdbuf", "-oL", "pamtester", f"-Irhost={ORIGIN}", SERVICE, "alice",
                           "authenticate"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True) as process:
        for line in process.stdout:
            if line.startswith("Code:"):
                getattr(provider, how)(line.split()[1], "alice")
                process.stdin.write("\n")
                process.stdin.flush()
        return process.wait() == 0


def test_wrong_tickets_count(scripted, serve):
    serve(scripted.scenario("device-500"))
    pathlib.Path("/etc/pam.d", SERVICE).write_text(
        "auth required pam_badge.so dialog=prompt qr=none\naccount required pam_permit.so\n")
    assert badgectl("ticket", "create", "alice", "--service", SERVICE, "--lifetime", "1h", "--name",
                    "x").returncode == 0

    def present():
        done = subprocess.run(["pamtester", f"-Irhost={ORIGIN}", SERVICE, "alice", "authenticate"],
                              input="00000-00000-00000-00000-000000\n", capture_output=True,
                              text=True, check=False, timeout=LOGIN_SEC)
        return done.returncode == 0, done.stdout + done.stderr

    for _ in range(3):
        assert "That is no ticket" in present()[1]
    assert_waits(present)


def test_an_outage_is_nobodys_fault(scripted, serve):
    serve(scripted.scenario("device-500"))
    for _ in range(4):
        assert SENTENCE not in knock()[1]
    assert throttles() == []


def test_names_that_nobody_has_are_not_counted(scripted, serve):
    serve(scripted.scenario("denied-at-once"))
    for i in range(4):
        assert not knock(account=f"nobody{i}")[0]
    assert throttles() == []


def test_cleared_by_an_administrator(scripted, serve, journal):
    serve(scripted.scenario("denied-at-once"))
    fail(3)
    assert_waits()
    row, = throttles()
    assert badgectl("throttle", "clear", row["id"], account="alice").returncode == 1
    assert badgectl("throttle", "list", account="alice").returncode == 1
    assert_waits()
    assert badgectl("throttle", "clear", row["id"]).returncode == 0
    assert journal.wait_for(REASON="whoever failed need not wait any more")["ACCOUNT"] == "alice"
    fail(1)
    assert badgectl("throttle", "clear", row["id"]).returncode == 1
