# SPDX-License-Identifier: LGPL-2.1-or-later
"""The journal: one entry for each decision, each of which follows from the one before."""

import time

import pytest

from host import decision_chain
from system.bus_caller import Caller

OWN_FIELDS = {"MESSAGE", "MESSAGE_ID", "PRIORITY", "SYSLOG_IDENTIFIER", "SYSLOG_FACILITY", "ACCOUNT",
              "SERVICE", "OUTCOME", "REASON", "DECIDED_AT", "SEQUENCE", "PREVIOUS", "DIGEST"}


@pytest.fixture
def refuse():
    """Has so many decisions made, each at once and written down before the call is answered."""
    with Caller() as caller:
        def somebody(count=1):
            for _ in range(count):
                assert caller.check_account("no-such-account")[0] == "refused"
        yield somebody


def decisions(journal, count):
    """So many have arrived, and no more."""
    deadline = time.monotonic() + 5
    while len(entries := journal.entries(SYSLOG_IDENTIFIER="badged")) < count:
        assert time.monotonic() < deadline, entries
        time.sleep(0.02)
    assert len(entries) == count
    return entries


def test_entries_follow_one_another(glewlwyd, serve, journal, refuse):
    serve(glewlwyd)
    refuse(3)
    entries = decisions(journal, 3)
    assert OWN_FIELDS <= set(entries[0])
    decision_chain.assert_linked(entries)


def test_the_chain_outlives_the_daemon(glewlwyd, serve, journal, refuse):
    daemon = serve(glewlwyd)
    refuse()
    daemon.restart()
    refuse()
    daemon.restart()
    refuse()
    entries = decisions(journal, 3)
    decision_chain.assert_linked(entries)


def test_after_a_kill_the_chain_goes_on_from_what_was_written(glewlwyd, serve, journal, refuse):
    """The last entries may not have been remembered; nothing but them is passed over."""
    daemon = serve(glewlwyd)
    refuse(3)
    daemon.kill()
    daemon.start()
    refuse(2)
    entries = decisions(journal, 5)
    decision_chain.assert_linked(entries[:3])
    decision_chain.assert_linked(entries[3:])
    before = [entry["DIGEST"] for entry in entries[:3]] + [entries[0]["PREVIOUS"]]
    assert entries[3]["PREVIOUS"] in before
