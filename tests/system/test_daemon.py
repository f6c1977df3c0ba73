# SPDX-License-Identifier: LGPL-2.1-or-later
"""How badged ends, since the service manager goes by it: in order, by a lost bus, by bad settings."""

import pytest

from host import machine
from host.daemon import DaemonFailed, check_settings, settings_for, write_settings
from system.person import Person

END_SEC = 30


def test_ends_in_order_when_told_to(glewlwyd, serve):
    daemon = serve(glewlwyd)
    daemon.stop()
    assert daemon.process.returncode == 0


def test_ends_in_order_with_a_login_pending(glewlwyd, serve, journal):
    """The journal has the end of every login, which nobody gave up, and the person is told at once."""
    daemon = serve(glewlwyd)
    with Person("su", "alice") as person:
        person.see_challenge()
        daemon.stop()
        assert daemon.process.returncode == 0
        assert person.see_refusal(END_SEC + 4) == \
            "The sign-in service is not running. Ask the administrator."
    entry = journal.wait_for(SYSLOG_IDENTIFIER="badged", ACCOUNT="alice")
    assert (entry["OUTCOME"], entry["REASON"]) == ("unavailable", "badged was stopped")


def test_lost_bus_is_a_failure(glewlwyd, serve):
    """So that Restart=on-failure brings it back."""
    daemon = serve(glewlwyd)
    machine.stop_bus()
    assert daemon.process.wait(END_SEC) == 1


def test_refused_settings_have_a_code_of_their_own(glewlwyd, daemon):
    """All that is wrong at once, with file, line and mend; nothing is served."""
    text, files = settings_for(glewlwyd, badged="max_logins = many",
                               accounts="min_uid = -1\nno_such_key = 1")
    write_settings(text, files)
    with pytest.raises(DaemonFailed):
        daemon.start()
    assert daemon.process.returncode == 78
    done = check_settings()
    assert done.returncode == 78
    for line in ("max_logins: ", "min_uid: ", "no_such_key"):
        assert line in done.stdout and line in daemon.output()
    assert done.stdout.count("/etc/badged/badged.conf:") == 3
